#include "common/task/lwe/rounding.h"

#include "common/task/lwe/combine.h"
#include "common/task/lwe/zq.h"

#include <sodium.h>

/* Two less one for each of the four borders -3/2 D, -1/2 D, 1/2 D, 3/2 D that v is below; in halves, which D, being
 * odd, never meets. */
int16_t rounding_level(uint16_t v) {
    int32_t twice = 2 * (int32_t)(int16_t)v, level = 2;
    for (int32_t border = -3; border <= 3; border += 2)
        level -= (int32_t)((uint32_t)(twice - border * LWE_PARAMS_DISTANCE) >> 31);
    return (int16_t)level;
}

/* sums_j += sum of r_(j,i) z_i: labels are combined as if each were a row of one entry, and another that is 0. */
static void combine_labels(uint16_t *sums, const struct ternary *recipes, const uint8_t *labels) {
    enum { WIDTH = 2, PIECE = 512 };
    uint8_t rows[2 * WIDTH * PIECE] = {0};
    size_t n = recipes->params->n, m = recipes->params->m;
    for (size_t i = 0; i < m; i += PIECE) {
        size_t now = m - i < PIECE ? m - i : PIECE;
        for (size_t row = 0; row < now; row++)
            zq_store(rows, WIDTH * row, zq_load(labels, i + row));
        combine_rows(sums, n, rows, now, WIDTH, recipes->packed + i / COMBINE_GROUP * n);
    }
}

uint32_t rounding_learn(int16_t *h, const struct ternary *recipes, const uint8_t *labels) {
    uint16_t sums[2 * LWE_PARAMS_N_MAX] = {0};
    uint32_t error = 0;
    combine_labels(sums, recipes, labels);
    for (size_t j = 0; j < recipes->params->n; j++) {
        uint16_t v = (uint16_t)(zq_load(labels, recipes->params->m + j) - sums[j]);
        h[j] = rounding_level(v);
        error += zq_abs((uint16_t)(v - LWE_PARAMS_DISTANCE * h[j]));
    }
    sodium_memzero(sums, sizeof sums);
    return error;
}
