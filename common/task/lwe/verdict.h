/* Whether a hypothesis is accepted, and whether the labels are as noisy as an honest bob's. Both are seen from the
 * noise that the hypothesis leaves in the labels; s is not needed. */
#ifndef PARLEY_LWE_VERDICT_H
#define PARLEY_LWE_VERDICT_H

#include "common/task/lwe/composer.h"

#include <stdbool.h>

struct verdict {
    uint32_t too_far;                     /* of the first LWE_PARAMS_CHECKED plain labels: with |z - <a, h>| > eta */
    uint32_t plain_noise, composed_noise; /* sums of |z - <x, h>| over these, and over all composed labels */
    bool accepted;                        /* no label is too far: an honest s always passes, noise being CBD(eta) */
    bool noisy;                           /* both sums are as large as an honest bob's */
};

/* key: of A. h: n entries. */
void verdict_reach(struct verdict *out, const struct composer *composed, const uint8_t key[static 32],
                   const uint8_t *labels, const int16_t *h);

#endif
