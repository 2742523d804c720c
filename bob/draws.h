/* Whether somebody may be drawing words. Whoever sits in between needs two sessions that show the same words, and each
 * try with bob is a session of her own in which bob has shown words and which she then gives up (DESIGN.md, section 4).
 * Many unpinned sessions that end soon after their words were shown are what that looks like. */
#ifndef PARLEY_BOB_DRAWS_H
#define PARLEY_BOB_DRAWS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    DRAWS_MANY = 8, /* within DRAWS_WINDOW_MS */
    DRAWS_WINDOW_MS = 10 * 60 * 1000,
    DRAWS_SOON_MS = 60 * 1000, /* whoever compares words takes longer than whoever looks whether they fit */
};

/* Zeroed at the start. */
struct draws {
    uint64_t ended_ms[DRAWS_MANY]; /* the last ones, in a ring */
    unsigned n;                    /* all so far */
    uint64_t warned_ms;
    bool warned;
};

/* An unpinned session whose words were shown at shown_ms ends now. True: say so, which it is at most once in
 * DRAWS_WINDOW_MS. */
bool draws_end(struct draws *draws, uint64_t shown_ms, uint64_t now_ms);

#endif
