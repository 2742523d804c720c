#include "eve/lab/experiments/window.h"
#include "eve/lab/instance.h"
#include "eve/lab/statistics.h"
#include "eve/learners/estimate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CERTAIN 0.9999999 /* of the intervals that decide: a false alarm in 10^7 */

enum { ROWS = 101, RULES = 2, COLUMNS_MAX = LAB_N_MAX };

/* More than half of the sessions decide what a cell is. */
enum state { NOBODY, EVE_ALONE, WINDOW, BOTH };

static const char letters[] = ".eWb";

struct cell {
    size_t sessions, learned, labels, recipes, recipe_tries; /* of Eve: sessions solved by each road */
    size_t fresh_labels, fresh_errors, said, wrong;          /* said: solved, by Eve's learners; wrong: of these */
    double label_operations, recipe_operations, seconds;
};

struct map {
    uint32_t n[COLUMNS_MAX]; /* ascending */
    size_t n_columns;
    bool rows[ROWS];                         /* hundredths that there are */
    struct cell (*cells)[ROWS][COLUMNS_MAX]; /* by rule */
};

static const struct shape alice_shape[] = {{.name = "learned", .type = SHAPE_BOOLEAN},
                                           SHAPE_SECONDS("seconds"),
                                           SHAPE_COUNT("fresh_labels"),
                                           SHAPE_COUNT_OF("fresh_errors", "fresh_labels"),
                                           {0}};
static const struct shape eve_shape[] = {
    {.name = "solved", .type = SHAPE_BOOLEAN}, {.name = "right", .type = SHAPE_BOOLEAN}, SHAPE_SECONDS("seconds"), {0}};
const struct shape window_shape[] = {
    {.name = "bimodal", .type = SHAPE_OBJECT, .of = alice_shape},
    {.name = "label_operations_log2", .type = SHAPE_NUMBER, .most = 1e9, .or_null = true},
    {.name = "recipe_operations_log2", .type = SHAPE_NUMBER, .most = 1e9, .or_null = true},
    {.name = "gauss", .type = SHAPE_OBJECT, .of = eve_shape, .optional = true},
    {.name = "isd", .type = SHAPE_OBJECT, .of = eve_shape, .optional = true},
    {.name = "recipe", .type = SHAPE_OBJECT, .of = eve_shape, .optional = true},
    {0}};

static size_t column_of(struct map *map, uint32_t n) {
    size_t i = 0;
    while (i < map->n_columns && map->n[i] != n)
        i++;
    if (i == map->n_columns && i < COLUMNS_MAX)
        map->n[map->n_columns++] = n;
    return i < COLUMNS_MAX ? i : COLUMNS_MAX - 1;
}

static void count_eve(struct cell *c, size_t *solvedp, const json_t *said) {
    bool solved = json_is_true(json_object_get(said, "solved")), right = json_is_true(json_object_get(said, "right"));
    *solvedp += solved && right;
    c->said += solved;
    c->wrong += solved && !right;
}

static void collect(struct map *map, const struct lab_report *report) {
    size_t i;
    json_t *unit;
    json_array_foreach(report->units, i, unit) {
        const json_t *parameters = json_object_get(unit, "parameters"), *result = json_object_get(unit, "result");
        const json_t *alice = json_object_get(result, "bimodal");
        size_t a = lab_count(parameters, "a") % ROWS, rule = lab_count(parameters, "rule") % RULES;
        struct cell *c = &map->cells[rule][a][column_of(map, (uint32_t)lab_count(parameters, "n"))];
        map->rows[a] = true;
        c->sessions++;
        c->learned += json_is_true(json_object_get(alice, "learned"));
        c->fresh_labels += lab_count(alice, "fresh_labels");
        c->fresh_errors += lab_count(alice, "fresh_errors");
        c->seconds += lab_number(alice, "seconds");
        c->label_operations = lab_number(result, "label_operations_log2");
        c->recipe_operations = lab_number(result, "recipe_operations_log2");
        count_eve(c, &c->labels, json_object_get(result, "gauss"));
        count_eve(c, &c->labels, json_object_get(result, "isd"));
        count_eve(c, &c->recipes, json_object_get(result, "recipe"));
        c->recipe_tries += json_object_get(result, "recipe") != NULL;
    }
}

