/* Each kernel is one always-inlined body, compiled once for any processor and once for x86-64 with AVX2 and once with
 * AVX-512, chosen at run time. The body is plain C on words; what the versions differ in is the instructions that the
 * compiler may use (popcount for parities, wide loads and stores for sums), never the order of anything. */
#include "common/task/lpn/gf2.h"

#include "common/base/bytes.h"
#include "common/base/level.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define VERSIONS      1
#define TARGET_AVX2   __attribute__((target("avx2,popcnt,bmi")))
#define TARGET_AVX512 __attribute__((target("avx512f,avx512vl,avx512bw,avx2,popcnt,bmi")))
#else
#define VERSIONS 0
#endif

#define INLINE static inline __attribute__((always_inline))

INLINE uint64_t word(const uint8_t *p) {
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

/* <row, vec> for a width that is a multiple of 4 */
INLINE unsigned dot(const uint8_t *row, const uint8_t *vec, size_t width) {
    uint64_t sum = 0;
    size_t i = 0;
    for (; i + 8 <= width; i += 8)
        sum ^= word(row + i) & word(vec + i);
    if (i < width)
        sum ^= load32_le(row + i) & load32_le(vec + i);
    return (unsigned)__builtin_parityll(sum);
}

INLINE void dot_rows(uint8_t *bits, size_t first, const uint8_t *rows, size_t n_rows, size_t width,
                     const uint8_t *vec) {
    uint8_t *out = bits + first / 8;
    size_t i = 0;
    for (; i + 8 <= n_rows; i += 8, rows += 8 * width) {
        unsigned byte = 0;
        for (unsigned r = 0; r < 8; r++)
            byte |= dot(rows + r * width, vec, width) << r;
        *out = (uint8_t)(*out ^ byte);
        out++;
    }
    for (unsigned r = 0; i < n_rows; i++, r++, rows += width)
        *out = (uint8_t)(*out ^ dot(rows, vec, width) << r);
}

typedef uint64_t line __attribute__((vector_size(64), aligned(1), may_alias));
typedef uint64_t quarter __attribute__((vector_size(16), aligned(1), may_alias));

/* How many edges ahead the sums are fetched: they lie scattered over a few megabytes. */
enum { AHEAD = 48 };

INLINE uint8_t *sum_of(uint8_t *sums, size_t width, uint32_t edge) {
    return sums + (edge & 0x1ffff) * width;
}

INLINE void scatter(uint8_t *sums, const uint8_t *rows, size_t width, size_t base, const uint32_t *edges,
                    size_t n_edges) {
    for (size_t e = 0; e < n_edges; e++) {
        if (e + AHEAD < n_edges)
            __builtin_prefetch(sum_of(sums, width, edges[e + AHEAD]), 1);
        uint8_t *sum = sum_of(sums, width, edges[e]);
        const uint8_t *row = rows + (((edges[e] >> 17) - base) & 0x7fff) * width;
        if (width == 64)
            *(line *)sum ^= *(const line *)(const void *)row;
        else if (width % 16 == 0)
            for (size_t b = 0; b < width; b += 16)
                *(quarter *)(void *)(sum + b) ^= *(const quarter *)(const void *)(row + b);
        else
            for (size_t b = 0; b < width; b += 4)
                store32_le(sum + b, load32_le(sum + b) ^ load32_le(row + b));
    }
}

void gf2_dot_rows_portable(uint8_t *bits, size_t first, const uint8_t *rows, size_t n_rows, size_t width,
                           const uint8_t *vec) {
    dot_rows(bits, first, rows, n_rows, width, vec);
}

void gf2_scatter_portable(uint8_t *sums, const uint8_t *rows, size_t width, size_t base, const uint32_t *edges,
                          size_t n_edges) {
    scatter(sums, rows, width, base, edges, n_edges);
}

#if VERSIONS

/* The widths of the small sets' rows, and of nearly all others, are constants here, so that the loops over them unroll.
 */
#define BY_WIDTH(call)                                                                                                 \
    switch (width) {                                                                                                   \
    case 64:                                                                                                           \
        call(64);                                                                                                      \
        break;                                                                                                         \
    case 48:                                                                                                           \
        call(48);                                                                                                      \
        break;                                                                                                         \
    case 32:                                                                                                           \
        call(32);                                                                                                      \
        break;                                                                                                         \
    case 16:                                                                                                           \
        call(16);                                                                                                      \
        break;                                                                                                         \
    default:                                                                                                           \
        call(width);                                                                                                   \
    }

#define DOT_ROWS(w) dot_rows(bits, first, rows, n_rows, w, vec)
#define SCATTER(w)  scatter(sums, rows, w, base, edges, n_edges)

TARGET_AVX2 static void dot_rows_avx2(uint8_t *bits, size_t first, const uint8_t *rows, size_t n_rows, size_t width,
                                      const uint8_t *vec){BY_WIDTH(DOT_ROWS)}

TARGET_AVX2 static void scatter_avx2(uint8_t *sums, const uint8_t *rows, size_t width, size_t base,
                                     const uint32_t *edges, size_t n_edges){BY_WIDTH(SCATTER)}

TARGET_AVX512 static void scatter_avx512(uint8_t *sums, const uint8_t *rows, size_t width, size_t base,
                                         const uint32_t *edges, size_t n_edges) {
    BY_WIDTH(SCATTER)
}

void gf2_dot_rows(uint8_t *bits, size_t first, const uint8_t *rows, size_t n_rows, size_t width, const uint8_t *vec) {
    if (level_now() >= LEVEL_AVX2)
        dot_rows_avx2(bits, first, rows, n_rows, width, vec);
    else
        dot_rows(bits, first, rows, n_rows, width, vec);
}

void gf2_scatter(uint8_t *sums, const uint8_t *rows, size_t width, size_t base, const uint32_t *edges, size_t n_edges) {
    switch (level_now()) {
    case LEVEL_AVX512:
        scatter_avx512(sums, rows, width, base, edges, n_edges);
        break;
    case LEVEL_AVX2:
        scatter_avx2(sums, rows, width, base, edges, n_edges);
        break;
    default:
        scatter(sums, rows, width, base, edges, n_edges);
    }
}

#else

void gf2_dot_rows(uint8_t *bits, size_t first, const uint8_t *rows, size_t n_rows, size_t width, const uint8_t *vec) {
    dot_rows(bits, first, rows, n_rows, width, vec);
}

void gf2_scatter(uint8_t *sums, const uint8_t *rows, size_t width, size_t base, const uint32_t *edges, size_t n_edges) {
    scatter(sums, rows, width, base, edges, n_edges);
}

#endif
