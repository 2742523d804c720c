#include "eve/lab/toys/trio.h"

#include "common/base/binomial.h"
#include "common/base/prg.h"
#include "common/task/lwe/cbd.h"
#include "common/task/lwe/rounding.h"
#include "common/task/lwe/zq.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- parameters */

#define RECIPE_BITS 1.4150374992788437 /* log2(8/3): collision entropy of an entry of a recipe */

void trio_params_of(struct trio_params *out, const struct lwe_params *set) {
    double n = set->n;
    *out = (struct trio_params){.n = set->n,
                                .m = (uint32_t)ceil((16 * (n + 1) + 2 * (127 + log2(n))) / RECIPE_BITS),
                                .eta = set->eta / 2 / CBD_STEP * CBD_STEP};
}

double trio_hide_log2(const struct trio_params *p) {
    return log2(p->n) - 1 + (16 * (p->n + 1.0) - RECIPE_BITS * p->m) / 2;
}

/* Noise of v_j is CBD(eta (1 + |y_j| + |w_j|)), and |y_j| + |w_j|, of 2 m fair bits, is at most m + 5 sqrt(2 m) but for
 * 2^-72 (Hoeffding). */
double trio_failure_log2(const struct trio_params *p) {
    uint64_t entries = (uint64_t)(p->m + 5 * sqrt(2.0 * p->m)), n = 2 * (uint64_t)p->eta * (entries + 1);
    double wrong = 2 * binomial_above(n / 2 + LWE_PARAMS_DISTANCE / 2, n, 0.5);
    return log2(p->n * (wrong + exp2(-72)));
}

/* 2 E|e| / q, E|e| of CBD(eta) being eta C(2 eta, eta) / 4^eta. */
double trio_risk(const struct trio_params *p) {
    double eta = p->eta;
    return 2 * eta * exp(lgamma(2 * eta + 1) - 2 * lgamma(eta + 1) - eta * log(4)) / 65536;
}

/* ---- data, captions, labels */

static void draw_numbers(uint16_t *out, size_t n, const uint8_t seed[static 32], const char *label) {
    uint8_t key[32];
    struct prg g;
    prg_subkey(key, seed, label, 0);
    prg_init(&g, key, 0);
    prg_read(&g, (uint8_t *)out, n * sizeof *out);
    prg_deinit(&g);
}

/* Each entry the difference of two fair bits. */
static void draw_recipes(int8_t *out, size_t n, const uint8_t seed[static 32], const char *label) {
    uint8_t key[32], byte = 0;
    struct prg g;
    prg_subkey(key, seed, label, 0);
    prg_init(&g, key, 0);
    for (size_t i = 0; i < n; i++, byte >>= 2) {
        if (i % 4 == 0)
            prg_read(&g, &byte, 1);
        out[i] = (int8_t)((byte & 1) - (byte >> 1 & 1));
    }
    prg_deinit(&g);
}

/* row += r v, or -= for sign -1. */
static void add(uint16_t *row, const uint16_t *v, int r, size_t n) {
    for (size_t c = 0; c < n; c++)
        row[c] = (uint16_t)(row[c] + r * v[c]);
}

static void combine(uint16_t *x, const int8_t *recipes, const uint16_t *plain, const struct trio_params *p, int sign) {
    for (size_t j = 0; j < p->n; j++)
        for (size_t i = 0; i < p->m; i++)
            if (recipes[j * p->m + i])
                add(x + j * p->n, plain + i * p->n, sign * recipes[j * p->m + i], p->n);
}

static uint16_t dot(const uint16_t *row, const int16_t *s, size_t n) {
    uint16_t sum = 0;
    for (size_t c = 0; c < n; c++)
        sum = (uint16_t)(sum + row[c] * s[c]);
    return sum;
}

static int label(uint16_t *z, const uint16_t *rows, size_t n_rows, const struct trio *trio, unsigned noise,
                 const uint8_t seed[static 32], const char *name) {
    uint8_t *bytes = malloc(2 * n_rows), key[32];
    if (!bytes)
        return -ENOMEM;
    for (size_t i = 0; i < n_rows; i++)
        zq_store(bytes, i, dot(rows + i * trio->params.n, trio->s, trio->params.n));
    for (unsigned time = 0; time < noise; time++) {
        prg_subkey(key, seed, name, time);
        cbd_noise(bytes, n_rows, key, trio->params.eta);
    }
    for (size_t i = 0; i < n_rows; i++)
        z[i] = zq_load(bytes, i);
    free(bytes);
    return 0;
}

