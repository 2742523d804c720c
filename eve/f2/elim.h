/* Gauss-Jordan elimination over F2 by the method of the four Russians.
 *
 * A matrix is n_rows rows of `stride` 64-bit words, column c being bit c % 64 of word c / 64; stride is a multiple of 8
 * and the memory aligned to 64 bytes, so that a row is a number of whole cache lines. */
#ifndef PARLEY_EVE_ELIM_H
#define PARLEY_EVE_ELIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ELIM_WINDOW = 8 };

/* Words of a row of n_cols columns. */
static inline size_t elim_stride(size_t n_cols) {
    return (n_cols + 511) / 512 * 8;
}

/* Bytes of scratch that elim_reduce needs. */
size_t elim_scratch_bytes(size_t stride);

/* kernels->reduce(rows, n_rows, n_extra, stride, n_cols, pivots, scratch, stop, context) brings rows 0 ... n_rows - 1
 * to reduced echelon form on columns 0 ... n_cols - 1, choosing pivots from the left; row i has its single pivot in
 * column pivots[i], which is zero in all other rows, also in the n_extra rows that follow and provide no pivot. Stops
 * after n_rows pivots. Returns the rank, or SIZE_MAX when stop (may be NULL) said so.
 *
 * kernels->transpose64(block): block = its transpose, 64 x 64 bits, row i being word i. */

/* The same as reduce, column by column, as in a textbook: for the tests. */
size_t elim_reduce_naive(uint64_t *rows, size_t n_rows, size_t n_extra, size_t stride, size_t n_cols, uint32_t *pivots);

#endif
