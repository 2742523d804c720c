#include "tests/bench/kernels_learner.h"

#include "common/base/bytes.h"
#include "common/base/noise.h"
#include "common/task/lpn/learner_internal.h"
#include "common/task/lpn/learner_state.h"

#include <errno.h>
#include <stdlib.h>

enum { PASSES = 16 };

static const struct params *params;
static struct code *code;
static struct recipes *recipes;
static struct learner *learner;
static uint8_t *plain, *v; /* errors: of the plain samples, and what comes of them under the secret 0 */

int kernels_learner_init(void) {
    uint8_t key[32] = {1};
    params = params_find("n2048");
    plain = calloc(1, bits_to_bytes(params->m));
    v = calloc(1, bits_to_bytes(params->k));
    if (!plain || !v || code_new(&code, params) < 0 || recipes_new(&recipes, params, key) < 0)
        return -ENOMEM;
    recipes_run_all(recipes);
    key[0] = 2;
    noise_add(plain, params->m, key, params->theta64);
    key[0] = 3;
    noise_add(v, params->k, key, params->theta64);
    for (size_t j = 0; j < params->k; j++)
        for (size_t t = 0; t < params->w; t++)
            bit_xor(v, j, bit_get(plain, recipes_index(recipes, j, t)));
    int r = learner_new(&learner, params, code, recipes);
    if (r < 0)
        return r;
    learner_start(learner, v);
    learner_turn(learner); /* nothing is known; */
    learner_turn(learner); /* and after the first passes along the code */
    return 0;
}

void kernels_learner_deinit(void) {
    learner_free(learner);
    recipes_free(recipes);
    code_free(code);
    free(plain);
    free(v);
}

static void chain(void) {
    struct learner *l = learner;
    for (int i = 0; i < PASSES; i++)
        learner_kernels_best()->chain(l->n_blocks, l->pi, l->sums, l->channel, l->to_s, l->to_code, l->before,
                                      l->change);
}

static void repeat(void) {
    struct learner *l = learner;
    for (int i = 0; i < PASSES; i++)
        learner_kernels_best()->repeat(l->n / LEARNER_LANES, l->depth, l->where, l->prior, l->to_s, l->sums);
}

static void to_plain(void) {
    struct learner *l = learner;
    for (size_t i = 0; i < l->m; i++)
        l->odds[i] = 1;
    learner_kernels_best()->to_plain(l->w, 0, l->n_blocks, recipes->index, l->gain, l->to_code, l->edges, l->odds);
}

static void from_plain(void) {
    struct learner *l = learner;
    for (size_t i = 0; i < l->m; i++)
        l->odds[i] = l->prior_odds;
    learner_kernels_best()->from_plain(l->w, 0, l->n_blocks, recipes->index, l->gain, l->odds, l->edges, l->channel);
}

static void lean(void) {
    struct learner *l = learner;
    for (int i = 0; i < PASSES; i++)
        learner_kernels_best()->lean(l->n_blocks, l->channel, l->to_code, l->ones, l->sure);
}

/* To the first candidate. It comes last: the others want the learner as kernels_learner_init left it. */
static void whole(void) {
    learner_set_kernels(learner, learner_kernels_best());
    learner_start(learner, v);
    while (learner_status(learner) == LEARNER_WORK)
        learner_turn(learner);
}

const struct kernels_learner_row kernels_learner_rows[KERNELS_LEARNER_ROWS] = {
    {"n2048: along the code", PASSES, chain}, {"n2048: to the secret", PASSES, repeat},
    {"n2048: to plain errors", 1, to_plain},  {"n2048: from plain errors", 1, from_plain},
    {"n2048: how bits lean", PASSES, lean},   {"n2048: learning", 1, whole},
};
