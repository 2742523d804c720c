/* Information-set decoding, one searcher for each thread. The learner is learner_isd; this is its inside, for tests and
 * the benchmark. */
#ifndef PARLEY_EVE_ISD_H
#define PARLEY_EVE_ISD_H

#include "eve/f2/collide.h"
#include "eve/f2/pool.h"
#include "eve/f2/tableau.h"
#include "eve/learn/learner_run.h"
#include "eve/learners/isd_plan.h"

struct isd_searcher {
    struct learn_run *run;
    struct isd_plan plan;
    struct tableau tableau;
    struct collide collide;
    double independence; /* independent tries for each pass */
    size_t pass;         /* since the tableau was built */

    double proposing;  /* wall seconds that hypotheses have cost which only show how far the search is */
    size_t n_searched; /* tableaux that have been searched to their end */

    /* The candidate nearest to its sigma since the last hypothesis, whatever that is worth. */
    unsigned best_weight;
    uint32_t *best_ids; /* n sample numbers; then the errors, packed */
    uint8_t *best_errors;
};

int isd_searcher_init(struct isd_searcher *s, struct learn_run *run, const struct pool *pool, unsigned thread);
void isd_searcher_deinit(struct isd_searcher *s);

/* Exchanges and one pass; proposes what it finds. */
void isd_pass(struct isd_searcher *s);

/* Chooses a plan by the model and by measuring passes, at work all the while. False when stopped. */
bool isd_tune(struct isd_searcher *s, struct isd_plan *best);

#endif
