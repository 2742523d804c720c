/* The paper's first statement, on our instance: from data of both modalities the learner reaches population risk
 * n^(-1/2). Whole tasks with real vectors and labels, judged on fresh labels; and, for the rate at which it fails to
 * learn at all, many sessions in the short form of tests/bench/measure: secret 0 and no vectors. That both forms do the
 * same is checked on every task here, with the task's own recipes and errors. */
#include "common/base/noise.h"
#include "common/base/prg.h"
#include "common/task/lpn/learner.h"
#include "eve/lab/experiments/experiments.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/instance.h"
#include "eve/lab/statistics.h"
#include "eve/learn/learner.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_PROPOSALS = 8, /* wrong candidates after which a session of the short form counts as failed */
    TASKS_PER_UNIT = 5,
};

#define CERTAIN 0.9999999 /* of the intervals that decide: a false alarm in 10^7 */

/* ---- plan */

/* Sessions for the rate of failures: enough that its upper bound comes out below 10^-4, if the rate is what
 * tests/bench/measure/README.md has. */
static size_t full_sessions(uint32_t n) {
    static const struct {
        uint32_t n;
        size_t sessions;
    } table[] = {{64, 250000},   {128, 150000},  {256, 250000}, {512, 120000},
                 {1024, 400000}, {2048, 120000}, {4096, 48000}, {PARAMS_N_MAX, 32000}};
    size_t i = 0;
    while (n > table[i].n)
        i++;
    return table[i].sessions;
}

/* Processor seconds on a small cloud machine. */
static double session_seconds(double n) {
    return 1.3e-6 * n * (1 + n / 4000);
}

static double task_seconds(double n, size_t labels) {
    return 4e-4 + 2.5e-6 * n + 5e-9 * n * n + 3e-12 * (double)labels * n;
}

static int plan_tasks(struct lab_plan *plan, uint32_t n) {
    size_t tasks = plan->size == LAB_FULL ? 100 : plan->size == LAB_QUICK && n <= 2048 ? 10 : 5;
    size_t labels = plan->size == LAB_FULL || (plan->size == LAB_QUICK && n > 2048) ? 20000 : 10000;
    int r = 0;
    for (size_t i = 0; r == 0 && i < tasks; i += TASKS_PER_UNIT)
        r = lab_unit(plan, TASKS_PER_UNIT * task_seconds(n, labels),
                     json_pack("{s:i, s:i, s:i}", "n", (int)n, "tasks", TASKS_PER_UNIT, "labels", (int)labels));
    return r;
}

static int plan_sessions(struct lab_plan *plan, uint32_t n) {
    size_t quick = n <= 1024 ? 1000 : n <= 2048 ? 500 : 100;
    size_t sessions = plan->size == LAB_FULL ? full_sessions(n) : plan->size == LAB_QUICK ? quick : 300;
    size_t each = n <= 512 ? 10000 : (size_t)5120000 / n; /* of a unit: several seconds */
    int r = 0;
    for (size_t i = 0; r == 0 && i < sessions; i += each) {
        size_t count = sessions - i < each ? sessions - i : each;
        r = lab_unit(plan, (double)count * session_seconds(n),
                     json_pack("{s:i, s:i}", "n", (int)n, "sessions", (int)count));
    }
    return r;
}

/* All tasks come first: they are what the experiment is about, and a small part of its time. */
static int plan(struct lab_plan *plan) {
    static const char few[] = "n64,n128,n256,n384,n512,n1024,r509,r1019,r13109,l32,l64,l256";
    int r = lab_sets(plan, plan->size == LAB_CHECK ? few : "lpn,ring,lwe");
    for (size_t i = 0; r == 0 && i < plan->n_sets; i++)
        r = plan_tasks(plan, plan->sets[i].n);
    for (size_t i = 0; r == 0 && i < plan->n_sets; i++)
        r = plan_sessions(plan, plan->sets[i].n);
    return r == 0 ? risk_tasks_plan(plan) : r;
}

/* ---- run: short sessions */

/* What a learner did with one session. */
struct outcome {
    bool learned;
    size_t wrong, iterations, rounds;
};

