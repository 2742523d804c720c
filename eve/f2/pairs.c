/* A pass of weight 1 + 1: see collide.h. */
#include "eve/f2/collide.h"

#if defined(__AVX512VPOPCNTDQ__) || defined(__AVX2__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

/* Sixteen 32-bit words compared with a key: the numbers of differing bits, and which are at most `most`. */
#if defined(__AVX512VPOPCNTDQ__)

typedef __m512i sixteen;
typedef __m512i distances;

INLINE sixteen spread(uint32_t v) {
    return _mm512_set1_epi32((int)v);
}

INLINE distances compare(const uint32_t *words, sixteen a, uint32_t b) {
    return _mm512_popcnt_epi32(_mm512_ternarylogic_epi32(a, spread(b), _mm512_load_si512(words), 0x96));
}

INLINE unsigned within(distances d, sixteen most) {
    return _mm512_cmple_epu32_mask(d, most);
}

#elif defined(__AVX2__)

typedef struct {
    __m256i low, high;
} sixteen;
typedef sixteen distances;

INLINE sixteen spread(uint32_t v) {
    __m256i one = _mm256_set1_epi32((int)v);
    return (sixteen){one, one};
}

/* Mula, Kurz, Lemire, The Computer Journal 61, 2018 */
INLINE __m256i count(__m256i v) {
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2,
                                           2, 3, 2, 3, 3, 4);
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(v, nibble));
    __m256i high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble));
    __m256i pairs = _mm256_maddubs_epi16(_mm256_add_epi8(low, high), _mm256_set1_epi8(1));
    return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

INLINE distances compare(const uint32_t *words, sixteen a, uint32_t b) {
    __m256i key = _mm256_xor_si256(a.low, _mm256_set1_epi32((int)b));
    return (distances){count(_mm256_xor_si256(key, _mm256_load_si256((const __m256i *)(const void *)words))),
                       count(_mm256_xor_si256(key, _mm256_load_si256((const __m256i *)(const void *)words + 1)))};
}

INLINE unsigned within(distances d, sixteen most) {
    __m256i low = _mm256_cmpgt_epi32(d.low, most.low), high = _mm256_cmpgt_epi32(d.high, most.high);
    unsigned beyond = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(low)) |
                      (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(high)) << 8;
    return ~beyond & 0xffff;
}

#else

typedef uint32_t sixteen;
typedef struct {
    uint8_t of[16];
} distances;

INLINE sixteen spread(uint32_t v) {
    return v;
}

INLINE distances compare(const uint32_t *words, sixteen a, uint32_t b) {
    distances d;
    for (unsigned i = 0; i < 16; i++) {
        uint32_t v = words[i] ^ a ^ b;
        v -= v >> 1 & 0x55555555;
        v = (v & 0x33333333) + (v >> 2 & 0x33333333);
        d.of[i] = (uint8_t)(((v + (v >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24);
    }
    return d;
}

INLINE unsigned within(distances d, sixteen most) {
    unsigned mask = 0;
    for (unsigned i = 0; i < 16; i++)
        mask |= (unsigned)(d.of[i] <= most) << i;
    return mask;
}

#endif

INLINE uint32_t real(size_t row, size_t n, size_t offset) {
    return row < n ? (uint32_t)(offset + row) : COLLIDE_NO_ROW;
}

INLINE void push(struct collide *c, uint32_t a, uint32_t b, uint32_t d, uint32_t e) {
    if (c->n_hits < COLLIDE_HITS)
        c->hits[c->n_hits++] = (struct collide_hit){{a, b, d, e}};
}

/* All pairs (i, j), j < i, where i = n is no row; a few (i, j) with j >= i come along, (i, i) being no row at all. */
void KERNEL(collide_pairs)(struct collide *c) {
    const uint32_t *key = c->pair_key;
    const sixteen most = spread(c->most);
    for (size_t i = 1; i <= c->n; i++) {
        const sixteen own = spread(key[i] ^ c->sigma_key);
        for (size_t j = 0; j < i; j += 16) {
            unsigned mask = within(compare(key + j, own, 0), most);
            if (__builtin_expect(mask != 0, 0))
                for (; mask; mask &= mask - 1) {
                    size_t other = j + (size_t)__builtin_ctz(mask);
                    if (other == i)
                        push(c, COLLIDE_NO_ROW, COLLIDE_NO_ROW, COLLIDE_NO_ROW, COLLIDE_NO_ROW);
                    else
                        push(c, real(i, c->n, 0), real(other, c->n, 0), COLLIDE_NO_ROW, COLLIDE_NO_ROW);
                }
        }
    }
}
