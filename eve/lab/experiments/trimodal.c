/* Do more than two modalities change anything? Three of them on LWE, none of which anybody deals out
 * (eve/lab/toys/trio.h): x the vectors, y the recipes over one half of the plain data, w those over the other. Learners
 * with each of the seven subsets, on the same sessions; and the same as a rule for two persons, of whom neither can
 * learn alone.
 *
 * A learner with both captions puts labels together and reads the secret off them; with one caption or none it does the
 * same with what it has. What vectors leave to whoever looks at them instead is seen by taking the captions that it has
 * out of them. */
#include "eve/lab/experiments/trimodal.h"

#include "common/base/prg.h"
#include "eve/lab/experiments/experiments.h"
#include "eve/lab/toys/trio.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_MAX = 256, /* sets that are run; for the others there are formulas */
    FRESH = 64,  /* labels that a hypothesis is judged by, of each session */
    SESSIONS_A_UNIT = 10,
};

const char *const trimodal_names[TRIMODAL_SUBSETS] = {NULL, "x", "y", "xy", "w", "xw", "yw", "xyw"};

/* ---- plan */

static double session_seconds(const struct lwe_params *p) {
    return 1e-3 + 9e-9 * p->n * p->n * p->m;
}

static int plan(struct lab_plan *plan) {
    static const char *const sets[] = {"l32,l48", "l32,l48,l64,l80", "l32,l48,l64,l80,l96,l112"};
    static const unsigned units[] = {2, 10, 40};
    int r = lab_sets(plan, sets[plan->size]);
    for (size_t i = 0; r == 0 && i < plan->n_others; i++) {
        if (strcmp(plan->others[i]->task->name, "lwe") != 0)
            continue;
        const struct lwe_params *p = lwe_params_of(plan->others[i]);
        for (unsigned j = 0; r == 0 && p->n <= N_MAX && j < units[plan->size]; j++)
            r = lab_unit(plan, SESSIONS_A_UNIT * session_seconds(p),
                         json_pack("{s:s, s:i}", "set", p->set.name, "sessions", SESSIONS_A_UNIT));
    }
    return r;
}

/* ---- run */

/* How learners with one subset, or in one place of the rule, did. */
struct score {
    size_t learned, exact, right; /* accepted hypotheses; those that are s; entries that are those of s */
    size_t wrong;                 /* of FRESH labels each */
    size_t high;                  /* of n^2 numbers of vectors each: highest bits that are 1 */
};

struct session {
    struct trio trio;
    const uint8_t *seed;
    uint16_t t_y[N_MAX], t_w[N_MAX]; /* sums of labels */
    uint16_t *left;                  /* n rows of n */
};

static void judge(struct score *score, const struct session *s, const int16_t *h) {
    score->learned += trio_accepts(&s->trio, h);
    size_t right = 0;
    for (size_t j = 0; j < s->trio.params.n; j++)
        right += h[j] == s->trio.s[j];
    score->right += right;
    score->exact += right == s->trio.params.n;
}

static void run_subset(struct score *score, const struct session *s, unsigned subset) {
    size_t n = s->trio.params.n;
    bool y = subset & TRIMODAL_Y, w = subset & TRIMODAL_W;
    int16_t h[N_MAX];
    uint8_t seed[32];
    trio_learn(h, s->trio.z_x, y ? s->t_y : NULL, w ? s->t_w : NULL, n);
    judge(score, s, h);
    prg_subkey(seed, s->seed, "trimodal fresh", subset);
    score->wrong += trio_fresh_errors(&s->trio, h, FRESH, seed);
    if (!(subset & TRIMODAL_X))
        return;
    trio_left(s->left, &s->trio, y, w);
    for (size_t i = 0; i < n * n; i++)
        score->high += s->left[i] >> 15;
}

/* One of two persons: holds recipes and knows what is public, and never sees the other's recipes. */
struct person {
    const struct trio *public;
    const int8_t *recipes;
    const uint16_t *labels; /* of the plain data that they are over */
};

/* What a person says to the other, on a private channel: n numbers. */
static void person_tell(const struct person *p, uint16_t *message) {
    trio_sums(message, p->recipes, p->labels, &p->public->params);
}

static void person_learn(const struct person *p, int16_t *h, const uint16_t *told) {
    uint16_t own[N_MAX];
    person_tell(p, own);
    trio_learn(h, p->public->z_x, own, told, p->public->params.n);
}

static void run_rule(struct score *scores, const struct session *s) {
    const struct trio *t = &s->trio;
    struct person y = {t, t->y, t->z_a}, w = {t, t->w, t->z_b};
    uint16_t from_y[N_MAX], from_w[N_MAX];
    int16_t h[N_MAX];
    person_learn(&y, h, NULL);
    judge(&scores[RULE_Y], s, h);
    person_learn(&w, h, NULL);
    judge(&scores[RULE_W], s, h);
    person_tell(&y, from_y);
    person_learn(&w, h, from_y);
    judge(&scores[RULE_W_TOLD], s, h);
    trio_learn(h, t->z_x, from_y, NULL, t->params.n); /* a listener, who has no recipes */
    judge(&scores[RULE_ONE_PUBLISHED], s, h);
    person_tell(&w, from_w);
    trio_learn(h, t->z_x, from_y, from_w, t->params.n);
    judge(&scores[RULE_BOTH_PUBLISHED], s, h);
}

