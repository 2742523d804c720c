/* The parameter sets. All their numbers are constants and never computed by the two sides; what they rest on is
 * computed in the tests. */
#ifndef PARLEY_LWE_PARAMS_H
#define PARLEY_LWE_PARAMS_H

#include "common/task/task.h"

enum {
    LWE_PARAMS_SETS = 13,        /* that the wire knows */
    LWE_PARAMS_N_MAX = 1024,     /* largest n of the table */
    LWE_PARAMS_LEVELS = 5,       /* values of a secret entry: -2 ... 2 */
    LWE_PARAMS_DISTANCE = 13107, /* D = floor(q/5): what lies between two of them in the learner's input */
};

struct lwe_params {
    struct set set; /* what all tasks have */
    uint32_t n;     /* dimension, a multiple of 16; there are as many composed samples */
    uint32_t m;     /* plain samples, 512 at least */
    uint32_t eta;   /* noise is CBD(eta): of standard deviation sqrt(eta/2); a multiple of 32 */

    /* Noise of an honest bob: a sum of |e| below this happens once in 2^40 times, each by the exact distribution. */
    uint32_t least_plain;    /* over the m plain labels */
    uint32_t least_composed; /* over the n composed ones */
};

/* The numbers of a set of this task. */
static inline const struct lwe_params *lwe_params_of(const struct set *set) {
    return (const struct lwe_params *)set; /* its first member */
}

/* Set i, in order of n; NULL from LWE_PARAMS_SETS on. */
const struct lwe_params *lwe_params_at(size_t i);

/* The key that public rows of this kind ("matrix", "challenge") are expanded from: H("parley/2 NAME KIND" || seed). The
 * set's name is in it, so that a seed means something else in each set. */
void lwe_params_key(uint8_t key[static 32], const struct lwe_params *p, const char *kind,
                    const uint8_t seed[static 32]);

#endif
