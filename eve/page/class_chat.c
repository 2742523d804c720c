/* What Eve reads of the class, who says it, and what of it the lecturer has hidden. */
#include "common/base/name_alike.h"
#include "eve/page/class_parts.h"

#include <errno.h>
#include <string.h>

enum { CHAT_LINES = 12 };

void class_chat_begin(struct pupil *pupil, const uint8_t key[static 32]) {
    opened_free(pupil->opened);
    pupil->opened = NULL;
    pupil->chat_failed = false;
    if (pupil->class->catching_up == pupil)
        pupil->class->catching_up = NULL;
    opened_new(&pupil->opened, pupil->tape->path, pupil->session, key); /* without memory nothing is read */
}

/* One at a time, some packets in a turn of the loop: a capture may be long. */
bool class_chat_poll(struct class *class) {
    for (size_t i = 0; i < class->n_pupils && !class->catching_up; i++) {
        struct pupil *pupil = class->pupils[i];
        if (pupil->opened && !opened_follows(pupil->opened) && !pupil->chat_failed)
            class->catching_up = pupil;
    }
    struct pupil *pupil = class->catching_up;
    if (!pupil)
        return false;
    int r = opened_catch_up(pupil->opened, pupil->tape->n_packets);
    pupil->chat_failed = r < 0;
    if (r == 0)
        return true;
    class->catching_up = NULL;
    class_changed(pupil);
    return true; /* perhaps another one's */
}

/* ---- who says it */

/* Lines may be on any tile that has some. */
static void all_changed(struct class *class) {
    class->clock++;
    for (size_t i = 0; i < class->n_pupils; i++)
        if (class->pupils[i]->opened)
            class_changed(class->pupils[i]);
}

/* Whose session Bob called so when this was said; where clocks differ, the only one that ever had that label. */
static const char *session_called(const struct class *class, const char *label, uint64_t us) {
    const char *only = NULL;
    bool several = false;
    for (uint64_t i = class->n_called; i-- > 0 && i + CALLED_MAX >= class->n_called;) {
        const struct called *called = &class->called[i % CALLED_MAX];
        if (strcmp(called->label, label) != 0)
            continue;
        if (called->us <= us)
            return called->session;
        several |= only && strcmp(only, called->session) != 0;
        only = called->session;
    }
    return several ? NULL : only;
}

/* The session of who says it; NULL: Bob, or somebody of whom he tells nothing here. */
static const char *speaker(const struct pupil *pupil, const struct said *line) {
    if (line->side == SIDE_ALICE)
        return pupil->session;
    return line->from[0] ? session_called(pupil->class, line->from, line->ns / 1000) : NULL;
}

void class_chat_called(struct class *class, const char *session, const char *label, uint64_t us) {
    struct called *called = &class->called[class->n_called % CALLED_MAX];
    if (!label || strlen(label) >= sizeof called->label || strlen(session) >= sizeof called->session)
        return;
    memcpy(called->label, label, strlen(label) + 1);
    memcpy(called->session, session, strlen(session) + 1);
    called->us = us;
    class->n_called++;
    all_changed(class); /* a line of hers may be there already */
}

/* ---- what is hidden */

static bool is_hidden(const struct pupil *pupil, const struct said *line) {
    const struct hidden *hidden = &pupil->class->hidden;
    const char *session = hidden->n ? speaker(pupil, line) : NULL;
    return hidden_has(hidden, HIDDEN_LINE, line->key, SAID_KEY) ||
           (session ? hidden_has(hidden, HIDDEN_SESSION, session, strlen(session))
                    : line->from[0] && hidden_has(hidden, HIDDEN_LABEL, line->from, strlen(line->from)));
}

static const struct said *find_line(const struct pupil *pupil, uint64_t number) {
    for (size_t i = pupil->opened ? opened_n_lines(pupil->opened) : 0; i-- > 0;)
        if (opened_line(pupil->opened, i)->number == number)
            return opened_line(pupil->opened, i);
    return NULL;
}

int class_hide(struct class *class, unsigned number, uint64_t joined, uint64_t line_number, bool all) {
    struct pupil *pupil = number >= 1 && number <= class->n_pupils ? class->pupils[number - 1] : NULL;
    const struct said *line = pupil && pupil->joined == joined ? find_line(pupil, line_number) : NULL;
    if (!line)
        return -ESRCH;
    const char *session = speaker(pupil, line);
    if (!all)
        hidden_add(&class->hidden, HIDDEN_LINE, line->key, SAID_KEY);
    else if (session)
        hidden_add(&class->hidden, HIDDEN_SESSION, session, strlen(session));
    else if (line->from[0])
        hidden_add(&class->hidden, HIDDEN_LABEL, line->from, strlen(line->from));
    else
        return -EINVAL;
    all_changed(class);
    return 0;
}

/* Where Bob tells nothing here there is only the name: what he calls her begins with it, as she has told it to him. */
static void silence_label(struct class *class, const struct pupil *of, const char *name) {
    for (size_t i = of->opened ? opened_n_lines(of->opened) : 0; i-- > 0;) {
        const struct said *line = opened_line(of->opened, i);
        if (line->from[0] && !speaker(of, line) && name_alike(line->from, strcspn(line->from, "/"), name, strlen(name)))
            hidden_add(&class->hidden, HIDDEN_LABEL, line->from, strlen(line->from));
    }
}

void class_chat_silence(struct pupil *pupil) {
    struct class *class = pupil->class;
    if (!pupil->session[0])
        return; /* it has said nothing */
    hidden_add(&class->hidden, HIDDEN_SESSION, pupil->session, strlen(pupil->session));
    hidden_add(&class->hidden, HIDDEN_LABEL, pupil->join.name, strlen(pupil->join.name)); /* of lines opened later */
    for (size_t i = 0; i < class->n_pupils; i++)
        silence_label(class, class->pupils[i], pupil->join.name);
    all_changed(class);
}

void class_show_hidden(struct class *class) {
    memset(&class->hidden, 0, sizeof class->hidden);
    all_changed(class);
}

/* ---- for the wall */

/* With the name that who says it has in this room, where that is known, and else what Bob calls her. */
static json_t *line_of(const struct pupil *pupil, const struct said *line) {
    json_t *object = json_pack("{s:I, s:s, s:s, s:b}", "line", (json_int_t)line->number, "side",
                               line->side == SIDE_ALICE ? "alice" : "bob", "text", line->text, "cut", line->cut);
    if (line->from[0]) {
        const struct pupil *who = class_by_session(pupil->class, speaker(pupil, line));
        json_object_set_new(object, "from", json_string(who ? who->join.name : line->from));
        json_object_set_new(object, "known", json_boolean(who));
    }
    return object;
}

json_t *class_chat_lines(const struct pupil *pupil) {
    json_t *list = json_array();
    size_t n = pupil->opened && !pupil->off ? opened_n_lines(pupil->opened) : 0, first = n, n_shown = 0;
    while (first > 0 && n_shown < CHAT_LINES)
        n_shown += !is_hidden(pupil, opened_line(pupil->opened, --first));
    for (size_t i = first; i < n; i++)
        if (!is_hidden(pupil, opened_line(pupil->opened, i)))
            json_array_append_new(list, line_of(pupil, opened_line(pupil->opened, i)));
    return list;
}
