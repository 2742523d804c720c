/* What the capture tells of the pupils: the same events that the page shows of any capture. A session is a pupil's by
 * the address it comes from; of two at one address, one after the other, it is the newer one's. */
#include "common/task/table/table.h"
#include "eve/page/class_parts.h"

#include <string.h>

enum { BOBS_WORDS_MAX = 8 * CLASS_TILES };

static struct pupil *by_session(const struct tape *tape, const char *session) {
    struct pupil *pupil = class_by_session(tape->class, session);
    return pupil && pupil->tape == tape ? pupil : NULL;
}

static struct pupil *by_peer(const struct tape *tape, const char *peer) {
    const struct class *class = tape->class;
    struct pupil *newest = NULL;
    for (size_t i = 0; peer && i < class->n_pupils; i++) {
        struct pupil *pupil = class->pupils[i];
        if (pupil->tape == tape && strcmp(pupil->peer, peer) == 0 && (!newest || pupil->joined > newest->joined))
            newest = pupil;
    }
    return newest;
}

static const char *text_of(const json_t *event, const char *name) {
    return json_string_value(json_object_get(event, name));
}

static void keep(char *out, size_t size, const char *text) {
    size_t n = text ? strlen(text) : 0;
    if (n < size)
        memcpy(out, text ? text : "", n + 1);
}

static void take_step(struct pupil *pupil, const char *step) {
    keep(pupil->step, sizeof pupil->step, step);
    pupil->n_steps++;
}

static void event(void *user, json_t *object) {
    const struct tape *tape = user;
    const char *what = text_of(object, "event"), *session = text_of(object, "session");
    struct pupil *pupil = by_session(tape, session);
    if (!pupil && what && strcmp(what, "connected") == 0 && (pupil = by_peer(tape, text_of(object, "peer"))))
        keep(pupil->session, sizeof pupil->session, session);
    if (pupil && what) {
        class_changed(pupil);
        if (strcmp(what, "step") == 0)
            take_step(pupil, text_of(object, "step"));
        else if (strcmp(what, "confirmed") == 0)
            keep(pupil->words, sizeof pupil->words, text_of(object, "fingerprint"));
    }
    json_decref(object);
}

static void complete(void *user, const char *session, const char *params) {
    struct pupil *pupil = by_session(user, session);
    const struct set *spoken = table_set(params);
    if (!pupil)
        return;
    if (spoken) /* what a phone says when it joins is no more than that */
        pupil->join.set = spoken;
    pupil->complete = true;
    class_known(pupil);
    if (pupil->state == PUPIL_AGREEING)
        pupil->state = PUPIL_OPEN;
    class_changed(pupil);
}

/* More than are told of one by one count as well. */
static void sealed(void *user, const char *session, unsigned n) {
    struct pupil *pupil = by_session(user, session);
    if (!pupil)
        return;
    pupil->n_sealed = n;
    class_changed(pupil);
}

/* An end mark is as long as it is, and nothing else of a phone's is so short (WIRE.md section 8). */
static bool is_end_mark(const struct message *m) {
    return !m->sealed.has_header && m->sealed.box.n == SEALED_OVERHEAD + 1;
}

static void message(void *user, const char *session, enum side from, const struct message *m, uint64_t ns) {
    struct pupil *pupil = by_session(user, session);
    if (pupil && pupil->first_end == END_NONE && is_end_mark(m)) {
        pupil->first_end = from == SIDE_ALICE ? END_PHONE : END_BOB;
        class_changed(pupil);
    }
    if (pupil && pupil->opened)
        opened_message(pupil->opened, from, m, ns);
}

/* As many as there may be tiles: a file of events tells of more, and of the rest nothing is kept. */
void class_bob_says(struct class *class, const json_t *event) {
    const char *session = text_of(event, "session"), *words = text_of(event, "fingerprint"),
               *what = text_of(event, "event");
    struct pupil *pupil = class_by_session(class, session);
    if (!class->bobs_words && (class->bobs_words = json_object()))
        class->clock++;
    if (session && what && strcmp(what, "called") == 0)
        class_chat_called(class, session, text_of(event, "label"),
                          (uint64_t)json_integer_value(json_object_get(event, "clock")));
    if (!session || !words || !what || strcmp(what, "confirmed") != 0)
        return;
    if (json_object_size(class->bobs_words) >= BOBS_WORDS_MAX)
        json_object_clear(class->bobs_words);
    json_object_set_new(class->bobs_words, session, json_string(words));
    if (pupil)
        class_changed(pupil);
}

int class_watch_new(struct tape *tape) {
    static const struct watch_ops ops = {event, complete, sealed, message};
    return watch_new(&tape->watch, tape->path, 0, &ops, tape);
}
