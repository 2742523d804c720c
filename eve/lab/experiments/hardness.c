/* Time to learn against n: the bimodal learner and every unimodal one on the same sessions. Here the sessions are
 * chosen and run; hardness_report.c fits and draws. */
#include "eve/lab/experiments/hardness.h"

#include "common/base/prg.h"
#include "eve/lab/experiments/experiments.h"
#include "eve/lab/instance.h"
#include "eve/lab/trial.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRESH_LABELS = 20000 };

/* Which of Eve's learners meet which sizes, and for how long. The strongest one meets all; the others only those where
 * they come to an end or can be seen not to. */
struct entrant {
    const char *name;
    uint32_t n_most;    /* largest n */
    size_t sessions[3]; /* at most so many of each size, by lab_size */
    double limits[3];   /* seconds, by lab_size */
};

static const struct entrant entrants[] = {
    {"isd", 384, {SIZE_MAX, SIZE_MAX, SIZE_MAX}, {5, 20, 1200}},
    {"gauss", 192, {2, 2, 10}, {0.5, 1, 30}},
    {"recipe", 192, {2, 2, 10}, {0.5, 1, 30}},
    {"bkw", 128, {1, 1, 1}, {1, 1, 30}},
    {"logistic", 128, {1, 1, 3}, {1, 0.7, 10}},
    {"trees", 128, {0, 1, 3}, {1, 0.7, 10}},
    {"mlp", 128, {0, 1, 3}, {1, 0.7, 10}},
};

enum { N_ENTRANTS = sizeof entrants / sizeof entrants[0] };

/* Beyond that, the strongest one alone, in full runs alone: a session takes a quarter of an hour on average. */
static const struct {
    uint32_t n;
    size_t sessions;
    double limit;
} far = {512, 5, 3600};

/* About how many seconds it will take, from older runs: for the estimate alone. */
static double guess_seconds(const struct entrant *e, uint32_t n, double limit) {
    double x = sqrt(n), guess = limit;
    if (strcmp(e->name, "isd") == 0)
        guess = 0.003 + 0.8 * exp(1.03 * (x - 16));
    else if (strcmp(e->name, "gauss") == 0)
        guess = 0.15 * exp(1.05 * (x - 8));
    else if (strcmp(e->name, "recipe") == 0)
        guess = n <= 128 ? 0.15 : limit;
    else if (strcmp(e->name, "bkw") == 0)
        guess = 0;
    return fmin(guess, limit);
}

static int plan_session(struct lab_plan *plan, uint32_t n, size_t session) {
    double seconds = 2e-9 * pow(n, 2.2);
    json_t *learners = json_object();
    for (size_t i = 0; i < N_ENTRANTS; i++) {
        const struct entrant *e = &entrants[i];
        double limit = e->limits[plan->size];
        bool goes_far = i == 0 && n == far.n && session < far.sessions && plan->size == LAB_FULL;
        if (goes_far)
            limit = far.limit;
        if (plan->budget > 0)
            limit = i == 0 ? plan->budget : fmin(plan->budget, limit);
        if (!goes_far && (n > e->n_most || session >= e->sessions[plan->size]))
            continue;
        json_object_set_new(learners, e->name, json_real(limit));
        seconds += guess_seconds(e, n, limit);
    }
    return lab_unit(
        plan, seconds,
        json_pack("{s:I, s:I, s:o}", "n", (json_int_t)n, "session", (json_int_t)session, "learners", learners));
}

static int plan(struct lab_plan *plan) {
    static const char *const sizes[] = {
        "64,128,192,224,256,r509,r2053,r4099,l32,l48,l128",
        "64,96,128,160,192,224,256,512,1024,2048,4096,ring,l32,l48,l64,l128,l256,l448",
        "64,96,128,160,192,224,256,288,320,352,384,512,1024,2048,4096,8192,ring,lwe",
    };
    static const size_t sessions[] = {6, 6, 20}, sessions_above[] = {2, 3, 10};
    int r = lab_sets(plan, sizes[plan->size]);
    for (size_t i = 0; i < plan->n_sets && r == 0; i++) {
        uint32_t n = plan->sets[i].n;
        size_t n_sessions = (n <= entrants[0].n_most ? sessions : sessions_above)[plan->size];
        for (size_t session = 0; session < n_sessions && r == 0; session++)
            r = plan_session(plan, n, session);
    }
    if (r == 0)
        r = hardness_tasks_plan(plan);
    json_object_set_new(plan->parameters, "fresh_labels", json_integer(FRESH_LABELS));
    json_object_set_new(plan->parameters, "clock", json_string("processor seconds of one thread"));
    return r;
}

/* The bimodal learner, from its data to a hypothesis that passes the self-check; the public code is made in that time
 * too, so that nothing is given to it. */
