#include "common/task/ring/counters.h"

#include "common/base/level.h"

#include <sodium.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define VERSIONS    1
#define TARGET_AVX2 __attribute__((target("avx2")))
#else
#define VERSIONS 0
#endif

#define INLINE static inline __attribute__((always_inline))

/* Four words that need not be aligned: what one instruction of AVX2 takes, two of SSE2 or NEON. */
typedef uint64_t four __attribute__((vector_size(32), aligned(8), may_alias));

INLINE four *at_word(uint64_t *p) {
    return (four *)(void *)p;
}

INLINE const four *of_word(const uint64_t *p) {
    return (const four *)(const void *)p;
}

/* The largest power of four that is at most the largest distance in whole words, or 1. */
INLINE size_t first_step(size_t n) {
    size_t step = 1;
    while (4 * step <= (n - 1) / 64)
        step *= 4;
    return step;
}

/* All ones if a == b, else 0. */
INLINE uint64_t equal_mask(uint32_t a, uint32_t b) {
    uint32_t d = a ^ b;
    uint64_t mask = (uint64_t)((d | (0 - d)) >> 31) - 1;
    __asm__("" : "+r"(mask)); /* so that no compiler makes a branch of it */
    return mask;
}

/* to = from, a part of it further on: digit times `step` words, of as many digits as there are. n_words are written. */
INLINE void skip(uint64_t *to, const uint64_t *from, size_t n_words, size_t step, uint32_t digit, unsigned digits) {
    uint64_t keep[4];
    for (uint32_t d = 0; d < digits; d++)
        keep[d] = equal_mask(digit, d);
    for (size_t i = 0; i < n_words; i += 4) {
        four kept = *of_word(from + i) & keep[0];
        for (size_t d = 1; d < digits; d++)
            kept |= *of_word(from + i + d * step) & keep[d];
        *at_word(to + i) = kept;
    }
}

/* rotated = `twice` from word `words` on, as much of it as a string and a word more takes. Two bits of `words` at a
 * time, from the top, of which only one may be in use. */
INLINE void skip_words(uint64_t *rotated, const uint64_t *twice, size_t n, uint32_t words) {
    const uint64_t *from = twice;
    for (size_t step = first_step(n); step; step /= 4) {
        uint32_t digit = words / (uint32_t)step % 4;
        if (2 * step > (n - 1) / 64)
            skip(rotated, from, poly_words(n) + step, step, digit, 2);
        else
            skip(rotated, from, poly_words(n) + step, step, digit, 4);
        from = rotated;
    }
}

/* Two strings and the lowest plane go into a full adder, its carry up the other planes. */
INLINE void add_two(struct counters *c, const uint64_t *one, unsigned shift_one, const uint64_t *two,
                    unsigned shift_two, uint64_t keep_two, uint32_t n_planes) {
    for (size_t i = 0; i < poly_words(c->n); i += 4) {
        four a = *of_word(one + i) >> shift_one | *of_word(one + i + 1) << 1 << (63 - shift_one);
        four b = (*of_word(two + i) >> shift_two | *of_word(two + i + 1) << 1 << (63 - shift_two)) & keep_two;
        four p = *of_word(&c->planes[0][i]), ab = a ^ b;
        *at_word(&c->planes[0][i]) = p ^ ab;
        four carry = (a & b) | (p & ab);
        for (uint32_t plane = 1; plane < n_planes; plane++) {
            p = *of_word(&c->planes[plane][i]);
            *at_word(&c->planes[plane][i]) = p ^ carry;
            carry &= p;
        }
    }
}

INLINE uint32_t planes_for(uint32_t most) {
    uint32_t n = 0;
    for (; most; most /= 2)
        n++;
    return n;
}

