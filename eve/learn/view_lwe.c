#include "eve/learn/view_lwe.h"

#include "common/task/lwe/rows.h"
#include "common/task/lwe/zq.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void view_lwe_row(const struct view *v, size_t i, uint16_t *row) {
    size_t n = view_lwe_params(v)->n, m = view_lwe_params(v)->m;
    for (size_t b = 0; b < rows_blocks(n); b++) {
        size_t width = rows_width(n, b);
        uint8_t pair[2 * 2 * ROWS_BLOCK]; /* rows are expanded from an even one on */
        const uint8_t *piece = pair + i % 2 * 2 * width;
        if (i < m)
            rows_expand(pair, v->matrix_key, m, n, b, i - i % 2, i % 2 + 1);
        else /* a chunk of A2 is a column block of all composed vectors */
            piece = v->composed + n * 2 * ROWS_BLOCK * b + (i - m) * 2 * width;
        for (size_t c = 0; c < width; c++)
            row[b * ROWS_BLOCK + c] = zq_load(piece, c);
    }
}

uint16_t view_lwe_label(const struct view *v, size_t i) {
    return zq_load(v->labels, i);
}

uint16_t view_lwe_predict(const struct view *v, const uint16_t *row, const uint8_t *h) {
    uint16_t sum = 0;
    for (size_t j = 0; j < view_lwe_params(v)->n; j++)
        sum = (uint16_t)(sum + row[j] * (int8_t)h[j]);
    return sum;
}

static size_t hypothesis_bytes(const struct view *v) {
    return view_lwe_params(v)->n;
}

static unsigned label(const struct view *v, size_t i) {
    return view_lwe_label(v, i) >> 15;
}

static long count_errors(const struct view *v, const uint32_t *ids, size_t n_ids, const uint8_t *h) {
    uint16_t row[LWE_PARAMS_N_MAX];
    long errors = 0;
    for (size_t i = 0; i < n_ids; i++) {
        view_lwe_row(v, ids[i], row);
        errors += (view_lwe_predict(v, row, h) >> 15) != label(v, ids[i]);
    }
    return errors;
}

/* The four highest bits of each number. */
static size_t features(const struct view *v) {
    return (size_t)4 * view_lwe_params(v)->n;
}

static void feature_row(const struct view *v, size_t i, uint8_t *out) {
    uint16_t row[LWE_PARAMS_N_MAX];
    view_lwe_row(v, i, row);
    memset(out, 0, bits_to_bytes(features(v)));
    for (size_t j = 0; j < view_lwe_params(v)->n; j++)
        out[j / 2] |= (uint8_t)(row[j] >> 12 << j % 2 * 4);
}

static const struct view_kind kind = {.task = "lwe",
                                      .hypothesis_bytes = hypothesis_bytes,
                                      .label = label,
                                      .count_errors = count_errors,
                                      .numbers = hypothesis_bytes,
                                      .number_row = view_lwe_row,
                                      .number_label = view_lwe_label,
                                      .features = features,
                                      .feature_row = feature_row};

void view_lwe_begin(struct view *v, uint8_t key[static 32], const uint8_t seed[static 32]) {
    lwe_params_key(key, view_lwe_params(v), "matrix", seed);
    v->matrix_key = key;
    v->kind = &kind;
}
