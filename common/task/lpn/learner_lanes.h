/* Vectors of the learner's kernels: 16 lanes of floats lie in one register of AVX-512, in two of AVX2, or in four of
 * what any x86-64 or aarch64 has, and loops over the registers are unrolled. In the compilers' own vectors that are
 * wider than the processor's they would go through memory.
 *
 * Loads from many places are single loads even with AVX2, whose gathers are slower on many processors. */
#ifndef PARLEY_LPN_LEARNER_LANES_H
#define PARLEY_LPN_LEARNER_LANES_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define LANES_TOGETHER 16
#elif defined(__AVX2__)
#define LANES_TOGETHER 8
#else
#define LANES_TOGETHER 4
#endif

enum {
    LANES = 16,
    TOGETHER = LANES_TOGETHER,   /* floats of a register */
    REGISTERS = LANES / TOGETHER /* of all lanes */
};

typedef float vec __attribute__((vector_size(4 * LANES_TOGETHER)));
typedef float quarter __attribute__((vector_size(16)));
typedef double two __attribute__((vector_size(16)));
typedef int32_t quarter_masks __attribute__((vector_size(16)));

#define INLINE static inline __attribute__((always_inline))

/* For each register r. */
#define EACH_REGISTER _Pragma("GCC unroll 4") for (int r = 0; r < REGISTERS; r++)

INLINE vec load(const float *from) {
    vec v;
    memcpy(&v, from, sizeof v);
    return v;
}

INLINE void store(float *to, vec v) {
    memcpy(to, &v, sizeof v);
}

INLINE vec all(float f) {
    vec zeros = {0};
    return f + zeros;
}

/* table[index[0]], table[index[1]], ... */
INLINE vec gather(const float *table, const uint32_t *index) {
#if LANES_TOGETHER == 16
    __m512 v = _mm512_i32gather_ps(_mm512_loadu_si512(index), table, 4);
    return load((const float *)&v);
#elif LANES_TOGETHER == 8
    return (vec){table[index[0]], table[index[1]], table[index[2]], table[index[3]],
                 table[index[4]], table[index[5]], table[index[6]], table[index[7]]};
#else
    return (vec){table[index[0]], table[index[1]], table[index[2]], table[index[3]]};
#endif
}

#if LANES_TOGETHER < 16
/* Pairs i and j of a table of pairs. */
INLINE quarter two_pairs(const float *table, uint32_t i, uint32_t j) {
    double a, b;
    memcpy(&a, table + 2 * (size_t)i, sizeof a);
    memcpy(&b, table + 2 * (size_t)j, sizeof b);
    return (quarter)(two){a, b};
}
#endif

/* The first and the second of the pairs that index names. */
INLINE void gather_pairs(vec *first, vec *second, const float *table, const uint32_t *index) {
#if LANES_TOGETHER == 16
    __m512i at = _mm512_slli_epi32(_mm512_loadu_si512(index), 1);
    __m512 f = _mm512_i32gather_ps(at, table, 4), s = _mm512_i32gather_ps(at, table + 1, 4);
    memcpy(first, &f, sizeof f);
    memcpy(second, &s, sizeof s);
#elif LANES_TOGETHER == 8
    __m256 a = _mm256_castps128_ps256(two_pairs(table, index[0], index[1]));
    __m256 b = _mm256_castps128_ps256(two_pairs(table, index[2], index[3]));
    a = _mm256_insertf128_ps(a, two_pairs(table, index[4], index[5]), 1);
    b = _mm256_insertf128_ps(b, two_pairs(table, index[6], index[7]), 1);
    *first = _mm256_shuffle_ps(a, b, 0x88);
    *second = _mm256_shuffle_ps(a, b, 0xdd);
#else
    quarter a = two_pairs(table, index[0], index[1]), b = two_pairs(table, index[2], index[3]);
    *first = (vec){a[0], a[2], b[0], b[2]};
    *second = (vec){a[1], a[3], b[1], b[3]};
#endif
}

/* As many pairs, one after the other. */
INLINE void store_pairs(float *to, vec first, vec second) {
#if LANES_TOGETHER == 16
    for (int l = 0; l < TOGETHER; l++) {
        to[2 * l] = first[l];
        to[2 * l + 1] = second[l];
    }
#elif LANES_TOGETHER == 8
    __m256 a = _mm256_unpacklo_ps(first, second), b = _mm256_unpackhi_ps(first, second);
    _mm256_storeu_ps(to, _mm256_permute2f128_ps(a, b, 0x20));
    _mm256_storeu_ps(to + 8, _mm256_permute2f128_ps(a, b, 0x31));
#else
    store(to, (vec){first[0], second[0], first[1], second[1]});
    store(to + 4, (vec){first[2], second[2], first[3], second[3]});
#endif
}

/* Four lanes to four bits. Compilers take comparisons of vectors that are wider than the processor's apart, lane by
 * lane, so here they are of four. */
INLINE unsigned mask_of(const quarter_masks *mask) {
#if defined(__SSE2__)
    __m128 m;
    memcpy(&m, mask, sizeof m);
    return (unsigned)_mm_movemask_ps(m);
#else
    return (unsigned)(((*mask)[0] & 1) | ((*mask)[1] & 2) | ((*mask)[2] & 4) | ((*mask)[3] & 8));
#endif
}

#endif
