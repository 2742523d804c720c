#include "eve/lab/experiments/oneway.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/modality.h"
#include "eve/lab/statistics.h"
#include "eve/learners/estimate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIT_SIZES = 5,    /* a fit over fewer says little */
    FIGURE_SIZES = 3, /* sizes in the figure of modalities alike */
};

static const struct lab_column growth_columns[] = {
    {"n", "n", LAB_INTEGER, 0},
    {"w", "w", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"vector_seconds", "y to x: s a vector", LAB_SHORT, 3},
    {"recipes_found", "x to y: found", LAB_INTEGER, 0},
    {"recipe_seconds", "s a recipe", LAB_SHORT, 3},
    {"recipe_low_seconds", "95% from", LAB_SHORT, 3},
    {"recipe_high_seconds", "to", LAB_SHORT, 3},
    {"expected_seconds", "not found: expected", LAB_DURATION, 0},
    {"heterogeneity_bits", "ratio, bits", LAB_FIXED, 1},
    {"heterogeneity_low", "", LAB_HIDDEN, 0},
    {"heterogeneity_high", "", LAB_HIDDEN, 0},
    {"model_bits", "best known, bits", LAB_FIXED, 1},
};

static const struct lab_column alike_columns[] = {
    {"n", "n", LAB_INTEGER, 0},
    {"w", "w", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"learned", "bimodal: learned", LAB_INTEGER, 0},
    {"bimodal_seconds", "median s", LAB_SHORT, 2},
    {"recipes_solved", "recipes: solved", LAB_INTEGER, 0},
    {"recipes_seconds", "median s", LAB_SHORT, 2},
    {"recipes_expected_seconds", "else expected", LAB_DURATION, 0},
    {"labels_solved", "labels: solved", LAB_INTEGER, 0},
    {"labels_seconds", "median s", LAB_SHORT, 2},
    {"labels_expected_seconds", "else expected", LAB_DURATION, 0},
    {"separation", "unimodal/bimodal", LAB_SHORT, 2},
    {"separation_expected", "", LAB_HIDDEN, 0}, /* the same where it is not measured */
};

struct totals {
    size_t sessions, searched, learned, wrong, checked;
    size_t found, recipes_solved, labels_solved;
    double vector_seconds, search_seconds; /* sums over sessions */
    /* of each session */
    double *bimodal, *recipes, *labels;
    double recipes_expected, labels_expected; /* means */
};

static void totals_free(struct totals *t) {
    free(t->bimodal);
    free(t->recipes);
    free(t->labels);
}

static bool is_solved(const json_t *attack) {
    const char *status = json_string_value(json_object_get(attack, "status"));
    return status && strcmp(status, "solved") == 0;
}

/* null is infinite: no try succeeds, as far as the model tells */
static double expected_of(const json_t *attack) {
    const json_t *value = json_object_get(attack, "expected_seconds");
    return json_is_number(value) ? json_number_value(value) : INFINITY;
}

