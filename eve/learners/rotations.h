/* The search for a sparse error of a quasi-cyclic code as learners run it: on all threads, until it is found or the
 * time is over. */
#ifndef PARLEY_EVE_ROTATIONS_H
#define PARLEY_EVE_ROTATIONS_H

#include "eve/f2/cyclic.h"
#include "eve/learn/learner_run.h"

struct rotations {
    struct learn_run *run;
    struct cyclic_word word;
    /* An error of the word's weight; blocks one after the other. True if the search is over. Called on any thread, on
     * one at a time. */
    bool (*found)(void *context, const uint8_t *error);
    /* The nearest so far of what the search has seen, to show something while it goes on; NULL: of no use. */
    void (*near)(void *context, const uint8_t *error);
    void *context;
};

/* 0, or -ENOMEM. */
int rotations_search(const struct rotations *r);

#endif
