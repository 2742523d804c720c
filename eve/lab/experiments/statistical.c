/* Samples against time. A task in which captions save samples and no time, and LPN, where they save time and no
 * samples; and why no key follows from the first: who makes the captions must know the task. */
#include "eve/lab/experiments/statistical.h"

#include "eve/lab/experiments/experiments.h"
#include "eve/lab/experiments/statistical_figures.h"
#include "eve/lab/toys/exhaustive.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* ---- plan, from the smallest size on */

static const size_t dimensions[3][8] = {{16, 64, 256}, {16, 64, 256, 1024}, {16, 64, 256, 1024, 4096, 16384}};
static const size_t tasks[] = {31, 31, 51}; /* of each dimension */

enum { OWN_MOST = 256 }; /* dimensions: captions that Alice draws herself take too many samples above */

/* Seconds for a normal deviate. */
#define DEVIATE 2.5e-8

static int plan_drawings(struct lab_plan *plan) {
    int r = 0;
    for (const size_t *d = dimensions[plan->size]; r == 0 && *d; d++) {
        double size = (double)*d, pictures = drawings_theory(size, STATISTICAL_RISK) + 1;
        size_t own_most = plan->size == LAB_CHECK ? 64 : OWN_MOST;
        for (int way = 0; r == 0 && way < STATISTICAL_WAYS; way++) {
            if (way == STATISTICAL_OWN && *d > own_most)
                continue;
            double numbers = way == STATISTICAL_PUBLIC ? 2 * size
                             : way == STATISTICAL_NONE ? 2 * pictures * size
                                                       : (1 + 5 * size / 8) * pictures * size;
            for (size_t done = 0; r == 0 && done < tasks[plan->size]; done += 31) {
                size_t count = tasks[plan->size] - done < 31 ? tasks[plan->size] - done : 31;
                r = lab_unit(plan, numbers * DEVIATE * (double)count,
                             json_pack("{s:s, s:I, s:s, s:I}", "part", "drawings", "d", (json_int_t)*d, "way",
                                       statistical_ways[way], "tasks", (json_int_t)count));
            }
        }
        if (r == 0)
            r = lab_unit(plan, 0.1, json_pack("{s:s, s:I}", "part", "speed", "d", (json_int_t)*d));
    }
    return r;
}

static int plan_agreement(struct lab_plan *plan) {
    static const size_t samples[3][13] = {
        {1, 16, 128, 256}, {1, 4, 16, 64, 256, 1024}, {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048}};
    static const size_t sessions[] = {25, 40, 400};
    int d = plan->size == LAB_CHECK ? 64 : 256;
    int r = 0;
    for (const size_t *n = samples[plan->size]; r == 0 && *n; n++)
        for (int way = 0; r == 0 && way < STATISTICAL_WAYS; way++) {
            double numbers = 400.0 * d + (double)*n * d * (way == STATISTICAL_OWN ? 6 : 2);
            r = lab_unit(plan, numbers * DEVIATE * (double)sessions[plan->size],
                         json_pack("{s:s, s:i, s:s, s:I, s:I}", "part", "agreement", "d", d, "way",
                                   statistical_ways[way], "samples", (json_int_t)*n, "sessions",
                                   (json_int_t)sessions[plan->size]));
        }
    return r;
}

static int plan_exhaustive(struct lab_plan *plan) {
    static const int bits[3][4] = {{16}, {16, 18, 20}, {16, 18, 20}};
    static const int percents[] = {50, 75, 100, 125, 150, 200, 300};
    static const size_t sessions[] = {60, 60, 200};
    int r = 0;
    for (const int *n = bits[plan->size]; r == 0 && *n; n++)
        for (size_t i = 0; r == 0 && i < sizeof percents / sizeof percents[0]; i++)
            r = lab_unit(plan, 4e-9 * *n * ldexp(1, *n) * (double)sessions[plan->size],
                         json_pack("{s:s, s:i, s:i, s:I}", "part", "exhaustive", "bits", *n, "percent", percents[i],
                                   "sessions", (json_int_t)sessions[plan->size]));
    return r;
}

