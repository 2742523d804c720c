#include "eve/lab/instance.h"

#include "common/base/bytes.h"
#include "common/base/noise.h"
#include "common/base/prg.h"
#include "common/task/lpn/compose.h"
#include "common/task/lpn/learner.h"
#include "common/task/lpn/matrix.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double task_flip(double theta, uint32_t w) {
    return (1 - pow(1 - 2 * theta, w + 1.0)) / 2;
}

int task_set(struct params *out, uint32_t n) {
    static _Thread_local struct params made[PARAMS_N_MAX / 32];
    struct params *one = n >= 32 && n <= PARAMS_N_MAX && n % 32 == 0 ? &made[n / 32 - 1] : NULL;
    int r = !one ? -EINVAL : one->n ? 0 : params_make(one, n);
    if (r < 0 && one)
        one->n = 0;
    if (r == 0)
        *out = *one;
    return r;
}

int task_params(struct params *out, uint32_t n, double theta, uint32_t w) {
    int r = task_set(out, n);
    if (r < 0)
        return r;
    if (theta < 0 || theta >= 0.5 || w > RECIPES_W_MAX)
        return -EINVAL;
    if (theta > 0) {
        out->theta = theta;
        out->theta64 = (uint64_t)floor(ldexp(theta, 64));
    }
    if (w > 0)
        out->w = w;
    if (theta > 0 || w > 0)
        out->p = task_flip(out->theta, out->w);
    return 0;
}

/* Exactly as on the wire where theta is n^(-1/2). */
static uint32_t self_check_limit(const struct params *p) {
    return p->theta == 1 / sqrt(p->n) ? params_self_check_limit(p, p->m)
                                      : (uint32_t)floor((0.25 + p->theta / 2) * p->m);
}

/* The composed vectors, column block by column block. */
static int compose(struct instance *t) {
    const struct params *p = &t->params;
    size_t bytes = p->n / 8;
    t->composed = malloc(p->k * bytes);
    if (!t->composed)
        return -ENOMEM;
    for (size_t b = 0; b < matrix_blocks(p->n); b++) {
        size_t width = matrix_width(p->n, b), step = matrix_piece_rows(width);
        uint8_t *sums = aligned_alloc(64, (p->k * width + 63) / 64 * 64);
        if (!sums)
            return -ENOMEM;
        compose_begin(sums, t->code, b);
        for (size_t first = 0; first < p->m; first += step)
            compose_rows(sums, p, t->recipes, t->matrix_key, b, first, p->m - first < step ? p->m - first : step);
        for (size_t j = 0; j < p->k; j++)
            memcpy(t->composed + j * bytes + b * (MATRIX_BLOCK / 8), sums + j * width, width);
        free(sums);
    }
    return 0;
}

/* bits ^= <x, s> of all m + k samples, from their vectors */
static void label_vectors(const struct instance *t, uint8_t *bits) {
    const struct params *p = &t->params;
    matrix_label(bits, t->matrix_key, p->m, p->n, 0, p->m, t->secret);
    for (size_t j = 0; j < p->k; j++) {
        const uint8_t *row = t->composed + (size_t)j * (p->n / 8);
        unsigned sum = 0;
        for (size_t b = 0; b < p->n / 8; b++)
            sum ^= (unsigned)(row[b] & t->secret[b]);
        bit_xor(bits, p->m + j, (unsigned)__builtin_parity(sum));
    }
}

void task_errors(const struct instance *t, uint8_t *errors) {
    memcpy(errors, t->labels, bits_to_bytes((size_t)t->params.m + t->params.k));
    label_vectors(t, errors);
}

/* <x, s> of every sample: plain ones from A; composed ones from their vectors or, which is the same, from the codeword
 * and the plain ones of the recipe. */
static int label(struct instance *t) {
    const struct params *p = &t->params;
    size_t m = p->m, k = p->k;
    if (t->composed) {
        label_vectors(t, t->labels);
        return 0;
    }
    matrix_label(t->labels, t->matrix_key, m, p->n, 0, m, t->secret);
    uint8_t *codeword = calloc(bits_to_bytes(k) + 64, 1);
    if (!codeword)
        return -ENOMEM;
    code_encode(t->code, codeword, t->secret);
    for (size_t j = 0; j < k; j++) {
        unsigned sum = bit_get(codeword, j);
        for (size_t i = 0; i < p->w; i++)
            sum ^= bit_get(t->labels, recipes_index(t->recipes, j, i));
        bit_xor(t->labels, m + j, sum);
    }
    free(codeword);
    return 0;
}

