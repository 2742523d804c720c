/* Reconciliation: D distillate bits, each masked with N noisy labels of challenges; what most of the N say takes the
 * noise off. Only Bob sends, and only masked bits. WIRE.md section 6.
 *
 * One formula for all moduli Q: a masked label is c = z* + floor(Q/2) d. Who predicts z* keeps c - h(x*), which is
 * noise for d = 0 and noise + floor(Q/2) for d = 1, and takes the d that leaves the smaller noise: the smaller sum over
 * its N labels of |c - h(x*) - floor(Q/2) d|, |.| being the distance from 0 modulo Q. For Q = 2 that is the majority of
 * N bits. No branch or address depends on labels or distillate. */
#ifndef PARLEY_AGREE_DISTILL_H
#define PARLEY_AGREE_DISTILL_H

#include "common/task/task.h"

#include <stdbool.h>
#include <stdint.h>

/* What a side that unmasks can count. */
struct distilled {
    uint32_t agreeing; /* of the L labels: those that alone would have given the bit that their N gave together */
    uint32_t noise;    /* sum over the L labels of their distance from floor(Q/2) d; for Q = 2 it is L - agreeing */
};

/* Bob. masked[j N + c] += floor(Q/2) d_j for all j, c, modulo Q: masked holds the labels of the challenges before. L
 * labels. */
void distill_mask(uint8_t *masked, const uint8_t d[static 64], const struct set *set);

/* Alice. results = masked - predictions, L labels, each below Q. d = the distillate. */
struct distilled distill_unmask(uint8_t d[static 64], const uint8_t *results, const struct set *set);

/* Whether the noise under the masks is as much as an honest bob's. noise: of distill_unmask. */
bool distill_noisy(uint32_t noise, const struct set *set);

/* log2 of the bound D P(Binomial(N, risk) > N/2) on any of the D bits being wrong; -INFINITY for a modulus above 2,
 * whose noise is too small for that. */
double distill_failure_log2(const struct set *set);

#endif
