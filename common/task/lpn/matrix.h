/* Matrices of uniform rows that are expanded piece by piece from a key and never held. Columns are cut into blocks of
 * 512, so that a row's piece of a block is one ChaCha20 block, and a block of all rows one run of the stream. WIRE.md
 * section 5. */
#ifndef PARLEY_LPN_MATRIX_H
#define PARLEY_LPN_MATRIX_H

#include <stddef.h>
#include <stdint.h>

enum {
    MATRIX_BLOCK = 512,       /* columns of a full block */
    MATRIX_PIECE = 64 * 1024, /* bytes that are expanded at a time: they stay in the near cache */
};

/* Column blocks of rows of n bits. */
static inline size_t matrix_blocks(size_t n) {
    return (n + MATRIX_BLOCK - 1) / MATRIX_BLOCK;
}

/* Bytes of a row's piece in block b. n is a multiple of 32. */
static inline size_t matrix_width(size_t n, size_t b) {
    size_t bits = n - b * MATRIX_BLOCK;
    return (bits < MATRIX_BLOCK ? bits : MATRIX_BLOCK) / 8;
}

/* Rows that are expanded at a time, a multiple of 64. */
static inline size_t matrix_piece_rows(size_t width) {
    return MATRIX_PIECE / width / 64 * 64;
}

/* out = rows first ... first + n_rows - 1 of block b, n_rows * width bytes, of a matrix of n_all rows of n bits.
 * first is a multiple of 64; n_rows at most matrix_piece_rows. */
void matrix_expand(uint8_t *out, const uint8_t key[static 32], size_t n_all, size_t n, size_t b, size_t first,
                   size_t n_rows);

/* bits[i] ^= <row i, s> for rows first ... first + n_rows - 1. s has n bits. first is a multiple of 64. */
void matrix_label(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, size_t first, size_t n_rows,
                  const uint8_t *s);

/* bits[i] ^= <row rows[i], s> for n_rows rows anywhere, ascending. A row costs what it is, but where n < 512: there all
 * from the first to the last are expanded, which are few. */
void matrix_label_chosen(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, const uint32_t *rows,
                         size_t n_rows, const uint8_t *s);

/* matrix_label cut into parts of about a millisecond that may run side by side. */
size_t matrix_label_parts(size_t n_all, size_t n);
void matrix_label_part(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, const uint8_t *s,
                       size_t part);

#endif
