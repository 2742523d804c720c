/* Whether a hypothesis is accepted, and whether Bob's labels and secret are such as an honest one's. All is seen from h
 * and from the noise that it leaves in the labels; s is not needed. */
#ifndef PARLEY_LWE_VERDICT_H
#define PARLEY_LWE_VERDICT_H

#include "common/task/lwe/lwe_params.h"

#include <stdbool.h>

struct verdict {
    uint32_t too_far;                     /* plain labels with |z - <a, h>| > eta */
    uint32_t plain_noise, composed_noise; /* sums of |z - <x, h>| over all plain labels, and over all composed ones */
    bool accepted;                        /* no label is too far: an honest s always passes, noise being CBD(eta) */
    bool noisy;                           /* both sums are as large as an honest bob's */
    bool odd;                             /* h has an odd entry, as an honest s has */
};

/* left: what h leaves of the m + n labels, z - <x, h>. h: n entries. */
void verdict_reach(struct verdict *out, const struct lwe_params *p, const uint8_t *left, const int16_t *h);

#endif
