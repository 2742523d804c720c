/* Risk and failures of any task: whole sessions, each judged on the L fresh labels of its challenges.
 *
 * Whether what was learned is the true task shows without looking into it: the noise of challenges follows from Bob's
 * keys alone, so a hypothesis that predicts as the task does leaves the same on two different challenges, and no other
 * does. What it leaves is then the noise, and the risk that of the true task. */
#include "common/base/prg.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/lesson.h"
#include "eve/lab/statistics.h"
#include "eve/learn/learner.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double fault_noise = 0.01; /* of labels, that --fault theta turns over */

/* ---- plan */

double tasks_session_seconds(const struct set *set) {
    double bytes = 0;
    for (uint32_t i = 0; i < set->n_chunks; i++)
        bytes += (double)set->task->chunk_bytes(set, i);
    return set->modulus == 2 ? 1e-4 + 4e-10 * bytes * bytes : 2e-4 + 7e-8 * bytes;
}

/* Where failures are measured, enough that the upper bound on them is below 10^-4 if there are none; else 5 10^5
 * labels.
 */
static size_t sessions_of(const struct lab_plan *plan, const struct set *set) {
    bool measured = set->failure == FAILURE_MEASURED;
    size_t quick = measured ? 400 : lesson_size(set) < 448 ? 60 : 20;
    return plan->size == LAB_CHECK ? 40 : plan->size == LAB_QUICK ? quick : measured ? 32000 : 1000;
}

int risk_tasks_plan(struct lab_plan *plan) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < plan->n_others; i++) {
        const struct set *set = plan->others[i];
        double seconds = tasks_session_seconds(set);
        size_t sessions = sessions_of(plan, set), each = (size_t)ceil(5 / seconds);
        for (size_t done = 0; r == 0 && done < sessions; done += each) {
            size_t count = sessions - done < each ? sessions - done : each;
            r = lab_unit(plan, (double)count * seconds,
                         json_pack("{s:s, s:I}", "set", set->name, "sessions", (json_int_t)count));
        }
    }
    return r;
}

/* ---- run */

struct sums {
    size_t failed, exact, labels, errors;
    double compose_seconds, teach_seconds, learn_seconds;
};

/* Twice L labels. */
struct labels {
    uint8_t *fresh, *predicted;
};

static int judge(struct lesson *lesson, const struct lab_unit *unit, const uint8_t seed[static 32], uint8_t *h,
                 const struct labels *labels, struct sums *sums) {
    const struct set *set = lesson->set;
    size_t n = set_challenges(set);
    uint8_t seeds[64];
    prg_subkey(seeds, seed, "lab challenges", 0);
    prg_subkey(seeds + 32, seed, "lab challenges", 1);
    if (unit->fault == LAB_FAULT_LEARNER)
        h[0] ^= 1;
    int exact = lesson_is_task(lesson, h, seeds);
    if (exact < 0)
        return exact;
    lesson_challenge(lesson, seeds, labels->fresh);
    if (unit->fault == LAB_FAULT_THETA)
        lesson_disturb(labels->fresh, set, n, fault_noise, seed);
    lesson_predict(labels->predicted, set, h, seeds);
    for (size_t i = 0; i < n; i++)
        sums->errors += lesson_bit(set, labels->fresh, i) != lesson_bit(set, labels->predicted, i);
    sums->labels += n;
    sums->exact += (size_t)exact;
    return 0;
}

static int session(const struct set *set, const struct lab_unit *unit, const uint8_t seed[static 32], bool lost,
                   const struct labels *labels, struct sums *sums) {
    struct lesson lesson;
    struct learned learned;
    double seconds = 0;
    int r = lesson_make(&lesson, set, seed);
    if (r < 0)
        return r;
    r = lesson_learn(&lesson, &learned, &seconds);
    sums->compose_seconds += lesson.compose_seconds;
    sums->teach_seconds += lesson.teach_seconds;
    sums->learn_seconds += seconds;
    if (r == 0 && learned.accepted && !lost)
        r = judge(&lesson, unit, seed, learned.h, labels, sums);
    else
        sums->failed++;
    lesson_free(&lesson);
    return r;
}

