/* The room as the wall shows it, in JSON. */
#include "eve/page/class_parts.h"

#include "common/shell/net/timer.h"
#include "eve/page/qr.h"

#include <stdio.h>
#include <string.h>

static const char *const STATES[] = {
    [PUPIL_JOINING] = "joining", [PUPIL_AGREEING] = "agreeing", [PUPIL_OPEN] = "open", [PUPIL_ENDED_STATE] = "ended"};
static const char *const EVES[] = {[EVE_NOTHING] = "nothing",
                                   [EVE_WAITING] = "waiting",
                                   [EVE_LEARNING] = "learning",
                                   [EVE_HAS_KEY] = "key",
                                   [EVE_FAILED] = "failed"};

static json_t *tile(const struct pupil *p, bool with_key) {
    uint64_t up = p->bridge ? bridge_bytes(p->bridge, 0) : p->bytes[0];
    uint64_t down = p->bridge ? bridge_bytes(p->bridge, 1) : p->bytes[1];
    json_t *object =
        json_pack("{s:i, s:s, s:s, s:s, s:b, s:s*, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:I, s:I, s:s, s:o}", "number",
                  p->number, "name", p->off && !with_key ? "" : p->join.name, "set", p->join.set->name, "task",
                  p->join.set->task->name, "experimental", p->join.set->task->experimental, "toy", p->join.set->toy,
                  "state", STATES[p->state], "ended", class_said_end(p), "session", p->session, "words", p->words,
                  "step", p->step, "steps", p->n_steps, "sealed", p->n_sealed, "bytes_up", (json_int_t)up, "bytes_down",
                  (json_int_t)down, "eve", EVES[p->eve], "chat", class_chat_lines(p));
    json_object_set_new(object, "joined", json_integer((json_int_t)p->joined));
    json_object_set_new(object, "gone", json_integer((json_int_t)p->gone));
    json_object_set_new(object, "off", json_boolean(p->off));
    json_object_set_new(object, "unrecorded", json_boolean(p->unrecorded));
    const char *bobs = *p->session ? json_string_value(json_object_get(p->class->bobs_words, p->session)) : NULL;
    json_object_set_new(object, "bobs_words", json_string(bobs ? bobs : ""));
    if (p->verdict) {
        json_object_set(object, "learners", json_object_get(p->verdict, "learners"));
        if (with_key)
            json_object_set(object, "key", json_object_get(p->verdict, "key"));
    }
    return object;
}

/* The addresses that lead into the room, the token behind #: a browser sends it to nobody by itself. */
bool class_address(const struct class *class, unsigned i, char out[static CLASS_ADDRESS]) {
    char names[WEB_NAMES_MAX][ADDRESS_TEXT];
    unsigned n = web_names(class->web, names);
    if (i < n)
        snprintf(out, CLASS_ADDRESS, "http://%.*s/#%s", ADDRESS_TEXT - 1, names[i], class->token);
    return i < n;
}

static json_t *addresses(const struct class *class) {
    char text[CLASS_ADDRESS];
    json_t *list = json_array();
    for (unsigned i = 0; class_address(class, i, text); i++) {
        json_t *object = json_pack("{s:s}", "address", text), *rows = qr_rows(text);
        if (rows)
            json_object_set_new(object, "qr", rows);
        json_array_append_new(list, object);
    }
    return list;
}

/* Who waits to be let in: of any address of which a phone was taken off. Their names are for who lets them in. */
static json_t *door_of(const struct class *class, bool with_names) {
    json_t *list = json_array();
    const struct door_waiting *waiting;
    double now = timer_now();
    for (size_t i = 0; (waiting = door_next(&class->door, &i, now));)
        json_array_append_new(
            list, json_pack("{s:i, s:s}", "number", waiting->number, "name", with_names ? waiting->name : ""));
    return json_pack("{s:i, s:o}", "guarded", door_guarded(&class->door), "waiting", list);
}

json_t *class_state(const struct class *class, uint64_t since, bool with_keys) {
    json_t *list = json_array();
    char bob[ADDRESS_TEXT + 256];
    double left = class->queue_ends > 0 ? class->queue_ends - timer_now() : 0;
    size_t n_waiting = 0;
    for (size_t i = 0; i < class->n_pupils; i++) {
        n_waiting += class->pupils[i]->eve == EVE_WAITING;
        if (class->pupils[i]->changed > since)
            json_array_append_new(list, tile(class->pupils[i], with_keys));
    }
    address_name(bob, &class->config.to);
    json_t *object =
        json_pack("{s:i, s:b, s:b, s:b, s:s, s:o, s:b, s:I, s:i, s:i, s:i, s:b, s:i, s:f, s:o, s:o, s:i}", "schema", 1,
                  "closed", class->closed, "full", class->tape->full, "bob_tells", class->bobs_words != NULL, "bob",
                  bob, "join", class->closed ? json_array() : addresses(class), "loopback", web_is_loopback(class->web),
                  "clock", (json_int_t) class->clock, "now", (int)class_places(class, NULL), "most", CLASS_AT_ONCE,
                  "joined", (int)class->n_joined, "attacking", class->learning != NULL || class->queue_ends > 0,
                  "waiting", (int)n_waiting, "seconds_left", left > 0 ? left : 0, "pupils", list, "door",
                  door_of(class, with_keys), "hidden", (int)class->speakers.hidden.n);
    json_object_set_new(object, "captured",
                        json_pack("{s:I, s:I}", "bytes", (json_int_t)class_captured(class), "most",
                                  (json_int_t) class->config.captures_max));
    return object;
}
