/* What lattice reduction costs on sessions of LWE, by formula (eve/lattice/usvp.h). In a currency of its own: calls of
 * an oracle for shortest vectors, of which a bit operation of another table is no part. */
#ifndef PARLEY_EVE_ESTIMATE_LWE_H
#define PARLEY_EVE_ESTIMATE_LWE_H

#include "common/task/lwe/lwe_params.h"
#include "eve/lattice/usvp.h"

#include <stdbool.h>
#include <stddef.h>

/* A session of this set, of which so many samples are to be used. A secret is CBD(2): of variance 1. */
void estimate_lwe_task(struct usvp_task *task, const struct lwe_params *p, size_t samples);

struct estimate_lwe {
    double sigma; /* standard deviation of an error */
    struct usvp primal;
    double classical, quantum; /* log2, core-SVP */
    bool flatters;             /* the block size is so small that the formula flatters the attacker */
};

/* With all samples of a session. */
void estimate_lwe_set(struct estimate_lwe *e, const struct lwe_params *p);

/* The least block size that finds, by formula, a combination of the plain samples that serves as a recipe of a composed
 * one: so short that its noise is no larger than half of what lies between two entries of a secret, D/2. A lattice
 * reduction of root Hermite factor delta finds one of length 2^(2 sqrt(n log2 q log2 delta)) (Micciancio, Regev,
 * Lattice-based cryptography, 2009). It need not be Alice's: hers does not follow from her vectors. */
unsigned estimate_lwe_recipe(const struct lwe_params *p);

#endif
