/* Where a separation exists: the bimodal learner and Eve over noise and dimension. */
#include "eve/lab/experiments/window.h"

#include "common/base/prg.h"
#include "eve/lab/experiments/experiments.h"
#include "eve/lab/instance.h"
#include "eve/lab/trial.h"
#include "eve/learners/estimate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FRESH_LABELS = 10000 };

double window_factor(unsigned hundredths) {
    return hundredths >= 50 ? 1 : pow(8, hundredths / 50.0 - 1);
}

int window_params(struct params *out, uint32_t n, unsigned hundredths, enum window_rule rule) {
    struct params set;
    int r = task_set(&set, n);
    if (r < 0 || hundredths > 100)
        return r < 0 ? r : -EINVAL;
    double theta = hundredths == 50 ? set.theta : window_factor(hundredths) * pow(n, -(hundredths / 100.0));
    uint32_t w = set.w;
    if (rule == WINDOW_KEPT && hundredths != 50)
        for (w = 1; w < RECIPES_W_MAX && task_flip(theta, w + 1) <= set.p;)
            w++;
    return task_params(out, n, hundredths == 50 ? 0 : theta, w);
}

/* ---- plan */

static int plan(struct lab_plan *plan) {
    static const char *const sizes[] = {
        "64,256,1024",
        "64,96,128,192,256,384,512,1024",
        "64,96,128,192,256,384,512,1024,2048",
    };
    static const unsigned check_rows[] = {100, 75, 50, 25, 0};
    static const unsigned rows[] = {100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 0};
    static const size_t sessions[] = {2, 1, 3};
    static const double budgets[] = {0.5, 0.5, 5};
    bool few = plan->size == LAB_CHECK;
    double budget = plan->budget > 0 ? plan->budget : budgets[plan->size];
    int r = lab_sets(plan, sizes[plan->size]);
    for (size_t i = 0; i < plan->n_sets; i++)
        for (size_t j = 0; j < (few ? sizeof check_rows : sizeof rows) / sizeof *rows; j++)
            for (size_t session = 0; session < sessions[plan->size] && r == 0; session++)
                for (int rule = WINDOW_FIXED; rule <= WINDOW_KEPT && r == 0; rule++) {
                    uint32_t n = plan->sets[i].n;
                    unsigned a = few ? check_rows[j] : rows[j];
                    if (rule == WINDOW_KEPT && a == 50)
                        continue; /* the same */
                    double fill = 5e-8 * n * n, hers = rule == WINDOW_KEPT ? budget / 8 : n < 256 ? 0.1 : budget * 0.7;
                    r = lab_unit(plan, fill + hers,
                                 json_pack("{s:I, s:i, s:i, s:I, s:f}", "n", (json_int_t)n, "a", (int)a, "rule", rule,
                                           "session", (json_int_t)session, "budget", budget));
                }
    json_object_set_new(plan->parameters, "budget_seconds", json_real(budget));
    json_object_set_new(plan->parameters, "fresh_labels", json_integer(FRESH_LABELS));
    return r;
}

/* ---- run */

static int run_alice(const struct instance *task, enum lab_fault fault, json_t *result) {
    struct task_learned learned;
    double began = lab_thread_seconds();
    int r = task_learn(task, &learned);
    double seconds = lab_thread_seconds() - began;
    if (r < 0)
        return r;
    if (fault == LAB_FAULT_LEARNER)
        learned.h[0] ^= 1;
    long errors = learned.learned ? task_fresh_errors(task, learned.h, FRESH_LABELS, 0) : 0;
    if (errors < 0)
        return (int)errors;
    return json_object_set_new(result, "bimodal",
                               json_pack("{s:b, s:f, s:I, s:I}", "learned", learned.learned, "seconds", seconds,
                                         "fresh_labels", (json_int_t)(learned.learned ? FRESH_LABELS : 0),
                                         "fresh_errors", (json_int_t)errors)) < 0
               ? -ENOMEM
               : 0;
}

