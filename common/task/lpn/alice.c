/* Alice's side of LPN: recipes, then composing, then learning. Her predictions see none of these. Which labels she
 * looks at in the end to judge what she has learned is drawn from her own key too. */
#include "common/base/batch.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/task/lpn/compose_lanes.h"
#include "common/task/lpn/kept.h"
#include "common/task/lpn/learning.h"
#include "common/task/lpn/lpn.h"
#include "common/task/lpn/matrix.h"

#include <errno.h>
#include <string.h>

struct compose {
    const struct params *params;
    struct code *code;
    struct recipes *recipes;
    struct kept *kept;
    uint8_t check_key[32];
    enum recipes_stage stage; /* RECIPES_N_STAGES: they are drawn */
    struct batch batch;
    bool seeded;
    uint8_t matrix_key[32];
    struct compose_lanes *lanes; /* once there are recipes and a seed, until all chunks are written */
};

static void run_recipes(void *context, size_t part) {
    struct compose *c = context;
    recipes_run(c->recipes, c->stage, part);
}

static void start_stage(struct compose *c) {
    size_t n_parts = recipes_n_parts(c->recipes, c->stage), n_edges = (size_t)c->params->k * c->params->w / n_parts;
    batch_start(&c->batch, n_parts, run_recipes, c);
    if (c->stage == RECIPES_SAMPLE)
        batch_set_micros(&c->batch, job_micros(n_edges, JOB_EDGES / 2));
    else
        batch_set_micros(&c->batch, c->stage == RECIPES_SUM ? 1 : job_micros(n_edges, JOB_EDGES));
}

static void compose_free(struct compose *c) {
    if (!c)
        return;
    compose_lanes_free(c->lanes);
    recipes_free(c->recipes);
    kept_free(c->kept);
    code_free(c->code);
    secret_free(c);
}

static int compose_new(struct compose **cp, const struct set *set, const uint8_t key[static 32]) {
    struct compose *c = secret_new(sizeof *c);
    if (!c)
        return -ENOMEM;
    c->params = params_of(set);
    int r = code_new(&c->code, c->params);
    if (r == 0)
        r = recipes_new(&c->recipes, c->params, key);
    SECRET32 uint8_t kept_key[32];
    prg_subkey(kept_key, key, "kept vectors", 0);
    prg_subkey(c->check_key, key, "checked labels", 0);
    if (r == 0)
        r = kept_new(&c->kept, c->params, kept_key);
    if (r < 0) {
        compose_free(c);
        return r;
    }
    start_stage(c);
    *cp = c;
    return 0;
}

static int start_lanes(struct compose *c) {
    if (!c->seeded || c->stage < RECIPES_N_STAGES)
        return 0;
    return compose_lanes_new(&c->lanes, c->params, c->code, c->recipes, c->kept, c->matrix_key);
}

static int compose_seed(struct compose *c, const uint8_t seed[static 32]) {
    prg_derive(c->matrix_key, "parley/1 matrix", seed, 32);
    c->seeded = true;
    return start_lanes(c);
}

static struct job *compose_work(struct compose *c, uint8_t *place) {
    if (c->stage < RECIPES_N_STAGES)
        return batch_next(&c->batch);
    return c->lanes ? compose_lanes_next_job(c->lanes, place) : NULL;
}

static int compose_done(struct compose *c, struct job *job) {
    bool finished = false;
    if (c->stage < RECIPES_N_STAGES) {
        batch_take_back(&c->batch, job, &finished);
        if (!finished)
            return 0;
        if (++c->stage == RECIPES_N_STAGES)
            return start_lanes(c);
        start_stage(c);
        return 0;
    }
    if (!compose_lanes_job_done(c->lanes, job))
        return 0;
    if (!compose_lanes_finished(c->lanes))
        return compose_lanes_can_write(c->lanes) ? 2 : 1;
    compose_lanes_free(c->lanes);
    c->lanes = NULL;
    return 1;
}

static int learn_new(struct learn **lp, const struct compose *c, const uint8_t *labels) {
    return learning_new(lp, c->params, c->code, c->recipes, c->kept, labels, c->matrix_key, c->check_key);
}

/* A broken bob is noticed by labels with too little noise: they give his secret away. */
static void learn_result(const struct learn *l, struct learned *out) {
    const struct learning_result *result = learning_result(l);
    const struct params *p = result->params;
    *out =
        (struct learned){.accepted = result->accepted,
                         .numbers = {.figures = {{"symbol_error", "symbol error rate", "p", result->symbol_error, p->p},
                                                 {"disagreement", "self-check disagreement", "theta",
                                                  (double)result->disagreements / params_checked(p), p->theta}},
                                     .n_figures = 2,
                                     .iterations = result->iterations,
                                     .n_rounds = result->n_rounds,
                                     .code_bits = p->k,
                                     .disagreements = result->disagreements,
                                     .n_checked = params_checked(p),
                                     .most = params_self_check_limit(p, params_checked(p))}};
    memcpy(out->h, result->h, p->n / 8);
    memcpy(out->numbers.rounds, result->rounds, sizeof result->rounds);
    if (!result->accepted || result->noisy)
        return;
    if (result->disagreements < p->least_plain) {
        out->quiet.what = "plain labels";
        out->quiet.wrong = result->disagreements;
        out->quiet.n = params_checked(p);
        out->quiet.least = p->least_plain;
    } else {
        out->quiet.what = "composed labels";
        out->quiet.wrong = result->composed_errors;
        out->quiet.n = params_kept(p);
        out->quiet.least = p->least_composed;
    }
}

static size_t predict_parts(const struct set *set) {
    return matrix_label_parts(set_challenges(set), params_of(set)->n);
}

static void predict(uint8_t *results, const struct set *set, const uint8_t *h, const uint8_t seed[static 32],
                    size_t part) {
    uint8_t key[32];
    prg_derive(key, "parley/1 challenge", seed, 32);
    matrix_label_part(results, key, set_challenges(set), params_of(set)->n, h, part);
}

static unsigned predict_micros(const struct set *set) {
    return job_micros(set_challenges(set) / predict_parts(set) * (params_of(set)->n / 8), JOB_STREAM);
}

const struct task_alice lpn_alice = {
    .compose_new = compose_new,
    .compose_seed = compose_seed,
    .compose_work = compose_work,
    .compose_done = compose_done,
    .compose_free = compose_free,
    .learn_new = learn_new,
    .learn_work = learning_next_job,
    .learn_done = learning_job_done,
    .learn_result = learn_result,
    .learn_free = learning_free,
    .predict_parts = predict_parts,
    .predict = predict,
    .predict_micros = predict_micros,
};
