/* Who says a line, and whether the lecturer has hidden it. Pure.
 *
 * Bob passes lines on under labels, and his file of events tells whose session he calls so from a time on; many may
 * have one label, one after the other. Who says a line is decided when the line comes, and kept with it: what Bob tells
 * later changes that only where he tells late of an earlier time, and it makes no difference that of all that he tells
 * only the newest is kept. */
#ifndef PARLEY_EVE_PAGE_SPEAKER_H
#define PARLEY_EVE_PAGE_SPEAKER_H

#include "eve/page/hidden.h"
#include "eve/page/said.h"

#include <stdbool.h>
#include <stdint.h>

enum { SPEAKER_CALLED_MAX = 2000 };

/* Whom Bob calls so, from a time on: microseconds since 1970. */
struct called {
    char label[SAID_FROM], session[SAID_SESSION];
    uint64_t us;
};

/* All zero: Bob tells nothing, and nothing is hidden. */
struct speakers {
    struct called called[SPEAKER_CALLED_MAX]; /* n_called in all, the newest in place n_called - 1 modulo the size */
    uint64_t n_called;
    struct hidden hidden;
};

/* Bob calls a session so. False: one of the texts is none of his, and nothing is kept. */
bool speakers_call(struct speakers *s, const char *session, const char *label, uint64_t us);
/* A line of this session's conversation has come: line->session and line->hidden are set. */
void speakers_take(const struct speakers *s, const char *session, struct said *line);
/* The same for a line that has come before: who says it is not forgotten, and what was hidden stays so until
 * speakers_show_all. */
void speakers_take_again(const struct speakers *s, const char *session, struct said *line);
/* Behind speakers_call, for a line that has come before it. Whether anything of it has changed. */
bool speakers_call_again(const struct speakers *s, struct said *line);

/* What follows is said of all lines, also of those to come; those that are there already: speakers_look. */
void speakers_hide_line(struct speakers *s, const struct said *line);
/* All that is said in this session, and under this label and all by which Bob has called or will call it, where nothing
 * is known of who has them: of what he tells only the newest is kept. label is NULL: there is no other. */
void speakers_hide_session(struct speakers *s, const char *session, const char *label);
void speakers_hide_label(struct speakers *s, const char *label);
void speakers_show_all(struct speakers *s);
/* Looks whether the line is hidden now; one that is hidden stays so until speakers_show_all. Whether that has changed.
 */
bool speakers_look(const struct speakers *s, struct said *line);

#endif
