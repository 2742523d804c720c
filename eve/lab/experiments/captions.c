/* What captions are good for, task by task: each cell of one table from a run. And captions drawn anew from the
 * pictures: where that is possible, nobody needs Alice's. */
#include "eve/lab/experiments/captions.h"

#include "eve/lab/experiments/experiments.h"
#include "eve/lab/toys/resample.h"

#include <errno.h>
#include <math.h>
#include <string.h>

const char *const captions_resampled[] = {"parity", "lwe", NULL};

/* ---- plan */

static int plan_rows(struct lab_plan *plan) {
    static const size_t sessions[] = {2, 5, 30};
    int r = 0;
    for (size_t i = 0; captions_rows[i]; i++)
        for (size_t session = 0; r == 0 && session < sessions[plan->size]; session++)
            r = lab_unit(
                plan, 0.3,
                json_pack("{s:s, s:s, s:I}", "part", "row", "row", captions_rows[i], "session", (json_int_t)session));
    return r;
}

static int plan_resample(struct lab_plan *plan) {
    static const struct {
        const char *toy;
        int n;
        size_t sessions[3];
        double seconds;
    } all[] = {{"parity", 6, {40, 100, 400}, 0.001}, {"parity", 8, {40, 0, 0}, 0.01},
               {"parity", 10, {0, 100, 400}, 0.05},  {"parity", 12, {0, 0, 100}, 0.3},
               {"parity", 14, {0, 0, 40}, 1},        {"lwe", 1, {120, 200, 400}, 1e-4},
               {"lwe", 2, {0, 100, 400}, 0.05}};
    int r = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        for (size_t done = 0; r == 0 && done < all[i].sessions[plan->size]; done += 20)
            r = lab_unit(plan, 20 * all[i].seconds,
                         json_pack("{s:s, s:s, s:i, s:i}", "part", "resample", "toy", all[i].toy, "dimension", all[i].n,
                                   "sessions", 20));
    return r;
}

static int plan(struct lab_plan *plan) {
    int r = plan_rows(plan);
    return r == 0 ? plan_resample(plan) : r;
}

/* ---- run */

static json_t *pack(const struct captions_found *f) {
    return json_pack("{s:I, s:I, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:I, s:f, "
                     "s:f}",
                     "samples", (json_int_t)f->samples, "judged", (json_int_t)f->judged, "wrong", (json_int_t)f->wrong,
                     "captioned_wrong", (json_int_t)f->captioned_wrong, "has_captioned", f->has_captioned,
                     "linear_samples", (json_int_t)f->linear_samples, "linear_judged", (json_int_t)f->linear_judged,
                     "linear_wrong", (json_int_t)f->linear_wrong, "unbounded_samples", (json_int_t)f->unbounded_samples,
                     "unbounded_judged", (json_int_t)f->unbounded_judged, "unbounded_wrong",
                     (json_int_t)f->unbounded_wrong, "few_wrong", (json_int_t)f->few_wrong, "same", f->same,
                     "strangers", (json_int_t)f->strangers, "strangers_right", (json_int_t)f->strangers_right, "bits",
                     (json_int_t)f->bits, "alice_right", (json_int_t)f->alice_right, "eve_right",
                     (json_int_t)f->eve_right, "learn_seconds", f->learn_seconds, "unbounded_seconds",
                     f->unbounded_seconds);
}

static int run_row(const struct lab_unit *unit, json_t *result) {
    static const char *const wire[][2] = {{"lpn", "n64"}, {"lwe", "l32"}, {"ring", "r509"}};
    const char *name = json_string_value(json_object_get(unit->parameters, "row"));
    struct captions_found found = {0};
    int r = -EINVAL;
    for (size_t i = 0; i < sizeof wire / sizeof wire[0]; i++)
        if (strcmp(wire[i][0], name) == 0)
            r = captions_wire(&found, table_set(wire[i][1]), unit);
    for (size_t i = 0; toys[i]; i++)
        if (strcmp(toys[i]->name, name) == 0)
            r = toys[i]->missing ? 0 : captions_toy(&found, toys[i], unit);
    return r < 0 ? r : json_object_update_new(result, pack(&found));
}

