#include "eve/learn/captions.h"

#include "common/task/lpn/code.h"
#include "common/task/lpn/recipes.h"
#include "common/task/lwe/combine.h"
#include "common/task/lwe/ternary.h"
#include "common/task/ring/poly.h"
#include "common/task/ring/sparse.h"
#include "eve/learn/view_lwe.h"
#include "eve/learn/view_ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void captions_free(struct captions *c) {
    if (!c)
        return;
    free(c->y_first);
    free(c->y_at);
    free(c->y_value);
    free(c->u_first);
    free(c->u_at);
    free(c->u_value);
    free(c);
}

/* Room for n rows of at most so many entries each. */
static int make_room(struct captions *c, size_t n, size_t y_most, size_t u_most) {
    c->n = n;
    c->y_first = calloc(n + 1, sizeof *c->y_first);
    c->u_first = calloc(n + 1, sizeof *c->u_first);
    c->y_at = calloc(n * y_most, sizeof *c->y_at);
    c->y_value = calloc(n * y_most, sizeof *c->y_value);
    c->u_at = calloc(n * u_most, sizeof *c->u_at);
    c->u_value = calloc(n * u_most, sizeof *c->u_value);
    return c->y_first && c->u_first && c->y_at && c->y_value && c->u_at && c->u_value ? 0 : -ENOMEM;
}

/* Row j ends where the next one begins. */
static void add_y(struct captions *c, size_t j, size_t at, int value) {
    c->y_at[c->y_first[j + 1]] = (uint32_t)at;
    c->y_value[c->y_first[j + 1]++] = (int8_t)value;
}

static void add_u(struct captions *c, size_t j, size_t at, unsigned value) {
    c->u_at[c->u_first[j + 1]] = (uint32_t)at;
    c->u_value[c->u_first[j + 1]++] = (uint16_t)value;
}

static void next_row(struct captions *c, size_t j) {
    c->y_first[j + 1] = c->y_first[j];
    c->u_first[j + 1] = c->u_first[j];
}

static int of_lpn(struct captions *c, const struct params *p, const uint8_t *key) {
    struct recipes *recipes = NULL;
    struct code *code = NULL;
    uint8_t *u = calloc(CODE_LANES, p->n); /* of each lane the row that was made last */
    int r = u ? make_room(c, p->k, p->w, p->n) : -ENOMEM;
    if (r == 0)
        r = code_new(&code, p);
    if (r == 0)
        r = recipes_new(&recipes, p, key);
    if (r == 0)
        recipes_run_all(recipes);
    for (size_t j = 0; r == 0 && j < p->k; j++) {
        uint8_t *row = u + j % CODE_LANES * p->n;
        row[code->pi[j]] ^= 1;
        next_row(c, j);
        for (size_t t = 0; t < p->w; t++)
            add_y(c, j, recipes_index(recipes, j, t), 1);
        for (size_t i = 0; i < p->n; i++)
            if (row[i])
                add_u(c, j, i, 1);
    }
    recipes_free(recipes);
    code_free(code);
    free(u);
    return r;
}

/* Row j of p is p rotated backwards: bit i is that of X^(j - i). So a one of y at t adds row j - t of h, and one of x
 * at t is bit j - t. */
static int of_ring(struct captions *c, const struct ring_params *p, const uint8_t *key) {
    uint64_t unused[POLY_WORDS];
    uint32_t x[SPARSE_MAX], y[SPARSE_MAX];
    int r = make_room(c, p->n, p->w, p->w);
    if (r < 0)
        return r;
    sparse_draw(unused, x, p->w, p->n, key, 0);
    sparse_draw(unused, y, p->w, p->n, key, 1);
    for (size_t j = 0; j < p->n; j++) {
        next_row(c, j);
        for (size_t t = 0; t < p->w; t++) {
            add_y(c, j, (j + p->n - y[t]) % p->n, 1);
            add_u(c, j, (j + p->n - x[t]) % p->n, 1);
        }
    }
    return 0;
}

static int of_lwe(struct captions *c, const struct lwe_params *p, const uint8_t *key) {
    struct ternary *recipes;
    int r = make_room(c, p->n, p->m, 1);
    if (r == 0)
        r = ternary_new(&recipes, p, key);
    if (r < 0)
        return r;
    for (size_t part = 0; part < ternary_parts(recipes); part++)
        ternary_draw(recipes, part);
    for (size_t j = 0; j < p->n; j++) {
        next_row(c, j);
        for (size_t i = 0; i < p->m; i++) {
            unsigned said = recipes->packed[i / COMBINE_GROUP * p->n + j] >> i % COMBINE_GROUP;
            int value = (int)(said & 1) - (int)(said >> COMBINE_GROUP & 1);
            if (value)
                add_y(c, j, i, value);
        }
        add_u(c, j, j, LWE_PARAMS_DISTANCE);
    }
    ternary_free(recipes);
    return 0;
}

int captions_new(struct captions **cp, const struct view *v, const uint8_t key[static 32]) {
    struct captions *c = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    int r = !v->kind          ? of_lpn(c, v->params, key)
            : view_numbers(v) ? of_lwe(c, view_lwe_params(v), key)
                              : of_ring(c, view_ring_params(v), key);
    if (r < 0) {
        captions_free(c);
        return r;
    }
    *cp = c;
    return 0;
}

/* ---- does it explain what passed */

static long check_bits(const struct captions *c, const struct view *v) {
    size_t m = view_plain(v), bytes = view_row_bytes(v), j = 0;
    uint8_t *rows = malloc((m + 1) * bytes), *sum = rows ? rows + m * bytes : NULL;
    if (!rows)
        return -ENOMEM;
    view_rows(v, 0, m, rows);
    for (; j < c->n; j++) {
        view_row(v, m + j, sum);
        for (size_t e = c->y_first[j]; e < c->y_first[j + 1]; e++)
            for (size_t b = 0; b < bytes; b++)
                sum[b] ^= rows[c->y_at[e] * bytes + b];
        for (size_t e = c->u_first[j]; e < c->u_first[j + 1]; e++)
            sum[c->u_at[e] / 8] ^= (uint8_t)(1u << c->u_at[e] % 8);
        size_t b = 0;
        while (b < bytes && sum[b] == 0)
            b++;
        if (b < bytes)
            break;
    }
    free(rows);
    return (long)j;
}

static long check_numbers(const struct captions *c, const struct view *v) {
    size_t m = view_plain(v), columns = v->kind->numbers(v), j = 0;
    uint16_t *rows = malloc((m + 1) * columns * sizeof *rows), *sum = rows ? rows + m * columns : NULL;
    if (!rows)
        return -ENOMEM;
    for (size_t i = 0; i < m; i++)
        v->kind->number_row(v, i, rows + i * columns);
    for (; j < c->n; j++) {
        v->kind->number_row(v, m + j, sum);
        for (size_t e = c->y_first[j]; e < c->y_first[j + 1]; e++)
            for (size_t b = 0; b < columns; b++)
                sum[b] = (uint16_t)(sum[b] - c->y_value[e] * rows[c->y_at[e] * columns + b]);
        for (size_t e = c->u_first[j]; e < c->u_first[j + 1]; e++)
            sum[c->u_at[e]] = (uint16_t)(sum[c->u_at[e]] - c->u_value[e]);
        size_t b = 0;
        while (b < columns && sum[b] == 0)
            b++;
        if (b < columns)
            break;
    }
    free(rows);
    return (long)j;
}

long captions_check(const struct captions *c, const struct view *v) {
    return view_numbers(v) ? check_numbers(c, v) : check_bits(c, v);
}
