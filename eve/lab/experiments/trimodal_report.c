#include "eve/lab/experiments/trimodal.h"

#include "common/task/lwe/rounding.h"
#include "eve/lab/statistics.h"
#include "eve/lab/toys/trio.h"
#include "eve/lattice/usvp.h"
#include "eve/learn/learner.h"
#include "eve/learners/estimate_lwe.h"

#include <math.h>
#include <string.h>

#define CERTAIN 0.9999999 /* of the intervals that decide: a false alarm in 10^7 */

static const struct lab_column subset_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"subset", "with labels and", LAB_TEXT, 0},
    {"number", "", LAB_HIDDEN, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"learned", "learned", LAB_INTEGER, 0},
    {"entries", "entries of s right", LAB_FIXED, 4},
    {"entries_low", "99.9% from", LAB_FIXED, 4},
    {"entries_high", "to", LAB_FIXED, 4},
    {"fresh", "fresh labels right", LAB_FIXED, 4},
    {"high", "top bits of the vectors left", LAB_FIXED, 4},
    {"left", "what is left to learn from", LAB_TEXT, 0},
};
static const struct lab_column rule_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"who", "who", LAB_TEXT, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"learned", "learned", LAB_INTEGER, 0},
    {"entries", "entries of s right", LAB_FIXED, 4},
};
static const struct lab_column price_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"eta", "eta", LAB_INTEGER, 0},
    {"samples", "plain samples, each half", LAB_INTEGER, 0},
    {"failure_log2", "fails, 2^", LAB_FIXED, 1},
    {"hide_log2", "one half from uniform, 2^", LAB_FIXED, 1},
    {"beta_two", "BKZ, two modalities", LAB_INTEGER, 0},
    {"beta", "three", LAB_INTEGER, 0},
    {"core_two", "core-SVP, two", LAB_FIXED, 0},
    {"core", "three", LAB_FIXED, 0},
};

#define TABLE(report, name, columns) lab_table(report, name, columns, sizeof(columns) / sizeof *(columns))

static const char *const left[TRIMODAL_SUBSETS] = {
    [TRIMODAL_X] = "LWE",
    [TRIMODAL_Y] = "labels without vectors",
    [TRIMODAL_W] = "labels without vectors",
    [TRIMODAL_X | TRIMODAL_Y] = "LWE: as hard as x alone",
    [TRIMODAL_X | TRIMODAL_W] = "LWE: as hard as x alone",
    [TRIMODAL_Y | TRIMODAL_W] = "the secret; x is needed to use it",
    [TRIMODAL_X | TRIMODAL_Y | TRIMODAL_W] = "the secret",
};
static const char *const whose[RULE_ROWS] = {
    [RULE_Y] = "Y",
    [RULE_W] = "W",
    [RULE_W_TOLD] = "W, told Y's sums",
    [RULE_ONE_PUBLISHED] = "a listener, if Y's sums were public",
    [RULE_BOTH_PUBLISHED] = "a listener, if both were",
};

static bool has_both(unsigned subset) {
    return subset & TRIMODAL_Y && subset & TRIMODAL_W;
}

struct totals {
    size_t sessions, learned, exact, entries, right, labels, wrong, numbers, high;
};

static void add(struct totals *t, const json_t *score) {
    t->sessions += lab_count(score, "sessions");
    t->learned += lab_count(score, "learned");
    t->exact += lab_count(score, "exact");
    t->entries += lab_count(score, "entries");
    t->right += lab_count(score, "right");
    t->labels += lab_count(score, "labels");
    t->wrong += lab_count(score, "wrong");
    t->numbers += lab_count(score, "numbers");
    t->high += lab_count(score, "high");
}

static double share(size_t part, size_t all) {
    return (double)part / (double)all;
}

/* How often the level of a uniform number is an entry of s. */
static double chance(void) {
    static const double of_secret[] = {1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0};
    double sum = 0;
    for (uint32_t v = 0; v < 65536; v++)
        sum += of_secret[rounding_level((uint16_t)v) + 2] / 65536;
    return sum;
}

static int claim_share(struct lab_report *report, const char *set, const char *what, size_t part, size_t all,
                       double expected) {
    double low = NAN, high = NAN;
    if (all)
        statistics_exact(&low, &high, part, all, CERTAIN);
    return lab_claim_is(report, expected, LAB_RISK_TOLERANCE * expected, share(part, all), low, high,
                        "%s, %s: %.5f expected, to within a tenth, over %zu", set, what, expected, all);
}

