/* Whether Alice takes a proposal for Bob's s: from public data, samples and labels, and from nothing else. */
#ifndef PARLEY_RING_ACCEPT_H
#define PARLEY_RING_ACCEPT_H

#include "common/task/ring/poly.h"
#include "common/task/ring/ring_params.h"

/* What is public of an attempt. */
struct accept_data {
    uint64_t h[POLY_WORDS], sigma[POLY_WORDS]; /* the samples */
    uint64_t z_h[POLY_WORDS], z_sigma[POLY_WORDS];
};

enum accept {
    ACCEPT_NO,
    ACCEPT_YES,
    ACCEPT_QUIET_PLAIN,   /* yes, but z_h has less noise than an honest bob's */
    ACCEPT_QUIET_COMPOSED /* yes, but z_sigma has */
};

/* How many labels of either sample s misses, and what follows from that, s having w_s ones. An honest s misses w_e of
 * each; any other string of so few ones misses nearly half of them. The verdict is as public as A3; no branch or
 * address before it depends on s. */
enum accept accept_check(uint32_t *missed_hp, uint32_t *missed_sigmap, const struct ring_params *p,
                         const struct accept_data *data, const uint64_t *s);

#endif