static int totals_make(struct totals *t, const struct lab_report *report, const char *part, uint32_t n, uint32_t w) {
    size_t cursor = 0, all = json_array_size(report->units);
    *t = (struct totals){0};
    t->bimodal = malloc((all + 1) * sizeof *t->bimodal);
    t->recipes = malloc((all + 1) * sizeof *t->recipes);
    t->labels = malloc((all + 1) * sizeof *t->labels);
    if (!t->bimodal || !t->recipes || !t->labels) {
        totals_free(t);
        return -ENOMEM;
    }
    size_t n_labels = 0;
    for (const json_t *unit; (unit = lab_next(report, "n", n, &cursor));) {
        const json_t *parameters = json_object_get(unit, "parameters"), *result = json_object_get(unit, "result");
        if (strcmp(json_string_value(json_object_get(parameters, "part")), part) != 0 ||
            lab_count(parameters, "w") != w)
            continue;
        const json_t *recipe = json_object_get(result, "recipe"), *isd = json_object_get(result, "isd");
        double vectors = lab_number(result, "vector_seconds"),
               all_seconds = lab_number(recipe, "seconds_to_all_recipes");
        t->bimodal[t->sessions++] = vectors + lab_number(result, "learn_seconds");
        t->vector_seconds += vectors;
        t->learned += json_is_true(json_object_get(result, "learned"));
        t->wrong += lab_count(result, "vectors_wrong");
        t->checked += lab_count(result, "vectors_checked");
        if (recipe) {
            t->found += (size_t)lab_number(recipe, "recipes_found");
            t->search_seconds += all_seconds > 0 ? all_seconds : lab_number(recipe, "seconds");
            t->recipes_expected += expected_of(recipe);
            t->searched++;
            if (is_solved(recipe))
                t->recipes[t->recipes_solved++] = lab_number(recipe, "seconds");
        }
        if (isd) {
            t->labels_expected += expected_of(isd);
            n_labels++;
            if (is_solved(isd))
                t->labels[t->labels_solved++] = lab_number(isd, "seconds");
        }
    }
    t->recipes_expected = t->searched ? t->recipes_expected / (double)t->searched : NAN;
    t->labels_expected = n_labels ? t->labels_expected / (double)n_labels : NAN;
    return 0;
}

/* Seconds of a search for `found` events in a time: the exact interval for a Poisson rate (Garwood 1936), by Wilson and
 * Hilferty's approximation of the chi-square quantiles. */
static void poisson_seconds(double *lowp, double *highp, double seconds, size_t found) {
    double d = (double)found, up = d + 1, z = STATISTICS_Z95;
    double high = up * pow(1 - 1 / (9 * up) + z / (3 * sqrt(up)), 3);
    double low = found ? d * pow(1 - 1 / (9 * d) - z / (3 * sqrt(d)), 3) : 0;
    *lowp = seconds / high;
    *highp = low > 0 ? seconds / low : INFINITY;
}

/* What is gathered for the fits. */
struct growth {
    double log_n[LAB_N_MAX], log_vector[LAB_N_MAX];
    double root_n[LAB_N_MAX], log_recipe[LAB_N_MAX];
    size_t n_vector, n_recipe;
    size_t wrong, checked, sessions, learned;
    bool some_rates, some_expected; /* for the figures: whether there is what is not measured */
};

static int report_growth(struct lab_report *report, uint32_t n, uint32_t w, struct growth *g) {
    struct params p;
    struct totals t;
    struct estimate model;
    int r = modality_params(&p, n, w);
    if (r == 0)
        r = totals_make(&t, report, "growth", n, w);
    if (r < 0)
        return r;
    double entropy = -p.p * log2(p.p) - (1 - p.p) * log2(1 - p.p), needed = n / (1 - entropy);
    double vector = t.vector_seconds / (double)t.sessions / p.k, recipe = NAN, low = NAN, high = NAN, expected = NAN;
    if (t.found) {
        recipe = t.search_seconds / (double)t.found;
        poisson_seconds(&low, &high, t.search_seconds, t.found);
    } else if (t.searched) {
        expected = t.recipes_expected / needed;
    }
    estimate_set(&model, &p);
    r = lab_row(report, "growth",
                json_pack("{s:i, s:i, s:I, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "n", (int)n, "w", (int)w,
                          "sessions", (json_int_t)t.sessions, "vector_seconds", lab_real(vector), "recipes_found",
                          (json_int_t)t.found, "recipe_seconds", lab_real(recipe), "recipe_low_seconds", lab_real(low),
                          "recipe_high_seconds", lab_real(high), "expected_seconds", lab_real(expected),
                          "heterogeneity_bits", lab_real(log2((t.found ? recipe : expected) / vector)),
                          "heterogeneity_low", lab_real(log2(low / vector)), "heterogeneity_high",
                          lab_real(log2(high / vector)), "model_bits",
                          lab_real(model.recipe_one.operations - log2((double)w * n))));
    g->some_rates |= isfinite(expected);
    g->log_n[g->n_vector] = log(n);
    g->log_vector[g->n_vector++] = log(vector);
    if (t.found) {
        g->root_n[g->n_recipe] = sqrt(n);
        g->log_recipe[g->n_recipe++] = log(recipe);
    }
    g->wrong += t.wrong;
    g->checked += t.checked;
    g->sessions += t.sessions;
    g->learned += t.learned;
    totals_free(&t);
    return r;
}

