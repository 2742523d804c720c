/* The primal attack run: samples into a lattice, tours of BKZ by blocks that grow, and a look after each of them. */
#ifndef PARLEY_EVE_SEARCH_H
#define PARLEY_EVE_SEARCH_H

#include "eve/lattice/fplll.h"
#include "eve/lattice/usvp.h"

#include <stdbool.h>

struct search_plan {
    struct usvp estimate; /* what the formula says is needed */
    unsigned samples;     /* to take: 0 if there are too few */
};

/* How many samples to take. Each one makes the secret's vector stand out more, up to a point, and the lattice longer:
 * so the fewest with which it stands out nearly as much as it can at the block size that will do. */
void search_plan(struct search_plan *plan, const struct usvp_task *task);

/* The block size of tour i = 0, 1, ...; 0 once that is more than the dimension: there is nothing more to do. */
unsigned search_block(unsigned i, unsigned dimension);

struct search {
    const struct usvp_task *task;
    const struct search_plan *plan;
    const uint16_t *a, *z; /* plan->samples rows of n numbers, and their labels */
    int most;              /* the secret's numbers are from -most to most */
    /* Here is a candidate, n numbers: true if it is the secret. */
    bool (*found)(void *context, const int8_t *s);
    void *context;
    /* what came of it */
    struct fplll_ended ended; /* of the last tour; seconds of all */
    double memory_bytes;
    unsigned tours, block; /* that are done; the block size of the last one begun */
};

/* Until the secret is found, the learner should stop, or there is nothing more to do: FPLLL_DONE, or else as
 * fplll_tour. */
int search_run(struct search *search, struct learn_run *run);

#endif
