#include "common/task/lwe/verdict.h"

#include "common/task/lwe/zq.h"

/* A hypothesis other than s leaves uniform residues (or uniform multiples of 2 or 4): it passes all m, 512 at least,
 * with probability (4 (2 eta + 1) / q)^m, below 2^-128 for all 5^n hypotheses together. */
void verdict_reach(struct verdict *out, const struct lwe_params *p, const uint8_t *left, const int16_t *h) {
    unsigned odd = 0;
    *out = (struct verdict){0};
    for (size_t i = 0; i < p->m; i++) {
        uint32_t noise = zq_abs(zq_load(left, i));
        out->too_far += (p->eta - noise) >> 31;
        out->plain_noise += noise;
    }
    for (size_t j = 0; j < p->n; j++) {
        out->composed_noise += zq_abs(zq_load(left, p->m + j));
        odd |= (unsigned)h[j] & 1;
    }
    out->accepted = out->too_far == 0;
    out->noisy = (out->plain_noise >= p->least_plain) & (out->composed_noise >= p->least_composed);
    out->odd = odd;
}