static int claim_growth(struct lab_report *report, const struct growth *g) {
    struct statistics_line line = STATISTICS_NO_LINE;
    int r = 0;
    if (g->n_vector >= FIT_SIZES)
        statistics_line(&line, g->log_n, g->log_vector, g->n_vector);
    r = lab_line(report, "vector", &line);
    if (r == 0 && g->n_vector >= FIT_SIZES)
        r = lab_claim_between(report, -INFINITY, 3, line.slope, line.slope_low, line.slope_high,
                              "from y to x is easy: a vector costs about n^%.2f, by a fit over %zu sizes", line.slope,
                              g->n_vector);
    line = STATISTICS_NO_LINE;
    if (g->n_recipe >= FIT_SIZES)
        statistics_line(&line, g->root_n, g->log_recipe, g->n_recipe);
    if (r == 0)
        r = lab_line(report, "recipe", &line);
    if (r == 0 && g->n_recipe >= FIT_SIZES)
        r = lab_claim_between(
            report, 0, INFINITY, line.slope, line.slope_low, line.slope_high,
            "from x to y gets hard: a recipe costs about exp(%.2f sqrt n), by a fit over the %zu sizes at "
            "which some were found",
            line.slope, g->n_recipe);
    return r;
}

/* The ratios of one n that the claims compare. */
struct closing {
    double none, swept, most; /* w = 0; the largest w that is swept; the set's own w, over the recipes alone */
    double road;              /* the same at w = 0 */
};

static int report_alike(struct lab_report *report, const struct params *p, struct closing *c, struct growth *g) {
    struct totals t;
    int r = totals_make(&t, report, "alike", p->n, p->w);
    if (r < 0)
        return r;
    double bimodal = statistics_median(t.bimodal, t.sessions), recipes = statistics_median(t.recipes, t.recipes_solved),
           labels = statistics_median(t.labels, t.labels_solved);
    double over_recipes = t.recipes_solved == t.searched ? recipes : t.recipes_expected,
           over_labels = 2 * t.labels_solved > t.searched ? labels : t.labels_expected;
    double best = isnan(over_labels) ? over_recipes : fmin(over_recipes, over_labels);
    bool measured = best == recipes || best == labels;
    r = lab_row(report, "alike",
                json_pack("{s:i, s:i, s:I, s:I, s:o, s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "n", (int)p->n, "w",
                          (int)p->w, "sessions", (json_int_t)t.sessions, "learned", (json_int_t)t.learned,
                          "bimodal_seconds", lab_real(bimodal), "recipes_solved", (json_int_t)t.recipes_solved,
                          "recipes_seconds", lab_real(recipes), "recipes_expected_seconds",
                          lab_real(t.recipes_solved == t.searched ? NAN : t.recipes_expected), "labels_solved",
                          (json_int_t)t.labels_solved, "labels_seconds", lab_real(labels), "labels_expected_seconds",
                          lab_real(over_labels == labels ? NAN : t.labels_expected), "separation",
                          lab_real(best / bimodal), "separation_expected", lab_real(measured ? NAN : best / bimodal)));
    if (r == 0 && p->w <= ONEWAY_SWEPT)
        r = lab_claim(report, t.recipes_solved == t.searched, (double)t.recipes_solved / (double)t.searched, NAN, NAN,
                      "n%u, recipes of %u: from x alone all recipes are found, and the secret learned, in each of %zu "
                      "sessions",
                      p->n, p->w, t.searched);
    if (p->w == 0) {
        c->none = best / bimodal;
        c->road = over_recipes;
    }
    if (p->w <= ONEWAY_SWEPT)
        c->swept = best / bimodal;
    c->most = over_recipes; /* w ascends */
    g->some_expected |= !measured && isfinite(best);
    g->wrong += t.wrong;
    g->checked += t.checked;
    g->sessions += t.sessions;
    g->learned += t.learned;
    totals_free(&t);
    return r;
}