/* Secret 0: the right candidate is 0. */
static struct outcome learn_short(struct learner *learner, const struct params *p, const uint8_t *v) {
    struct outcome o = {0};
    learner_start(learner, v);
    for (;;) {
        while (learner_status(learner) == LEARNER_WORK)
            learner_turn(learner);
        o.learned =
            learner_status(learner) == LEARNER_CANDIDATE && sodium_is_zero(learner_candidate(learner), p->n / 8);
        if (o.learned || learner_status(learner) == LEARNER_EXHAUSTED || ++o.wrong == MAX_PROPOSALS)
            break;
        learner_reject(learner);
    }
    o.iterations = learner_iterations(learner);
    o.rounds = learner_rounds(learner);
    return o;
}

/* v of secret 0: for each recipe its own error and the plain errors that it names. errors: m + k bits. */
static void short_labels(uint8_t *v, const struct params *p, const struct recipes *recipes, const uint8_t *errors) {
    memset(v, 0, bits_to_bytes(p->k));
    for (size_t j = 0; j < p->k; j++) {
        unsigned sum = bit_get(errors, p->m + j);
        for (size_t t = 0; t < p->w; t++)
            sum ^= bit_get(errors, recipes_index(recipes, j, t));
        bit_xor(v, j, sum);
    }
}

static int short_session(const struct params *p, const struct code *code, const uint8_t seed[static 32],
                         uint8_t *errors, uint8_t *v, struct outcome *out, double *secondsp) {
    uint8_t key[32];
    struct recipes *recipes = NULL;
    struct learner *learner = NULL;
    prg_subkey(key, seed, "recipes", 0);
    int r = recipes_new(&recipes, p, key);
    if (r == 0)
        r = learner_new(&learner, p, code, recipes);
    if (r == 0) {
        for (size_t part = 0; part < recipes_n_parts(recipes, RECIPES_SAMPLE); part++)
            recipes_run(recipes, RECIPES_SAMPLE, part);
        prg_subkey(key, seed, "errors", 0);
        memset(errors, 0, bits_to_bytes((size_t)p->m + p->k));
        noise_add(errors, (size_t)p->m + p->k, key, p->theta64);
        short_labels(v, p, recipes, errors);
        double began = lab_thread_seconds();
        *out = learn_short(learner, p, v);
        *secondsp += lab_thread_seconds() - began;
    }
    learner_free(learner);
    recipes_free(recipes);
    return r;
}

static int run_failures(const struct lab_unit *unit, const struct params *p, const struct code *code, json_t *result) {
    size_t sessions = lab_count(unit->parameters, "sessions"), failures = 0, wrong = 0, iterations = 0;
    uint8_t *errors = malloc(bits_to_bytes((size_t)p->m + p->k)), *v = malloc(bits_to_bytes(p->k)), seed[32];
    double seconds = 0;
    int r = errors && v ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < sessions; i++) {
        struct outcome o = {0};
        prg_subkey(seed, unit->seed, "session", i);
        r = lab_interrupted() ? -EINTR : short_session(p, code, seed, errors, v, &o, &seconds);
        if (unit->fault == LAB_FAULT_LEARNER && i % 10 == 0)
            o.learned = false;
        failures += !o.learned;
        wrong += o.wrong;
        iterations += o.iterations;
    }
    free(errors);
    free(v);
    if (r == 0)
        r = json_object_update_new(result,
                                   json_pack("{s:I, s:I, s:I, s:I, s:f}", "sessions", (json_int_t)sessions, "failures",
                                             (json_int_t)failures, "wrong_candidates", (json_int_t)wrong, "iterations",
                                             (json_int_t)iterations, "learner_seconds", seconds));
    return r;
}

/* ---- run: whole tasks */

/* What a task's sums are made of. */
struct sums {
    size_t learned, errors, labels, alike, v_differ;
    double make_seconds, learn_seconds;
};

