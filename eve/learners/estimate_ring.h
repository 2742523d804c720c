/* What the known attacks on sessions of the ring task cost, by formula: bit operations of decoding a quasi-cyclic code,
 * which those of LPN's table are not: n means something else, and structure is an assumption of its own. */
#ifndef PARLEY_EVE_ESTIMATE_RING_H
#define PARLEY_EVE_ESTIMATE_RING_H

#include "common/task/ring/ring_params.h"

/* log2 of bit operations until success on average. A range, since what an information set costs depends on how many
 * exchanges one takes to be enough. */
struct estimate_ring_side {
    double from;    /* lists and collisions alone: information sets are free and independent */
    double to;      /* the search of eve learn: one exchange at a time, as many as it makes, and passes hang together */
    double alone;   /* as from, with one target instead of all n rotations */
    double quantum; /* as from, the number of iterations by its square root (Bernstein 2010) */
    double seconds; /* log2: of one core of the machine on which the plan was fitted */
};

struct estimate_ring {
    struct estimate_ring_side vectors; /* (x, y) of weight 2w from sigma: the recipe */
    struct estimate_ring_side labels;  /* (s, e1, e2) of weight w_s + 2 w_e from z_h and z_sigma */
    double from, to;                   /* of the shorter road */
};

void estimate_ring_set(struct estimate_ring *e, const struct ring_params *p);

#endif
