#include "eve/lab/experiments/quantum.h"
#include "eve/lab/statistics.h"
#include "eve/learners/estimate.h"
#include "eve/quantum/cost.h"
#include "eve/quantum/eliminate.h"
#include "eve/quantum/oracle.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define CERTAIN 0.9999999 /* of the interval that decides: a false alarm in 10^7 */

enum {
    POINTS_MAX = 1024, /* of a fit; more are left out */
    FIT_FROM = 64,     /* n from which on counts are near their limit */
};

static const struct lab_column search_columns[] = {
    {"n", "n", LAB_INTEGER, 0},
    {"instances", "tasks", LAB_INTEGER, 0},
    {"draws", "draws of samples", LAB_INTEGER, 0},
    {"qubits", "qubits", LAB_INTEGER, 0},
    {"toffoli", "Toffoli per call", LAB_INTEGER, 0},
    {"states_log2", "selections, 2^", LAB_INTEGER, 0},
    {"tries", "classical tries", LAB_INTEGER, 0},
    {"iterations", "iterations", LAB_INTEGER, 0},
    {"success", "success, least", LAB_FIXED, 4},
    {"theory", "in theory", LAB_FIXED, 4},
    {"calls", "oracle calls, number unknown", LAB_FIXED, 1},
    {"ratio", "calls/sqrt(tries)", LAB_FIXED, 2},
    {"oracle_seconds", "to simulate", LAB_DURATION, 0},
};
static const struct lab_column instance_columns[] = {
    {"n", "n", LAB_HIDDEN, 0},         {"tries", "", LAB_HIDDEN, 0},   {"calls", "", LAB_HIDDEN, 0},
    {"iterations", "", LAB_HIDDEN, 0}, {"success", "", LAB_HIDDEN, 0}, {"theory", "", LAB_HIDDEN, 0},
};
static const struct lab_column circuit_columns[] = {
    {"n", "n", LAB_INTEGER, 0},
    {"qubits", "qubits", LAB_INTEGER, 0},
    {"qubits_share", "/ n^2", LAB_FIXED, 3},
    {"toffoli", "Toffoli per call", LAB_INTEGER, 0},
    {"toffoli_share", "/ n^3", LAB_FIXED, 3},
    {"eliminate_share", "elimination once / n^3", LAB_FIXED, 3},
    {"toffoli_depth", "depth per call", LAB_INTEGER, 0},
    {"depth_share", "/ n^2", LAB_FIXED, 3},
    {"cnot", "CNOT per call", LAB_INTEGER, 0},
};
static const struct lab_column set_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"selections_log2", "tries", LAB_FIXED, 1},
    {"iterations_log2", "iterations", LAB_FIXED, 1},
    {"depth_log2", "Toffoli depth", LAB_FIXED, 1},
    {"qubits_log2", "qubits", LAB_FIXED, 1},
    {"unlimited_log2", "Toffoli: no limit", LAB_FIXED, 1},
    {"at40_log2", "MAXDEPTH 2^40", LAB_FIXED, 1},
    {"at64_log2", "2^64", LAB_FIXED, 1},
    {"at96_log2", "2^96", LAB_FIXED, 1},
    {"stern_log2", "classical Stern, bit operations", LAB_FIXED, 1},
    {"estimate_log2", "Stern, root of iterations", LAB_FIXED, 1},
};

#define TABLE(report, name, columns) lab_table(report, name, columns, sizeof(columns) / sizeof *(columns))

/* ---- searches that were simulated */

struct totals {
    size_t instances, draws, labels, errors, compared, alike, marked, right, dirty, solved;
    size_t qubits, toffoli, iterations, states_log2;
    double log_tries, log_calls, success, theory, worst, ratio_most, seconds;
};

struct points {
    size_t n;
    double x[POINTS_MAX], y[POINTS_MAX];
};

static void add_point(struct points *p, double x, double y) {
    if (p->n < POINTS_MAX) {
        p->x[p->n] = x;
        p->y[p->n++] = y;
    }
}

