/* The program fplll as a child process: The FPLLL development team, fplll, a lattice reduction library, Debian's
 * fplll-tools. It is found when it is wanted; eve is built without it. */
#ifndef PARLEY_EVE_FPLLL_H
#define PARLEY_EVE_FPLLL_H

#include "eve/lattice/basis.h"
#include "eve/learn/learner_run.h"

enum {
    FPLLL_DONE = 0,
    FPLLL_MISSING = 1, /* there is no such program */
    FPLLL_STOPPED = 2, /* the learner should stop; the program was ended */
    FPLLL_BROKEN = 3,  /* it broke, or said what is no basis: see why */
};

struct fplll_ended {
    char why[96];        /* of FPLLL_BROKEN */
    double seconds;      /* processor time of the program */
    double memory_bytes; /* its largest size */
};

/* One tour of BKZ over b by blocks of beta rows; beta 2 is LLL. first: b is not reduced yet, so LLL comes before.
 * b: the basis, then what it has become; as it was unless FPLLL_DONE. Blocks until it is done, or the learner should
 * stop. One of the above; -ENOMEM and the like. */
int fplll_tour(struct basis *b, struct learn_run *run, unsigned beta, bool first, struct fplll_ended *ended);

#endif
