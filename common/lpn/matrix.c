#include "common/lpn/matrix.h"

#include "common/base/prg.h"
#include "common/gf2/gf2.h"

#include <sodium.h>

void matrix_expand(uint8_t *out, const uint8_t key[static 32], size_t n_all, size_t n, size_t b, size_t first,
                   size_t n_rows) {
    size_t width = matrix_width(n, b);
    prg_expand(out, n_rows * width, key, (uint64_t)n_all * (MATRIX_BLOCK / 8) * b + (uint64_t)first * width);
}

void matrix_label(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, size_t b, size_t first,
                  size_t n_rows, const uint8_t *s) {
    _Alignas(64) uint8_t rows[MATRIX_PIECE];
    size_t width = matrix_width(n, b), piece = matrix_piece_rows(width);
    for (size_t done = 0; done < n_rows; done += piece) {
        size_t now = n_rows - done < piece ? n_rows - done : piece;
        matrix_expand(rows, key, n_all, n, b, first + done, now);
        gf2_dot_rows(bits, first + done, rows, now, width, s + b * (MATRIX_BLOCK / 8));
    }
}
