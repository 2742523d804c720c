/* The events of a session as JSON, as common/shell/told/events.c writes them, without its files, clocks and jansson:
 * what is in them is for both in proto/telling.h. */
#ifndef PARLEY_ALICE_BROWSER_TOLD_H
#define PARLEY_ALICE_BROWSER_TOLD_H

#include "proto/telling.h"

enum {
    TOLD_TEXT = 8192, /* more than twice the longest event */
    TOLD_DEPTH = 4,   /* of objects and lists in each other */
};

struct told {
    char text[TOLD_TEXT]; /* one JSON object, NUL at its end */
    size_t n;
    char open[TOLD_DEPTH]; /* brackets of what is open */
    size_t depth;
};

/* False for an event that nobody is told; text is empty then. */
bool told_event(struct told *told, const struct session *session, const struct session_event *e,
                const struct telling_moment *moment);

/* Where the session is: see surface_progress. */
void told_progress(struct told *told, const struct session *session);

#endif
