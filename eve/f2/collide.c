/* The inner loops of a pass: see collide.h. */
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

INLINE distances nearer(distances a, distances b) {
    return _mm512_min_epu32(a, b);
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

INLINE distances nearer(distances a, distances b) {
    return (distances){_mm256_min_epu32(a.low, b.low), _mm256_min_epu32(a.high, b.high)};
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

INLINE distances nearer(distances a, distances b) {
    for (unsigned i = 0; i < 16; i++)
        a.of[i] = a.of[i] < b.of[i] ? a.of[i] : b.of[i];
    return a;
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
    const uint32_t *key = c->key;
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

/* Which pairs of the first half went into bucket `place` with this key? They are found anew: a hit is rare, and storing
 * pairs beside keys would cost more. */
static __attribute__((noinline)) void explain(struct collide *c, uint32_t key, uint32_t place, uint32_t a, uint32_t b) {
    const uint32_t *keys = c->key + c->first, *places = c->place + c->first;
    if (key == 0 && place == 0)
        push(c, COLLIDE_NO_ROW, COLLIDE_NO_ROW, a, b);
    const sixteen zero = spread(0);
    for (size_t i = 1; i <= c->n_first; i++) {
        const sixteen want = spread(key ^ keys[i]);
        distances nearest = compare(keys, want, 0);
        for (size_t j = 16; j < i; j += 16)
            nearest = nearer(nearest, compare(keys + j, want, 0));
        if (__builtin_expect(within(nearest, zero) == 0, 1))
            continue;
        for (size_t j = 0; j < i; j++)
            if (keys[j] == (key ^ keys[i]) && places[j] == (place ^ places[i]))
                push(c, real(i, c->n_first, 0), real(j, c->n_first, 0), a, b);
    }
}

void KERNEL(collide_join)(struct collide *c) {
    uint32_t *slots = c->slots;
    uint8_t *counts = c->counts;
    {
        const uint32_t *key = c->key + c->first, *place = c->place + c->first;
        slots[counts[0]++ % COLLIDE_SLOTS] = 0; /* no row at all */
        for (size_t i = 1; i <= c->n_first; i++) {
            uint32_t own_key = key[i], own_place = place[i];
#pragma GCC unroll 4
            for (size_t j = 0; j < i; j++) {
                uint32_t at = own_place ^ place[j];
                slots[(size_t)at * COLLIDE_SLOTS + counts[at]++ % COLLIDE_SLOTS] = own_key ^ key[j];
            }
        }
    }

    const uint32_t *key = c->key + c->second, *place = c->place + c->second;
    const sixteen most = spread(c->most);
    for (size_t i = 1; i <= c->n_second; i++) {
        uint32_t own_key = key[i] ^ c->sigma_key, own_place = place[i] ^ c->sigma_place;
        const sixteen own = spread(own_key);
        for (size_t j = 0; j < i; j += COLLIDE_GROUP) {
            distances nearest = compare(slots + (size_t)(own_place ^ place[j]) * COLLIDE_SLOTS, own, key[j]);
            for (size_t l = 1; l < COLLIDE_GROUP; l++)
                nearest = nearer(nearest,
                                 compare(slots + (size_t)(own_place ^ place[j + l]) * COLLIDE_SLOTS, own, key[j + l]));
            if (__builtin_expect(within(nearest, most) == 0, 1))
                continue;
            for (size_t l = 0; l < COLLIDE_GROUP; l++) {
                uint32_t at = own_place ^ place[j + l];
                unsigned mask = within(compare(slots + (size_t)at * COLLIDE_SLOTS, own, key[j + l]), most);
                for (; mask; mask &= mask - 1) {
                    uint32_t stored = slots[(size_t)at * COLLIDE_SLOTS + (size_t)__builtin_ctz(mask)];
                    bool none = j + l == i;
                    explain(c, stored, at, none ? COLLIDE_NO_ROW : real(i, c->n_second, c->n_first),
                            none ? COLLIDE_NO_ROW : real(j + l, c->n_second, c->n_first));
                }
            }
        }
    }
}