INLINE void sum(struct counters *c, const uint64_t *v, const uint32_t *at, uint32_t weight, size_t n,
                struct counters_scratch *scratch) {
    size_t words = poly_words(n), whole = n / 64;
    unsigned shift = n % 64; /* not 0: n is odd */
    c->n = n;
    c->n_planes = planes_for(weight);
    memset(c->planes, 0, sizeof c->planes);
    memset(scratch, 0, sizeof *scratch);
    memcpy(scratch->twice, v, words * 8);
    for (size_t i = 0; i < words; i++) {
        scratch->twice[whole + i] |= v[i] << shift;
        scratch->twice[whole + i + 1] |= v[i] >> (64 - shift);
    }
    for (uint32_t i = 0; i < weight; i += 2) {
        uint32_t other = i + 1 < weight ? i + 1 : i;
        skip_words(scratch->rotated[0], scratch->twice, n, at[i] / 64);
        skip_words(scratch->rotated[1], scratch->twice, n, at[other] / 64);
        add_two(c, scratch->rotated[0], at[i] % 64, scratch->rotated[1], at[other] % 64, other == i ? 0 : UINT64_MAX,
                planes_for(other + 1));
    }
    for (uint32_t plane = 0; plane < COUNTERS_PLANES; plane++) {
        c->planes[plane][words - 1] &= UINT64_MAX >> (63 - (n - 1) % 64);
        for (size_t i = words; i < COUNTERS_WORDS; i++)
            c->planes[plane][i] = 0;
    }
}

void counters_sum_portable(struct counters *c, const uint64_t *v, const uint32_t *at, uint32_t weight, size_t n,
                           struct counters_scratch *scratch) {
    sum(c, v, at, weight, n, scratch);
}

#if VERSIONS
TARGET_AVX2 static void sum_avx2(struct counters *c, const uint64_t *v, const uint32_t *at, uint32_t weight, size_t n,
                                 struct counters_scratch *scratch) {
    sum(c, v, at, weight, n, scratch);
}

void counters_sum(struct counters *c, const uint64_t *v, const uint32_t *at, uint32_t weight, size_t n,
                  struct counters_scratch *scratch) {
    if (level_now() >= LEVEL_AVX2)
        sum_avx2(c, v, at, weight, n, scratch);
    else
        sum(c, v, at, weight, n, scratch);
}
#else
void counters_sum(struct counters *c, const uint64_t *v, const uint32_t *at, uint32_t weight, size_t n,
                  struct counters_scratch *scratch) {
    sum(c, v, at, weight, n, scratch);
}
#endif

/* From the highest plane down: if any that is still in the running has a 1 there, those with a 0 are out. */
static uint64_t any(const uint64_t *in_a, const uint64_t *in_b, const struct counters *a, const struct counters *b,
                    uint32_t plane) {
    uint64_t found = 0;
    for (size_t i = 0; i < poly_words(a->n); i++)
        found |= (in_a[i] & a->planes[plane][i]) | (in_b[i] & b->planes[plane][i]);
    return (found | (0 - found)) >> 63;
}

uint32_t counters_max(const struct counters *a, const struct counters *b) {
    uint64_t in_a[POLY_WORDS], in_b[POLY_WORDS];
    uint32_t max = 0;
    memset(in_a, 0xff, sizeof in_a);
    memset(in_b, 0xff, sizeof in_b);
    for (uint32_t plane = a->n_planes; plane-- > 0;) {
        uint64_t bit = any(in_a, in_b, a, b, plane);
        max |= (uint32_t)bit << plane;
        for (size_t i = 0; i < poly_words(a->n); i++) {
            in_a[i] &= a->planes[plane][i] | (bit - 1);
            in_b[i] &= b->planes[plane][i] | (bit - 1);
        }
    }
    sodium_memzero(in_a, sizeof in_a);
    sodium_memzero(in_b, sizeof in_b);
    return max;
}

/* From the lowest plane up: what is decided so far stands where the planes above agree. */
void counters_reach(uint64_t *out, const struct counters *c, uint32_t least) {
    size_t words = poly_words(c->n);
    memset(out, 0xff, words * 8);
    for (uint32_t plane = 0; plane < c->n_planes; plane++) {
        uint64_t bit = 0 - (uint64_t)(least >> plane & 1);
        for (size_t i = 0; i < words; i++) {
            uint64_t p = c->planes[plane][i];
            out[i] = (p & ~bit) | (out[i] & ~(p ^ bit));
        }
    }
    out[words - 1] &= UINT64_MAX >> (63 - (c->n - 1) % 64);
}