static int make(struct instance *t, const struct params *params, const struct code *code, const uint8_t *seed,
                bool with_vectors) {
    uint8_t key[32];
    *t = (struct instance){.params = *params, .code = code, .self_check = self_check_limit(params)};
    prg_subkey(t->key, seed, "lab task", params->n);
    prg_subkey(t->matrix_key, t->key, "lab matrix", 0);
    prg_subkey(key, t->key, "lab secret", 0);
    prg_expand(t->secret, params->n / 8, key, 0);
    prg_subkey(key, t->key, "lab recipes", 0);
    t->labels = calloc(bits_to_bytes((size_t)params->m + params->k), 1);
    int r = t->labels ? recipes_new(&t->recipes, params, key) : -ENOMEM;
    if (r == 0 && !code) {
        r = code_new(&t->own_code, params);
        t->code = t->own_code;
    }
    if (r == 0) {
        recipes_run_all(t->recipes);
        r = with_vectors ? compose(t) : 0;
    }
    if (r == 0)
        r = label(t);
    if (r < 0) {
        task_free(t);
        return r;
    }
    prg_subkey(key, t->key, "lab noise", 0);
    noise_add(t->labels, (size_t)params->m + params->k, key, params->theta64);
    t->view =
        (struct view){.params = &t->params, .matrix_key = t->matrix_key, .composed = t->composed, .labels = t->labels};
    return 0;
}

int task_make(struct instance *t, const struct params *params, const struct code *code, const uint8_t seed[static 32]) {
    return make(t, params, code, seed, true);
}

int task_make_without_vectors(struct instance *t, const struct params *params, const struct code *code,
                              const uint8_t seed[static 32]) {
    return make(t, params, code, seed, false);
}

void task_free(struct instance *t) {
    recipes_free(t->recipes);
    code_free(t->own_code);
    free(t->composed);
    free(t->labels);
    *t = (struct instance){0};
}

/* Alice's own check: how many plain labels differ from <a_i, h>. */
static uint32_t disagreements(const struct instance *t, const uint8_t *h, uint8_t *check) {
    const struct params *p = &t->params;
    uint32_t wrong = 0;
    memcpy(check, t->labels, p->m / 8);
    matrix_label(check, t->matrix_key, p->m, p->n, 0, p->m, h);
    for (size_t i = 0; i < p->m / 8; i++)
        wrong += (uint32_t)__builtin_popcount(check[i]);
    return wrong;
}

int task_learn(const struct instance *t, struct task_learned *out) {
    const struct params *p = &t->params;
    struct learner *learner = NULL;
    size_t padded = ((size_t)p->k + RECIPES_ROWS - 1) / RECIPES_ROWS * RECIPES_ROWS;
    uint8_t *v = calloc(padded / 8, 1), *check = malloc(p->m / 8);
    *out = (struct task_learned){0};
    int r = v && check ? learner_new(&learner, p, t->code, t->recipes) : -ENOMEM;
    if (r == 0) {
        compose_syndrome(v, t->recipes, t->labels, 0, p->k);
        learner_start(learner, v);
    }
    while (r == 0 && !out->learned) {
        while (learner_status(learner) == LEARNER_WORK)
            learner_turn(learner);
        if (learner_status(learner) == LEARNER_EXHAUSTED)
            break;
        memcpy(out->h, learner_candidate(learner), p->n / 8);
        out->error_rate = learner_error_rate(learner);
        out->disagreements = disagreements(t, out->h, check);
        out->learned = out->disagreements <= t->self_check;
        if (!out->learned)
            learner_reject(learner);
    }
    if (learner) {
        out->proposals = learner_proposals(learner);
        out->iterations = learner_iterations(learner);
        out->rounds = learner_rounds(learner);
    }
    learner_free(learner);
    free(v);
    free(check);
    return r;
}

void task_predict(uint8_t *bits, size_t n_labels, const struct params *p, const uint8_t key[static 32],
                  const uint8_t *h) {
    memset(bits, 0, bits_to_bytes(n_labels));
    matrix_label(bits, key, n_labels, p->n, 0, n_labels, h);
}

void task_label(uint8_t *bits, size_t n_labels, const struct params *p, const uint8_t key[static 32], const uint8_t *s,
                const uint8_t noise_key[static 32]) {
    task_predict(bits, n_labels, p, key, s);
    noise_add(bits, n_labels, noise_key, p->theta64);
}

long task_fresh_errors(const struct instance *t, const uint8_t *h, size_t n, uint64_t batch) {
    uint8_t key[32], noise_key[32];
    uint8_t *labels = malloc(bits_to_bytes(n) + 1), *predictions = calloc(bits_to_bytes(n) + 1, 1);
    long wrong = labels && predictions ? 0 : -ENOMEM;
    if (wrong == 0) {
        prg_subkey(key, t->key, "lab fresh samples", batch);
        prg_subkey(noise_key, t->key, "lab fresh noise", batch);
        task_label(labels, n, &t->params, key, t->secret, noise_key);
        matrix_label(predictions, key, n, t->params.n, 0, n, h);
        for (size_t i = 0; i < n; i++)
            wrong += bit_get(labels, i) ^ bit_get(predictions, i);
    }
    free(labels);
    free(predictions);
    return wrong;
}
