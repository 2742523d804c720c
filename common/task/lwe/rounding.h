/* The learner: with recipes the plain vectors cancel, v_j = z_(m+j) - sum of r_(j,i) z_i = D s_j + noise, and s_j is
 * the nearest multiple of D. */
#ifndef PARLEY_LWE_ROUNDING_H
#define PARLEY_LWE_ROUNDING_H

#include "common/task/lwe/ternary.h"

/* The level, -2 ... 2, whose multiple of D is nearest to the residue of v in -2^15 ... 2^15 - 1. Not to v / D modulo 5:
 * 5 D is q - 1, and noise must not wrap from one end to the other. Without a branch. */
int16_t rounding_level(uint16_t v);

/* h: n levels. labels: those of the m plain samples, then of the n composed ones. Returns the sum over j of how far v_j
 * is from D h_j. */
uint32_t rounding_learn(int16_t *h, const struct ternary *recipes, const uint8_t *labels);

#endif
