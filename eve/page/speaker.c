#include "eve/page/speaker.h"

#include <string.h>

bool speakers_call(struct speakers *s, const char *session, const char *label, uint64_t us) {
    struct called *called = &s->called[s->n_called % SPEAKER_CALLED_MAX];
    if (!label || !session || strlen(label) >= sizeof called->label || strlen(session) >= sizeof called->session)
        return false;
    memcpy(called->label, label, strlen(label) + 1);
    memcpy(called->session, session, strlen(session) + 1);
    called->us = us;
    s->n_called++;
    if (hidden_has(&s->hidden, HIDDEN_SESSION, session, strlen(session)))
        speakers_hide_label(s, label); /* for when this is kept no longer */
    return true;
}

/* Whose session Bob called so when this was said: called so last before it. Where clocks differ, the only one that ever
 * had that label. */
static void find_speaker(const struct speakers *s, struct said *line) {
    const struct called *found = NULL, *last = NULL;
    bool several = false;
    for (uint64_t i = s->n_called; i-- > 0 && i + SPEAKER_CALLED_MAX >= s->n_called;) {
        const struct called *called = &s->called[i % SPEAKER_CALLED_MAX];
        if (strcmp(called->label, line->from) != 0)
            continue;
        if (called->us <= line->ns / 1000 && (!last || called->us > last->us))
            last = called;
        several |= found && strcmp(found->session, called->session) != 0;
        found = called;
    }
    line->session[0] = 0;
    line->called_us = last ? last->us : 0;
    if (last)
        found = last;
    if (found && (last || !several))
        memcpy(line->session, found->session, sizeof line->session);
}

static bool is_hidden(const struct speakers *s, const struct said *line) {
    if (hidden_has(&s->hidden, HIDDEN_LINE, line->key, SAID_KEY))
        return true;
    if (line->session[0])
        return hidden_has(&s->hidden, HIDDEN_SESSION, line->session, strlen(line->session));
    return line->from[0] && hidden_has(&s->hidden, HIDDEN_LABEL, line->from, strlen(line->from));
}

void speakers_take(const struct speakers *s, const char *session, struct said *line) {
    if (line->from[0])
        find_speaker(s, line);
    else if (line->side == SIDE_ALICE && strlen(session) < sizeof line->session)
        memcpy(line->session, session, strlen(session) + 1);
    line->hidden = is_hidden(s, line);
}

void speakers_take_again(const struct speakers *s, const char *session, struct said *line) {
    struct said before = *line;
    speakers_take(s, session, line);
    if (line->called_us < before.called_us) { /* what Bob told of it is kept no longer */
        memcpy(line->session, before.session, sizeof line->session);
        line->called_us = before.called_us;
    }
    line->hidden = s->hidden.n && (before.hidden || is_hidden(s, line));
}

bool speakers_call_again(const struct speakers *s, struct said *line) {
    const struct called *newest = &s->called[(s->n_called - 1) % SPEAKER_CALLED_MAX];
    if (!line->from[0] || strcmp(newest->label, line->from) != 0)
        return false;
    struct said before = *line;
    if (!line->called_us)
        find_speaker(s, line);
    else if (newest->us >= line->called_us && newest->us <= line->ns / 1000) { /* he has told it late */
        memcpy(line->session, newest->session, sizeof line->session);
        line->called_us = newest->us;
    }
    if (strcmp(before.session, line->session) == 0)
        return false;
    line->hidden = s->hidden.n && (before.hidden || is_hidden(s, line));
    return true;
}

void speakers_hide_line(struct speakers *s, const struct said *line) {
    hidden_add(&s->hidden, HIDDEN_LINE, line->key, SAID_KEY);
}

void speakers_hide_session(struct speakers *s, const char *session, const char *label) {
    hidden_add(&s->hidden, HIDDEN_SESSION, session, strlen(session));
    if (label)
        speakers_hide_label(s, label);
    for (uint64_t i = 0; i < SPEAKER_CALLED_MAX && i < s->n_called; i++)
        if (strcmp(s->called[i].session, session) == 0)
            speakers_hide_label(s, s->called[i].label);
}

void speakers_hide_label(struct speakers *s, const char *label) {
    if (*label)
        hidden_add(&s->hidden, HIDDEN_LABEL, label, strlen(label));
}

void speakers_show_all(struct speakers *s) {
    memset(&s->hidden, 0, sizeof s->hidden);
}

bool speakers_look(const struct speakers *s, struct said *line) {
    bool before = line->hidden;
    line->hidden = s->hidden.n && (before || is_hidden(s, line));
    return line->hidden != before;
}
