/* Matrices of uniform rows over Z_q that are expanded piece by piece from a key and never held. Columns are cut into
 * blocks of 64, so that a row's piece of a block is two ChaCha20 blocks, and a block of all rows one run of the stream.
 * WIRE.md section 5. */
#ifndef PARLEY_LWE_ROWS_H
#define PARLEY_LWE_ROWS_H

#include <stddef.h>
#include <stdint.h>

enum {
    ROWS_BLOCK = 64,  /* columns of a full block */
    ROWS_PIECE = 512, /* rows that are expanded at a time, at most: 64 KiB, which stay in the near cache */
};

/* Column blocks of rows of n entries. */
static inline size_t rows_blocks(size_t n) {
    return (n + ROWS_BLOCK - 1) / ROWS_BLOCK;
}

/* Columns of block b. n is a multiple of 16. */
static inline size_t rows_width(size_t n, size_t b) {
    size_t left = n - b * ROWS_BLOCK;
    return left < ROWS_BLOCK ? left : ROWS_BLOCK;
}

/* out = rows first ... first + n_rows - 1 of block b of a matrix of n_all rows of n entries: n_rows rows_width(n, b)
 * entries of two bytes. first is even. */
void rows_expand(uint8_t *out, const uint8_t key[static 32], size_t n_all, size_t n, size_t b, size_t first,
                 size_t n_rows);

/* labels_i += <row i, s> for all n_all rows, cut into parts of about a millisecond that may run side by side. s: n
 * entries; labels: 2 n_all bytes. */
size_t rows_label_parts(size_t n_all, size_t n);
void rows_label_part(uint8_t *labels, const uint8_t key[static 32], size_t n_all, size_t n, const int16_t *s,
                     size_t part);

#endif