static bool has(const struct lab_report *report, const char *part, uint32_t n, uint32_t w) {
    size_t cursor = 0;
    for (const json_t *unit; (unit = lab_next(report, "n", n, &cursor));) {
        const json_t *parameters = json_object_get(unit, "parameters");
        if (strcmp(json_string_value(json_object_get(parameters, "part")), part) == 0 &&
            lab_count(parameters, "w") == w)
            return true;
    }
    return false;
}

static int report_alike_all(struct lab_report *report, uint32_t n, struct growth *g) {
    struct params set, p;
    struct closing c = {NAN, NAN, NAN, NAN};
    int r = params_make(&set, n);
    for (uint32_t w = 0; r == 0 && w <= set.w; w++)
        if (has(report, "alike", n, w)) {
            r = modality_params(&p, n, w);
            if (r == 0)
                r = report_alike(report, &p, &c, g);
        }
    if (r == 0 && !isnan(c.none))
        r = lab_claim(report, c.none < 100, c.none, NAN, NAN,
                      "n%u: with modalities alike (w = 0) the separation is closed: learning from x takes a small "
                      "multiple of the time from x and y",
                      n);
    if (r == 0 && set.w > ONEWAY_SWEPT && !isnan(c.none))
        r = lab_claim(report, c.most > 1e4 * c.road, c.most / c.road, NAN, NAN,
                      "n%u: with the set's own w = %u this road takes more than 10^4 times as long as with w = 0", n,
                      set.w);
    return r;
}

static int report_lpn(struct lab_report *report) {
    struct growth g = {0};
    struct params p;
    int r = lab_table(report, "growth", growth_columns, sizeof growth_columns / sizeof growth_columns[0]);
    for (uint32_t n = 32; r == 0 && n <= PARAMS_N_MAX; n += 32) {
        size_t cursor = 0;
        if (!lab_next(report, "n", n, &cursor))
            continue;
        r = task_set(&p, n);
        if (r == 0 && has(report, "growth", n, p.w))
            r = report_growth(report, n, p.w, &g);
    }
    if (r == 0)
        r = claim_growth(report, &g);
    if (r == 0)
        r = lab_table(report, "alike", alike_columns, sizeof alike_columns / sizeof alike_columns[0]);
    double sizes[FIGURE_SIZES] = {NAN, NAN, NAN};
    size_t n_sizes = 0;
    for (uint32_t n = 64; r == 0 && n <= ONEWAY_SEARCH_N_MAX; n += 32)
        if (has(report, "alike", n, 0)) {
            r = report_alike_all(report, n, &g);
            sizes[n_sizes < FIGURE_SIZES ? n_sizes++ : FIGURE_SIZES - 1] = n;
        }
    lab_value(report, "some_rates", g.some_rates);
    lab_value(report, "some_expected", g.some_expected);
    for (size_t i = 0; r == 0 && i < FIGURE_SIZES; i++)
        r = lab_value(report, (const char *[]){"size_1", "size_2", "size_3"}[i], sizes[i]);
    if (r == 0)
        r = lab_claim(report, g.wrong == 0, (double)g.wrong, NAN, NAN,
                      "each vector is the sum that its recipe says: %zu of %zu are not, added up row by row", g.wrong,
                      g.checked);
    if (r == 0)
        r = lab_claim(report, g.learned == g.sessions, (double)g.learned / (double)g.sessions, NAN, NAN,
                      "with both modalities the secret is learned in each of %zu sessions", g.sessions);
    if (r == 0)
        r = lab_note(report, "Times are processor time of one core. A recipe: the time of the search divided by the "
                             "recipes that it found, with the interval of a Poisson rate.");
    if (r == 0)
        r = lab_note(report, "Ratio: of the time for a recipe to that for a vector. Best known: of the bit operations "
                             "of the best search by formula (eve estimate) to w n. Bimodal: vectors and learning.");
    return r;
}

