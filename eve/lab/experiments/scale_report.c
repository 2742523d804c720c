#include "eve/lab/experiments/scale.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIT_SIZES = 3,
    FIGURE_SIZES = 4,
    FIT_FROM = 512, /* below, starting a program costs more than a session */
};

static const struct lab_column cost_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"runs", "runs", LAB_INTEGER, 0},
    {"agreed", "agreed", LAB_INTEGER, 0},
    {"handshake_ms", "handshake ms", LAB_FIXED, 1},
    {"alice_ms", "alice: CPU ms", LAB_FIXED, 1},
    {"bob_ms", "bob: CPU ms", LAB_FIXED, 1},
    {"both_ms", "both, less start", LAB_FIXED, 1},
    {"alice_mib", "alice: peak MiB", LAB_FIXED, 1},
    {"bob_mib", "bob: peak MiB", LAB_FIXED, 1},
    {"added_mib", "both, added MiB", LAB_FIXED, 1},
    {"megabytes", "MB on the wire", LAB_FIXED, 3},
};

static const struct lab_column crowd_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"alices", "alices at once", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"agreed", "agreed", LAB_INTEGER, 0},
    {"per_second", "sessions/s", LAB_FIXED, 1},
    {"median_ms", "median ms", LAB_FIXED, 0},
    {"slow_ms", "95% ms", LAB_FIXED, 0},
    {"bob_ms", "bob: CPU ms each", LAB_FIXED, 1},
    {"alice_ms", "alice: CPU ms each", LAB_FIXED, 1},
    {"bob_mib", "bob: peak MiB", LAB_FIXED, 1},
};

/* The median over all units of a kind and an n; NAN if nobody has it. */
static int median_of(double *out, const struct lab_report *report, enum scale_kind kind, uint32_t n, const char *key,
                     size_t *runsp, size_t *agreedp) {
    size_t cursor = 0, count = 0;
    double *values = malloc((json_array_size(report->units) + 1) * sizeof *values);
    if (!values)
        return -ENOMEM;
    *runsp = *agreedp = 0;
    for (const json_t *unit; (unit = lab_next(report, "n", n, &cursor));) {
        const json_t *result = json_object_get(unit, "result");
        if (strcmp(json_string_value(json_object_get(json_object_get(unit, "parameters"), "kind")),
                   scale_kinds[kind]) != 0)
            continue;
        ++*runsp;
        *agreedp += lab_count(result, "agreed");
        if (json_object_get(result, key))
            values[count++] = lab_number(result, key);
    }
    *out = statistics_median(values, count);
    free(values);
    return 0;
}

enum { HANDSHAKE, PROCESSOR, MEMORY, BYTES, N_FITS };

struct sizes {
    double log_n[N_FITS][LAB_N_MAX], log_cost[N_FITS][LAB_N_MAX];
    size_t n[N_FITS];
    size_t sessions, agreed;
    double idle_seconds, idle_kib;
    uint32_t crowds[FIGURE_SIZES]; /* n of those in the figure */
    size_t n_crowds;
};

static void keep(struct sizes *s, int what, uint32_t n, double cost) {
    if ((n < FIT_FROM && what != BYTES) || !(cost > 0))
        return;
    s->log_n[what][s->n[what]] = log(n);
    s->log_cost[what][s->n[what]++] = log(cost);
}

static int report_cost(struct lab_report *report, uint32_t n, struct sizes *s) {
    static const char *const keys[] = {"handshake_seconds", "alice_seconds", "bob_seconds",
                                       "alice_kib",         "bob_kib",       "bytes"};
    enum { N_KEYS = sizeof keys / sizeof keys[0] };
    double v[N_KEYS];
    size_t runs = 0, agreed = 0;
    char set[SET_NAME_MAX + 1];
    for (size_t i = 0; i < N_KEYS; i++)
        if (median_of(&v[i], report, SCALE_COST, n, keys[i], &runs, &agreed) < 0)
            return -ENOMEM;
    if (runs == 0)
        return 0;
    double both = v[1] + v[2] - 2 * s->idle_seconds, added = (v[3] + v[4] - 2 * s->idle_kib) / 1024;
    bool memory = v[3] > 0 && v[4] > 0;
    snprintf(set, sizeof set, "n%u", n);
    s->sessions += runs;
    s->agreed += agreed;
    keep(s, HANDSHAKE, n, v[0]);
    keep(s, PROCESSOR, n, both);
    keep(s, MEMORY, n, memory ? added : NAN);
    keep(s, BYTES, n, v[5]);
    return lab_row(report, "cost",
                   json_pack("{s:s, s:i, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "set", set, "n", (int)n,
                             "runs", (json_int_t)runs, "agreed", (json_int_t)agreed, "handshake_ms",
                             lab_real(1e3 * v[0]), "alice_ms", lab_real(1e3 * v[1]), "bob_ms", lab_real(1e3 * v[2]),
                             "both_ms", lab_real(1e3 * both), "alice_mib", lab_real(memory ? v[3] / 1024 : NAN),
                             "bob_mib", lab_real(memory ? v[4] / 1024 : NAN), "added_mib",
                             lab_real(memory ? added : NAN), "megabytes", lab_real(v[5] / 1e6)));
}

