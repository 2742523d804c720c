/* A conference: what one alice says, bob passes on to the others, under the label that she has at the switchboard.
 *
 * The wire has no mark for it: it is bob's line, whose text says from whom he has it, "(from ann) Good morning". A
 * label has no blank and no bracket (label.h), and every line that is passed on begins so: no alice can speak as
 * another, and whether it is true, bob alone knows. */
#ifndef PARLEY_BOB_CONFERENCE_H
#define PARLEY_BOB_CONFERENCE_H

#include "bob/label.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONFERENCE_TEXT = 1000, /* bytes of what was said, of one line */
    CONFERENCE_LINE = CONFERENCE_TEXT + LABEL_TEXT + 16,
    CONFERENCE_BURST = 20,             /* lines at once that one alice may say, */
    CONFERENCE_EVERY_MS = 500,         /* and then one in such a time: each costs as many as are here */
    CONFERENCE_WAITING_MAX = 64 << 10, /* bytes that wait for one who does not read: she misses more */
};

/* The line that the others get, with its newline: without control characters, and without what is no UTF-8. How many
 * bytes; 0: nothing is left of it. n: CONFERENCE_TEXT at most. */
size_t conference_line(char out[static CONFERENCE_LINE], const char *label, const uint8_t *bytes, size_t n);

/* How much one alice has said. All zero at first. */
struct conference_rate {
    uint64_t full_ms; /* when she may say a whole burst again; 0 at first */
    bool told;        /* that her lines are not passed on */
};

/* Whether a line of hers at this time is passed on. */
bool conference_may(struct conference_rate *rate, uint64_t now_ms);

#endif