static int add_instance(struct lab_report *report, const json_t *result, size_t n, struct totals *t, struct points *p) {
    size_t marked = lab_count(result, "marked");
    double calls = lab_number(result, "calls"), success = lab_number(result, "success");
    t->instances++;
    t->draws += lab_count(result, "draws");
    t->labels += lab_count(result, "labels");
    t->errors += lab_count(result, "errors");
    t->compared += lab_count(result, "compared");
    t->alike += lab_count(result, "alike");
    t->marked += marked;
    t->right += lab_count(result, "right");
    t->dirty += lab_count(result, "dirty");
    t->seconds += lab_number(result, "oracle_seconds");
    t->qubits = lab_count(result, "qubits");
    t->toffoli = lab_count(result, "toffoli");
    t->states_log2 = lab_count(result, "selection_qubits");
    if (!marked || calls <= 0)
        return 0;
    double tries = exp2((double)t->states_log2) / (double)marked;
    t->solved++;
    t->log_tries += log(tries);
    t->log_calls += log(calls);
    t->ratio_most = fmax(t->ratio_most, calls / sqrt(tries));
    t->worst = fmax(t->worst, lab_number(result, "worst"));
    t->iterations += lab_count(result, "iterations");
    if (t->solved == 1 || success < t->success) {
        t->success = success;
        t->theory = lab_number(result, "theory");
    }
    add_point(p, log(tries), log(calls));
    return lab_row(report, "instances",
                   json_pack("{s:I, s:f, s:f, s:O, s:f, s:O}", "n", (json_int_t)n, "tries", tries, "calls", calls,
                             "iterations", json_object_get(result, "iterations"), "success", success, "theory",
                             json_object_get(result, "theory")));
}

static int search_row(struct lab_report *report, size_t n, const struct totals *t) {
    double solved = (double)t->solved;
    return lab_row(report, "search",
                   json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "n", (json_int_t)n,
                             "instances", (json_int_t)t->instances, "draws", (json_int_t)t->draws, "qubits",
                             (json_int_t)t->qubits, "toffoli", (json_int_t)t->toffoli, "states_log2",
                             (json_int_t)t->states_log2, "tries", lab_real(exp(t->log_tries / solved)), "iterations",
                             lab_real((double)t->iterations / solved), "success",
                             lab_real(t->solved ? t->success : NAN), "theory", lab_real(t->solved ? t->theory : NAN),
                             "calls", lab_real(exp(t->log_calls / solved)), "ratio",
                             lab_real(exp((t->log_calls - t->log_tries / 2) / solved)), "oracle_seconds",
                             lab_real(t->seconds / (double)t->instances)));
}

static int claim_noise(struct lab_report *report, size_t n, const struct totals *t) {
    double low, high, theta = 1 / sqrt((double)n);
    statistics_exact(&low, &high, t->errors, t->labels, CERTAIN);
    return lab_claim_is(report, theta, LAB_RISK_TOLERANCE * theta, (double)t->errors / (double)t->labels, low, high,
                        "n = %zu: %zu of %zu labels are wrong, as n^(-1/2) = %.4f has it, to within a tenth", n,
                        t->errors, t->labels, theta);
}

static int claim_search(struct lab_report *report, size_t n, const struct totals *t) {
    int r = lab_claim(report, t->dirty == 0, (double)t->dirty, NAN, NAN,
                      "n = %zu: after the oracle and its inverse all qubits but the selection are 0 again, in each of "
                      "2^%zu states of %zu tasks",
                      n, t->states_log2, t->instances);
    if (r == 0)
        r = lab_claim(report, t->compared && t->alike == t->compared && t->right == t->marked,
                      (double)t->alike / (double)t->compared, NAN, NAN,
                      "n = %zu: the oracle marks what Gauss on a classical machine solves, on each of %zu selections, "
                      "and each of %zu marks is the secret",
                      n, t->compared, t->marked);
    if (r == 0)
        r = lab_claim(report, t->solved && t->worst < 1e-9, t->worst, NAN, NAN,
                      "n = %zu: success after any number of iterations is sin((2k+1) asin sqrt(M/N))^2, within 10^-9",
                      n);
    if (r == 0)
        r = lab_claim(report, t->solved && t->ratio_most < 4.5, t->ratio_most, NAN, NAN,
                      "n = %zu: with the number of solutions unknown at most 9/2 sqrt(N/M) calls of the oracle on "
                      "average (Boyer, Brassard, Hoyer, Tapp 1996)",
                      n);
    return r == 0 ? claim_noise(report, n, t) : r;
}