int risk_tasks_run(const struct lab_unit *unit, json_t *result) {
    const struct set *set = lab_set(unit->parameters);
    size_t sessions = lab_count(unit->parameters, "sessions");
    struct sums s = {0};
    size_t bytes = set_label_bytes(set, set_challenges(set));
    struct labels labels = {.fresh = malloc(bytes), .predicted = malloc(bytes)};
    uint8_t seed[32];
    int r = labels.fresh && labels.predicted ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < sessions; i++) {
        prg_subkey(seed, unit->seed, "session", i);
        r = lab_interrupted() ? -EINTR
                              : session(set, unit, seed, unit->fault == LAB_FAULT_LEARNER && i % 10 == 0, &labels, &s);
    }
    free(labels.fresh);
    free(labels.predicted);
    if (r == 0)
        r = json_object_update_new(
            result, json_pack("{s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:f}", "sessions", (json_int_t)sessions, "failures",
                              (json_int_t)s.failed, "exact", (json_int_t)s.exact, "labels", (json_int_t)s.labels,
                              "errors", (json_int_t)s.errors, "compose_seconds", s.compose_seconds, "teach_seconds",
                              s.teach_seconds, "learn_seconds", s.learn_seconds));
    return r < 0 ? r : 0;
}

const struct shape risk_tasks_parameters[] = {{.name = "set", .type = SHAPE_SET}, SHAPE_COUNT("sessions"), {0}};
const struct shape risk_tasks_result[] = {
    SHAPE_COUNT("sessions"),        SHAPE_COUNT_OF("failures", "sessions"), SHAPE_COUNT_OF("exact", "sessions"),
    SHAPE_COUNT("labels"),          SHAPE_COUNT_OF("errors", "labels"),     SHAPE_SECONDS("compose_seconds"),
    SHAPE_SECONDS("teach_seconds"), SHAPE_SECONDS("learn_seconds"),         {0}};

/* ---- report */

static const struct lab_column columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"size", "", LAB_HIDDEN, 0},
    {"risk", "risk", LAB_FIXED, 6},
    {"risk_low", "99.9% from", LAB_FIXED, 6},
    {"risk_high", "to", LAB_FIXED, 6},
    {"expected", "true task's", LAB_FIXED, 6},
    {"labels", "fresh labels", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"exact", "the task itself", LAB_INTEGER, 0},
    {"failures", "failed", LAB_INTEGER, 0},
    {"failure_high", "at most (95%)", LAB_SHORT, 2},
    {"promised", "promised", LAB_SHORT, 2},
    {"promised_by", "by", LAB_TEXT, 0},
    {"compose_seconds", "to compose", LAB_DURATION, 0},
    {"teach_seconds", "to label", LAB_DURATION, 0},
    {"learn_seconds", "to learn", LAB_DURATION, 0},
};

struct totals {
    size_t sessions, failed, exact, labels, errors;
    double compose_seconds, teach_seconds, learn_seconds;
};

static bool add_up(struct totals *t, const struct lab_report *report, const struct set *set) {
    size_t cursor = 0;
    *t = (struct totals){0};
    for (const json_t *unit; (unit = lab_next_of(report, set, &cursor));) {
        const json_t *result = json_object_get(unit, "result");
        t->sessions += lab_count(result, "sessions");
        t->failed += lab_count(result, "failures");
        t->exact += lab_count(result, "exact");
        t->labels += lab_count(result, "labels");
        t->errors += lab_count(result, "errors");
        t->compose_seconds += lab_number(result, "compose_seconds");
        t->teach_seconds += lab_number(result, "teach_seconds");
        t->learn_seconds += lab_number(result, "learn_seconds");
    }
    return t->sessions > 0;
}

static int report_row(struct lab_report *report, const char *table, const struct set *set, const struct totals *t) {
    double low = NAN, high = NAN, sessions = (double)t->sessions;
    if (t->labels)
        learn_wilson(&low, &high, t->errors, t->labels);
    return lab_row(
        report, table,
        json_pack("{s:s, s:i, s:o, s:o, s:o, s:f, s:I, s:I, s:I, s:I, s:f, s:f, s:s, s:f, s:f, s:f}", "set", set->name,
                  "size", (int)lesson_size(set), "risk", lab_real((double)t->errors / (double)t->labels), "risk_low",
                  lab_real(low), "risk_high", lab_real(high), "expected", set->risk, "labels", (json_int_t)t->labels,
                  "sessions", (json_int_t)t->sessions, "exact", (json_int_t)t->exact, "failures", (json_int_t)t->failed,
                  "failure_high", statistics_upper95(t->failed, t->sessions), "promised", exp2(set->failure_log2),
                  "promised_by", set->failure == FAILURE_BOUND ? "bound" : "measurement", "compose_seconds",
                  t->compose_seconds / sessions, "teach_seconds", t->teach_seconds / sessions, "learn_seconds",
                  t->learn_seconds / sessions));
}