static int run_resample(const struct lab_unit *unit, json_t *result) {
    bool parity = strcmp(json_string_value(json_object_get(unit->parameters, "toy")), "parity") == 0;
    unsigned n = (unsigned)lab_count(unit->parameters, "dimension");
    size_t sessions = lab_count(unit->parameters, "sessions"), captions = 0, same = 0, samples = 0;
    size_t right[RESAMPLE_KINDS] = {0};
    uint64_t tries = 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < sessions; i++) {
        struct resampled one;
        uint8_t seed[32];
        prg_subkey(seed, unit->seed, "lab resample", i);
        r = (parity ? resample_parity : resample_lwe)(&one, n, unit->fault == LAB_FAULT_THETA, seed, lab_interrupted);
        if (r < 0)
            break;
        if (unit->fault == LAB_FAULT_LEARNER) { /* one that forgets to look at x, and one that looks */
            bool swapped = one.right[RESAMPLE_DRAWN];
            one.right[RESAMPLE_DRAWN] = one.right[RESAMPLE_ANYHOW];
            one.right[RESAMPLE_ANYHOW] = swapped;
        }
        for (int kind = 0; kind < RESAMPLE_KINDS; kind++)
            right[kind] += one.right[kind];
        captions += one.captions;
        same += one.same;
        tries += one.tries;
        samples = one.samples;
    }
    if (r < 0)
        return r;
    return json_object_update_new(
        result, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}", "samples", (json_int_t)samples, "sessions",
                          (json_int_t)sessions, "alice_right", (json_int_t)right[RESAMPLE_TRUE], "drawn_right",
                          (json_int_t)right[RESAMPLE_DRAWN], "anyhow_right", (json_int_t)right[RESAMPLE_ANYHOW],
                          "captions", (json_int_t)captions, "same", (json_int_t)same, "tries", (double)tries));
}

static int run(const struct lab_unit *unit, json_t *result) {
    return strcmp(json_string_value(json_object_get(unit->parameters, "part")), "row") == 0
               ? run_row(unit, result)
               : run_resample(unit, result);
}

/* ---- what units look like */

const char *const captions_rows[] = {"lpn",      "lwe", "ring", "qr", "pke", "prf", "halfspaces", "halfspaces-many",
                                     "drawings", "ddh", NULL};

static const struct shape row_parameters[] = {
    {.name = "row", .type = SHAPE_WORD, .words = captions_rows}, SHAPE_COUNT("session"), {0}};
static const struct shape row_result[] = {SHAPE_COUNT("samples"),
                                          SHAPE_COUNT("judged"),
                                          SHAPE_COUNT_OF("wrong", "judged"),
                                          SHAPE_COUNT_OF("captioned_wrong", "judged"),
                                          {.name = "has_captioned", .type = SHAPE_BOOLEAN},
                                          SHAPE_COUNT("linear_samples"),
                                          SHAPE_COUNT("linear_judged"),
                                          SHAPE_COUNT_OF("linear_wrong", "linear_judged"),
                                          SHAPE_COUNT("unbounded_samples"),
                                          SHAPE_COUNT("unbounded_judged"),
                                          SHAPE_COUNT_OF("unbounded_wrong", "unbounded_judged"),
                                          SHAPE_COUNT_OF("few_wrong", "unbounded_judged"),
                                          {.name = "same", .type = SHAPE_BOOLEAN},
                                          SHAPE_COUNT("strangers"),
                                          SHAPE_COUNT_OF("strangers_right", "strangers"),
                                          SHAPE_COUNT("bits"),
                                          SHAPE_COUNT_OF("alice_right", "bits"),
                                          SHAPE_COUNT_OF("eve_right", "bits"),
                                          SHAPE_SECONDS("learn_seconds"),
                                          SHAPE_SECONDS("unbounded_seconds"),
                                          {0}};
static const struct shape resample_parameters[] = {
    {.name = "toy", .type = SHAPE_WORD, .words = captions_resampled},
    {.name = "dimension", .type = SHAPE_INTEGER, .least = 1, .most = RESAMPLE_PARITY_MAX},
    SHAPE_COUNT("sessions"),
    {0}};
static const struct shape resample_result[] = {SHAPE_COUNT("samples"),
                                               SHAPE_COUNT("sessions"),
                                               SHAPE_COUNT_OF("alice_right", "sessions"),
                                               SHAPE_COUNT_OF("drawn_right", "sessions"),
                                               SHAPE_COUNT_OF("anyhow_right", "sessions"),
                                               SHAPE_COUNT("captions"),
                                               SHAPE_COUNT_OF("same", "captions"),
                                               {.name = "tries", .type = SHAPE_NUMBER, .most = 1e15},
                                               {0}};
static const struct lab_shape shapes[] = {
    {"part", "row", row_parameters, row_result}, {"part", "resample", resample_parameters, resample_result}, {0}};

static const struct lab_break breaks[] = {{": with captions the task is learned, ", LAB_FAULT_THETA},
                                          {": with captions nothing is learned ", LAB_FAULT_THETA},
                                          {" labelled pairs, and ", LAB_FAULT_LEARNER},
                                          {"with captions that Eve draws from x", LAB_FAULT_LEARNER},
                                          {0}};

const struct lab_experiment lab_captions = {
    .name = "captions",
    .summary = "task by task: what captions save, who can make them, and whether a key follows",
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = captions_report,
    .breaks = breaks,
    .figures = {{"captions", "captions", captions_figure}},
};