static int report_size(struct lab_report *report, size_t n, struct points *points) {
    struct totals t = {0};
    size_t cursor = 0;
    int r = 0;
    for (const json_t *unit; r == 0 && (unit = lab_next(report, "n", (json_int_t)n, &cursor));) {
        const char *part = json_string_value(json_object_get(json_object_get(unit, "parameters"), "part"));
        if (strcmp(part, "search") == 0)
            r = add_instance(report, json_object_get(unit, "result"), n, &t, points);
    }
    if (r == 0 && t.instances)
        r = search_row(report, n, &t);
    return r == 0 && t.instances ? claim_search(report, n, &t) : r;
}

/* The square root, seen: over tasks whose tries differ, calls grow with exponent 1/2. */
static int claim_root(struct lab_report *report, const struct points *p) {
    struct statistics_line line;
    double least = INFINITY, most = -INFINITY, sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        least = fmin(least, p->x[i]);
        most = fmax(most, p->x[i]);
        sum += p->y[i] - p->x[i] / 2;
    }
    int r = lab_value(report, "ratio", p->n ? exp(sum / (double)p->n) : NAN);
    if (r < 0 || p->n < 3 || most - least < log(4))
        return r;
    statistics_line(&line, p->x, p->y, p->n);
    return lab_claim_between(
        report, 0.45, 0.55, line.slope, line.slope_low, line.slope_high,
        "oracle calls grow as the square root of classical tries: exponent 1/2, within 0.05, over %zu tasks", p->n);
}

/* ---- circuits that were counted */

static int circuit_row(struct lab_report *report, const json_t *result, size_t n) {
    double size = (double)n, qubits = lab_number(result, "qubits"), toffoli = lab_number(result, "toffoli"),
           depth = lab_number(result, "toffoli_depth");
    return lab_row(report, "circuits",
                   json_pack("{s:I, s:O, s:f, s:O, s:f, s:f, s:O, s:f, s:O}", "n", (json_int_t)n, "qubits",
                             json_object_get(result, "qubits"), "qubits_share", qubits / size / size, "toffoli",
                             json_object_get(result, "toffoli"), "toffoli_share", toffoli / size / size / size,
                             "eliminate_share", lab_number(result, "eliminate_toffoli") / size / size / size,
                             "toffoli_depth", json_object_get(result, "toffoli_depth"), "depth_share",
                             depth / size / size, "cnot", json_object_get(result, "cnot")));
}

struct laws {
    struct points qubits, toffoli, depth;
    size_t counted, alike, largest;
    double qubits_share, toffoli_share, depth_share; /* of the largest: over 3/2 n^2, 4/3 n^3, 2 n^2 */
};

/* Whether counting gates and the formula say the same. */
static bool as_formula(const json_t *result, size_t n) {
    unsigned b = (unsigned)lab_count(result, "selection_qubits");
    uint32_t checks = (uint32_t)lab_count(result, "checks"), most = oracle_most(1 / sqrt((double)n), checks);
    return lab_count(result, "qubits") == oracle_qubits((uint32_t)n, b, checks, most) &&
           lab_count(result, "toffoli") == oracle_toffoli((uint32_t)n, b, checks, most) &&
           lab_count(result, "eliminate_toffoli") == eliminate_toffoli(n);
}

static int add_circuit(struct lab_report *report, const json_t *unit, struct laws *laws) {
    const json_t *parameters = json_object_get(unit, "parameters"), *result = json_object_get(unit, "result");
    size_t n = lab_count(parameters, "n");
    double size = (double)n;
    laws->counted++;
    laws->alike += as_formula(result, n);
    if (strcmp(json_string_value(json_object_get(parameters, "part")), "circuit") != 0)
        return 0;
    double qubits = lab_number(result, "qubits"), toffoli = lab_number(result, "toffoli"),
           depth = lab_number(result, "toffoli_depth");
    if (n >= FIT_FROM && qubits > 0 && toffoli > 0 && depth > 0) {
        add_point(&laws->qubits, log(size), log(qubits));
        add_point(&laws->toffoli, log(size), log(toffoli));
        add_point(&laws->depth, log(size), log(depth));
    }
    if (n > laws->largest) {
        laws->largest = n;
        laws->qubits_share = qubits / (1.5 * size * size);
        laws->toffoli_share = toffoli / (4 / 3.0 * size * size * size);
        laws->depth_share = depth / (2 * size * size);
    }
    return circuit_row(report, result, n);
}