/* A cell as it is told: at a = 1/2 the rules are one, and Eve's work on labels is that of the rule `fixed`. */
static struct cell cell_of(const struct map *map, enum window_rule rule, unsigned a, size_t column) {
    struct cell c = map->cells[a == 50 ? WINDOW_FIXED : rule][a][column];
    c.labels = map->cells[WINDOW_FIXED][a][column].labels;
    return c;
}

static enum state state_of(const struct cell *c) {
    bool alice = 2 * c->learned > c->sessions, eve = 2 * c->labels > c->sessions || 2 * c->recipes > c->sessions;
    return alice ? (eve ? BOTH : WINDOW) : (eve ? EVE_ALONE : NOBODY);
}

/* ---- tables */

static const struct lab_column cells_columns[] = {
    {"rule", "", LAB_HIDDEN, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"a", "", LAB_HIDDEN, 0},
    {"theta", "", LAB_HIDDEN, 0},
    {"w", "", LAB_HIDDEN, 0},
    {"p", "", LAB_HIDDEN, 0},
    {"sessions", "", LAB_HIDDEN, 0},
    {"learned", "", LAB_HIDDEN, 0},
    {"eve_labels", "", LAB_HIDDEN, 0},
    {"eve_recipes", "", LAB_HIDDEN, 0},
    {"label_operations_log2", "", LAB_HIDDEN, 0},
    {"recipe_operations_log2", "", LAB_HIDDEN, 0},
    {"state", "", LAB_HIDDEN, 0},
};

static const char *const rule_names[] = {"fixed", "kept"};

static int tell_cells(struct lab_report *report, const struct map *map) {
    int r = lab_table(report, "cells", cells_columns, sizeof cells_columns / sizeof *cells_columns);
    for (int rule = 0; rule < RULES; rule++)
        for (unsigned a = 0; a < ROWS; a++)
            for (size_t i = 0; i < map->n_columns && map->rows[a] && r == 0; i++) {
                struct cell c = cell_of(map, (enum window_rule)rule, a, i);
                struct params p;
                r = window_params(&p, map->n[i], a, (enum window_rule)rule);
                if (r == 0)
                    r = lab_row(report, "cells",
                                json_pack("{s:s, s:I, s:f, s:f, s:i, s:f, s:I, s:I, s:I, s:o, s:f, s:f, s:i}", "rule",
                                          rule_names[rule], "n", (json_int_t)p.n, "a", a / 100.0, "theta", p.theta, "w",
                                          (int)p.w, "p", p.p, "sessions", (json_int_t)c.sessions, "learned",
                                          (json_int_t)c.learned, "eve_labels", (json_int_t)c.labels, "eve_recipes",
                                          c.recipe_tries ? json_integer((json_int_t)c.recipes) : json_null(),
                                          "label_operations_log2", c.label_operations, "recipe_operations_log2",
                                          c.recipe_operations, "state", (int)state_of(&c)));
            }
    return r;
}

static const struct lab_column map_columns[] = {
    {"a", "a", LAB_FIXED, 2},
    {"c", "c", LAB_FIXED, 3},
    {"theta_least", "theta, largest n", LAB_FIXED, 4},
    {"fixed", "w = round(0.3 sqrt n)", LAB_TEXT, 0},
    {"kept", "w that keeps p", LAB_TEXT, 0},
    {"weights", "its w", LAB_TEXT, 0},
};

