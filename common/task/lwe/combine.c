/* With AVX2: of each group and column a table of the sums of its 16 subsets, in two registers, low bytes and high
 * bytes; the recipes of 16 samples look up in it all at once, by a byte shuffle. So the table is small enough for a
 * register, which has no addresses, and what is added and what is subtracted are the two bytes of a pair. Arlazarov,
 * Dinic, Kronrod and Faradzev 1970 for the tables; the shuffle as in vector implementations of AES (Hamburg 2009).
 *
 * Everywhere else: products with -1, 0 and 1, in the vectors that there are. */
#include "common/task/lwe/combine.h"

#include "common/base/level.h"
#include "common/task/lwe/zq.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

enum { LANES = 8 }; /* 16 bytes: wider vectors than there are go through memory in gcc 12 */
typedef uint16_t lanes __attribute__((vector_size(2 * LANES)));
typedef uint8_t narrow_lanes __attribute__((vector_size(LANES)));

/* What recipes say of sample t of a group: 1, 0 or -1. */
static void unpack(lanes *r, const uint8_t *recipes, size_t n, unsigned t) {
    for (size_t j = 0; j < n; j += LANES) {
        narrow_lanes bytes;
        memcpy(&bytes, recipes + j, sizeof bytes);
        lanes said = __builtin_convertvector(bytes, lanes);
        r[j / LANES] = (said >> t & 1) - (said >> (4 + t) & 1);
    }
}

/* In vectors that the compiler is told of: gcc makes none by itself below -O3. */
void combine_rows_portable(uint16_t *sums, size_t n_sums, const uint8_t *rows, size_t n_rows, size_t width,
                           const uint8_t *recipes) {
    enum { PIECE = 256 }; /* recipes: what is unpacked stays in the nearest cache */
    lanes r[COMBINE_GROUP][PIECE / LANES];
    for (size_t first = 0; first < n_sums; first += PIECE) {
        size_t n = n_sums - first < PIECE ? n_sums - first : PIECE;
        for (size_t i = 0; i < n_rows; i += COMBINE_GROUP) {
            uint16_t x[COMBINE_GROUP] = {0};
            for (unsigned t = 0; t < COMBINE_GROUP; t++)
                unpack(r[t], recipes + i / COMBINE_GROUP * n_sums + first, n, t);
            for (size_t c = 0; c < width; c++) {
                uint16_t *sum = sums + c * n_sums + first;
                for (size_t t = 0; t < COMBINE_GROUP && i + t < n_rows; t++)
                    x[t] = zq_load(rows, (i + t) * width + c);
                for (size_t j = 0; j < n; j += LANES) {
                    lanes s;
                    memcpy(&s, sum + j, sizeof s);
                    s += r[0][j / LANES] * x[0] + r[1][j / LANES] * x[1] + r[2][j / LANES] * x[2] +
                         r[3][j / LANES] * x[3];
                    memcpy(sum + j, &s, sizeof s);
                }
            }
        }
    }
    sodium_memzero(r, sizeof r);
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define AVX2   __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline)) AVX2

enum {
    GROUPS = 32,   /* of which tables are made at a time: 64 KiB */
    TOGETHER = 32, /* recipes at a time */
};

/* Of one column and group, indexed by a subset of the group: the sums modulo q, low and high bytes. */
struct table {
    uint8_t low[16], high[16];
};

struct tables {
    struct table of[COMBINE_WIDTH][GROUPS];
};

/* What 32 recipes, or the first 16, take from the group. */
struct taken {
    __m256i first, second;
};

AVX2 static void make_tables(struct tables *out, const uint8_t *rows, size_t n_rows, size_t width) {
    _Alignas(32) uint16_t has[COMBINE_GROUP][16];
    for (unsigned t = 0; t < COMBINE_GROUP; t++)
        for (unsigned subset = 0; subset < 16; subset++)
            has[t][subset] = (uint16_t) - (subset >> t & 1);
    for (size_t i = 0; i < n_rows; i += COMBINE_GROUP)
        for (size_t c = 0; c < width; c++) {
            __m256i sums = _mm256_setzero_si256();
            for (size_t t = 0; t < COMBINE_GROUP && i + t < n_rows; t++) {
                __m256i x = _mm256_set1_epi16((short)zq_load(rows, (i + t) * width + c));
                sums = _mm256_add_epi16(sums, _mm256_and_si256(x, *(const __m256i *)has[t]));
            }
            __m256i low = _mm256_and_si256(sums, _mm256_set1_epi16(0xff)), high = _mm256_srli_epi16(sums, 8);
            __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(low, high), 0xd8);
            _mm256_storeu_si256((__m256i *)&out->of[c][i / COMBINE_GROUP], packed);
        }
}

