/* Products of more than 64 bits, without a type for them, which compilers have for processors of 64 bits alone. */
#ifndef PARLEY_BASE_WIDE_H
#define PARLEY_BASE_WIDE_H

#include <stdint.h>

struct wide {
    uint64_t high, low; /* high 2^64 + low */
};

/* a b, by halves as at school. */
static inline struct wide wide_product(uint64_t a, uint64_t b) {
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32); /* at most (2^32 - 1)^2 + 2^32 - 2 */
    uint64_t other = a0 * b1 + (uint32_t)middle;
    return (struct wide){a1 * b1 + (middle >> 32) + (other >> 32), other << 32 | (uint32_t)(a0 * b0)};
}

/* Where a random word x falls if 2^64 values are spread evenly over n: floor(x n / 2^64). No branch. */
static inline uint32_t wide_scale(uint64_t x, uint32_t n) {
    return (uint32_t)(((x >> 32) * n + ((uint64_t)(uint32_t)x * n >> 32)) >> 32);
}

#endif