static int tell_row(struct lab_report *report, const struct map *map, unsigned a) {
    char text[RULES][4 * COLUMNS_MAX] = {{0}}, weights[8 * COLUMNS_MAX] = "";
    struct params p;
    int r = 0;
    for (size_t i = 0; i < map->n_columns && r == 0; i++) {
        for (int rule = 0; rule < RULES; rule++) {
            struct cell c = cell_of(map, (enum window_rule)rule, a, i);
            snprintf(text[rule] + strlen(text[rule]), 4, "%s%c", i ? " " : "", letters[state_of(&c)]);
        }
        r = window_params(&p, map->n[i], a, WINDOW_KEPT);
        if (r == 0)
            snprintf(weights + strlen(weights), 8, "%s%u", i ? " " : "", p.w);
    }
    return r ? r
             : lab_row(report, "map",
                       json_pack("{s:f, s:f, s:f, s:s, s:s, s:s}", "a", a / 100.0, "c", window_factor(a), "theta_least",
                                 p.theta, "fixed", text[WINDOW_FIXED], "kept", text[WINDOW_KEPT], "weights", weights));
}

static int tell_map(struct lab_report *report, const struct map *map) {
    char sizes[8 * COLUMNS_MAX] = "";
    int r = lab_table(report, "map", map_columns, sizeof map_columns / sizeof *map_columns);
    for (unsigned a = ROWS; a-- > 0;)
        if (map->rows[a] && r == 0)
            r = tell_row(report, map, a);
    for (size_t i = 0; i < map->n_columns; i++)
        snprintf(sizes + strlen(sizes), 8, "%s%u", i ? ", " : "", map->n[i]);
    if (r == 0)
        r = lab_note(
            report,
            "One letter for each n of %s. W: the window, the bimodal learner learns and Eve does not within %.3g "
            "processor seconds; b: both learn; e: Eve alone; a dot: nobody. More than half of the sessions decide.",
            sizes, lab_number(report->parameters, "budget_seconds"));
    if (r == 0)
        r = lab_note(
            report,
            "Noise is theta = c n^(-a). Towards a = 1 hardly a label is wrong, and Eve needs no second modality. "
            "Towards a = 0 the learner either has nothing left to learn from (w as in the protocol: p goes to "
            "1/2), or recipes become so short that Eve reads them off the vectors (w that keeps p).");
    if (r == 0)
        r = lab_note(report,
                     "Recipes are searched for where the formulas put that within the budget. A window is one of this "
                     "budget only: below a = 1/2, with w that keeps p, recipes cost less and less (below).");
    return r;
}

/* ---- by the formulas: what the cheaper of the two attacks costs, when w keeps p */

static const struct lab_column strength_columns[] = {
    {"n", "", LAB_HIDDEN, 0},      {"a", "", LAB_HIDDEN, 0},       {"w", "", LAB_HIDDEN, 0},
    {"labels", "", LAB_HIDDEN, 0}, {"recipes", "", LAB_HIDDEN, 0}, {"least", "", LAB_HIDDEN, 0},
};

static int tell_strength(struct lab_report *report) {
    static const uint32_t sizes[] = {512, 2048, 8192};
    char best[3][48];
    int r = lab_table(report, "strength", strength_columns, sizeof strength_columns / sizeof *strength_columns);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double most = 0, best_a = NAN;
        for (unsigned a = 0; a < ROWS && r == 0; a += 2) {
            struct params p;
            struct estimate e;
            r = window_params(&p, sizes[i], a, WINDOW_KEPT);
            if (r < 0)
                break;
            estimate_set(&e, &p);
            if (report->fault == LAB_FAULT_FORMULA) /* of labels alone, which cost the more the noisier they are */
                e.strength = e.stern.operations;
            if (e.strength > most) {
                most = e.strength;
                best_a = a / 100.0;
                snprintf(best[i], sizeof best[i], "2^%.0f at a = %.2f for n = %u", most, a / 100.0, p.n);
            }
            r = lab_row(report, "strength",
                        json_pack("{s:I, s:f, s:i, s:f, s:f, s:f}", "n", (json_int_t)p.n, "a", a / 100.0, "w", (int)p.w,
                                  "labels", e.stern.operations, "recipes", e.recipes_enough.operations, "least",
                                  e.strength));
        }
        if (r == 0)
            r = lab_claim(report, fabs(best_a - 0.5) <= 0.1, best_a, NAN, NAN,
                          "By the formulas, with w that keeps p, Eve must pay most where a is near 1/2 (n = %u)",
                          sizes[i]);
    }
    return r ? r
             : lab_note(
                   report,
                   "By the formulas of `eve estimate`, with w that keeps p, the cheaper of Eve's two roads costs most "
                   "(operations): %s; %s; %s.",
                   best[0], best[1], best[2]);
}

