#include "common/task/lwe/rows.h"

#include "common/base/prg.h"
#include "common/task/lwe/zq.h"

void rows_expand(uint8_t *out, const uint8_t key[static 32], size_t n_all, size_t n, size_t b, size_t first,
                 size_t n_rows) {
    size_t row = 2 * rows_width(n, b);
    prg_expand(out, n_rows * row, key, (uint64_t)n_all * 2 * ROWS_BLOCK * b + (uint64_t)first * row);
}

/* Rows of one part, a multiple of ROWS_PIECE: about a megabyte of the matrix. */
static size_t part_rows(size_t n) {
    enum { PART_BYTES = 1 << 20 };
    size_t pieces = PART_BYTES / (2 * n * ROWS_PIECE);
    return (pieces ? pieces : 1) * ROWS_PIECE;
}

size_t rows_label_parts(size_t n_all, size_t n) {
    return (n_all + part_rows(n) - 1) / part_rows(n);
}

void rows_label_part(uint8_t *labels, const uint8_t key[static 32], size_t n_all, size_t n, const int16_t *s,
                     size_t part) {
    _Alignas(64) uint8_t rows[2 * ROWS_BLOCK * ROWS_PIECE];
    size_t first = part * part_rows(n), end = first + part_rows(n) < n_all ? first + part_rows(n) : n_all;
    for (size_t b = 0; b < rows_blocks(n); b++)
        for (size_t i = first; i < end; i += ROWS_PIECE) {
            size_t now = end - i < ROWS_PIECE ? end - i : ROWS_PIECE;
            rows_expand(rows, key, n_all, n, b, i, now);
            zq_dot_rows(labels + 2 * i, rows, now, rows_width(n, b), s + b * ROWS_BLOCK);
        }
}
