#include "alice/browser/how/lwe_steps.h"

#include "common/base/secret.h"
#include "common/task/lwe/rounding.h"
#include "common/task/lwe/rows.h"
#include "common/task/lwe/zq.h"

#include <errno.h>
#include <string.h>

int lwe_steps_new(struct lwe_steps **sp, const struct lwe_params *params, const uint8_t recipe_key[static 32]) {
    struct lwe_steps *s = secret_new(sizeof *s);
    if (!s)
        return -ENOMEM;
    s->params = params;
    int r = ternary_new(&s->recipes, params, recipe_key);
    if (r < 0) {
        lwe_steps_free(s);
        return r;
    }
    *sp = s;
    return 0;
}

void lwe_steps_free(struct lwe_steps *s) {
    if (!s)
        return;
    ternary_free(s->recipes);
    secret_free(s);
}

int lwe_steps_entry(const struct lwe_steps *s, uint32_t j, uint32_t i) {
    unsigned byte = s->recipes->packed[(size_t)(i / 4) * s->params->n + j];
    return (int)(byte >> i % 4 & 1) - (int)(byte >> (4 + i % 4) & 1);
}

/* labels_i -= <x_i, h>, all m + n of them. */
static void take_off(const struct lwe_steps *s, const struct joint *joint, const uint8_t *matrix_key, uint8_t *labels) {
    const struct lwe_params *p = s->params;
    int16_t minus[LWE_PARAMS_N_MAX];
    size_t offset = 0;
    for (size_t j = 0; j < p->n; j++)
        minus[j] = (int16_t)-s->h[j];
    for (size_t part = 0; part < rows_label_parts(p->m, p->n); part++)
        rows_label_part(labels, matrix_key, p->m, p->n, minus, part);
    for (size_t b = 0; b < rows_blocks(p->n); b++) {
        size_t width = rows_width(p->n, b);
        zq_dot_rows(labels + 2 * (size_t)p->m, joint->vectors + offset, p->n, width, minus + b * ROWS_BLOCK);
        offset += 2 * p->n * width;
    }
}

int lwe_steps_learn(struct lwe_steps *s, const struct joint *joint, const uint8_t matrix_key[static 32]) {
    const struct lwe_params *p = s->params;
    uint8_t *left = secret_new(2 * p->set.n_labels);
    if (!left)
        return -ENOMEM;
    for (size_t part = 0; part < ternary_parts(s->recipes); part++)
        ternary_draw(s->recipes, part);
    s->error = rounding_learn(s->h, s->recipes, joint->labels);
    for (uint32_t j = 0; j < p->n; j++) {
        s->v[j] = zq_load(joint->labels, p->m + j);
        for (uint32_t i = 0; i < p->m; i++)
            s->v[j] = (uint16_t)(s->v[j] - lwe_steps_entry(s, j, i) * zq_load(joint->labels, i));
    }
    memcpy(left, joint->labels, 2 * p->set.n_labels);
    take_off(s, joint, matrix_key, left);
    verdict_reach(&s->verdict, p, left, s->h);
    secret_free(left);
    return 0;
}

void lwe_steps_plain(uint8_t *out, const uint8_t *key, size_t n_all, size_t n, uint32_t i) {
    uint8_t rows[2 * 2 * ROWS_BLOCK];
    for (size_t b = 0; b < rows_blocks(n); b++) {
        size_t first = i / 2 * 2, left = n_all - first, width = rows_width(n, b);
        rows_expand(rows, key, n_all, n, b, first, left < 2 ? left : 2);
        memcpy(out + 2 * b * ROWS_BLOCK, rows + i % 2 * 2 * width, 2 * width);
    }
}

void lwe_steps_composed(uint8_t *out, const struct lwe_params *params, const uint8_t *vectors, uint32_t j) {
    size_t n = params->n, offset = 0;
    for (size_t b = 0; b < rows_blocks(n); b++) {
        size_t width = rows_width(n, b);
        memcpy(out + 2 * b * ROWS_BLOCK, vectors + offset + 2 * j * width, 2 * width);
        offset += 2 * n * width;
    }
}