/* Whether the short form does with the same recipes and errors what the learner did. */
static int compare(const struct instance *t, const struct task_learned *l, enum lab_fault fault, bool *alikep) {
    const struct params *p = &t->params;
    size_t n_all = (size_t)p->m + p->k;
    uint8_t *errors = malloc(bits_to_bytes(n_all)), *v = malloc(bits_to_bytes(p->k));
    struct learner *learner = NULL;
    int r = errors && v ? learner_new(&learner, p, t->code, t->recipes) : -ENOMEM;
    if (r == 0) {
        task_errors(t, errors);
        if (fault == LAB_FAULT_CHECK) /* the short form forgets the noise */
            memset(errors, 0, bits_to_bytes(n_all));
        short_labels(v, p, t->recipes, errors);
        struct outcome o = learn_short(learner, p, v);
        *alikep = o.learned == l->learned && o.iterations == l->iterations && o.rounds == l->rounds &&
                  o.wrong + o.learned == l->proposals;
    }
    learner_free(learner);
    free(errors);
    free(v);
    return r;
}

static int whole_task(const struct params *p, const struct code *code, const uint8_t seed[static 32],
                      const struct lab_unit *unit, struct sums *sums) {
    struct instance task;
    struct task_learned *l = malloc(sizeof *l);
    bool alike = false;
    double began = lab_thread_seconds();
    int r = l ? task_make(&task, p, code, seed) : -ENOMEM;
    if (r < 0) {
        free(l);
        return r;
    }
    sums->make_seconds += lab_thread_seconds() - began;
    began = lab_thread_seconds();
    r = task_learn(&task, l);
    sums->learn_seconds += lab_thread_seconds() - began;
    if (r == 0)
        r = compare(&task, l, unit->fault, &alike);
    sums->alike += alike;
    sums->learned += l->learned;
    if (unit->fault == LAB_FAULT_LEARNER)
        l->h[0] ^= 1;
    if (r == 0 && l->learned) {
        size_t n_labels = lab_count(unit->parameters, "labels");
        long errors = task_fresh_errors(&task, l->h, n_labels, 0);
        sums->errors += errors > 0 ? (size_t)errors : 0;
        sums->labels += n_labels;
        r = errors < 0 ? (int)errors : 0;
    }
    task_free(&task);
    free(l);
    return r;
}

static int run_tasks(const struct lab_unit *unit, const struct params *p, const struct code *code, json_t *result) {
    size_t tasks = lab_count(unit->parameters, "tasks");
    struct sums s = {0};
    uint8_t seed[32];
    int r = 0;
    for (size_t i = 0; r == 0 && i < tasks; i++) {
        prg_subkey(seed, unit->seed, "task", i);
        r = lab_interrupted() ? -EINTR : whole_task(p, code, seed, unit, &s);
    }
    if (r == 0)
        r = json_object_update_new(result, json_pack("{s:I, s:I, s:I, s:I, s:I, s:f, s:f}", "tasks", (json_int_t)tasks,
                                                     "learned", (json_int_t)s.learned, "alike", (json_int_t)s.alike,
                                                     "labels", (json_int_t)s.labels, "errors", (json_int_t)s.errors,
                                                     "make_seconds", s.make_seconds, "learn_seconds", s.learn_seconds));
    return r;
}

static int run(const struct lab_unit *unit, json_t *result) {
    struct params p;
    struct code *code = NULL;
    if (lab_set(unit->parameters))
        return risk_tasks_run(unit, result);
    int r = lab_params(unit->parameters, &p);
    if (r == 0)
        r = code_new(&code, &p);
    if (r == 0 && unit->fault == LAB_FAULT_THETA)
        p.theta64 += p.theta64 / 4;
    if (r == 0)
        r = lab_count(unit->parameters, "sessions") ? run_failures(unit, &p, code, result)
                                                    : run_tasks(unit, &p, code, result);
    code_free(code);
    return r;
}

/* ---- report */

static const struct lab_column columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"risk", "risk", LAB_FIXED, 5},
    {"risk_low", "99.9% from", LAB_FIXED, 5},
    {"risk_high", "to", LAB_FIXED, 5},
    {"theta", "n^(-1/2)", LAB_FIXED, 5},
    {"labels", "fresh labels", LAB_INTEGER, 0},
    {"tasks", "tasks", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"failures", "failed", LAB_INTEGER, 0},
    {"failure_high", "at most (95%)", LAB_SHORT, 2},
    {"wrong_candidates", "", LAB_HIDDEN, 0},
    {"samples", "samples", LAB_INTEGER, 0},
    {"megabytes", "MB", LAB_FIXED, 2},
    {"learn_seconds", "to learn", LAB_DURATION, 0},
    {"make_seconds", "to make", LAB_DURATION, 0},
};