static int claim_growth(struct lab_report *report, const struct sizes *s) {
    static const char *const names[] = {"a handshake's wall time", "processor time of both sides",
                                        "memory of both sides, added to that of idle ones", "bytes on the wire"};
    static const char *const values[] = {"handshake", "both", "added", "bytes"};
    int r = 0;
    for (int i = 0; r == 0 && i < N_FITS; i++) {
        struct statistics_line line = STATISTICS_NO_LINE;
        if (s->n[i] >= FIT_SIZES)
            statistics_line(&line, s->log_n[i], s->log_cost[i], s->n[i]);
        /* One handshake on a busy machine says nothing of wall time. */
        if (s->n[i] >= FIT_SIZES && (i != HANDSHAKE || report->size != LAB_CHECK))
            r = lab_claim_between(report, -INFINITY, 2, line.slope, line.slope_low, line.slope_high,
                                  "%s: about n^%.2f by a fit over %zu sets, no more than n^2", names[i], line.slope,
                                  s->n[i]);
        if (r == 0)
            r = lab_line(report, values[i], &line);
    }
    return r;
}

static int report_crowd(struct lab_report *report, const json_t *unit, struct sizes *s, double *bestp, double *lastp) {
    const json_t *parameters = json_object_get(unit, "parameters"), *result = json_object_get(unit, "result");
    size_t sessions = lab_count(result, "sessions"), at_alice = lab_count(result, "agreed"),
           at_bob = lab_count(result, "agreed_at_bob"), agreed = at_alice < at_bob ? at_alice : at_bob;
    double each = 1e3 / (double)sessions, rate = (double)agreed / lab_number(result, "all_seconds");
    double peak = lab_number(result, "bob_kib") / 1024;
    char set[SET_NAME_MAX + 1];
    snprintf(set, sizeof set, "n%zu", lab_count(parameters, "n"));
    s->sessions += sessions;
    s->agreed += agreed;
    *bestp = fmax(*bestp, rate);
    *lastp = rate;
    return lab_row(
        report, "crowd",
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "set", set, "n",
                  (json_int_t)lab_count(parameters, "n"), "alices", (json_int_t)lab_count(parameters, "alices"),
                  "sessions", (json_int_t)sessions, "agreed", (json_int_t)agreed, "per_second", lab_real(rate),
                  "median_ms", lab_real(1e3 * lab_number(result, "median_seconds")), "slow_ms",
                  lab_real(1e3 * lab_number(result, "slow_seconds")), "bob_ms",
                  lab_real(each * (lab_number(result, "bob_seconds") - s->idle_seconds)), "alice_ms",
                  lab_real(each * lab_number(result, "alice_seconds")), "bob_mib", lab_real(peak > 0 ? peak : NAN)));
}

static int report_crowds(struct lab_report *report, uint32_t n, struct sizes *s) {
    size_t cursor = 0, most = 0;
    double best = 0, last = 0;
    int r = 0;
    for (const json_t *unit; r == 0 && (unit = lab_next(report, "n", n, &cursor));) {
        const json_t *parameters = json_object_get(unit, "parameters");
        if (strcmp(json_string_value(json_object_get(parameters, "kind")), scale_kinds[SCALE_CROWD]) != 0)
            continue;
        most = lab_count(parameters, "alices"); /* ascending */
        r = report_crowd(report, unit, s, &best, &last);
    }
    if (most > 0 && s->n_crowds < FIGURE_SIZES)
        s->crowds[s->n_crowds++] = n;
    if (r == 0 && most > 1 && report->size != LAB_CHECK)
        r = lab_claim(report, last >= best / 2, last, NAN, NAN,
                      "n%u: with %zu alices at once bob completes at least half as many sessions a second as at best "
                      "(%.1f)",
                      n, most, best);
    return r;
}

