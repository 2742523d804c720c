/* From recipes to composed data and back in the tasks other than LPN. Composing is measured. The way back is measured
 * at the toys, where Eve has a learner for it, and by formula elsewhere: what it costs to tell composed data from
 * others where that is assumed to be hard; where composed data are close to uniform, no recipe follows from them at
 * all, and the formula is for any that would serve. */
#include "common/base/prg.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/lesson.h"
#include "eve/lab/statistics.h"
#include "eve/lab/trial.h"
#include "eve/learners/estimate_lwe.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIT_SIZES = 5 };

/* ---- plan */

/* Which sets' recipes are searched for, for how long and in how many sessions, by lab_size. */
static const struct searched {
    const char *set;
    double limits[3];
    size_t sessions[3];
    double guess; /* seconds, for the estimate alone */
} searched[] = {
    {"r509", {20, 20, 60}, {2, 5, 20}, 0.05},
    {"r1019", {0, 60, 600}, {0, 1, 10}, 3},
};

int oneway_tasks_plan(struct lab_plan *plan) {
    static const size_t all[] = {3, 5, 10};
    int r = 0;
    for (size_t i = 0; r == 0 && i < plan->n_others; i++) {
        const struct set *set = plan->others[i];
        double limit = 0, seconds = tasks_session_seconds(set), guess = 0;
        size_t sessions = all[plan->size], searches = 0;
        for (size_t j = 0; j < sizeof searched / sizeof searched[0]; j++)
            if (strcmp(searched[j].set, set->name) == 0) {
                limit = searched[j].limits[plan->size];
                searches = searched[j].sessions[plan->size];
                guess = fmin(searched[j].guess, limit);
            }
        sessions = searches > sessions ? searches : sessions;
        if (searches && plan->budget > 0)
            limit = plan->budget;
        for (size_t session = 0; r == 0 && session < sessions; session++)
            r = lab_unit(plan, seconds + (session < searches ? guess : 0),
                         json_pack("{s:s, s:I, s:f}", "set", set->name, "session", (json_int_t)session,
                                   "search_seconds", session < searches ? limit : 0.0));
    }
    return r;
}

/* ---- run */

static int search(struct lesson *lesson, const uint8_t *h, const struct lab_unit *unit, json_t *result) {
    struct trial *trial = malloc(sizeof *trial);
    double limit = lab_number(unit->parameters, "search_seconds");
    int r = trial ? trial_lesson(trial, "recipe", lesson, h, unit->seed, TRIAL_NO_LIMIT, limit) : -ENOMEM;
    if (r == 0) {
        json_t *said = json_pack("{s:s, s:b, s:f}", "status", learn_status_name(trial->result.status), "right",
                                 trial->right, "seconds", lab_clocked(unit, trial->seconds, log(1e-6)));
        r = said && json_object_set_new(result, "recipe", said) == 0 ? 0 : -ENOMEM;
    }
    free(trial);
    return r;
}

int oneway_tasks_run(const struct lab_unit *unit, json_t *result) {
    const struct set *set = lab_set(unit->parameters);
    struct lesson lesson;
    struct learned learned;
    uint8_t seeds[64];
    double seconds;
    int r = lesson_make(&lesson, set, unit->seed);
    if (r < 0)
        return r;
    if (unit->fault == LAB_FAULT_THETA)
        lesson_disturb(lesson.labels, set, set->n_labels, 0.1, unit->seed);
    r = lesson_learn(&lesson, &learned, &seconds);
    bool right = r == 0 && learned.accepted;
    if (right) {
        prg_subkey(seeds, unit->seed, "lab challenges", 0);
        prg_subkey(seeds + 32, unit->seed, "lab challenges", 1);
        learned.h[0] ^= unit->fault == LAB_FAULT_LEARNER;
        r = lesson_is_task(&lesson, learned.h, seeds);
        right = r == 1;
        r = r < 0 ? r : 0;
    }
    if (r == 0 && json_object_update_new(
                      result, json_pack("{s:f, s:f, s:b}", "compose_seconds",
                                        lab_clocked(unit, lesson.compose_seconds, 4 * log(lesson_size(set) / 1000.0)),
                                        "learn_seconds", seconds, "learned", right)) < 0)
        r = -ENOMEM;
    if (r == 0 && right && lab_number(unit->parameters, "search_seconds") > 0)
        r = search(&lesson, learned.h, unit, result);
    lesson_free(&lesson);
    return r;
}

const struct shape oneway_tasks_parameters[] = {
    {.name = "set", .type = SHAPE_SET}, SHAPE_COUNT("session"), SHAPE_SECONDS("search_seconds"), {0}};
static const struct shape recipe_shape[] = {{.name = "status", .type = SHAPE_WORD, .words = learn_status_names},
                                            {.name = "right", .type = SHAPE_BOOLEAN},
                                            SHAPE_SECONDS("seconds"),
                                            {0}};
