#include "tests/lib/instance.h"

#include "common/base/bytes.h"
#include "common/base/noise.h"
#include "common/base/prg.h"
#include "common/task/lpn/code.h"
#include "common/task/lpn/compose.h"
#include "common/task/lpn/gf2.h"
#include "common/task/lpn/matrix.h"
#include "common/task/lpn/recipes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *must(void *p) {
    if (!p)
        abort();
    return p;
}

static void compose(struct instance *in, const uint8_t key[static 32]) {
    const struct params *p = &in->params;
    struct recipes *recipes = NULL;
    struct code *code = NULL;
    if (recipes_new(&recipes, p, key) != 0 || code_new(&code, p) != 0)
        abort();
    recipes_run_all(recipes);
    in->recipes = must(malloc((size_t)p->k * p->w * sizeof *in->recipes));
    for (size_t j = 0; j < p->k; j++)
        for (size_t t = 0; t < p->w; t++)
            in->recipes[j * p->w + t] = recipes_index(recipes, j, t);
    for (size_t b = 0; b < matrix_blocks(p->n); b++) {
        size_t width = matrix_width(p->n, b), step = matrix_piece_rows(width);
        uint8_t *sums = must(aligned_alloc(64, (p->k * width + 63) / 64 * 64));
        compose_begin(sums, code, b);
        for (size_t first = 0; first < p->m; first += step)
            compose_rows(sums, p, recipes, in->matrix_key, b, first, p->m - first < step ? p->m - first : step);
        for (size_t j = 0; j < p->k; j++)
            memcpy(in->composed + j * (p->n / 8) + b * 64, sums + j * width, width);
        free(sums);
    }
    recipes_free(recipes);
    code_free(code);
}

void instance_make(struct instance *in, const struct params *params, enum instance_kind kind, uint64_t seed) {
    uint8_t root[32] = {0}, key[32];
    store64_le(root, seed);
    *in = (struct instance){.params = *params, .speed = 1};
    size_t n = params->n, m = params->m, k = params->k, bytes = n / 8;
    prg_derive(in->seed, "test eve", root, 32);
    prg_subkey(in->matrix_key, root, "test matrix", 0);
    prg_subkey(key, root, "test secret", 0);
    prg_expand(in->secret, bytes, key, 0);
    in->composed = must(calloc(k + 1, bytes));
    in->labels = must(calloc((m + k + 7) / 8, 1));

    prg_subkey(key, root, "test composed", 0);
    if (kind == INSTANCE_SESSION)
        compose(in, key);
    else
        prg_expand(in->composed, k * bytes, key, 0);

    in->view = (struct view){
        .params = &in->params, .matrix_key = in->matrix_key, .composed = in->composed, .labels = in->labels};
    if (kind == INSTANCE_RANDOM) {
        prg_subkey(key, root, "test labels", 0);
        prg_expand(in->labels, (m + k + 7) / 8, key, 0);
        return;
    }
    matrix_label(in->labels, in->matrix_key, m, n, 0, m, in->secret);
    uint8_t *row = must(malloc(bytes));
    for (size_t j = 0; j < k; j++) {
        view_row(&in->view, m + j, row);
        unsigned sum = 0;
        for (size_t b = 0; b < bytes; b++)
            sum ^= (unsigned)__builtin_parity(row[b] & in->secret[b]);
        bit_xor(in->labels, m + j, sum);
    }
    free(row);
    prg_subkey(key, root, "test noise", 0);
    noise_add(in->labels, m + k, key, params->theta64);
}

void instance_free(struct instance *in) {
    free(in->composed);
    free(in->labels);
    free(in->recipes);
    *in = (struct instance){0};
}

double instance_cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double now(void *context) {
    const struct instance *in = context;
    return in->speed * instance_cpu_seconds();
}

static bool stop(void *context) {
    const struct instance *in = context;
    return instance_cpu_seconds() - in->started > in->budget;
}

static bool verify(void *context, const uint8_t *s) {
    struct instance *in = context;
    in->verified++;
    return memcmp(s, in->secret, in->params.n / 8) == 0;
}

struct learn_ask instance_ask(struct instance *in, unsigned n_threads, double budget) {
    in->started = instance_cpu_seconds();
    in->budget = budget;
    return (struct learn_ask){
        .view = &in->view,
        .seed = in->seed,
        .n_threads = n_threads,
        .now = now,
        .stop = stop,
        .verify = verify,
        .context = in,
    };
}
