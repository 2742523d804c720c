#include "common/task/lwe/verdict.h"

#include "common/task/lwe/rows.h"
#include "common/task/lwe/zq.h"

#include <sodium.h>
#include <string.h>

/* A hypothesis other than s leaves uniform residues (or uniform multiples of 2 or 4): it passes all 512 with
 * probability (2 eta + 1)^512 / q^512, times 4^512, below 2^-128 for all 5^n hypotheses together. So the other plain
 * labels need not be looked at. */
static void check_plain(struct verdict *out, const struct lwe_params *p, const uint8_t key[static 32],
                        const uint8_t *labels, const int16_t *h) {
    _Alignas(64) uint8_t rows[2 * ROWS_BLOCK * ROWS_PIECE];
    uint8_t products[2 * LWE_PARAMS_CHECKED] = {0};
    for (size_t b = 0; b < rows_blocks(p->n); b++)
        for (size_t i = 0; i < LWE_PARAMS_CHECKED; i += ROWS_PIECE) {
            rows_expand(rows, key, p->m, p->n, b, i, ROWS_PIECE);
            zq_dot_rows(products + 2 * i, rows, ROWS_PIECE, rows_width(p->n, b), h + b * ROWS_BLOCK);
        }
    for (size_t i = 0; i < LWE_PARAMS_CHECKED; i++) {
        uint32_t noise = zq_abs((uint16_t)(zq_load(labels, i) - zq_load(products, i)));
        out->too_far += (p->eta - noise) >> 31;
        out->plain_noise += noise;
    }
    sodium_memzero(products, sizeof products);
}

static void check_composed(struct verdict *out, const struct lwe_params *p, const struct composer *composed,
                           const uint8_t *labels, const int16_t *h) {
    uint16_t products[LWE_PARAMS_N_MAX] = {0};
    composer_dot(composed, products, h);
    for (size_t j = 0; j < p->n; j++)
        out->composed_noise += zq_abs((uint16_t)(zq_load(labels, p->m + j) - products[j]));
    sodium_memzero(products, sizeof products);
}

void verdict_reach(struct verdict *out, const struct composer *composed, const uint8_t key[static 32],
                   const uint8_t *labels, const int16_t *h) {
    const struct lwe_params *p = composer_params(composed);
    *out = (struct verdict){0};
    check_plain(out, p, key, labels, h);
    check_composed(out, p, composed, labels, h);
    out->accepted = out->too_far == 0;
    out->noisy = (out->plain_noise >= p->least_plain) & (out->composed_noise >= p->least_composed);
}