/* ---- the seven subsets */

static int subset_row(struct lab_report *report, const struct set *set, unsigned subset, const struct totals *t) {
    double low = NAN, high = NAN;
    if (t->entries)
        learn_wilson(&low, &high, t->right, t->entries);
    return lab_row(report, "subsets",
                   json_pack("{s:s, s:s, s:i, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:s}", "set", set->name, "subset",
                             trimodal_names[subset], "number", (int)subset, "sessions", (json_int_t)t->sessions,
                             "learned", (json_int_t)t->learned, "entries", lab_real(share(t->right, t->entries)),
                             "entries_low", lab_real(low), "entries_high", lab_real(high), "fresh",
                             lab_real(1 - share(t->wrong, t->labels)), "high",
                             lab_real(subset & TRIMODAL_X ? share(t->high, t->numbers) : NAN), "left", left[subset]));
}

static int claim_subset(struct lab_report *report, const struct set *set, unsigned subset, const struct totals *t) {
    char what[80];
    struct trio_params p;
    const char *name = trimodal_names[subset];
    trio_params_of(&p, lwe_params_of(set));
    if (has_both(subset)) {
        int r = lab_claim(report, t->sessions && t->exact == t->sessions && t->learned == t->sessions,
                          share(t->exact, t->sessions), NAN, NAN,
                          "%s, %s: the secret is learned in each of %zu sessions", set->name, name, t->sessions);
        snprintf(what, sizeof what, "%s: risk on fresh labels is that of the task", name);
        return r == 0 ? claim_share(report, set->name, what, t->wrong, t->labels, trio_risk(&p)) : r;
    }
    snprintf(what, sizeof what, "%s: entries of the secret are right by chance", name);
    int r = claim_share(report, set->name, what, t->right, t->entries, chance());
    snprintf(what, sizeof what, "%s: fresh labels are predicted as by a coin", name);
    if (r == 0)
        r = claim_share(report, set->name, what, t->wrong, t->labels, 0.5);
    snprintf(what, sizeof what, "%s: top bits of what is left of the vectors are a coin's", name);
    if (r == 0 && subset & TRIMODAL_X)
        r = claim_share(report, set->name, what, t->high, t->numbers, 0.5);
    return r;
}

/* ---- the two-person rule */

static int report_rule(struct lab_report *report, const struct set *set, const struct totals *rows) {
    int r = 0;
    for (unsigned i = 0; r == 0 && i < RULE_ROWS; i++)
        r = lab_row(report, "rule",
                    json_pack("{s:s, s:s, s:I, s:I, s:o}", "set", set->name, "who", whose[i], "sessions",
                              (json_int_t)rows[i].sessions, "learned", (json_int_t)rows[i].learned, "entries",
                              lab_real(share(rows[i].right, rows[i].entries))));
    const struct totals *told = &rows[RULE_W_TOLD];
    size_t alone = rows[RULE_Y].learned + rows[RULE_W].learned + rows[RULE_ONE_PUBLISHED].learned;
    if (r == 0)
        r = lab_claim(report, told->sessions && told->exact == told->sessions && alone == 0,
                      share(told->exact, told->sessions), NAN, NAN,
                      "%s: two persons, each with half of the captions, learn when Y tells W its sums, in each of %zu "
                      "sessions; neither alone, nor who hears these sums, does in any (%zu do)",
                      set->name, told->sessions, alone);
    return r;
}

/* ---- what it costs, by formula */

static int price_row(struct lab_report *report, const struct lwe_params *set) {
    struct trio_params p;
    struct estimate_lwe two;
    struct usvp three;
    trio_params_of(&p, set);
    estimate_lwe_set(&two, set);
    struct usvp_task task = {
        .n = p.n, .samples = 2 * p.m + p.n, .modulus_log2 = 16, .error = sqrt(p.eta / 2.0), .secret = 1};
    usvp_estimate(&three, &task);
    return lab_row(report, "price",
                   json_pack("{s:s, s:i, s:i, s:i, s:f, s:f, s:i, s:i, s:f, s:f}", "set", set->set.name, "n", (int)p.n,
                             "eta", (int)p.eta, "samples", (int)p.m, "failure_log2", trio_failure_log2(&p), "hide_log2",
                             trio_hide_log2(&p), "beta_two", (int)two.primal.beta, "beta", (int)three.beta, "core_two",
                             two.classical, "core", usvp_core_classical(three.beta)));
}