static int run_session(const struct lab_unit *unit, const struct trio_params *p, const uint8_t seed[static 32],
                       struct score *subsets, struct score *rule) {
    struct session s = {.seed = seed, .left = malloc((size_t)p->n * p->n * sizeof *s.left)};
    struct trio_fault fault = {.no_captions = unit->fault == LAB_FAULT_LEARNER,
                               .noise = unit->fault == LAB_FAULT_THETA ? 64 : 1};
    int r = s.left ? trio_make(&s.trio, p, fault, seed) : -ENOMEM;
    if (r == 0) {
        trio_sums(s.t_y, s.trio.y, s.trio.z_a, p);
        trio_sums(s.t_w, s.trio.w, s.trio.z_b, p);
        for (unsigned subset = 1; subset < TRIMODAL_SUBSETS; subset++)
            run_subset(&subsets[subset], &s, subset);
        run_rule(rule, &s);
        trio_free(&s.trio);
    }
    free(s.left);
    return r;
}

static int note(json_t *list, const struct score *s, size_t n, size_t sessions) {
    return json_array_append_new(
        list, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "sessions", (json_int_t)sessions, "learned",
                        (json_int_t)s->learned, "exact", (json_int_t)s->exact, "entries", (json_int_t)(n * sessions),
                        "right", (json_int_t)s->right, "labels", (json_int_t)(FRESH * sessions), "wrong",
                        (json_int_t)s->wrong, "numbers", (json_int_t)(n * n * sessions), "high", (json_int_t)s->high));
}

static int run(const struct lab_unit *unit, json_t *result) {
    const struct lwe_params *set = lwe_params_of(lab_set(unit->parameters));
    size_t sessions = lab_count(unit->parameters, "sessions");
    struct score subsets[TRIMODAL_SUBSETS] = {0}, rule[RULE_ROWS] = {0};
    struct trio_params p;
    uint8_t seed[32];
    int r = 0;
    trio_params_of(&p, set);
    for (size_t i = 0; r == 0 && i < sessions; i++) {
        prg_subkey(seed, unit->seed, "session", i);
        r = lab_interrupted() ? -EINTR : run_session(unit, &p, seed, subsets, rule);
    }
    json_t *by_subset = json_array(), *by_rule = json_array();
    for (unsigned subset = 1; r == 0 && subset < TRIMODAL_SUBSETS; subset++)
        r = note(by_subset, &subsets[subset], p.n, sessions) < 0 ? -ENOMEM : 0;
    for (unsigned row = 0; r == 0 && row < RULE_ROWS; row++)
        r = note(by_rule, &rule[row], p.n, sessions) < 0 ? -ENOMEM : 0;
    if (r == 0)
        r = json_object_update_new(result, json_pack("{s:O, s:O}", "subsets", by_subset, "rule", by_rule)) < 0 ? -ENOMEM
                                                                                                               : 0;
    json_decref(by_subset);
    json_decref(by_rule);
    return r;
}

/* ---- what units look like */

static const struct shape score_shape[] = {SHAPE_COUNT("sessions"),
                                           SHAPE_COUNT_OF("learned", "sessions"),
                                           SHAPE_COUNT_OF("exact", "sessions"),
                                           SHAPE_COUNT("entries"),
                                           SHAPE_COUNT_OF("right", "entries"),
                                           SHAPE_COUNT("labels"),
                                           SHAPE_COUNT_OF("wrong", "labels"),
                                           SHAPE_COUNT("numbers"),
                                           SHAPE_COUNT_OF("high", "numbers"),
                                           {0}};
static const struct shape parameters[] = {{.name = "set", .type = SHAPE_SET}, SHAPE_COUNT("sessions"), {0}};
static const struct shape result_shape[] = {{.name = "subsets", .type = SHAPE_LIST, .of = score_shape},
                                            {.name = "rule", .type = SHAPE_LIST, .of = score_shape},
                                            {0}};
static const struct lab_shape shapes[] = {{.key = "set", .parameters = parameters, .result = result_shape}, {0}};

static const struct lab_break breaks[] = {{": entries of the secret are right by chance", LAB_FAULT_LEARNER},
                                          {": fresh labels are predicted as by a coin", LAB_FAULT_LEARNER},
                                          {": top bits of what is left of the vectors ", LAB_FAULT_LEARNER},
                                          {": the secret is learned in each of ", LAB_FAULT_THETA},
                                          {": risk on fresh labels is that of the task", LAB_FAULT_THETA},
                                          {": two persons, each with half ", LAB_FAULT_LEARNER | LAB_FAULT_THETA},
                                          {0}};

const struct lab_experiment lab_trimodal = {
    .name = "trimodal",
    .summary = "three modalities on LWE: what each of the seven subsets learns, and a rule for two persons",
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = trimodal_report,
    .breaks = breaks,
    .figures = {{"trimodal", "subsets", trimodal_figure}, {"trimodal-price", "price", trimodal_price_figure}},
};