/* From few samples `isd` takes some seconds at n = 256. */
static int plan_lpn(struct lab_plan *plan) {
    static const char *const sizes[] = {"64,128", "64,128,256,512", "64,128,256,512,1024,2048"};
    static const size_t sessions[] = {3, 5, 20};
    bool full = plan->size == LAB_FULL;
    double budget = plan->budget > 0 ? plan->budget : full ? 900 : 60;
    int r = lab_sets(plan, sizes[plan->size]);
    for (size_t i = 0; r == 0 && i < plan->n_sets; i++)
        for (size_t session = 0; r == 0 && session < sessions[plan->size]; session++) {
            uint32_t n = plan->sets[i].n;
            bool without = n <= 128 || (n <= 256 && full && session < 10);
            double guess = !without ? 0 : n > 128 ? 5 : 0.1;
            r = lab_unit(plan, 1e-5 * n + guess,
                         json_pack("{s:s, s:I, s:I, s:f}", "part", "lpn", "n", (json_int_t)n, "session",
                                   (json_int_t)session, "budget", without ? budget : 0.0));
        }
    json_object_set_new(plan->parameters, "budget_seconds", json_real(budget));
    return r;
}

static int plan(struct lab_plan *plan) {
    int r = plan_lpn(plan);
    if (r == 0)
        r = plan_exhaustive(plan);
    if (r == 0)
        r = plan_agreement(plan);
    if (r == 0)
        r = plan_drawings(plan);
    json_object_set_new(plan->parameters, "risk", json_real(STATISTICAL_RISK));
    return r;
}

/* ---- the table of parts */

static const struct part {
    const char *name;
    int (*run)(const struct lab_unit *unit, json_t *result);
} parts[] = {{"drawings", statistical_drawings_run},
             {"speed", statistical_speed_run},
             {"agreement", statistical_agreement_run},
             {"exhaustive", statistical_exhaustive_run},
             {"lpn", statistical_lpn_run}};

static int run(const struct lab_unit *unit, json_t *result) {
    const char *name = json_string_value(json_object_get(unit->parameters, "part"));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(parts[i].name, name) == 0)
            return parts[i].run(unit, result);
    return -EINVAL;
}

static const struct lab_shape shapes[] = {
    {"part", "drawings", statistical_drawings_parameters, statistical_drawings_result},
    {"part", "speed", statistical_speed_parameters, statistical_speed_result},
    {"part", "agreement", statistical_agreement_parameters, statistical_agreement_result},
    {"part", "exhaustive", statistical_exhaustive_parameters, statistical_exhaustive_result},
    {"part", "lpn", statistical_lpn_parameters, statistical_lpn_result},
    {0}};

static const struct lab_break breaks[] = {{"captions in public: Eve needs as many ", LAB_FAULT_LEARNER},
                                          {"no captions: Eve needs as many ", LAB_FAULT_LEARNER},
                                          {"captions that Alice makes from x: ", LAB_FAULT_LEARNER},
                                          {": without captions the median of samples ", LAB_FAULT_THETA},
                                          {"with captions one sample is enough ", LAB_FAULT_THETA},
                                          {": a picture takes the learner as long ", LAB_FAULT_LEARNER},
                                          {"captions by Bob, in public: ", LAB_FAULT_LEARNER},
                                          {"captions by nobody: ", LAB_FAULT_LEARNER},
                                          {"captions by Alice, from x: ", LAB_FAULT_LEARNER},
                                          {": without captions and without bounds on time, ", LAB_FAULT_LEARNER},
                                          {": the task is found without captions from ", LAB_FAULT_LEARNER},
                                          {": with captions the task is learned in each of ", LAB_FAULT_LEARNER},
                                          {": without captions it takes more than ", LAB_FAULT_LEARNER},
                                          {0}};

const struct lab_experiment lab_statistical = {
    .name = "statistical",
    .summary = "samples against time: where captions save which, and why only one of them gives a key",
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = statistical_report,
    .breaks = breaks,
    .figures = {{"statistical", "drawings", statistical_figure}, {"statistical-runs", "runs", statistical_runs_figure}},
};
