/* Normal deviates from a seed. */
#ifndef PARLEY_EVE_LAB_NORMAL_H
#define PARLEY_EVE_LAB_NORMAL_H

#include "common/base/prg.h"

struct normal {
    struct prg prg;
};

/* Everything follows from (key, nonce). */
void normal_init(struct normal *g, const uint8_t key[static 32], uint64_t nonce);

/* out = n independent deviates of mean 0 and variance 1. */
void normal_fill(struct normal *g, double *out, size_t n);

/* Uniform in (0, 1). */
double normal_uniform(struct normal *g);

/* Phi: how often a normal deviate is below t. */
double normal_below(double t);

#endif
