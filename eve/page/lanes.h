/* Tells the page's events in lines of text, in the order of the steps: one line a step, with Alice's and Bob's numbers
 * beside each other, and Eve's below. Events of the three come in any order, each one's own in theirs. Pure. */
#ifndef PARLEY_EVE_PAGE_LANES_H
#define PARLEY_EVE_PAGE_LANES_H

#include "common/shell/term/screen.h"

#include <jansson.h>
#include <stdbool.h>

enum {
    LANES_COLUMNS_MIN = 40, /* narrower is told as if it were that wide */
    LANES_COLUMNS_MAX = 100,
    LANES_SESSIONS = 32, /* that are under way at once: the oldest are forgotten */
};

struct lanes;

struct lanes_config {
    unsigned columns; /* no line is longer */
    unsigned n_files; /* files of events: a step waits for so many of Alice and Bob */
    bool capture;     /* there is one: a step waits for the wire too */
    /* A line, without its newline and safe for a terminal; valid during the call. */
    void (*line)(void *user, enum screen_tone tone, const char *text);
    void *user;
};

/* -ENOMEM. */
int lanes_new(struct lanes **lanesp, const struct lanes_config *config);
void lanes_free(struct lanes *lanes); /* NULL is fine */

/* An event as the hub has it (common/shell/told/EVENTS.md). */
void lanes_event(struct lanes *lanes, const json_t *event);
/* Nothing has come for a while: tells what waits for a lane that has not spoken. */
void lanes_settle(struct lanes *lanes);
/* Whether a session has ended, as all lanes tell that it waits for; settled: all that have told of it. */
bool lanes_over(const struct lanes *lanes, bool settled);

#endif
