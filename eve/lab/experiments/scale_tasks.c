/* What a session of the real programs costs in the tasks other than LPN: a table for each. */
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/lesson.h"
#include "eve/lab/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIT_SIZES = 3 };

static const char *const keys[] = {"handshake_seconds", "alice_seconds", "bob_seconds",
                                   "alice_kib",         "bob_kib",       "bytes"};
enum { HANDSHAKE, ALICE, BOB, ALICE_KIB, BOB_KIB, BYTES, N_KEYS };

static const struct lab_column columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"size", "", LAB_HIDDEN, 0},
    {"runs", "runs", LAB_INTEGER, 0},
    {"agreed", "agreed", LAB_INTEGER, 0},
    {"handshake_ms", "handshake ms", LAB_FIXED, 1},
    {"alice_ms", "alice: CPU ms", LAB_FIXED, 1},
    {"bob_ms", "bob: CPU ms", LAB_FIXED, 1},
    {"both_ms", "both, less start", LAB_FIXED, 1},
    {"alice_mib", "alice: peak MiB", LAB_FIXED, 1},
    {"bob_mib", "bob: peak MiB", LAB_FIXED, 1},
    {"added_mib", "both, added MiB", LAB_FIXED, 1},
    {"kilobytes", "kB on the wire", LAB_FIXED, 2},
};

/* Over the units of this set that agreed; NAN of none. */
static int median_of(double *out, const struct lab_report *report, const struct set *set, const char *key) {
    size_t cursor = 0, n = 0;
    double *values = malloc((json_array_size(report->units) + 1) * sizeof *values);
    if (!values)
        return -ENOMEM;
    for (const json_t *unit; (unit = lab_next_of(report, set, &cursor));) {
        const json_t *result = json_object_get(unit, "result");
        if (json_object_get(result, key))
            values[n++] = lab_number(result, key);
    }
    *out = statistics_median(values, n);
    free(values);
    return 0;
}

/* The sizes and bytes of a task's sets so far. */
struct growth {
    double log_size[SETS_MAX], log_bytes[SETS_MAX];
    size_t n;
};

static int report_set(struct lab_report *report, const char *table, const struct set *set, struct scale_tasks *s,
                      struct growth *g) {
    double v[N_KEYS];
    size_t cursor = 0, runs = 0, agreed = 0;
    for (const json_t *unit; (unit = lab_next_of(report, set, &cursor)); runs++)
        agreed += lab_count(json_object_get(unit, "result"), "agreed");
    if (runs == 0)
        return 0;
    for (size_t i = 0; i < N_KEYS; i++)
        if (median_of(&v[i], report, set, keys[i]) < 0)
            return -ENOMEM;
    s->sessions += runs;
    s->agreed += agreed;
    if (v[BYTES] > 0 && g->n < SETS_MAX) {
        g->log_size[g->n] = log(lesson_size(set));
        g->log_bytes[g->n++] = log(v[BYTES]);
    }
    bool memory = v[ALICE_KIB] > 0 && v[BOB_KIB] > 0;
    double alice = memory ? v[ALICE_KIB] / 1024 : NAN, bob = memory ? v[BOB_KIB] / 1024 : NAN;
    return lab_row(report, table,
                   json_pack("{s:s, s:i, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "set", set->name, "size",
                             (int)lesson_size(set), "runs", (json_int_t)runs, "agreed", (json_int_t)agreed,
                             "handshake_ms", lab_real(1e3 * v[HANDSHAKE]), "alice_ms", lab_real(1e3 * v[ALICE]),
                             "bob_ms", lab_real(1e3 * v[BOB]), "both_ms",
                             lab_real(1e3 * (v[ALICE] + v[BOB] - 2 * s->idle_seconds)), "alice_mib", lab_real(alice),
                             "bob_mib", lab_real(bob), "added_mib", lab_real(alice + bob - 2 * s->idle_kib / 1024),
                             "kilobytes", lab_real(v[BYTES] / 1e3)));
}

static int claim_growth(struct lab_report *report, const struct task *task, const struct growth *g) {
    struct statistics_line line;
    if (g->n < FIT_SIZES)
        return 0;
    statistics_line(&line, g->log_size, g->log_bytes, g->n);
    return lab_claim_between(report, -INFINITY, 2, line.slope, line.slope_low, line.slope_high,
                             "%s: bytes on the wire: about n^%.2f by a fit over %zu sets, no more than n^2", task->name,
                             line.slope, g->n);
}

int scale_tasks_report(struct lab_report *report, struct scale_tasks *s) {
    const struct task *task;
    const struct set *set;
    char table[32];
    int r = 0;
    for (size_t i = 0; r == 0 && (task = table_task(i)); i++) {
        struct growth growth = {0};
        if (!lab_has_task(report, task))
            continue;
        snprintf(table, sizeof table, "cost-%s", task->name);
        r = lab_table(report, table, columns, sizeof columns / sizeof columns[0]);
        for (size_t j = 0; r == 0 && (set = task->set(j)); j++)
            r = report_set(report, table, set, s, &growth);
        if (r == 0)
            r = claim_growth(report, task, &growth);
    }
    return r;
}

#define FIGURE(task, title, x, range, least, most)                                                                     \
    "set title '" title ": what a session costs'\n"                                                                    \
    "set xlabel '" x "'\n"                                                                                             \
    "set ylabel 'milliseconds'\n"                                                                                      \
    "set y2label 'kilobytes on the wire'\n"                                                                            \
    "set logscale xyy2\n"                                                                                              \
    "set xrange " range "\n"                                                                                           \
    "set yrange [0.1:1000]\n"                                                                                          \
    "set y2range [" least ":" most "]\n"                                                                               \
    "set y2tics\n"                                                                                                     \
    "plot 'cost-" task ".tsv' using 'size':'handshake_ms' with linespoints title 'handshake, wall' lt 1, \\\n"         \
    "     'cost-" task ".tsv' using 'size':'both_ms' with points title 'processor time, both sides' lt 2, \\\n"        \
    "     'cost-" task                                                                                                 \
    ".tsv' using 'size':'kilobytes' axes x1y2 with linespoints title 'kilobytes on the wire (right)' "                 \
    "lt 3\n"

const char scale_ring_figure[] =
    FIGURE("ring", "Sparse multiplication in a ring", "length n of the ring", "[400:23000]", "1", "100");
const char scale_lwe_figure[] = FIGURE("lwe", "Learning with errors", "dimension n", "[28:1200]", "1", "10000");
