#include "common/agree/distill.h"

#include "common/base/binomial.h"
#include "common/base/bytes.h"

#include <math.h>

void distill_mask(uint8_t *masked, const uint8_t d[static 64], const struct params *p) {
    for (size_t j = 0; j < PARAMS_DISTILLATE; j++)
        for (size_t c = 0; c < p->repeat; c++)
            bit_xor(masked, j * p->repeat + c, bit_get(d, j));
}

uint32_t distill_majority(uint8_t d[static 64], const uint8_t *results, const struct params *p) {
    uint32_t agreeing = 0;
    memset(d, 0, 64);
    for (size_t j = 0; j < PARAMS_DISTILLATE; j++) {
        uint32_t ones = 0;
        for (size_t c = 0; c < p->repeat; c++)
            ones += bit_get(results, j * p->repeat + c);
        uint32_t majority = (p->repeat / 2 - ones) >> 31; /* 1 if ones > N/2 */
        bit_xor(d, j, majority);
        agreeing += majority * ones + (1 - majority) * (p->repeat - ones);
    }
    return agreeing;
}

bool distill_noisy(uint32_t agreeing, const struct params *p) {
    return params_challenges(p) - agreeing >= p->least_masked;
}

double distill_failure_log2(const struct params *p) {
    return log2(PARAMS_DISTILLATE * binomial_above(p->repeat / 2, p->repeat, p->theta));
}