static int run_eve(const char *name, const struct instance *task, const struct lab_unit *unit, double limit,
                   json_t *result, bool *solvedp) {
    struct trial *trial = malloc(sizeof *trial);
    uint8_t key[32];
    prg_subkey(key, unit->seed, name, 0);
    int r = trial ? trial_run(trial, name, task, key, TRIAL_NO_LIMIT, limit) : -ENOMEM;
    if (r == 0) {
        if (unit->fault == LAB_FAULT_EVE) {
            trial->result.status = LEARN_SOLVED;
            trial->right = false;
        }
        *solvedp = trial->right;
        r = json_object_set_new(result, name,
                                json_pack("{s:b, s:b, s:f}", "solved", trial->result.status == LEARN_SOLVED, "right",
                                          trial->right, "seconds", trial->seconds)) < 0
                ? -ENOMEM
                : 0;
    }
    free(trial);
    return r;
}

/* The labels by information-set decoding; where hardly any are wrong, plain Gauss may be quicker, having nothing to
 * tune. Recipes where the formulas do not say that they are far beyond the budget. */
static int run_eves(const struct instance *task, const struct lab_unit *unit, json_t *result) {
    const struct params *p = &task->params;
    double budget = lab_number(unit->parameters, "budget");
    bool solved = false, labels = lab_count(unit->parameters, "rule") == WINDOW_FIXED;
    struct estimate estimate;
    int r = 0;
    estimate_set(&estimate, p);
    json_object_set_new(result, "label_operations_log2", json_real(estimate.stern.operations));
    json_object_set_new(result, "recipe_operations_log2", json_real(estimate.recipes_enough.operations));
    if (labels && p->theta * p->n < 8)
        r = run_eve("gauss", task, unit, budget / 2, result, &solved);
    if (labels && r == 0 && !solved)
        r = run_eve("isd", task, unit, budget, result, &solved);
    solved = false;
    if (r == 0 && estimate.recipes_enough.operations < log2(budget) + 30)
        r = run_eve("recipe", task, unit, budget, result, &solved);
    return r;
}

static int run(const struct lab_unit *unit, json_t *result) {
    struct params params;
    struct instance task;
    int r =
        window_params(&params, (uint32_t)lab_count(unit->parameters, "n"), (unsigned)lab_count(unit->parameters, "a"),
                      (enum window_rule)lab_count(unit->parameters, "rule"));
    if (r < 0)
        return r;
    if (unit->fault == LAB_FAULT_THETA)
        params.theta64 += params.theta64 / 2;
    if (unit->fault == LAB_FAULT_QUIET)
        params.theta64 = 0;
    r = task_make(&task, &params, NULL, unit->seed);
    if (r < 0)
        return r;
    r = run_alice(&task, unit->fault, result);
    if (r == 0)
        r = run_eves(&task, unit, result);
    task_free(&task);
    return r;
}

static const struct shape parameters[] = {{.name = "n", .type = SHAPE_SIZE},
                                          {.name = "a", .type = SHAPE_INTEGER, .most = 100},
                                          {.name = "rule", .type = SHAPE_INTEGER, .most = WINDOW_KEPT},
                                          SHAPE_COUNT("session"),
                                          SHAPE_SECONDS("budget"),
                                          {0}};
static const struct lab_shape shapes[] = {{.parameters = parameters, .result = window_shape}, {0}};

static const struct lab_break breaks[] = {
    {"Eve must pay most where a is near 1/2", LAB_FAULT_FORMULA},
    {"Whatever the bimodal learner learned has risk theta ", LAB_FAULT_LEARNER | LAB_FAULT_QUIET},
    {"Whoever of Eve's says solved ", LAB_FAULT_EVE},
    {": the bimodal learner learns at every n ", LAB_FAULT_THETA},
    {", it learns and Eve does not: the window is open", LAB_FAULT_THETA},
    {", almost no noise: Eve learns at every n ", LAB_FAULT_EVE},
    {", recipes as in the protocol: at n = ", LAB_FAULT_QUIET},
    {", recipes that leave something to learn: Eve finds them", LAB_FAULT_EVE},
    {0}};

const struct lab_experiment lab_window = {
    .name = "window",
    .summary = "over noise and dimension: where both modalities are needed to learn",
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = window_report,
    .breaks = breaks,
    .figures = {{"window", "map", window_map}, {"window-strength", "strength", window_strength}},
};
