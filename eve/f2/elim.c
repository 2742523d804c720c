/* Arlazarov, Dinic, Kronrod, Faradzev 1970; Bard 2006; Albrecht, Bard, Hart, ACM TOMS 37, 2010 (M4RI).
 *
 * Columns are taken in windows of a few. First the window's pivot rows are found, looking at as few rows as possible
 * and keeping the pivot rows mutually reduced; then the table of all their sums clears the window in every other row
 * with one addition. Right of the window's first word only: pivot rows are zero to the left of it (in pivot columns
 * since they were cleared there, in other columns since no remaining row had a one). */
#include "eve/f2/elim.h"

#include "eve/f2/kernels.h"

#include <string.h>

static inline unsigned get(const uint64_t *row, size_t c) {
    return (unsigned)(row[c / 64] >> (c % 64)) & 1;
}

typedef uint64_t some __attribute__((vector_size(KERNEL_BYTES), may_alias));

enum { PER_LINE = 64 / KERNEL_BYTES };

#define INLINE static inline __attribute__((always_inline))

/* dst ^= src over whole lines from line `first` on */
INLINE void add_lines(uint64_t *dst, const uint64_t *src, size_t first, size_t n_lines) {
    some *d = (some *)dst;
    const some *s = (const some *)src;
    for (size_t l = first * PER_LINE; l < n_lines * PER_LINE; l++)
        d[l] ^= s[l];
}

INLINE void swap_rows(uint64_t *a, uint64_t *b, size_t stride) {
    for (size_t w = 0; w < stride; w++) {
        uint64_t t = a[w];
        a[w] = b[w];
        b[w] = t;
    }
}

/* All sums of the t pivot rows, sum number v at table + v stride, by doubling. */
INLINE void make_table(uint64_t *table, const uint64_t *pivot_rows, size_t t, size_t stride, size_t first,
                       size_t n_lines) {
    some *all = (some *)table;
    size_t from = first * PER_LINE, end = n_lines * PER_LINE;
    for (size_t l = from; l < end; l++)
        all[l] = (some){0};
    for (size_t p = 0; p < t; p++) {
        const some *row = (const some *)(pivot_rows + p * stride);
        for (size_t v = 0; v < (size_t)1 << p; v++)
            for (size_t l = from; l < end; l++)
                all[((v | (size_t)1 << p) * end) + l] = all[v * end + l] ^ row[l];
    }
}

/* The bits of row in the t columns cols. */
INLINE size_t pick(const uint64_t *row, const size_t *cols, size_t t) {
    size_t v = 0;
    for (size_t p = 0; p < t; p++)
        v |= (size_t)get(row, cols[p]) << p;
    return v;
}

INLINE size_t reduce(uint64_t *rows, size_t n_rows, size_t n_extra, size_t stride, size_t n_cols, uint32_t *pivots,
                     uint64_t *table, bool (*stop)(void *), void *context) {
    size_t n_lines = stride / 8, rank = 0;
    size_t window = 4;
    while (window < ELIM_WINDOW && (size_t)1 << (window + 1) < n_rows)
        window++;
    for (size_t c0 = 0, end; c0 < n_cols && rank < n_rows; c0 = end) {
        if (stop && stop(context))
            return SIZE_MAX;
        /* A window lies within one word, so that its bits are read at once. */
        end = c0 + window < n_cols ? c0 + window : n_cols;
        if (end > (c0 | 63) + 1)
            end = (c0 | 63) + 1;
        size_t first = c0 / 512, t = 0, cols[ELIM_WINDOW];
        uint64_t *pivot_rows = rows + rank * stride;
        for (size_t c = c0; c < end && rank + t < n_rows; c++) {
            for (size_t i = rank + t; i < n_rows; i++) {
                uint64_t *row = rows + i * stride;
                size_t v = pick(row, cols, t);
                while (v) {
                    add_lines(row, pivot_rows + (size_t)__builtin_ctzll(v) * stride, first, n_lines);
                    v &= v - 1;
                }
                if (!get(row, c))
                    continue;
                if (i != rank + t)
                    swap_rows(row, pivot_rows + t * stride, stride);
                for (size_t p = 0; p < t; p++)
                    if (get(pivot_rows + p * stride, c))
                        add_lines(pivot_rows + p * stride, pivot_rows + t * stride, first, n_lines);
                pivots[rank + t] = (uint32_t)c;
                cols[t++] = c;
                break;
            }
        }
        make_table(table, pivot_rows, t, stride, first, n_lines);
        size_t word = c0 / 64, shift = c0 % 64, all = rank + t, last = n_rows + n_extra;
        if (t == end - c0) {
            uint64_t mask = ((uint64_t)1 << t) - 1;
            for (size_t i = 0; i < rank; i++)
                add_lines(rows + i * stride, table + (rows[i * stride + word] >> shift & mask) * stride, first,
                          n_lines);
            for (size_t i = all; i < last; i++)
                add_lines(rows + i * stride, table + (rows[i * stride + word] >> shift & mask) * stride, first,
                          n_lines);
        } else if (t > 0) {
            for (size_t i = 0; i < last; i++)
                if (i < rank || i >= all)
                    add_lines(rows + i * stride, table + pick(rows + i * stride, cols, t) * stride, first, n_lines);
        }
        rank += t;
    }
    return rank;
}

size_t KERNEL(elim_reduce)(uint64_t *rows, size_t n_rows, size_t n_extra, size_t stride, size_t n_cols,
                           uint32_t *pivots, void *scratch, bool (*stop)(void *context), void *context) {
    if (stride == 8) /* up to n256: the loops over a row vanish */
        return reduce(rows, n_rows, n_extra, 8, n_cols, pivots, scratch, stop, context);
    return reduce(rows, n_rows, n_extra, stride, n_cols, pivots, scratch, stop, context);
}

/* Warren, Hacker's Delight, section 7-3. */
void KERNEL(elim_transpose64)(uint64_t block[static 64]) {
    uint64_t mask = 0x00000000ffffffff;
    for (unsigned step = 32; step; step >>= 1, mask ^= mask << step)
        for (unsigned i = 0; i < 64; i += 2 * step)
            for (unsigned j = i; j < i + step; j++) {
                uint64_t t = (block[j] >> step ^ block[j + step]) & mask;
                block[j + step] ^= t;
                block[j] ^= t << step;
            }
}
