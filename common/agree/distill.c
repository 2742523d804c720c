#include "common/agree/distill.h"

#include "common/base/binomial.h"
#include "common/base/bytes.h"

#include <math.h>

void distill_mask(uint8_t *masked, const uint8_t d[static 64], const struct set *set) {
    for (size_t j = 0; j < SET_DISTILLATE; j++)
        for (size_t c = 0; c < set->repeat; c++)
            bit_xor(masked, j * set->repeat + c, bit_get(d, j));
}

uint32_t distill_majority(uint8_t d[static 64], const uint8_t *results, const struct set *set) {
    uint32_t agreeing = 0;
    memset(d, 0, 64);
    for (size_t j = 0; j < SET_DISTILLATE; j++) {
        uint32_t ones = 0;
        for (size_t c = 0; c < set->repeat; c++)
            ones += bit_get(results, j * set->repeat + c);
        uint32_t majority = (set->repeat / 2 - ones) >> 31; /* 1 if ones > N/2 */
        bit_xor(d, j, majority);
        agreeing += majority * ones + (1 - majority) * (set->repeat - ones);
    }
    return agreeing;
}

bool distill_noisy(uint32_t agreeing, const struct set *set) {
    return set_challenges(set) - agreeing >= set->least_masked;
}

double distill_failure_log2(const struct set *set) {
    return log2(SET_DISTILLATE * binomial_above(set->repeat / 2, set->repeat, set->risk));
}