/* The subsets of 16 recipes: in each pair of bytes what is added, then what is subtracted. */
INLINE __m256i subsets(const uint8_t *recipes) {
    __m256i both = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)recipes));
    return _mm256_and_si256(_mm256_or_si256(both, _mm256_slli_epi16(both, 4)), _mm256_set1_epi16(0x0f0f));
}

/* Sums of 16 recipes: of low bytes, as differences already; of high bytes, in pairs, each modulo 2^8. */
struct partial {
    __m256i low, high;
};

INLINE void look_up(struct partial *p, __m256i low, __m256i high, __m256i subset) {
    const __m256i difference = _mm256_set1_epi16((short)0xff01); /* of the bytes of a pair: times 1 and times -1 */
    p->low = _mm256_add_epi16(p->low, _mm256_maddubs_epi16(_mm256_shuffle_epi8(low, subset), difference));
    p->high = _mm256_add_epi8(p->high, _mm256_shuffle_epi8(high, subset));
    __asm__("" : "+x"(p->low), "+x"(p->high)); /* gcc 12 keeps them in memory otherwise */
}

INLINE void put(uint16_t *sums, const struct partial *p) {
    __m256i added = _mm256_slli_epi16(p->high, 8);
    __m256i subtracted = _mm256_and_si256(p->high, _mm256_set1_epi16((short)0xff00));
    __m256i sum = _mm256_add_epi16(p->low, _mm256_sub_epi16(added, subtracted));
    _mm256_storeu_si256((__m256i *)sums, _mm256_add_epi16(_mm256_loadu_si256((const __m256i *)sums), sum));
}

INLINE __m256i twice(const uint8_t *half) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)half));
}

/* Two columns; 32 recipes if wide, else 16. */
INLINE void combine(uint16_t *sums, size_t n_sums, const struct table *even, const struct table *odd, size_t n_groups,
                    const struct taken *taken, bool wide) {
    struct partial a = {0}, b = {0}, c = {0}, d = {0};
    for (size_t g = 0; g < n_groups; g++) {
        __m256i low = twice(even[g].low), high = twice(even[g].high);
        look_up(&a, low, high, taken[g].first);
        if (wide)
            look_up(&b, low, high, taken[g].second);
        low = twice(odd[g].low);
        high = twice(odd[g].high);
        look_up(&c, low, high, taken[g].first);
        if (wide)
            look_up(&d, low, high, taken[g].second);
    }
    put(sums, &a);
    put(sums + n_sums, &c);
    if (wide) {
        put(sums + 16, &b);
        put(sums + n_sums + 16, &d);
    }
}

AVX2 static void combine_tables(uint16_t *sums, size_t n_sums, const struct tables *t, size_t n_groups, size_t width,
                                const uint8_t *recipes) {
    struct taken taken[GROUPS];
    for (size_t j = 0; j < n_sums; j += TOGETHER) {
        bool wide = n_sums - j >= TOGETHER;
        for (size_t g = 0; g < n_groups; g++) {
            taken[g].first = subsets(recipes + g * n_sums + j);
            if (wide)
                taken[g].second = subsets(recipes + g * n_sums + j + 16);
        }
        for (size_t c = 0; c < width; c += 2) {
            uint16_t *at = sums + c * n_sums + j;
            if (wide)
                combine(at, n_sums, t->of[c], t->of[c + 1], n_groups, taken, true);
            else
                combine(at, n_sums, t->of[c], t->of[c + 1], n_groups, taken, false);
        }
    }
    sodium_memzero(taken, sizeof taken);
}

AVX2 static void combine_rows_avx2(uint16_t *sums, size_t n_sums, const uint8_t *rows, size_t n_rows, size_t width,
                                   const uint8_t *recipes) {
    enum { ROWS = COMBINE_GROUP * GROUPS };
    struct tables t;
    for (size_t i = 0; i < n_rows; i += ROWS) {
        size_t now = n_rows - i < ROWS ? n_rows - i : ROWS;
        make_tables(&t, rows + 2 * width * i, now, width);
        combine_tables(sums, n_sums, &t, (now + COMBINE_GROUP - 1) / COMBINE_GROUP, width,
                       recipes + i / COMBINE_GROUP * n_sums);
    }
}

void combine_rows(uint16_t *sums, size_t n_sums, const uint8_t *rows, size_t n_rows, size_t width,
                  const uint8_t *recipes) {
    if (level_now() >= LEVEL_AVX2)
        combine_rows_avx2(sums, n_sums, rows, n_rows, width, recipes);
    else
        combine_rows_portable(sums, n_sums, rows, n_rows, width, recipes);
}

#else

void combine_rows(uint16_t *sums, size_t n_sums, const uint8_t *rows, size_t n_rows, size_t width,
                  const uint8_t *recipes) {
    combine_rows_portable(sums, n_sums, rows, n_rows, width, recipes);
}

#endif
