#include "common/task/lpn/matrix.h"

#include "common/base/bytes.h"
#include "common/base/chacha_dot.h"
#include "common/base/prg.h"
#include "common/task/lpn/gf2.h"

void matrix_expand(uint8_t *out, const uint8_t key[static 32], size_t n_all, size_t n, size_t b, size_t first,
                   size_t n_rows) {
    size_t width = matrix_width(n, b);
    prg_expand(out, n_rows * width, key, (uint64_t)n_all * (MATRIX_BLOCK / 8) * b + (uint64_t)first * width);
}

void matrix_label(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, size_t first, size_t n_rows,
                  const uint8_t *s) {
    _Alignas(64) uint8_t rows[MATRIX_PIECE];
    for (size_t b = 0; b < matrix_blocks(n); b++) {
        size_t width = matrix_width(n, b), piece = matrix_piece_rows(width);
        for (size_t done = 0; done < n_rows; done += piece) {
            size_t now = n_rows - done < piece ? n_rows - done : piece;
            matrix_expand(rows, key, n_all, n, b, first + done, now);
            gf2_dot_rows(bits, first + done, rows, now, width, s + b * (MATRIX_BLOCK / 8));
        }
    }
}

/* A piece that is a whole ChaCha20 block is one wherever it stands. */
static void label_blocks(uint8_t *bits, const uint8_t key[static 32], uint64_t first_block, const uint32_t *rows,
                         size_t n_rows, const uint8_t *s) {
    enum { AT_A_TIME = 512 };
    uint64_t blocks[AT_A_TIME];
    for (size_t done = 0; done < n_rows; done += AT_A_TIME) {
        size_t now = n_rows - done < AT_A_TIME ? n_rows - done : AT_A_TIME;
        for (size_t i = 0; i < now; i++)
            blocks[i] = first_block + rows[done + i];
        chacha_dot(bits + done / 8, blocks, now, key, s);
    }
}

/* Narrower pieces: those between are expanded as well. */
static void label_pieces(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, size_t b,
                         const uint32_t *rows, size_t n_rows, const uint8_t *s) {
    enum { ROWS = MATRIX_PIECE / 64 };
    _Alignas(64) uint8_t expanded[MATRIX_PIECE], sums[ROWS / 8];
    size_t width = matrix_width(n, b);
    for (size_t i = 0; i < n_rows;) {
        size_t first = rows[i] / 64 * 64, now = n_all - first < ROWS ? n_all - first : ROWS;
        memset(sums, 0, sizeof sums);
        matrix_expand(expanded, key, n_all, n, b, first, now);
        gf2_dot_rows(sums, 0, expanded, now, width, s);
        for (; i < n_rows && rows[i] - first < now; i++)
            bit_xor(bits, i, bit_get(sums, rows[i] - first));
    }
}

void matrix_label_chosen(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, const uint32_t *rows,
                         size_t n_rows, const uint8_t *s) {
    for (size_t b = 0; b < matrix_blocks(n); b++) {
        const uint8_t *piece = s + b * (MATRIX_BLOCK / 8);
        if (matrix_width(n, b) == CHACHA_DOT_BLOCK)
            label_blocks(bits, key, (uint64_t)n_all * b, rows, n_rows, piece);
        else
            label_pieces(bits, key, n_all, n, b, rows, n_rows, piece);
    }
}

/* Rows of one part: half of a small matrix, for two threads, but nothing that is over before the second has begun; at
 * most PART_BYTES. */
static size_t part_rows(size_t n_all, size_t n) {
    enum { PART_LEAST = 256 << 10, PART_BYTES = 2 << 20 };
    size_t width = n / 8, bytes = n_all * width / 2;
    if (bytes > PART_BYTES)
        return PART_BYTES / width / 64 * 64;
    return ((bytes < PART_LEAST ? PART_LEAST : bytes) / width + 63) / 64 * 64;
}

size_t matrix_label_parts(size_t n_all, size_t n) {
    return (n_all + part_rows(n_all, n) - 1) / part_rows(n_all, n);
}

void matrix_label_part(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, const uint8_t *s,
                       size_t part) {
    size_t rows = part_rows(n_all, n), first = part * rows, left = n_all - first;
    matrix_label(bits, key, n_all, n, first, left < rows ? left : rows, s);
}
