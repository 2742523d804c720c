/* What Eve reads of the class, who says it, and what of it the lecturer has hidden. */
#include "common/base/name_alike.h"
#include "eve/page/class_parts.h"

#include <errno.h>
#include <string.h>

enum { CHAT_LINES = 12 };

static void line_comes(void *user, struct said *line) {
    const struct pupil *pupil = user;
    class_take(pupil->class, pupil->session, line);
}

void class_chat_begin(struct pupil *pupil, const uint8_t key[static 32]) {
    opened_free(pupil->opened);
    pupil->opened = NULL;
    pupil->chat_failed = false;
    if (pupil->class->catching_up == pupil)
        pupil->class->catching_up = NULL;
    opened_new(&pupil->opened, pupil->tape->path, pupil->session, key, line_comes, pupil); /* or nothing is read */
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

void class_take(struct class *class, const char *session, struct said *line) {
    speakers_take(&class->speakers, session, line);
}

void class_take_again(struct class *class, const char *session, struct said *line) {
    speakers_take_again(&class->speakers, session, line);
}

/* It is told no more, and need not be remembered. */
static void unsay(struct class *class, struct told *told) {
    if (told->number)
        class->config.unsaid(class->config.user, told->number);
    told->number = 0;
}

void class_told(struct class *class, const struct said *line, uint64_t number) {
    struct told *told = &class->told[class->n_told++ % TOLD_MAX];
    unsay(class, told);
    told->number = number;
    told->line = *line;
}

/* Looks at every line, of tiles and of what the stage has told. */
static void look_again(struct class *class, bool (*look)(const struct speakers *s, struct said *line)) {
    bool changed = false;
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct opened *opened = class->pupils[i]->opened;
        for (size_t k = opened ? opened_n_lines(opened) : 0; k-- > 0;)
            changed |= look(&class->speakers, opened_line(opened, k));
    }
    for (size_t i = 0; i < TOLD_MAX && i < class->n_told; i++) {
        struct told *told = &class->told[i];
        if (told->number && look(&class->speakers, &told->line) && told->line.hidden)
            unsay(class, told);
    }
    if (changed)
        all_changed(class);
}

void class_chat_called(struct class *class, const char *session, const char *label, uint64_t us) {
    if (speakers_call(&class->speakers, session, label, us))
        look_again(class, speakers_call_again); /* a line of hers may be there already */
}

/* ---- what is hidden */

static const struct said *find_line(const struct pupil *pupil, uint64_t number) {
    for (size_t i = pupil->opened ? opened_n_lines(pupil->opened) : 0; i-- > 0;)
        if (opened_line(pupil->opened, i)->number == number)
            return opened_line(pupil->opened, i);
    return NULL;
}

/* Where Bob tells nothing here there is only the name: what he calls her begins with it, as she has told it to him. */
static void hide_name(struct class *class, const char *name) {
    speakers_hide_label(&class->speakers, name); /* of lines opened later */
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct opened *opened = class->pupils[i]->opened;
        for (size_t k = opened ? opened_n_lines(opened) : 0; k-- > 0;) {
            const struct said *line = opened_line(opened, k);
            if (line->from[0] && !line->session[0] &&
                name_alike(line->from, strcspn(line->from, "/"), name, strlen(name)))
                speakers_hide_label(&class->speakers, line->from);
        }
    }
}

/* What Bob calls her, as lines that are kept have it: of what he tells only the newest is kept. */
static void hide_labels_of(struct class *class, const char *session) {
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct opened *opened = class->pupils[i]->opened;
        for (size_t k = opened ? opened_n_lines(opened) : 0; k-- > 0;)
            if (strcmp(opened_line(opened, k)->session, session) == 0)
                speakers_hide_label(&class->speakers, opened_line(opened, k)->from);
    }
}

static void hide_session(struct class *class, const char *session, const char *label) {
    const struct pupil *who = class_by_session(class, session);
    speakers_hide_session(&class->speakers, session, label);
    hide_labels_of(class, session);
    if (who)
        hide_name(class, who->join.name);
}

int class_hide(struct class *class, unsigned number, uint64_t joined, uint64_t line_number, bool all) {
    struct pupil *pupil = number >= 1 && number <= class->n_pupils ? class->pupils[number - 1] : NULL;
    const struct said *line = pupil && pupil->joined == joined ? find_line(pupil, line_number) : NULL;
    if (!line)
        return -ESRCH;
    if (!all)
        speakers_hide_line(&class->speakers, line);
    else if (line->session[0])
        hide_session(class, line->session, line->from);
    else if (line->from[0])
        speakers_hide_label(&class->speakers, line->from);
    else
        return -EINVAL;
    look_again(class, speakers_look);
    return 0;
}

void class_chat_silence(struct pupil *pupil) {
    if (!pupil->session[0])
        return; /* it has said nothing */
    hide_session(pupil->class, pupil->session, NULL);
    look_again(pupil->class, speakers_look);
}

void class_show_hidden(struct class *class) {
    speakers_show_all(&class->speakers);
    look_again(class, speakers_look);
    class->clock++;
}

/* ---- for the wall */

/* With the name that who says it has in this room, where that is known, and else what Bob calls her. */
static json_t *line_of(const struct pupil *pupil, const struct said *line) {
    json_t *object = json_pack("{s:I, s:s, s:s, s:b}", "line", (json_int_t)line->number, "side",
                               line->side == SIDE_ALICE ? "alice" : "bob", "text", line->text, "cut", line->cut);
    if (line->from[0]) {
        const struct pupil *who = class_by_session(pupil->class, line->session);
        json_object_set_new(object, "from", json_string(who ? who->join.name : line->from));
        json_object_set_new(object, "known", json_boolean(who));
    }
    return object;
}

json_t *class_chat_lines(const struct pupil *pupil) {
    json_t *list = json_array();
    size_t n = pupil->opened && !pupil->off ? opened_n_lines(pupil->opened) : 0, first = n, n_shown = 0;
    while (first > 0 && n_shown < CHAT_LINES)
        n_shown += !opened_line(pupil->opened, --first)->hidden;
    for (size_t i = first; i < n; i++)
        if (!opened_line(pupil->opened, i)->hidden)
            json_array_append_new(list, line_of(pupil, opened_line(pupil->opened, i)));
    return list;
}
