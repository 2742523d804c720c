/* One always-inlined body, compiled once for any processor and once for x86-64 with AVX2, chosen at run time. */
#include "common/task/lwe/zq.h"

#include "common/base/level.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 16 };
typedef uint16_t lanes __attribute__((vector_size(2 * LANES)));

INLINE void load(lanes *v, const void *from) {
    memcpy(v, from, sizeof *v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    *v = *v << 8 | *v >> 8;
#endif
}

INLINE uint16_t dot(const uint8_t *row, size_t width, const int16_t *s) {
    lanes sums = {0}, x, y;
    size_t c = 0;
    for (; c + LANES <= width; c += LANES) {
        load(&x, row + 2 * c);
        memcpy(&y, s + c, sizeof y);
        sums += x * y;
    }
    uint16_t sum = 0;
    for (int l = 0; l < LANES; l++)
        sum = (uint16_t)(sum + sums[l]);
    for (; c < width; c++)
        sum = (uint16_t)(sum + zq_load(row, c) * s[c]);
    return sum;
}

INLINE void dot_rows(uint8_t *labels, const uint8_t *rows, size_t n_rows, size_t width, const int16_t *s) {
    for (size_t i = 0; i < n_rows; i++)
        zq_add(labels, i, dot(rows + 2 * width * i, width, s));
}

void zq_dot_rows_portable(uint8_t *labels, const uint8_t *rows, size_t n_rows, size_t width, const int16_t *s) {
    dot_rows(labels, rows, n_rows, width, s);
}

#if defined(__x86_64__) && defined(__GNUC__)

/* The width of nearly all rows, 64, is a constant here. */
__attribute__((target("avx2"))) static void dot_rows_avx2(uint8_t *labels, const uint8_t *rows, size_t n_rows,
                                                          size_t width, const int16_t *s) {
    if (width == 64)
        dot_rows(labels, rows, n_rows, 64, s);
    else
        dot_rows(labels, rows, n_rows, width, s);
}

void zq_dot_rows(uint8_t *labels, const uint8_t *rows, size_t n_rows, size_t width, const int16_t *s) {
    if (level_now() >= LEVEL_AVX2)
        dot_rows_avx2(labels, rows, n_rows, width, s);
    else
        dot_rows(labels, rows, n_rows, width, s);
}

#else

void zq_dot_rows(uint8_t *labels, const uint8_t *rows, size_t n_rows, size_t width, const int16_t *s) {
    dot_rows(labels, rows, n_rows, width, s);
}

#endif
