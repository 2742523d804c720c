/* The parameter sets of the ring task. All are constants of a set and never computed by the two sides; the tests
 * compute them again. */
#ifndef PARLEY_RING_PARAMS_H
#define PARLEY_RING_PARAMS_H

#include "common/task/task.h"

enum {
    RING_SETS = 8,
    RING_STEPS = 12,
    RING_WEIGHT_MAX = 80, /* w, w_s, w_e */
};

struct ring_params {
    struct set set;     /* what all tasks have */
    uint32_t n;         /* length: a prime of which 2 is a primitive root, so that X^n - 1 has two factors only */
    uint32_t w;         /* ones of x, and of y: the recipe */
    uint32_t w_s;       /* ones of s */
    uint32_t w_e;       /* ones of e1, and of e2 */
    uint64_t theta64;   /* floor(2^64 w_e / n): a uniform u64 below it is a noise bit of a challenge 1 */
    double p;           /* share of ones in x s + y e1 + e2, which the learner starts from */
    uint32_t low, high; /* log2 of the bit operations of the best attack known, between these by estimate */
    /* The learner flips where at least `reach` of w equations are wrong, and one more for each step that the number of
     * wrong equations has come to: what is likelier than not an error, by the share of wrong equations (flip.c). */
    uint32_t reach;
    uint16_t steps[RING_STEPS];
};

/* The numbers of a set of this task. */
static inline const struct ring_params *ring_params_of(const struct set *set) {
    return (const struct ring_params *)set; /* its first member */
}

/* Set i in order of n; NULL from RING_SETS on. */
const struct ring_params *ring_params_at(size_t i);
/* The set of this name, or NULL. */
const struct ring_params *ring_params_find(const char *name);

/* Labels that one block of challenges gives: of n, the largest multiple of 8 below n. The sum of all n is known to
 * everybody, since X - 1 divides X^n - 1, so that the last one would tell the noise's parity; and whole bytes let parts
 * be worked on side by side. */
static inline size_t ring_params_block(const struct ring_params *p) {
    return (p->n - 1) / 8 * 8;
}

/* Blocks that give all L challenges. */
static inline size_t ring_params_blocks(const struct ring_params *p) {
    return (set_challenges(&p->set) + ring_params_block(p) - 1) / ring_params_block(p);
}

#endif
