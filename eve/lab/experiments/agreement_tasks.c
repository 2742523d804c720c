/* Agreement of the tasks other than LPN: whole sessions through the seam, each with its keys and two that are forced to
 * differ. What Eve makes of these tasks is in hardness. */
#include "common/agree/distill.h"
#include "common/base/prg.h"
#include "eve/lab/experiments/agreement.h"
#include "eve/lab/experiments/agreement_session.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/lesson.h"
#include "eve/lab/statistics.h"
#include "eve/learn/learner.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double fault_noise = 0.3; /* of labels, that --fault theta turns over */

/* How often a label says the bit it was masked with: above Q = 2 always, since its noise is below Q/4. */
static double promised(const struct set *set) {
    return set->modulus == 2 ? 1 - set->risk : 1;
}

int agreement_tasks_plan(struct lab_plan *plan) {
    double bits = plan->size == LAB_FULL ? 2e5 : plan->size == LAB_QUICK ? 3e4 : 1e4;
    int r = 0;
    for (size_t i = 0; r == 0 && i < plan->n_others; i++) {
        const struct set *set = plan->others[i];
        double seconds = tasks_session_seconds(set);
        size_t least = plan->size == LAB_FULL ? 400 : 20; /* sessions, where each has many labels */
        size_t sessions = (size_t)ceil(bits / (double)set_challenges(set)), each = (size_t)ceil(5 / seconds);
        sessions = sessions < least ? least : sessions;
        for (size_t done = 0; r == 0 && done < sessions; done += each) {
            size_t count = sessions - done < each ? sessions - done : each;
            r = lab_unit(plan, (double)count * seconds,
                         json_pack("{s:s, s:I}", "set", set->name, "sessions", (json_int_t)count));
        }
    }
    return r;
}

static int run_session(const struct set *set, enum lab_fault fault, const uint8_t seed[static 32],
                       struct agreement_sums *sums) {
    struct session s;
    struct lesson lesson;
    struct learned learned;
    double seconds;
    int r = lesson_make(&lesson, set, seed);
    if (r < 0)
        return r;
    r = session_init(&s, set, seed);
    if (r == 0) {
        r = lesson_learn(&lesson, &learned, &seconds);
        if (r == 0 && learned.accepted) {
            if (fault == LAB_FAULT_LEARNER)
                learned.h[0] ^= 1;
            s.takes_any = fault == LAB_FAULT_CHECK;
            lesson_challenge(&lesson, s.challenge_seed, s.b);
            if (fault == LAB_FAULT_THETA)
                lesson_disturb(s.b, set, s.n_labels, fault_noise, seed);
            session_challenge(&s, seed, lesson.labels);
            session_alice(&s, learned.h, sums);
        } else {
            sums->failed++;
        }
        session_deinit(&s);
    }
    lesson_free(&lesson);
    return r;
}

int agreement_tasks_run(const struct lab_unit *unit, json_t *result) {
    struct agreement_sums sums = {0};
    uint8_t seed[32];
    int r = 0;
    for (size_t i = 0; r == 0 && i < lab_count(unit->parameters, "sessions"); i++) {
        prg_subkey(seed, unit->seed, "session", i);
        r = lab_interrupted() ? -EINTR : run_session(lab_set(unit->parameters), unit->fault, seed, &sums);
    }
    return r == 0 ? agreement_write(&sums, result) : r;
}

const struct shape agreement_tasks_parameters[] = {{.name = "set", .type = SHAPE_SET}, SHAPE_COUNT("sessions"), {0}};

/* ---- report */

static const struct lab_column columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"size", "", LAB_HIDDEN, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"failed", "not learned", LAB_INTEGER, 0},
    {"bits", "bits", LAB_INTEGER, 0},
    {"agreement", "agree", LAB_FIXED, 6},
    {"agreement_low", "99.9% from", LAB_FIXED, 6},
    {"agreement_high", "to", LAB_FIXED, 6},
    {"promised", "promised", LAB_FIXED, 6},
    {"repeat", "N", LAB_INTEGER, 0},
    {"distilled_wrong", "wrong in the distillate", LAB_TEXT, 0},
    {"hashed_wrong", "after the hash", LAB_TEXT, 0},
    {"keys", "keys equal", LAB_TEXT, 0},
    {"caught", "forced, caught", LAB_TEXT, 0},
    {"distilled_share", "", LAB_HIDDEN, 0},
};