struct totals {
    size_t tasks, learned, alike, labels, errors, sessions, failures, wrong;
    double make_seconds, learn_seconds;
};

static struct totals add_up(const struct lab_report *report, uint32_t n) {
    struct totals t = {0};
    size_t cursor = 0;
    for (const json_t *unit; (unit = lab_next(report, "n", n, &cursor));) {
        const json_t *result = json_object_get(unit, "result");
        t.tasks += lab_count(result, "tasks");
        t.learned += lab_count(result, "learned");
        t.alike += lab_count(result, "alike");
        t.labels += lab_count(result, "labels");
        t.errors += lab_count(result, "errors");
        t.sessions += lab_count(result, "sessions");
        t.failures += lab_count(result, "failures");
        t.wrong += lab_count(result, "wrong_candidates");
        t.make_seconds += lab_number(result, "make_seconds");
        t.learn_seconds += lab_number(result, "learn_seconds");
    }
    return t;
}

static int report_row(struct lab_report *report, const struct params *p, const struct totals *t) {
    double low = NAN, high = NAN, tasks = (double)t->tasks;
    size_t samples = (size_t)p->m + p->k;
    if (t->labels)
        learn_wilson(&low, &high, t->errors, t->labels);
    return lab_row(report, "risk",
                   json_pack("{s:s, s:i, s:o, s:o, s:o, s:f, s:I, s:I, s:I, s:I, s:f, s:I, s:I, s:f, s:o, s:o}", "set",
                             p->set.name, "n", (int)p->n, "risk", lab_real((double)t->errors / (double)t->labels),
                             "risk_low", lab_real(low), "risk_high", lab_real(high), "theta", p->theta, "labels",
                             (json_int_t)t->labels, "tasks", (json_int_t)t->tasks, "sessions", (json_int_t)t->sessions,
                             "failures", (json_int_t)t->failures, "failure_high",
                             statistics_upper95(t->failures, t->sessions), "wrong_candidates", (json_int_t)t->wrong,
                             "samples", (json_int_t)samples, "megabytes", ((double)p->k * p->n + (double)samples) / 8e6,
                             "learn_seconds", lab_real(t->learn_seconds / tasks), "make_seconds",
                             lab_real(t->make_seconds / tasks)));
}

static int report_claims(struct lab_report *report, const struct params *p, const struct totals *t) {
    double low = NAN, high = NAN;
    if (t->labels)
        statistics_exact(&low, &high, t->errors, t->labels, CERTAIN);
    int r = lab_claim_is(report, p->theta, LAB_RISK_TOLERANCE * p->theta, (double)t->errors / (double)t->labels, low,
                         high, "%s: population risk on %zu fresh labels is n^(-1/2) = %.5f, to within a tenth",
                         p->set.name, t->labels, p->theta);
    if (r == 0)
        r = lab_claim_at_most(report, 1e-4, t->failures, t->sessions,
                              "%s: fails to learn in at most 10^-4 of sessions (exact one-sided 95%%, %zu of %zu "
                              "failed)",
                              p->set.name, t->failures, t->sessions);
    if (r == 0)
        r = lab_claim(report, t->tasks && t->alike == t->tasks, (double)t->alike / (double)t->tasks, NAN, NAN,
                      "%s: the short form of a session does the same as the whole task, on each of %zu", p->set.name,
                      t->tasks);
    return r;
}

static int report_lpn(struct lab_report *report) {
    struct params p;
    int r = lab_table(report, "risk", columns, sizeof columns / sizeof columns[0]);
    for (uint32_t n = 32; r == 0 && n <= PARAMS_N_MAX; n += 32) {
        size_t cursor = 0;
        if (!lab_next(report, "n", n, &cursor) || (r = params_make(&p, n)) < 0)
            continue;
        struct totals t = add_up(report, n);
        r = report_row(report, &p, &t);
        if (r == 0)
            r = report_claims(report, &p, &t);
    }
    if (r == 0)
        r = lab_note(report, "Times are processor time of one core for one task: \"to learn\" with the self-check of "
                             "all plain labels, \"to make\" for vectors and labels.");
    return r;
}

