/* Elimination for where speed does not matter, and as a check of elim.c. */
#include "eve/f2/elim.h"

size_t elim_scratch_bytes(size_t stride) {
    return ((size_t)1 << ELIM_WINDOW) * stride * sizeof(uint64_t);
}

static unsigned get(const uint64_t *row, size_t c) {
    return (unsigned)(row[c / 64] >> (c % 64)) & 1;
}

size_t elim_reduce_naive(uint64_t *rows, size_t n_rows, size_t n_extra, size_t stride, size_t n_cols,
                         uint32_t *pivots) {
    size_t rank = 0;
    for (size_t c = 0; c < n_cols && rank < n_rows; c++) {
        size_t p = rank;
        while (p < n_rows && !get(rows + p * stride, c))
            p++;
        if (p == n_rows)
            continue;
        for (size_t w = 0; p != rank && w < stride; w++) {
            uint64_t t = rows[p * stride + w];
            rows[p * stride + w] = rows[rank * stride + w];
            rows[rank * stride + w] = t;
        }
        for (size_t i = 0; i < n_rows + n_extra; i++)
            if (i != rank && get(rows + i * stride, c))
                for (size_t w = 0; w < stride; w++)
                    rows[i * stride + w] ^= rows[rank * stride + w];
        pivots[rank++] = (uint32_t)c;
    }
    return rank;
}
