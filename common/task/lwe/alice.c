/* Alice's side of LWE: recipes, then composing, then learning. Her predictions see none of these. */
#include "common/base/batch.h"
#include "common/base/secret.h"
#include "common/task/lwe/lwe.h"
#include "common/task/lwe/lwe_learning.h"
#include "common/task/lwe/rows.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>

struct compose {
    const struct lwe_params *params;
    struct ternary *recipes;
    struct batch batch;
    bool drawn, seeded;
    uint8_t matrix_key[32];
    struct composer *composer; /* once there are recipes and a seed */
};

static void run_recipes(void *context, size_t part) {
    ternary_draw(((struct compose *)context)->recipes, part);
}

static void compose_free(struct compose *c) {
    if (!c)
        return;
    composer_free(c->composer);
    ternary_free(c->recipes);
    secret_free(c);
}

static int compose_new(struct compose **cp, const struct set *set, const uint8_t key[static 32]) {
    struct compose *c = secret_new(sizeof *c);
    if (!c)
        return -ENOMEM;
    c->params = lwe_params_of(set);
    int r = ternary_new(&c->recipes, c->params, key);
    if (r < 0) {
        compose_free(c);
        return r;
    }
    batch_start(&c->batch, ternary_parts(c->recipes), run_recipes, c);
    *cp = c;
    return 0;
}

static int start_composer(struct compose *c) {
    if (!c->seeded || !c->drawn)
        return 0;
    return composer_new(&c->composer, c->recipes, c->matrix_key);
}

static int compose_seed(struct compose *c, const uint8_t seed[static 32]) {
    lwe_params_key(c->matrix_key, c->params, "matrix", seed);
    c->seeded = true;
    return start_composer(c);
}

static struct job *compose_work(struct compose *c, uint8_t *place) {
    if (!c->drawn)
        return batch_next(&c->batch);
    return c->composer ? composer_work(c->composer, place) : NULL;
}

static int compose_done(struct compose *c, struct job *job) {
    if (c->drawn)
        return composer_done(c->composer, job);
    batch_take_back(&c->batch, job, &c->drawn);
    return c->drawn ? start_composer(c) : 0;
}

static int learn_new(struct learn **lp, const struct compose *c, const uint8_t *labels) {
    return lwe_learning_new(lp, c->recipes, c->composer, c->matrix_key, labels);
}

/* Mean of |CBD(a)| for the a of v_j, of which a recipe of m/2 entries other than 0 makes eta (m/2 + 1), to within a
 * thousandth; in units of D. */
static double symbol_error_expected(const struct lwe_params *p) {
    return sqrt(p->eta * (p->m / 2.0 + 1) / acos(-1)) / LWE_PARAMS_DISTANCE;
}

/* A broken bob is noticed by labels with too little noise, which give his secret away, and by a secret that no honest
 * one has: under 0 masks hide nothing. */
static void learn_result(const struct learn *l, struct learned *out) {
    const struct lwe_learning_result *result = lwe_learning_result(l);
    const struct lwe_params *p = result->params;
    const struct verdict *verdict = &result->verdict;
    *out = (struct learned){
        .accepted = verdict->accepted,
        .numbers = {.figures = {{"rounding_error", "error before rounding / D", "mean",
                                 (double)result->error / p->n / LWE_PARAMS_DISTANCE, symbol_error_expected(p)},
                                {"label_noise", "noise of a plain label", "mean", (double)verdict->plain_noise / p->m,
                                 lwe_task.label_noise(&p->set)}},
                    .n_figures = 2,
                    .iterations = 1,
                    .disagreements = verdict->too_far,
                    .n_checked = p->m}};
    for (size_t j = 0; j < p->n; j++)
        out->h[j] = (uint8_t)result->h[j];
    if (verdict->accepted && !verdict->odd)
        out->weak = "no entry of Bob's secret is odd, of an honest Bob's at least one is";
    if (!verdict->accepted || verdict->noisy)
        return;
    if (verdict->plain_noise < p->least_plain) {
        out->quiet.what = "plain labels";
        out->quiet.wrong = verdict->plain_noise;
        out->quiet.n = p->m;
        out->quiet.least = p->least_plain;
    } else {
        out->quiet.what = "composed labels";
        out->quiet.wrong = verdict->composed_noise;
        out->quiet.n = p->n;
        out->quiet.least = p->least_composed;
    }
}

static size_t predict_parts(const struct set *set) {
    return rows_label_parts(set_challenges(set), lwe_params_of(set)->n);
}

/* Labels of -h are added. */
static void predict(uint8_t *results, const struct set *set, const uint8_t *h, const uint8_t seed[static 32],
                    size_t part) {
    const struct lwe_params *p = lwe_params_of(set);
    uint8_t key[32];
    int16_t minus[LWE_PARAMS_N_MAX];
    lwe_params_key(key, p, "challenge", seed);
    for (size_t j = 0; j < p->n; j++)
        minus[j] = (int16_t) - (int8_t)h[j];
    rows_label_part(results, key, set_challenges(set), p->n, minus, part);
    sodium_memzero(minus, sizeof minus);
}

const struct task_alice lwe_alice = {
    .compose_new = compose_new,
    .compose_seed = compose_seed,
    .compose_work = compose_work,
    .compose_done = compose_done,
    .compose_free = compose_free,
    .learn_new = learn_new,
    .learn_work = lwe_learning_work,
    .learn_done = lwe_learning_done,
    .learn_result = learn_result,
    .learn_free = lwe_learning_free,
    .predict_parts = predict_parts,
    .predict = predict,
};