static int report_failures(struct lab_report *report, const struct set *set, const struct totals *t) {
    double promised = exp2(set->failure_log2);
    if (set->failure == FAILURE_BOUND)
        return lab_claim_at_most(report, promised, t->failed, t->sessions,
                                 "%s: fails to learn in at most 2^%.0f of sessions, which is a bound by computation "
                                 "(exact one-sided 95%%, %zu of %zu whole ones failed)",
                                 set->name, set->failure_log2, t->failed, t->sessions);
    return lab_claim_at_most(report, promised, t->failed, t->sessions,
                             "%s: fails to learn in at most %.2g of sessions (exact one-sided 95%%, %zu of %zu whole "
                             "ones failed)",
                             set->name, promised, t->failed, t->sessions);
}

static int report_claims(struct lab_report *report, const struct set *set, const struct totals *t) {
    double low = NAN, high = NAN;
    if (t->labels)
        statistics_exact(&low, &high, t->errors, t->labels, TASKS_CERTAIN);
    int r =
        lab_claim_is(report, set->risk, LAB_RISK_TOLERANCE * set->risk, (double)t->errors / (double)t->labels, low,
                     high, "%s: population risk on %zu fresh labels is that of the true task, %.6f, to within a tenth",
                     set->name, t->labels, set->risk);
    if (r == 0)
        r = lab_claim(report, t->exact + t->failed == t->sessions,
                      (double)t->sessions - (double)t->failed - (double)t->exact, NAN, NAN,
                      "%s: of %.0f hypotheses, those that are not the task itself", set->name,
                      (double)t->sessions - (double)t->failed);
    return r == 0 ? report_failures(report, set, t) : r;
}

int risk_tasks_report(struct lab_report *report) {
    const struct task *task;
    const struct set *set;
    struct totals totals;
    char table[32];
    int r = 0;
    for (size_t i = 0; r == 0 && (task = table_task(i)); i++) {
        if (!lab_has_task(report, task))
            continue;
        snprintf(table, sizeof table, "risk-%s", task->name);
        r = lab_table(report, table, columns, sizeof columns / sizeof columns[0]);
        for (size_t j = 0; r == 0 && (set = task->set(j)); j++) {
            if (!add_up(&totals, report, set))
                continue;
            r = report_row(report, table, set, &totals);
            if (r == 0)
                r = report_claims(report, set, &totals);
        }
        if (r == 0)
            r = lab_note(report, "%s (%s): whole sessions; times are processor time of one core.", task->name,
                         task->assumption);
    }
    return r;
}

#define FIGURE(task, title, x, range)                                                                                  \
    "set title '" title "'\n"                                                                                          \
    "set xlabel '" x "'\n"                                                                                             \
    "set ylabel 'population risk on fresh labels'\n"                                                                   \
    "set logscale xy\n"                                                                                                \
    "set xrange " range "\n"                                                                                           \
    "set yrange [0.0001:1]\n"                                                                                          \
    "plot 0.5 title 'a coin' lt 8, \\\n"                                                                               \
    "     'risk-" task ".tsv' using 'size':'expected' with linespoints title 'the true task' lt 2, \\\n"               \
    "     'risk-" task ".tsv' using 'size':'risk':'risk_low':'risk_high' with yerrorbars title "                       \
    "'what was learned, with 99.9% interval' lt 1\n"

const char risk_tasks_ring_figure[] =
    FIGURE("ring", "Sparse multiplication in a ring: the bimodal learner reaches its risk", "length n of the ring",
           "[400:23000]");
const char risk_tasks_lwe_figure[] =
    FIGURE("lwe", "Learning with errors: the bimodal learner reaches its risk", "dimension n", "[28:1200]");