static int report_lpn(struct lab_report *report, struct sizes *s) {
    size_t n_sets;
    const struct params *table = params_table(&n_sets);
    int r = lab_table(report, "cost", cost_columns, sizeof cost_columns / sizeof cost_columns[0]);
    for (size_t i = 0; r == 0 && i < n_sets; i++)
        r = report_cost(report, table[i].n, s);
    if (r == 0)
        r = claim_growth(report, s);
    if (r == 0)
        r = lab_table(report, "crowd", crowd_columns, sizeof crowd_columns / sizeof crowd_columns[0]);
    for (size_t i = 0; r == 0 && i < n_sets; i++)
        r = report_crowds(report, table[i].n, s);
    for (size_t i = 0; r == 0 && i < FIGURE_SIZES; i++)
        r = lab_value(report, (const char *[]){"size_1", "size_2", "size_3", "size_4"}[i],
                      i < s->n_crowds ? (double)s->crowds[i] : NAN);
    return r;
}

/* Units with an n above 0: those of an idle bob have none. */
static bool is_of_lpn(const struct lab_report *report) {
    size_t i;
    json_t *unit;
    bool others = false;
    json_array_foreach(report->units, i, unit) {
        const json_t *parameters = json_object_get(unit, "parameters");
        if (lab_count(parameters, "n") > 0)
            return true;
        others |= lab_set(parameters) != NULL;
    }
    return !others;
}

int scale_report(struct lab_report *report) {
    struct sizes s = {0};
    size_t runs, agreed;
    int r = median_of(&s.idle_seconds, report, SCALE_IDLE, 0, "bob_seconds", &runs, &agreed);
    if (r == 0)
        r = median_of(&s.idle_kib, report, SCALE_IDLE, 0, "bob_kib", &runs, &agreed);
    if (r == 0 && is_of_lpn(report))
        r = report_lpn(report, &s);
    struct scale_tasks others = {.idle_seconds = s.idle_seconds, .idle_kib = s.idle_kib};
    if (r == 0)
        r = scale_tasks_report(report, &others);
    size_t sessions = s.sessions + others.sessions, all = s.agreed + others.agreed;
    if (r == 0)
        r = lab_claim(report, all == sessions, (double)all / (double)sessions, NAN, NAN,
                      "every one of %zu sessions ends with a confirmed key on both sides (%zu did)", sessions, all);
    if (r == 0)
        r = lab_note(report,
                     "Medians. Processor times are of whole processes; starting one takes %.1f ms and %.1f MiB (a bob "
                     "who is stopped before an alice comes), taken off where it says so.",
                     1e3 * s.idle_seconds, s.idle_kib / 1024);
    if (r == 0)
        r = lab_note(report, "The alices run on the same machine and compete with bob; each is a new process.");
    return r;
}

/* ---- figures */

const char scale_cost_figure[] =
    "set title 'What a session costs'\n"
    "set xlabel 'dimension n'\n"
    "set ylabel 'milliseconds'\n"
    "set y2label 'megabytes on the wire'\n"
    "set logscale xyy2\n"
    "set yrange [0.5:5000]\n" /* fixed: gnuplot refuses to choose one for no data at all */
    "set y2range [0.005:50]\n"
    "set y2tics\n"
    "set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)\n"
    "set xrange [55:9500]\n"
    "law = both_b == both_b ? \", '+' using 1:(1e3 * low('both', log($1))):(1e3 * high('both', log($1))) with "
    "filledcurves lc rgb '#b2182b' fs transparent solid 0.15 noborder title '95% band', 1e3 * fit('both', log(x)) "
    "title "
    "'the fit, extrapolated' lt 8, (inside('both', log(x)) ? 1e3 * fit('both', log(x)) : NaN) title sprintf('fit: a "
    "n^{%.2f}', both_b) lt 2\" : ''\n"
    "plot 'cost.tsv' using 'n':'handshake_ms' with linespoints title 'handshake, wall' lt 1, 'cost.tsv' using "
    "'n':'both_ms' with points title 'processor time, both sides' lt 2 @law, 'cost.tsv' using 'n':'megabytes' axes "
    "x1y2 with linespoints title 'megabytes on the wire (right)' lt 3\n";

const char scale_crowd_figure[] =
    "set title 'One bob, many alices at once'\n"
    "set xlabel 'alices at once'\n"
    "set ylabel 'sessions a second'\n"
    "set logscale xy\n"
    "set logscale x 2\n"
    "set xrange [0.85:75]\n"
    "known(n) = n == n ? sprintf('%d ', n) : ''\n"
    "sizes = known(size_1).known(size_2).known(size_3).known(size_4)\n"
    "at(n) = column('n') == n ? column('alices') : NaN\n"
    "plot for [i=1:words(sizes)] 'crowd.tsv' using (at(word(sizes, i) + 0)):'per_second' with linespoints "
    "title 'n = '.word(sizes, i) lt i\n";