static double exponent(const struct points *p) {
    struct statistics_line line;
    if (p->n < 3)
        return NAN;
    statistics_line(&line, p->x, p->y, p->n);
    return line.slope;
}

static int report_circuits(struct lab_report *report, struct laws *laws) {
    size_t i;
    json_t *unit;
    int r = TABLE(report, "circuits", circuit_columns);
    json_array_foreach(report->units, i, unit) {
        if (r == 0)
            r = add_circuit(report, unit, laws);
    }
    if (r == 0)
        r = lab_claim(report, laws->counted && laws->alike == laws->counted,
                      (double)laws->alike / (double)laws->counted, NAN, NAN,
                      "qubits and Toffoli gates, counted, are as many as the formulas say, in each of %zu circuits",
                      laws->counted);
    double a = exponent(&laws->qubits), b = exponent(&laws->toffoli), c = exponent(&laws->depth);
    if (r == 0 && !isnan(a))
        r = lab_note(
            report,
            "Fitted from n = %d on: qubits n^%.2f, Toffoli gates n^%.2f, their depth n^%.2f. At n = %zu they are "
            "%.3f of 3/2 n^2, %.3f of 4/3 n^3 and %.3f of 2 n^2, which the table of sets counts with.",
            FIT_FROM, a, b, c, laws->largest, laws->qubits_share, laws->toffoli_share, laws->depth_share);
    return r;
}

/* ---- the parameter sets, by formula */

static int set_row(struct lab_report *report, const struct params *p, const struct cost *c, const struct estimate *e) {
    return lab_row(report, "sets",
                   json_pack("{s:s, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "set", p->set.name, "n",
                             (int)p->n, "selections_log2", c->selections, "iterations_log2", c->iterations,
                             "depth_log2", c->depth, "qubits_log2", c->qubits, "unlimited_log2", c->toffoli,
                             "at40_log2", cost_at_depth(c, 40), "at64_log2", cost_at_depth(c, 64), "at96_log2",
                             cost_at_depth(c, 96), "stern_log2", e->stern.operations, "estimate_log2",
                             e->stern.quantum));
}

static void list(char *text, size_t size, const char *name) {
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used ? ", " : "", name);
}

static int report_sets(struct lab_report *report) {
    size_t n_sets;
    const struct params *table = params_table(&n_sets);
    char fewer[80] = "", fewer40[80] = "";
    int r = TABLE(report, "sets", set_columns);
    for (size_t i = 0; r == 0 && i < n_sets; i++) {
        struct cost c;
        struct estimate e;
        cost_of(&c, table[i].n, table[i].theta);
        estimate_set(&e, &table[i]);
        r = set_row(report, &table[i], &c, &e);
        if (c.toffoli < e.stern.operations)
            list(fewer, sizeof fewer, table[i].set.name);
        if (cost_at_depth(&c, 40) < e.stern.operations)
            list(fewer40, sizeof fewer40, table[i].set.name);
    }
    if (r == 0)
        r = lab_note(
            report,
            "Sets: log2, by formula. Toffoli gates of Grover on Prange, a machine without errors; with MAXDEPTH "
            "many machines share the search, and the total grows by depth/MAXDEPTH. Beside it bit operations of "
            "the classical Stern, and what eve estimate calls quantum: Stern with the square root of its "
            "iterations and all else, lookups in tables too, at the classical price. That is far more generous, "
            "no circuit is known for it, and it stays the number to be safe from.");
    if (r == 0)
        r = lab_note(
            report,
            "Fewer Toffoli gates than Stern's bit operations: %s without a limit, %s with MAXDEPTH 2^40. A Toffoli "
            "gate is 4 to 7 T gates, and error correction is not counted. Our qubits are those of a circuit "
            "for counting; O(n) are enough (Chevignard, Fouque, Schrottenloher, ASIACRYPT 2024).",
            fewer[0] ? fewer : "none", fewer40[0] ? fewer40 : "none");
    if (r == 0)
        r = lab_note(
            report,
            "For scale: a key search on AES-128 is 2^157/MAXDEPTH gates (NIST 2022), so 2^%.0f at MAXDEPTH 2^40 "
            "and 2^%.0f at 2^64; 2^96 is no limit to it.",
            cost_aes128(40), cost_aes128(64));
    return r;
}

