#include "common/task/lpn/compose.h"

#include "common/base/bytes.h"
#include "common/task/lpn/gf2.h"
#include "common/task/lpn/matrix.h"

void compose_begin(uint8_t *sums, const struct code *code, size_t b) {
    size_t width = matrix_width(code->n, b), first = b * MATRIX_BLOCK;
    for (size_t j = 0; j < code->k; j++) {
        uint8_t *row = sums + j * width;
        if (j < CODE_LANES)
            memset(row, 0, width);
        else
            memcpy(row, row - CODE_LANES * width, width);
        size_t column = code->pi[j] - first; /* wraps to a large number before the block */
        if (column < 8 * width)
            bit_xor(row, column, 1);
    }
}

void compose_rows(uint8_t *sums, const struct params *params, const struct recipes *recipes,
                  const uint8_t key[static 32], size_t b, size_t first, size_t n_rows) {
    _Alignas(64) uint8_t rows[MATRIX_PIECE];
    size_t width = matrix_width(params->n, b), piece = matrix_piece_rows(width);
    for (size_t done = 0; done < n_rows; done += piece) {
        size_t now = n_rows - done < piece ? n_rows - done : piece;
        matrix_expand(rows, key, params->m, params->n, b, first + done, now);
        const uint32_t *offsets = recipes->offsets + first + done;
        gf2_scatter(sums, rows, width, first + done, recipes->edges + offsets[0], offsets[now] - offsets[0]);
    }
}

void compose_syndrome(uint8_t *v, const struct recipes *recipes, const uint8_t *z, size_t first, size_t n) {
    const uint8_t *composed = z + recipes->m / 8;
    for (size_t j = first; j < first + n; j += RECIPES_ROWS) {
        unsigned sums[RECIPES_ROWS] = {0};
        const uint32_t *index = recipes->index + j * recipes->w;
        for (size_t t = 0; t < recipes->w; t++, index += RECIPES_ROWS)
            for (size_t lane = 0; lane < RECIPES_ROWS; lane++)
                sums[lane] ^= bit_get(z, index[lane]);
        size_t n_lanes = first + n - j < RECIPES_ROWS ? first + n - j : RECIPES_ROWS;
        for (size_t lane = 0; lane < n_lanes; lane++) {
            unsigned bit = sums[lane] ^ bit_get(composed, j + lane);
            v[(j + lane) / 8] = (uint8_t)((v[(j + lane) / 8] & ~(1u << (j + lane) % 8)) | bit << (j + lane) % 8);
        }
    }
}