/* ---- claims */

static int claim_risk(struct lab_report *report, const struct map *map) {
    double worst = NAN, worst_low = NAN, worst_high = NAN; /* times theta */
    size_t judged = 0, said = 0, wrong = 0;
    for (int rule = 0; rule < RULES; rule++)
        for (unsigned a = 0; a < ROWS; a++)
            for (size_t i = 0; i < map->n_columns; i++) {
                const struct cell *c = &map->cells[rule][a][i];
                struct params p;
                double low, high;
                said += c->said;
                wrong += c->wrong;
                if (c->fresh_labels == 0 || window_params(&p, map->n[i], a, (enum window_rule)rule) < 0)
                    continue;
                statistics_exact(&low, &high, c->fresh_errors, c->fresh_labels, CERTAIN);
                worst_low = fmax(worst_low, low / p.theta);
                worst_high = fmax(worst_high, high / p.theta);
                worst = fmax(worst, (double)c->fresh_errors / (double)c->fresh_labels / p.theta);
                judged++;
            }
    int r = lab_claim_is(report, 1, LAB_RISK_TOLERANCE, worst, worst_low, worst_high,
                         "Whatever the bimodal learner learned has risk theta on fresh labels in each of %zu cells, to "
                         "within a tenth; at most this many times theta",
                         judged);
    if (r < 0 || said == 0)
        return r;
    return lab_claim(report, wrong == 0, (double)wrong, NAN, NAN,
                     "Whoever of Eve's says solved has the secret, each of the %zu times; wrongly so", said);
}

/* How many cells of a row are of one of two states, from column `first` on. */
static size_t count_states(const struct map *map, enum window_rule rule, unsigned a, size_t first, enum state one,
                           enum state other) {
    size_t n = 0;
    for (size_t i = first; i < map->n_columns; i++) {
        struct cell c = cell_of(map, rule, a, i);
        n += state_of(&c) == one || state_of(&c) == other;
    }
    return n;
}

static int claim_rows(struct lab_report *report, const struct map *map) {
    size_t all = map->n_columns, last = all - 1, found;
    int r = 0;
    if (map->rows[50]) {
        found = count_states(map, WINDOW_FIXED, 50, 0, WINDOW, BOTH);
        r = lab_claim(report, found == all, (double)found, NAN, NAN,
                      "a = 1/2: the bimodal learner learns at every n (%zu of %zu)", found, all);
        found = count_states(map, WINDOW_FIXED, 50, last, WINDOW, WINDOW);
        if (r == 0)
            r = lab_claim(report, found == 1, NAN, NAN, NAN,
                          "a = 1/2: at n = %u, the largest, it learns and Eve does not: the window is open",
                          map->n[last]);
    }
    if (r == 0 && map->rows[100]) {
        found = count_states(map, WINDOW_FIXED, 100, 0, BOTH, EVE_ALONE);
        r = lab_claim(report, found == all, (double)found, NAN, NAN,
                      "a = 1, almost no noise: Eve learns at every n (%zu of %zu)", found, all);
    }
    if (r == 0 && map->rows[0] && map->n[last] >= 256) {
        found = count_states(map, WINDOW_FIXED, 0, last, WINDOW, BOTH);
        r = lab_claim(report, found == 0, NAN, NAN, NAN,
                      "a = 0, constant noise, recipes as in the protocol: at n = %u the bimodal learner does not learn",
                      map->n[last]);
        found = count_states(map, WINDOW_KEPT, 0, 0, BOTH, BOTH);
        if (r == 0)
            r = lab_claim(report, found == all, (double)found, NAN, NAN,
                          "a = 0, constant noise, recipes that leave something to learn: Eve finds them, and learns at "
                          "every n too (%zu of %zu)",
                          found, all);
    }
    return r;
}