void trio_free(struct trio *trio) {
    free(trio->a);
    free(trio->x);
    free(trio->y);
    free(trio->z_a);
    *trio = (struct trio){0};
}

int trio_make(struct trio *trio, const struct trio_params *params, struct trio_fault fault,
              const uint8_t seed[static 32]) {
    size_t n = params->n, m = params->m;
    uint8_t key[32];
    *trio = (struct trio){.params = *params,
                          .a = malloc(2 * m * n * sizeof *trio->a),
                          .x = calloc(n * n, sizeof *trio->x),
                          .y = calloc(2 * n * m, 1),
                          .z_a = malloc((2 * m + n) * sizeof *trio->z_a)};
    int r = trio->a && trio->x && trio->y && trio->z_a ? 0 : -ENOMEM;
    if (r == 0) {
        trio->b = trio->a + m * n;
        trio->w = trio->y + n * m;
        trio->z_b = trio->z_a + m;
        trio->z_x = trio->z_b + m;
        draw_numbers(trio->a, m * n, seed, "trio a");
        draw_numbers(trio->b, m * n, seed, "trio b");
        if (!fault.no_captions) {
            draw_recipes(trio->y, n * m, seed, "trio y");
            draw_recipes(trio->w, n * m, seed, "trio w");
        }
        combine(trio->x, trio->y, trio->a, params, 1);
        combine(trio->x, trio->w, trio->b, params, 1);
        for (size_t j = 0; j < n; j++)
            trio->x[j * n + j] = (uint16_t)(trio->x[j * n + j] + LWE_PARAMS_DISTANCE);
        prg_subkey(key, seed, "trio s", 0);
        cbd_secret(trio->s, n, key);
        r = label(trio->z_a, trio->a, m, trio, fault.noise, seed, "trio noise a");
    }
    if (r == 0)
        r = label(trio->z_b, trio->b, m, trio, fault.noise, seed, "trio noise b");
    if (r == 0)
        r = label(trio->z_x, trio->x, n, trio, fault.noise, seed, "trio noise x");
    if (r < 0)
        trio_free(trio);
    return r;
}

/* ---- learning */

void trio_sums(uint16_t *t, const int8_t *recipes, const uint16_t *z, const struct trio_params *p) {
    for (size_t j = 0; j < p->n; j++) {
        t[j] = 0;
        for (size_t i = 0; i < p->m; i++)
            t[j] = (uint16_t)(t[j] + recipes[j * p->m + i] * z[i]);
    }
}

void trio_learn(int16_t *h, const uint16_t *z_x, const uint16_t *t_y, const uint16_t *t_w, size_t n) {
    for (size_t j = 0; j < n; j++)
        h[j] = rounding_level((uint16_t)(z_x[j] - (t_y ? t_y[j] : 0) - (t_w ? t_w[j] : 0)));
}

bool trio_accepts(const struct trio *trio, const int16_t *h) {
    size_t n = trio->params.n, m = trio->params.m;
    for (size_t i = 0; i < 2 * m; i++) /* b lies behind a, and its labels behind those of a */
        if (zq_abs((uint16_t)(trio->z_a[i] - dot(trio->a + i * n, h, n))) > trio->params.eta)
            return false;
    return true;
}

void trio_left(uint16_t *rows, const struct trio *trio, bool with_y, bool with_w) {
    memcpy(rows, trio->x, (size_t)trio->params.n * trio->params.n * sizeof *rows);
    if (with_y)
        combine(rows, trio->y, trio->a, &trio->params, -1);
    if (with_w)
        combine(rows, trio->w, trio->b, &trio->params, -1);
}

size_t trio_fresh_errors(const struct trio *trio, const int16_t *h, size_t count, const uint8_t seed[static 32]) {
    size_t n = trio->params.n, errors = 0;
    uint8_t key[32], noise[2];
    uint16_t row[LWE_PARAMS_N_MAX];
    struct prg g;
    prg_subkey(key, seed, "trio fresh", 0);
    prg_init(&g, key, 0);
    for (size_t i = 0; i < count; i++) {
        prg_read(&g, (uint8_t *)row, n * sizeof *row);
        zq_store(noise, 0, dot(row, trio->s, n));
        prg_subkey(key, seed, "trio fresh noise", i);
        cbd_noise(noise, 1, key, trio->params.eta);
        errors += zq_load(noise, 0) >> 15 != dot(row, h, n) >> 15;
    }
    prg_deinit(&g);
    return errors;
}