static int report_price(struct lab_report *report) {
    int r = TABLE(report, "price", price_columns);
    const struct lwe_params *set;
    for (size_t i = 0; r == 0 && (set = lwe_params_at(i)); i++)
        r = price_row(report, set);
    return r;
}

/* ---- all of it */

static int report_set(struct lab_report *report, const struct set *set) {
    struct totals subsets[TRIMODAL_SUBSETS] = {0}, rule[RULE_ROWS] = {0};
    size_t cursor = 0;
    int r = 0;
    for (const json_t *unit; (unit = lab_next_of(report, set, &cursor));) {
        const json_t *result = json_object_get(unit, "result");
        for (unsigned i = 1; i < TRIMODAL_SUBSETS; i++)
            add(&subsets[i], json_array_get(json_object_get(result, "subsets"), i - 1));
        for (unsigned i = 0; i < RULE_ROWS; i++)
            add(&rule[i], json_array_get(json_object_get(result, "rule"), i));
    }
    if (cursor == 0 || subsets[TRIMODAL_X].sessions == 0)
        return 0;
    for (unsigned i = 1; r == 0 && i < TRIMODAL_SUBSETS; i++) {
        r = subset_row(report, set, i, &subsets[i]);
        if (r == 0)
            r = claim_subset(report, set, i, &subsets[i]);
    }
    return r == 0 ? report_rule(report, set, rule) : r;
}

int trimodal_report(struct lab_report *report) {
    const struct lwe_params *set;
    int r = TABLE(report, "subsets", subset_columns);
    if (r == 0)
        r = TABLE(report, "rule", rule_columns);
    for (size_t i = 0; r == 0 && (set = lwe_params_at(i)); i++)
        r = report_set(report, &set->set);
    if (r == 0)
        r = report_price(report);
    if (r == 0)
        r = lab_note(report, "A separation of two modalities gives one of any number by secret sharing of the caption, "
                             "y = y_2 xor ... xor y_k: true, and trivial. Here nobody deals shares out.");
    if (r == 0)
        r = lab_note(
            report,
            "Learned: a hypothesis that leaves of all plain labels what noise can be. With y and w the "
            "learner reads labels and recipes alone; x is what its hypothesis is used on. By chance: a "
            "uniform number's level is %.4f of the time that of s. Top bits: of x with the captions at "
            "hand taken out; with both D u_j is left. To whoever has x, LWE is left, with one caption as without: at "
            "these toys lattice reduction solves that from x and labels (eve lab hardness --sets lwe).",
            chance());
    if (r == 0)
        r = lab_note(report,
                     "Price: by formula, core-SVP of the primal attack, and in another currency than LPN's bit "
                     "operations; twice the noise in what is learned from, hence half of eta. Experimental, as "
                     "the task lwe is. The rule is no key agreement of three: a group's key is a star of pairs.");
    return r;
}

/* ---- figures */

const char trimodal_figure[] =
    "set title 'Three modalities: only both captions together learn'\n"
    "set xlabel 'modalities beside the labels'\n"
    "set ylabel 'entries of the secret that are right'\n"
    "set xrange [0.4:7.6]\n"
    "set yrange [0:1.25]\n"
    "set ytics 0, 0.2, 1\n"
    "set xtics ('x' 1, 'y' 2, 'x, y' 3, 'w' 4, 'x, w' 5, 'y, w' 6, 'x, y, w' 7)\n"
    "plot 0.2 title 'by chance' lt 8, \\\n"
    "     'subsets.tsv' using 'number':'entries':'entries_low':'entries_high' with yerrorbars title "
    "'measured at each set, with 99.9% interval' lt 1\n";

const char trimodal_price_figure[] =
    "set title 'What the second caption holder costs'\n"
    "set xlabel 'dimension n'\n"
    "set ylabel 'core-SVP, log_2'\n"
    "set xrange [200:1080]\n"
    "set yrange [0:260]\n"
    "set xtics (256, 448, 640, 1024)\n"
    "plot 'price.tsv' using 'n':'core_two' with linespoints title 'two modalities' lt 1, \\\n"
    "     '' using 'n':'core' with linespoints title 'three' lt 2\n";
