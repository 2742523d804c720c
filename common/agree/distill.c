#include "common/agree/distill.h"

#include "common/base/binomial.h"
#include "common/base/bytes.h"

#include <math.h>

static uint32_t get(const uint8_t *labels, size_t i, const struct set *set) {
    return set->modulus == 2 ? bit_get(labels, i) : load16_le(labels + 2 * i);
}

/* 1 if a < b, both below 2^31. */
static uint32_t less(uint32_t a, uint32_t b) {
    return (a - b) >> 31;
}

/* a + b modulo Q, both below Q. */
static uint32_t add(uint32_t a, uint32_t b, uint32_t modulus) {
    uint32_t sum = a + b;
    return sum - (modulus & (less(sum, modulus) - 1));
}

/* Distance of a < Q from 0 modulo Q. */
static uint32_t distance(uint32_t a, uint32_t modulus) {
    uint32_t other = modulus - a;
    return a + ((other - a) & (0 - less(other, a)));
}

void distill_mask(uint8_t *masked, const uint8_t d[static 64], const struct set *set) {
    const uint32_t half = set->modulus / 2;
    for (size_t j = 0; j < SET_DISTILLATE; j++)
        for (size_t i = j * set->repeat; i < (j + 1) * set->repeat; i++) {
            uint32_t shift = half & (0 - bit_get(d, j));
            if (set->modulus == 2)
                bit_xor(masked, i, shift);
            else
                store16_le(masked + 2 * i, (uint16_t)add(get(masked, i, set), shift, set->modulus));
        }
}

/* Without a table, which an address into would tell of. */
static uint32_t ones_of(uint8_t byte) {
    uint32_t x = byte;
    x -= x >> 1 & 0x55;
    x = (x & 0x33) + (x >> 2 & 0x33);
    return (x + (x >> 4)) & 0xf;
}

/* Ones among bits first ... end - 1. */
static uint32_t count_ones(const uint8_t *bits, size_t first, size_t end) {
    uint32_t ones = 0;
    for (; first < end && first % 8; first++)
        ones += bit_get(bits, first);
    for (; first + 8 <= end; first += 8)
        ones += ones_of(bits[first / 8]);
    for (; first < end; first++)
        ones += bit_get(bits, first);
    return ones;
}

/* For Q = 2 a distance is the bit itself. */
static struct distilled unmask_bits(uint8_t d[static 64], const uint8_t *results, const struct set *set) {
    struct distilled out = {0};
    for (size_t j = 0; j < SET_DISTILLATE; j++) {
        uint32_t ones = count_ones(results, j * set->repeat, (j + 1) * set->repeat), zeros = set->repeat - ones;
        uint32_t bit = less(zeros, ones), most = zeros + ((ones - zeros) & (0 - bit));
        bit_xor(d, j, bit);
        out.noise += set->repeat - most;
        out.agreeing += most;
    }
    return out;
}

struct distilled distill_unmask(uint8_t d[static 64], const uint8_t *results, const struct set *set) {
    const uint32_t modulus = set->modulus, half = modulus / 2;
    struct distilled out = {0};
    memset(d, 0, SET_DISTILLATE / 8);
    if (modulus == 2)
        return unmask_bits(d, results, set);
    for (size_t j = 0; j < SET_DISTILLATE; j++) {
        uint32_t from[2] = {0}, ones = 0; /* noise if d = 0, if d = 1; labels that are for 1 */
        for (size_t i = j * set->repeat; i < (j + 1) * set->repeat; i++) {
            uint32_t result = get(results, i, set);
            uint32_t to_0 = distance(result, modulus), to_1 = distance(add(result, modulus - half, modulus), modulus);
            from[0] += to_0;
            from[1] += to_1;
            ones += less(to_1, to_0);
        }
        uint32_t bit = less(from[1], from[0]);
        bit_xor(d, j, bit);
        out.noise += from[0] + ((from[1] - from[0]) & (0 - bit));
        out.agreeing += (set->repeat - ones) + ((2 * ones - set->repeat) & (0 - bit));
    }
    return out;
}

bool distill_noisy(uint32_t noise, const struct set *set) {
    return noise >= set->least_masked;
}

double distill_failure_log2(const struct set *set) {
    if (set->modulus > 2)
        return -INFINITY;
    return log2(SET_DISTILLATE * binomial_above(set->repeat / 2, set->repeat, set->risk));
}
