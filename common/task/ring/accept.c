#include "common/task/ring/accept.h"

#include <sodium.h>

/* The weight of label + sample s. */
static uint32_t missed(const uint64_t *label, const uint64_t *sample, const uint64_t *s, size_t n) {
    uint64_t error[POLY_WORDS];
    poly_mul(error, sample, s, n);
    poly_add(error, label, n);
    uint32_t weight = poly_weight(error, n);
    sodium_memzero(error, sizeof error);
    return weight;
}

/* All ones if a < b, else 0; both are below 2^31. */
static uint32_t below_mask(uint32_t a, uint32_t b) {
    return 0 - ((a - b) >> 31);
}

enum accept accept_check(uint32_t *missed_hp, uint32_t *missed_sigmap, const struct ring_params *p,
                         const struct accept_data *data, const uint64_t *s) {
    uint32_t plain = missed(data->z_h, data->h, s, p->n), composed = missed(data->z_sigma, data->sigma, s, p->n);
    uint32_t no = below_mask(p->w_e, plain) | below_mask(p->w_e, composed);
    uint32_t quiet_plain = below_mask(plain, p->w_e), quiet_composed = below_mask(composed, p->w_e);
    *missed_hp = plain;
    *missed_sigmap = composed;
    uint32_t yes = (quiet_plain & ACCEPT_QUIET_PLAIN) | (~quiet_plain & quiet_composed & ACCEPT_QUIET_COMPOSED) |
                   (~quiet_plain & ~quiet_composed & ACCEPT_YES);
    return (enum accept)(~no & yes);
}