const struct shape oneway_tasks_result[] = {
    SHAPE_SECONDS("compose_seconds"),
    SHAPE_SECONDS("learn_seconds"),
    {.name = "learned", .type = SHAPE_BOOLEAN},
    {.name = "recipe", .type = SHAPE_OBJECT, .of = recipe_shape, .optional = true},
    {0}};

/* ---- report */

static const struct lab_column assumed_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"size", "", LAB_HIDDEN, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"compose_seconds", "y to x: s a session", LAB_SHORT, 3},
    {"searched", "x to y: searched", LAB_INTEGER, 0},
    {"found", "found", LAB_INTEGER, 0},
    {"recipe_seconds", "s a recipe", LAB_SHORT, 3},
    {"ratio_bits", "ratio, bits", LAB_FIXED, 1},
    {"operations_log2", "by formula, log2 bit operations", LAB_FIXED, 0},
};

static const struct lab_column statistical_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"size", "", LAB_HIDDEN, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"compose_seconds", "y to x: s a session", LAB_SHORT, 3},
    {"distance_log2", "x to y: nothing tells, log2 of the distance", LAB_FIXED, 0},
    {"recipe_block", "one that serves: BKZ block", LAB_INTEGER, 0},
    {"recipe_core_log2", "log2 core-SVP", LAB_FIXED, 0},
    {"secret_block", "the secret: BKZ block", LAB_INTEGER, 0},
    {"secret_core_log2", "log2 core-SVP", LAB_FIXED, 0},
};

struct totals {
    size_t sessions, learned, searched, found;
    double compose_seconds, search_seconds;
};

static bool add_up(struct totals *t, const struct lab_report *report, const struct set *set) {
    size_t cursor = 0;
    *t = (struct totals){0};
    for (const json_t *unit; (unit = lab_next_of(report, set, &cursor));) {
        const json_t *result = json_object_get(unit, "result"), *recipe = json_object_get(result, "recipe");
        t->sessions++;
        t->learned += json_is_true(json_object_get(result, "learned"));
        t->compose_seconds += lab_number(result, "compose_seconds");
        if (recipe) {
            t->searched++;
            t->found += json_is_true(json_object_get(recipe, "right"));
            t->search_seconds += lab_number(recipe, "seconds");
        }
    }
    return t->sessions > 0;
}

/* What is gathered over the sets of a task. */
struct growth {
    double log_size[SETS_MAX], log_seconds[SETS_MAX];
    size_t n, sessions, learned, cheaper, formulas;
    double least_ratio; /* of the sets with recipes that were found */
};

static int row_assumed(struct lab_report *report, const char *table, const struct set *set, const struct totals *t,
                       struct growth *g) {
    double compose = t->compose_seconds / (double)t->sessions;
    double recipe = t->found ? t->search_seconds / (double)t->found : NAN;
    g->least_ratio = fmin(g->least_ratio, recipe / compose); /* fmin passes over NAN */
    return lab_row(report, table,
                   json_pack("{s:s, s:i, s:I, s:o, s:I, s:I, s:o, s:o, s:o}", "set", set->name, "size",
                             (int)lesson_size(set), "sessions", (json_int_t)t->sessions, "compose_seconds",
                             lab_real(compose), "searched", (json_int_t)t->searched, "found", (json_int_t)t->found,
                             "recipe_seconds", lab_real(recipe), "ratio_bits", lab_real(log2(recipe / compose)),
                             "operations_log2", lab_real(set->hiding == HIDING_ASSUMED ? set->hide_log2 : NAN)));
}

/* Of lwe, whose hiding is statistical. */
static int row_statistical(struct lab_report *report, const char *table, const struct set *set, const struct totals *t,
                           struct growth *g) {
    struct estimate_lwe secret;
    estimate_lwe_set(&secret, lwe_params_of(set));
    unsigned block = estimate_lwe_recipe(lwe_params_of(set));
    if (report->fault == LAB_FAULT_FORMULA)
        block = 1;
    g->formulas++;
    g->cheaper += block < secret.primal.beta;
    return lab_row(report, table,
                   json_pack("{s:s, s:i, s:I, s:o, s:o, s:i, s:o, s:i, s:o}", "set", set->name, "size",
                             (int)lesson_size(set), "sessions", (json_int_t)t->sessions, "compose_seconds",
                             lab_real(t->compose_seconds / (double)t->sessions), "distance_log2",
                             lab_real(set->hide_log2), "recipe_block", (int)block, "recipe_core_log2",
                             lab_real(usvp_core_classical(block)), "secret_block", (int)secret.primal.beta,
                             "secret_core_log2", lab_real(secret.classical)));
}