static int report(struct lab_report *report) {
    int r = lab_has_lpn(report) ? report_lpn(report) : 0;
    return r == 0 ? risk_tasks_report(report) : r;
}

static const char risk_figure[] = "set title 'The bimodal learner reaches its risk'\n"
                                  "set xlabel 'dimension n'\n"
                                  "set ylabel 'population risk on fresh labels'\n"
                                  "set logscale xy\n"
                                  "set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)\n"
                                  "set xrange [50:10500]\n"
                                  "set yrange [0.005:1]\n"
                                  "plot 0.5 title 'a coin' lt 8, \\\n"
                                  "     1/sqrt(x) title 'promised: n^{-1/2}' lt 2, \\\n"
                                  "     'risk.tsv' using 'n':'risk':'risk_low':'risk_high' with yerrorbars title "
                                  "'measured, with 99.9% interval' lt 1\n";

static const char cost_figure[] =
    "set title 'What learning costs'\n"
    "set xlabel 'dimension n'\n"
    "set ylabel 'samples'\n"
    "set y2label 'processor seconds to learn'\n"
    "set logscale xyy2\n"
    "set format y '10^{%L}'\n"
    "set format y2 '10^{%L}'\n"
    "set y2tics\n"
    "set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)\n"
    "set xrange [50:10500]\n"
    "plot 'risk.tsv' using 'n':'samples' with linespoints title 'samples (left)' lt 1, \\\n"
    "     'risk.tsv' using 'n':'learn_seconds' axes x1y2 with linespoints title 'seconds (right)' lt 2\n";

/* ---- what units look like */

static const struct shape tasks_parameters[] = {
    {.name = "n", .type = SHAPE_SIZE}, SHAPE_COUNT("tasks"), SHAPE_COUNT("labels"), {0}};
static const struct shape tasks_result[] = {SHAPE_COUNT("tasks"),
                                            SHAPE_COUNT_OF("learned", "tasks"),
                                            SHAPE_COUNT_OF("alike", "tasks"),
                                            SHAPE_COUNT("labels"),
                                            SHAPE_COUNT_OF("errors", "labels"),
                                            SHAPE_SECONDS("make_seconds"),
                                            SHAPE_SECONDS("learn_seconds"),
                                            {0}};
static const struct shape sessions_parameters[] = {{.name = "n", .type = SHAPE_SIZE}, SHAPE_COUNT("sessions"), {0}};
static const struct shape sessions_result[] = {SHAPE_COUNT("sessions"),          SHAPE_COUNT_OF("failures", "sessions"),
                                               SHAPE_COUNT("wrong_candidates"),  SHAPE_COUNT("iterations"),
                                               SHAPE_SECONDS("learner_seconds"), {0}};
static const struct lab_shape shapes[] = {
    {.key = "set", .parameters = risk_tasks_parameters, .result = risk_tasks_result},
    {.key = "tasks", .parameters = tasks_parameters, .result = tasks_result},
    {.parameters = sessions_parameters, .result = sessions_result},
    {0}};

static const struct lab_break breaks[] = {{": population risk on ", LAB_FAULT_LEARNER | LAB_FAULT_THETA},
                                          {": fails to learn in at most ", LAB_FAULT_LEARNER},
                                          {": the short form of a session ", LAB_FAULT_CHECK},
                                          {"those that are not the task itself", LAB_FAULT_LEARNER},
                                          {0}};

const struct lab_experiment lab_risk = {
    .name = "risk",
    .summary = "the bimodal learner reaches its population risk, n^(-1/2) for LPN, and how seldom it fails",
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = report,
    .breaks = breaks,
    .figures = {{"risk", "risk", risk_figure},
                {"risk-cost", "risk", cost_figure},
                {"risk-ring", "risk-ring", risk_tasks_ring_figure},
                {"risk-lwe", "risk-lwe", risk_tasks_lwe_figure}},
};
