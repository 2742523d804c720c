/* The events of a session as JSON, as common/shell/told/events.c writes them, without its files, clocks and jansson. */
#ifndef PARLEY_ALICE_BROWSER_TOLD_H
#define PARLEY_ALICE_BROWSER_TOLD_H

#include "proto/session.h"

enum { TOLD_TEXT = 8192 }; /* more than twice the longest event */

struct told {
    char text[TOLD_TEXT]; /* one JSON object, NUL at its end */
    size_t n;
};

/* What the session itself does not know of the moment. */
struct told_moment {
    double seconds;      /* since the session began */
    double step_seconds; /* since its last step began */
    uint64_t bytes;      /* both ways */
};

/* False for an event that nobody is told; text is empty then. */
bool told_event(struct told *told, const struct session *session, const struct session_event *e,
                const struct told_moment *moment);

/* Where the session is: see surface_progress. */
void told_progress(struct told *told, const struct session *session);

#endif