static int run_bimodal(const struct instance *task, const struct lab_unit *unit, json_t *result) {
    struct instance own = *task;
    struct task_learned learned;
    struct code *code = NULL;
    double began = lab_thread_seconds();
    int r = code_new(&code, &task->params);
    own.code = code;
    if (r == 0)
        r = task_learn(&own, &learned);
    double seconds = lab_clocked(unit, lab_thread_seconds() - began, 3 * log(task->params.n));
    code_free(code);
    if (r < 0)
        return r;
    if (unit->fault == LAB_FAULT_LEARNER)
        learned.h[0] ^= 1;
    long errors = learned.learned ? task_fresh_errors(task, learned.h, FRESH_LABELS, 0) : 0;
    if (errors < 0)
        return (int)errors;
    json_t *said = json_pack("{s:b, s:f, s:I, s:I, s:I}", "learned", learned.learned, "seconds", seconds, "iterations",
                             (json_int_t)learned.iterations, "fresh_labels",
                             (json_int_t)(learned.learned ? FRESH_LABELS : 0), "fresh_errors", (json_int_t)errors);
    return json_object_set_new(result, "bimodal", said) < 0 ? -ENOMEM : 0;
}

int hardness_tell(json_t *list, const struct lab_unit *unit, const char *name, double log_factor, struct trial *trial,
                  double limit) {
    double tuning = trial_fact(trial, "seconds_tuning", 0);
    trial->seconds = lab_clocked(unit, trial->seconds, log_factor);
    trial->right = trial->right && unit->fault != LAB_FAULT_EVE;
    struct learn_result *l = &trial->result;
    if (unit->fault == LAB_FAULT_EVE && l->status != LEARN_NOT_APPLICABLE && l->status != LEARN_FAILED)
        l->status = LEARN_SOLVED;
    json_t *said = json_pack("{s:s, s:s, s:b, s:f, s:f, s:f, s:o, s:I}", "name", name, "status",
                             learn_status_name(l->status), "right", trial->right, "seconds", trial->seconds,
                             "limit_seconds", limit, "preparing_seconds", lab_clocked(unit, tuning, log_factor), "risk",
                             lab_real(l->has_hypothesis ? l->risk : NAN), "test_labels", (json_int_t)l->test_labels);
    if (said && l->reason[0])
        json_object_set_new(said, "reason", json_string(l->reason));
    return json_array_append_new(list, said) < 0 ? -ENOMEM : 0;
}

static int run_learner(const char *name, const struct instance *task, const struct lab_unit *unit, double limit,
                       json_t *list) {
    struct trial *trial = malloc(sizeof *trial);
    uint8_t key[32];
    prg_subkey(key, unit->seed, name, 0);
    int r = trial ? trial_run(trial, name, task, key, TRIAL_NO_LIMIT, limit) : -ENOMEM;
    if (r == 0)
        r = hardness_tell(list, unit, name, fmin(30, 4 * (16 - sqrt(task->params.n))), trial, limit);
    free(trial);
    return r;
}

static int run(const struct lab_unit *unit, json_t *result) {
    struct params params;
    struct instance task;
    if (lab_set(unit->parameters))
        return hardness_tasks_run(unit, result);
    json_t *limits = json_object_get(unit->parameters, "learners"), *list = json_array();
    int r = lab_params(unit->parameters, &params);
    if (r < 0 || !list || json_object_set(result, "learners", list) < 0) {
        json_decref(list);
        return r < 0 ? r : -ENOMEM;
    }
    if (unit->fault == LAB_FAULT_THETA)
        params.theta64 += params.theta64 / 2; /* the learners go on taking it for n^(-1/2) */
    bool anybody = json_object_size(limits) > 0;
    r = anybody ? task_make(&task, &params, NULL, unit->seed)
                : task_make_without_vectors(&task, &params, NULL, unit->seed);
    if (r == 0) {
        r = run_bimodal(&task, unit, result);
        for (size_t i = 0; i < N_ENTRANTS && r == 0; i++) {
            const json_t *limit = json_object_get(limits, entrants[i].name);
            if (limit)
                r = run_learner(entrants[i].name, &task, unit, json_number_value(limit), list);
        }
        task_free(&task);
    }
    json_decref(list);
    return r;
}

static const struct shape parameters[] = {
    {.name = "n", .type = SHAPE_SIZE}, SHAPE_COUNT("session"), {.name = "learners", .type = SHAPE_OBJECT}, {0}};
static const struct lab_shape shapes[] = {
    {.key = "set", .parameters = hardness_tasks_parameters, .result = hardness_shape},
    {.parameters = parameters, .result = hardness_shape},
    {0}};

static const struct lab_break breaks[] = {{"learner's population risk on fresh labels is ", LAB_FAULT_LEARNER},
                                          {"he bimodal learner fails in at most ", LAB_FAULT_THETA},
                                          {"In the fit a n^b of the bimodal learner's time", LAB_FAULT_CLOCK},
                                          {" b is above 0: both intervals exclude 0", LAB_FAULT_CLOCK},
                                          {"he separation widens: ", LAB_FAULT_CLOCK},
                                          {"hoever says solved has ", LAB_FAULT_EVE},
                                          {0}};

const struct lab_experiment lab_hardness = {
    .name = "hardness",
    .summary = "time to learn against n: with both modalities, and with one",
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = hardness_report,
    .breaks = breaks,
    .figures = {{"separation", "times", hardness_separation},
                {"learners", "times", hardness_learners},
                {"separation-ring", "times-ring", hardness_ring},
                {"separation-lwe", "times-lwe", hardness_lwe}},
};