static int report_claims(struct lab_report *report, const struct task *task, const struct growth *g) {
    struct statistics_line line;
    int r = lab_claim(report, g->learned == g->sessions, (double)g->learned / (double)g->sessions, NAN, NAN,
                      "%s: with both modalities the task is learned in each of %zu sessions", task->name, g->sessions);
    if (r == 0 && g->n >= FIT_SIZES) {
        statistics_line(&line, g->log_size, g->log_seconds, g->n);
        r = lab_claim_between(report, -INFINITY, 3, line.slope, line.slope_low, line.slope_high,
                              "%s: from y to x is easy: composing takes about n^%.2f, by a fit over %zu sets",
                              task->name, line.slope, g->n);
    }
    if (r == 0 && isfinite(g->least_ratio))
        r = lab_claim(
            report, g->least_ratio > 10, g->least_ratio, NAN, NAN,
            "%s: from x to y is harder even at the toys: a recipe takes more than 10 times as long to find as "
            "to use",
            task->name);
    if (r == 0 && g->formulas)
        r = lab_claim(report, g->cheaper == 0, (double)g->cheaper, NAN, NAN,
                      "%s: by formula, sets of %zu at which a recipe that serves is easier to find than the secret",
                      task->name, g->formulas);
    return r;
}

int oneway_tasks_report(struct lab_report *report) {
    const struct task *task;
    const struct set *set;
    struct totals t;
    char table[32];
    int r = 0;
    for (size_t i = 0; r == 0 && (task = table_task(i)); i++) {
        struct growth g = {.least_ratio = INFINITY};
        bool assumed = strcmp(task->name, "lwe") != 0;
        if (!lab_has_task(report, task))
            continue;
        snprintf(table, sizeof table, "oneway-%s", task->name);
        r = assumed ? lab_table(report, table, assumed_columns, sizeof assumed_columns / sizeof assumed_columns[0])
                    : lab_table(report, table, statistical_columns,
                                sizeof statistical_columns / sizeof statistical_columns[0]);
        for (size_t j = 0; r == 0 && (set = task->set(j)); j++) {
            if (!add_up(&t, report, set))
                continue;
            g.log_size[g.n] = log(lesson_size(set));
            g.log_seconds[g.n++] = log(t.compose_seconds / (double)t.sessions);
            g.sessions += t.sessions;
            g.learned += t.learned;
            r = assumed ? row_assumed(report, table, set, &t, &g) : row_statistical(report, table, set, &t, &g);
        }
        if (r == 0)
            r = report_claims(report, task, &g);
        if (r == 0)
            r = assumed ? lab_note(report,
                                   "%s: what is not found is assumed to be hard; the formula is the attacker's best "
                                   "case, for telling composed data from others.",
                                   task->name)
                        : lab_note(report,
                                   "%s: composed vectors are as good as uniform, so they do not tell which recipe was "
                                   "used. Formulas, core-SVP: for any other that serves, and for the secret.",
                                   task->name);
    }
    return r;
}

const char oneway_ring_figure[] =
    "set title 'Sparse multiplication in a ring: from recipes to composed data, and back'\n"
    "set xlabel 'length n of the ring'\n"
    "set ylabel 'processor seconds for one'\n"
    "set y2label 'by formula: log_2 of bit operations'\n"
    "set logscale xy\n"
    "set format y '10^{%L}'\n"
    "set xrange [400:23000]\n"
    "set yrange [1e-6:1e6]\n"
    "set y2range [0:180]\n"
    "set y2tics\n"
    "plot 'oneway-ring.tsv' using 'size':'recipe_seconds' with points title 'x to y: a recipe, measured' lt 2, \\\n"
    "     'oneway-ring.tsv' using 'size':'operations_log2' axes x1y2 with linespoints title 'x to y, by formula "
    "(right)' lt 8, \\\n"
    "     'oneway-ring.tsv' using 'size':'compose_seconds' with linespoints title 'y to x, measured' lt 1\n";

const char oneway_lwe_figure[] =
    "set title 'Learning with errors: from recipes to composed data, and back'\n"
    "set xlabel 'dimension n'\n"
    "set ylabel 'processor seconds for a session'\n"
    "set y2label 'by formula: log_2 of core-SVP'\n"
    "set logscale xy\n"
    "set format y '10^{%L}'\n"
    "set xrange [28:1200]\n"
    "set yrange [1e-5:1e3]\n"
    "set y2range [0:900]\n"
    "set y2tics\n"
    "plot 'oneway-lwe.tsv' using 'size':'recipe_core_log2' axes x1y2 with linespoints title 'x to some y, by formula "
    "(right)' lt 8, \\\n"
    "     'oneway-lwe.tsv' using 'size':'secret_core_log2' axes x1y2 with linespoints title 'the secret, by formula "
    "(right)' lt 7, \\\n"
    "     'oneway-lwe.tsv' using 'size':'compose_seconds' with linespoints title 'y to x, measured' lt 1\n";
