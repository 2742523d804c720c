/* The parameter sets. p, N and q are constants of a set and never computed by the two sides. */
#ifndef PARLEY_LPN_PARAMS_H
#define PARLEY_LPN_PARAMS_H

#include "common/task/task.h"

enum {
    PARAMS_SETS = 9,            /* that the wire knows */
    PARAMS_N_MAX = 8192,        /* largest n of the table */
    PARAMS_CHECKED_ALL = 16384, /* plain labels, up to so many all are looked at by the self-check; ... */
    PARAMS_CHECKED = 8192,      /* ... of more, so many: to choose them takes time, too */
    PARAMS_KEPT_MAX = 4096,     /* composed labels whose noise is counted */
};

struct params {
    struct set set;      /* what all tasks have */
    uint32_t n;          /* dimension, a multiple of 32 */
    uint32_t m;          /* plain samples, 32 n */
    uint32_t w;          /* weight of a recipe, round(0.3 sqrt n) */
    uint32_t q;          /* composed samples per secret bit: the code has rate 1/q */
    uint32_t k;          /* composed samples, q n */
    uint32_t candidate;  /* which of the pseudorandom permutations the code uses */
    uint32_t code_low;   /* secret bits 0 .. n/32 code_share - 1 occur code_low times each in the code, ... */
    uint32_t code_share; /* 0 .. 32 */
    uint32_t code_high;  /* ... the others code_high times; together k times */
    uint64_t theta64;    /* floor(2^64 / sqrt n): a uniform u64 below it is a noise bit 1 */
    double theta;        /* n^(-1/2), for the learner's prior and for display */
    double p;            /* (1 - (1 - 2 theta)^(w + 1)) / 2, likewise */

    /* Noise of an honest bob: less than this happens once in 2^40 times, each by the exact distribution. */
    uint32_t least_plain;    /* errors among params_checked plain labels: Binomial(params_checked, theta) */
    uint32_t least_composed; /* among params_kept composed ones: Binomial(params_kept, theta) */
};

/* The numbers of a set of this task. */
static inline const struct params *params_of(const struct set *set) {
    return (const struct params *)set; /* its first member */
}

/* The PARAMS_SETS sets that the wire knows, in order of n. */
const struct params *params_table(size_t *n_setsp);

/* The set of this name, or NULL. */
const struct params *params_find(const char *name);

/* Any n that is a multiple of 32 from 32 to PARAMS_N_MAX, for experiments in one process: w, p, N by the same formulas,
 * q and candidate of the next smaller set (n64's below 64). -EINVAL for another n, -ENOMEM. */
int params_make(struct params *out, uint32_t n);

/* L = D N: the number of challenges. */
static inline size_t params_challenges(const struct params *p) {
    return set_challenges(&p->set);
}

/* How many plain labels the self-check looks at: a sample, or all of them. */
static inline uint32_t params_checked(const struct params *p) {
    return p->m <= PARAMS_CHECKED_ALL ? p->m : PARAMS_CHECKED;
}

/* How many composed vectors Alice keeps to count the noise of their labels. */
static inline uint32_t params_kept(const struct params *p) {
    return p->k < PARAMS_KEPT_MAX ? p->k : PARAMS_KEPT_MAX;
}

/* Most of n_labels plain labels that an accepted hypothesis may miss: floor((1/4 + theta/2) n_labels), exactly, for a
 * multiple of 4 up to 32 n. */
uint32_t params_self_check_limit(const struct params *p, uint32_t n_labels);

#endif