int window_report(struct lab_report *report) {
    struct map *map = calloc(1, sizeof *map);
    int r = map ? 0 : -ENOMEM;
    if (r == 0 && !(map->cells = calloc(RULES, sizeof *map->cells)))
        r = -ENOMEM;
    if (r == 0) {
        collect(map, report);
        r = tell_map(report, map);
        r = r ? r : tell_cells(report, map);
        r = r ? r : tell_strength(report);
        r = r ? r : claim_risk(report, map);
        r = r ? r : claim_rows(report, map);
    }
    if (map)
        free(map->cells);
    free(map);
    return r;
}

const char window_map[] =
    "set multiplot layout 1,2 title 'Who learns: noise {/Symbol q} = c n^{-a} against dimension'\n"
    "set xlabel 'dimension n'\n"
    "set logscale x 2\n"
    "set xrange [48:2800]\n"
    "set yrange [-0.12:1.12]\n"
    "set xtics (64, 128, 256, 512, '1k' 1024, '2k' 2048)\n"
    "set ytics 0.25\n"
    "set key below maxcols 3 samplen 2.5 height 1.2 font ',20'\n"
    "unset grid\n"
    "pick(rule, s) = strcol('rule') eq rule && column('state') == s ? column('a') : -9\n"
    "do for [rule in 'fixed kept'] {\n"
    "    set title (rule eq 'fixed' ? 'recipes as in the protocol' : 'recipes that keep p') font ',24'\n"
    "    set ylabel (rule eq 'fixed' ? 'a of the noise (0: constant, 1: almost none)' : '')\n"
    "    plot 0.5 with lines lt 8 title 'a of the protocol', 'cells.tsv' using 'n':(pick(rule, 2)) with points pt 5 ps "
    "4 lc rgb 'black' title 'window', \\\n"
    "         'cells.tsv' using 'n':(pick(rule, 3)) with points pt 6 ps 3 lw 2 lc rgb '#2166ac' title 'both learn', "
    "\\\n"
    "         'cells.tsv' using 'n':(pick(rule, 1)) with points pt 9 ps 3 lc rgb '#e08214' title 'Eve alone', \\\n"
    "         'cells.tsv' using 'n':(pick(rule, 0)) with points pt 2 ps 2 lc rgb '#808080' title 'nobody'\n"
    "}\n"
    "unset multiplot\n";

const char window_strength[] =
    "set title 'What Eve must pay, by the formulas (n = 2048, recipes that keep p)'\n"
    "set xlabel 'a of the noise {/Symbol q} = c n^{-a} (0: constant noise, 1: almost none)'\n"
    "set ylabel 'bit operations'\n"
    "set format y '2^{%g}'\n"
    "set xrange [0:1]\n"
    "set yrange [0:200]\n"
    "pick(c) = column('n') == 2048 ? column(c) : NaN\n"
    "plot 'strength.tsv' using 'a':(pick('labels')) with lines lt 2 title 'learn from the labels', \\\n"
    "     'strength.tsv' using 'a':(pick('recipes')) with lines lt 3 title 'find the recipes', \\\n"
    "     'strength.tsv' using 'a':(pick('least')) with lines lt 1 lw 5 title 'the cheaper one', \\\n"
    "     '+' using (0.5):(200.0 * $0 / 499) with lines lt 8 title 'a of the protocol'\n";