static int report_row(struct lab_report *report, const char *table, const struct set *set,
                      const struct agreement_sums *s) {
    char distilled[64], hashed[64], keys[64], caught[64];
    double low = NAN, high = NAN;
    if (s->bits)
        learn_wilson(&low, &high, s->agreeing, s->bits);
    snprintf(distilled, sizeof distilled, "%zu of %zu", s->distilled - s->distilled_right, s->distilled);
    snprintf(hashed, sizeof hashed, "%zu of %zu", s->hashed - s->hashed_right, s->hashed);
    snprintf(keys, sizeof keys, "%zu of %zu", s->keys_equal, s->sessions);
    snprintf(caught, sizeof caught, "%zu of %zu", s->caught, s->forced);
    return lab_row(report, table,
                   json_pack("{s:s, s:i, s:I, s:I, s:I, s:o, s:o, s:o, s:f, s:i, s:s, s:s, s:s, s:s, s:o}", "set",
                             set->name, "size", (int)lesson_size(set), "sessions", (json_int_t)s->sessions, "failed",
                             (json_int_t)s->failed, "bits", (json_int_t)s->bits, "agreement",
                             lab_real((double)s->agreeing / (double)s->bits), "agreement_low", lab_real(low),
                             "agreement_high", lab_real(high), "promised", promised(set), "repeat", (int)set->repeat,
                             "distilled_wrong", distilled, "hashed_wrong", hashed, "keys", keys, "caught", caught,
                             "distilled_share", lab_real((double)s->distilled_right / (double)s->distilled)));
}

static int claim_bits(struct lab_report *report, const struct set *set, const struct agreement_sums *s) {
    double low = NAN, high = NAN, agree = (double)s->agreeing / (double)s->bits;
    if (s->bits)
        statistics_exact(&low, &high, s->agreeing, s->bits, TASKS_CERTAIN);
    if (set->modulus == 2)
        return lab_claim_is(
            report, promised(set), AGREEMENT_TOLERANCE * set->risk, agree, low, high,
            "%s: the bits of Alice and Bob agree with probability 1 - %.5f, the latter to within a tenth", set->name,
            set->risk);
    return lab_claim_at_most(report, 0, s->bits - s->agreeing, s->bits,
                             "%s: the bits of Alice and Bob agree with probability 1, since noise modulo %u is below a "
                             "quarter of it; those that do not",
                             set->name, set->modulus);
}

static int report_set(struct lab_report *report, const char *table, const struct set *set) {
    struct agreement_sums sums = {0};
    size_t cursor = 0, units = 0;
    for (const json_t *unit; (unit = lab_next_of(report, set, &cursor)); units++)
        agreement_read(&sums, json_object_get(unit, "result"));
    if (units == 0)
        return 0;
    int r = report_row(report, table, set, &sums);
    if (r == 0)
        r = claim_bits(report, set, &sums);
    return r == 0 ? agreement_claim_keys(report, set, &sums) : r;
}

int agreement_tasks_report(struct lab_report *report) {
    const struct task *task;
    const struct set *set;
    char table[32];
    int r = 0;
    for (size_t i = 0; r == 0 && (task = table_task(i)); i++) {
        if (!lab_has_task(report, task))
            continue;
        snprintf(table, sizeof table, "agreement-%s", task->name);
        r = lab_table(report, table, columns, sizeof columns / sizeof columns[0]);
        for (size_t j = 0; r == 0 && (set = task->set(j)); j++)
            r = report_set(report, table, set);
        if (r == 0)
            r = lab_note(report,
                         "%s: a label agrees if it alone would say the bit that masks it. Its secrecy is assumed: %s.",
                         task->name, task->assumption);
    }
    return r;
}

#define FIGURE(task, title, x, range, least)                                                                           \
    "set title '" title "'\n"                                                                                          \
    "set xlabel '" x "'\n"                                                                                             \
    "set ylabel 'share of Bob''s bits that are right'\n"                                                               \
    "set logscale x\n"                                                                                                 \
    "set xrange " range "\n"                                                                                           \
    "set yrange [" least ":1.003]\n"                                                                                   \
    "plot 'agreement-" task ".tsv' using 'size':'promised' with linespoints title 'promised' lt 2, \\\n"               \
    "     'agreement-" task ".tsv' using 'size':'agreement':'agreement_low':'agreement_high' with yerrorbars title "   \
    "'Alice, with 99.9% interval' lt 1, \\\n"                                                                          \
    "     'agreement-" task ".tsv' using 'size':'distilled_share' with points title 'Alice, the distillate' lt 6\n"

const char agreement_ring_figure[] =
    FIGURE("ring", "Sparse multiplication in a ring: bits that agree", "length n of the ring", "[400:23000]", "0.97");
const char agreement_lwe_figure[] =
    FIGURE("lwe", "Learning with errors: bits that agree", "dimension n", "[28:1200]", "0.97");