int oneway_report(struct lab_report *report) {
    int r = lab_has_lpn(report) ? report_lpn(report) : 0;
    return r == 0 ? oneway_tasks_report(report) : r;
}

/* ---- figures */

const char oneway_growth_figure[] =
    "set title 'From recipes to vectors, and back'\n"
    "set xlabel 'dimension n'\n"
    "set ylabel 'processor seconds for one vector or recipe'\n"
    "set logscale xy\n"
    "set format y '10^{%L}'\n"
    "set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)\n"
    "set xrange [55:9500]\n"
    "set yrange [1e-9:1e25]\n"
    "rates = some_rates ? \", 'growth.tsv' using 'n':'expected_seconds' with points title 'a recipe, expected from her "
    "rate' lt 8\" : ''\n"
    "lines = vector_b == vector_b ? \", '+' using 1:(low('vector', log($1))):(high('vector', log($1))) with "
    "filledcurves lc rgb '#000000' fs transparent solid 0.15 noborder title '95% band', fit('vector', log(x)) title "
    "sprintf('fit: a n^{%.2f}', vector_b) lt 1\" : ''\n"
    "curves = recipe_b == recipe_b ? \", '+' using 1:($1 < 1100 ? low('recipe', sqrt($1)) : NaN):(high('recipe', "
    "sqrt($1))) with filledcurves lc rgb '#b2182b' fs transparent solid 0.15 noborder title '95% band', (x < 1100 ? "
    "fit('recipe', sqrt(x)) : NaN) title 'the fit, extrapolated' lt 8, (inside('recipe', sqrt(x)) ? fit('recipe', "
    "sqrt(x)) : NaN) title sprintf('fit: a exp(%.2f sqrt n)', recipe_b) lt 2\" : ''\n"
    "plot 'growth.tsv' using 'n':'recipe_seconds':'recipe_low_seconds':'recipe_high_seconds' with yerrorbars "
    "title 'x to y: a recipe, measured' lt 2, 'growth.tsv' using 'n':'vector_seconds' with points title "
    "'y to x: a vector, measured' lt 1 @lines @curves @rates\n";

const char oneway_alike_figure[] =
    "set title 'When the modalities become alike, the separation closes'\n"
    "set xlabel 'weight w of a recipe'\n"
    "set ylabel 'time from x alone / time from x and y'\n"
    "set logscale y\n"
    "set format y '10^{%L}'\n"
    "set xrange [-0.5:14.5]\n"
    "set yrange [1:*]\n"
    "set xtics 1\n"
    "known(n) = n == n ? sprintf('%d ', n) : ''\n"
    "sizes = known(size_1).known(size_2).known(size_3)\n"
    "set datafile missing '-'\n" /* NaN is to be compared */
    "at(n) = column('n') == n ? column('w') : NaN\n"
    "seen(n) = column('n') == n && strcol('separation_expected') eq 'NaN' ? column('w') : -9\n"
    "others = some_expected ? \", 'alike.tsv' using 'w':'separation_expected' with points title 'expected from her "
    "rate, "
    "not measured' lt 8\" : ''\n"
    "plot for [i=1:words(sizes)] 'alike.tsv' using (at(word(sizes, i) + 0)):'separation' with lines lt i notitle, for "
    "[i=1:words(sizes)] '' using (seen(word(sizes, i) + 0)):'separation' with points lt i notitle, for "
    "[i=1:words(sizes)] keyentry with linespoints lt i title 'n = '.word(sizes, i) @others\n";