int quantum_report(struct lab_report *report) {
    static const char *const names[] = {"search", "instances"};
    struct points points = {0};
    struct laws laws = {0};
    double bytes = lab_number(report->parameters, "memory_bytes");
    int r = 0;
    if (bytes > 0) {
        r = TABLE(report, names[0], search_columns);
        if (r == 0)
            r = TABLE(report, names[1], instance_columns);
    }
    for (size_t n = 1; r == 0 && bytes > 0 && n <= ORACLE_N_MAX; n++)
        r = report_size(report, n, &points);
    if (r == 0 && bytes > 0)
        r = claim_root(report, &points);
    if (r == 0)
        r = report_circuits(report, &laws);
    if (r == 0)
        r = report_sets(report);
    if (r == 0 && bytes > 0)
        r = lab_note(
            report,
            "A simulation on a classical machine, exact, in %.0f MB for each thread; all sums of amplitudes are real "
            "numbers of 53 bits. Tries: selections for each that gives the secret. A draw of samples "
            "without such a selection is followed by another.",
            ceil(bytes / 1e6));
    return r;
}

/* ---- figures */

const char quantum_search_figure[] =
    "set title 'Grover on Prange: the square root'\n"
    "set xlabel 'classical tries on average'\n"
    "set ylabel 'calls of the oracle on average'\n"
    "set logscale xy\n"
    "set format xy '10^{%L}'\n"
    "set xrange [50:2e6]\n"
    "set yrange [5:1e6]\n"
    "root = ratio == ratio ? sprintf(\", %.2f*sqrt(x) title '%.2f times the square root' lt 2\", ratio, ratio) : ''\n"
    "plot x title 'classical: one call a try' lt 8 @root, \\\n"
    "     'instances.tsv' using 'tries':'calls' with points title 'simulated, each a task' lt 1\n";

const char quantum_sets_figure[] =
    "set title 'What a quantum computer would pay, by formula'\n"
    "set xlabel 'dimension n'\n"
    "set ylabel 'log_2 of operations'\n"
    "set logscale x\n"
    "set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)\n"
    "set xrange [55:9500]\n"
    "set yrange [0:180]\n"
    "plot 'sets.tsv' using 'n':'at40_log2' with linespoints title 'Grover on Prange, Toffoli, MAXDEPTH 2^{40}' lt 2, "
    "\\\n"
    "     '' using 'n':'stern_log2' with linespoints title 'classical Stern, bit operations' lt 1, \\\n"
    "     '' using 'n':'at64_log2' with linespoints title 'Grover on Prange, MAXDEPTH 2^{64}' lt 3, \\\n"
    "     '' using 'n':'at96_log2' with linespoints title 'Grover on Prange, MAXDEPTH 2^{96}' lt 4, \\\n"
    "     '' using 'n':'estimate_log2' with linespoints title 'Stern with the root of its iterations' lt 5\n";

const char quantum_circuit_figure[] =
    "set title 'The oracle, counted'\n"
    "set xlabel 'dimension n'\n"
    "set ylabel 'for one call'\n"
    "set logscale xy\n"
    "set format y '10^{%L}'\n"
    "set xtics (16, 32, 64, 128, 256, 512)\n"
    "set xrange [14:600]\n"
    "set yrange [100:1e10]\n"
    "plot 'circuits.tsv' using 'n':'toffoli' with points title 'Toffoli gates' lt 1, 4.0/3*x**3 title '4/3 n^3' lt 1, "
    "\\\n"
    "     '' using 'n':'toffoli_depth' with points title 'their depth' lt 2, 2*x**2 title '2 n^2' lt 2, \\\n"
    "     '' using 'n':'qubits' with points title 'qubits' lt 3, 1.5*x**2 title '3/2 n^2' lt 3\n";
