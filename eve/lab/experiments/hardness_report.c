/* What the times say: a n^b fitted to the bimodal learner, a exp(b sqrt n) to each unimodal one, where the two lines
 * cross, and what every set would cost. */
#include "eve/lab/experiments/hardness.h"
#include "eve/lab/experiments/hardness_claims.h"
#include "eve/lab/lesson.h"
#include "eve/learn/learner.h"
#include "eve/learners/estimate.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BANDS = 80,    /* points of a band */
    CARRIES = 512, /* below it what does not grow with n is a good part of the bimodal learner's time: in the kept run
                      sizes up to 1024 give n^1.17 if all are fitted; from here on n^1.6 to n^1.7, wherever they end */
    CARRIES_RING = 4099, /* the same of the other tasks: up to r4099 n^0.2, up to l160 n^1.3 */
    CARRIES_LWE = 256,
};

static const struct hardness_group lpn_group = {NULL, "times", "fits", "isd", &hardness_forms[HARDNESS_ROOT], CARRIES};

static const struct shape learner_shape[] = {{.name = "name", .type = SHAPE_TEXT, .most = 64},
                                             {.name = "status", .type = SHAPE_WORD, .words = learn_status_names},
                                             {.name = "right", .type = SHAPE_BOOLEAN},
                                             SHAPE_SECONDS("seconds"),
                                             SHAPE_SECONDS("limit_seconds"),
                                             SHAPE_SECONDS("preparing_seconds"),
                                             {.name = "risk", .type = SHAPE_NUMBER, .most = 1, .or_null = true},
                                             SHAPE_COUNT("test_labels"),
                                             {.name = "reason", .type = SHAPE_TEXT, .most = 1000, .optional = true},
                                             {0}};
static const struct shape bimodal_shape[] = {{.name = "learned", .type = SHAPE_BOOLEAN},
                                             SHAPE_SECONDS("seconds"),
                                             SHAPE_COUNT("fresh_labels"),
                                             SHAPE_COUNT_OF("fresh_errors", "fresh_labels"),
                                             {0}};
const struct shape hardness_shape[] = {{.name = "bimodal", .type = SHAPE_OBJECT, .of = bimodal_shape},
                                       {.name = "learners", .type = SHAPE_LIST, .of = learner_shape},
                                       {0}};

/* ---- tables */

static const struct lab_column times_columns[] = {
    {"learner", "learner", LAB_TEXT, 0},
    {"n", "n", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"solved", "solved", LAB_INTEGER, 0},
    {"mean_seconds", "mean, all counted", LAB_DURATION, 0},
    {"median_seconds", "median", LAB_DURATION, 0},
    {"least_seconds", "least", LAB_DURATION, 0},
    {"most_seconds", "most", LAB_DURATION, 0},
    {"limit_seconds", "unfinished after", LAB_DURATION, 0},
    {"preparing_share", "", LAB_HIDDEN, 0},
};

static int tell_times(struct lab_report *report, const struct hardness_series *s) {
    int r = 0;
    struct hardness_size z = {0};
    while (r == 0 && hardness_next_size(s, &z)) {
        double least = NAN, most = NAN;
        for (size_t i = z.first; i < z.end; i++)
            if (s->samples[i].solved) {
                least = fmin(least, s->samples[i].seconds);
                most = fmax(most, s->samples[i].seconds);
            }
        r = lab_row(report, s->group->times,
                    json_pack("{s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "learner", s->name, "n",
                              (json_int_t)z.n, "sessions", (json_int_t)(z.end - z.first), "solved",
                              (json_int_t)z.solved, "mean_seconds", lab_real(hardness_size_mean(&z)), "median_seconds",
                              lab_real(hardness_size_median(s, &z)), "least_seconds", lab_real(least), "most_seconds",
                              lab_real(most), "limit_seconds", lab_real(z.limit > 0 ? z.limit : NAN), "preparing_share",
                              lab_real(z.preparing / z.total)));
    }
    return r;
}

static const struct lab_column fits_columns[] = {
    {"learner", "learner", LAB_TEXT, 0},
    {"form", "seconds", LAB_TEXT, 0},
    {"n_least", "from n", LAB_INTEGER, 0},
    {"n_most", "to", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"unfinished", "unfinished", LAB_INTEGER, 0},
    {"a", "a", LAB_SHORT, 3},
    {"b", "b", LAB_FIXED, 3},
    {"b_low", "95% from", LAB_FIXED, 3},
    {"b_high", "to", LAB_FIXED, 3},
    {"median_a", "median: a", LAB_SHORT, 3},
    {"median_b", "b", LAB_FIXED, 3},
    {"median_b_low", "95% from", LAB_FIXED, 3},
    {"median_b_high", "to", LAB_FIXED, 3},
    {"sigma", "sigma", LAB_FIXED, 2},
};

static int tell_fit(struct lab_report *report, const struct hardness_series *s) {
    if (s->n_draws == 0)
        return 0;
    return lab_row(report, s->group->fits,
                   json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "learner",
                             s->name, "form", hardness_form_of(s)->text, "n_least", (json_int_t)s->n_least, "n_most",
                             (json_int_t)s->n_most, "sessions", (json_int_t)s->mean.n_points, "unfinished",
                             (json_int_t)s->mean.n_censored, "a", lab_real(exp(s->mean.log_a)), "b",
                             lab_real(s->mean.b), "b_low", lab_real(s->low), "b_high", lab_real(s->high), "median_a",
                             lab_real(exp(s->median.log_a)), "median_b", lab_real(s->median.b), "median_b_low",
                             lab_real(s->median.b_low), "median_b_high", lab_real(s->median.b_high), "sigma",
                             lab_real(s->median.sigma)));
}

static const struct lab_column sets_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"bimodal_seconds", "bimodal", LAB_DURATION, 0},
    {"bimodal_from", "", LAB_TEXT, 0},
    {"eve_seconds", "isd", LAB_DURATION, 0},
    {"eve_low", "95% from", LAB_DURATION, 0},
    {"eve_high", "to", LAB_DURATION, 0},
    {"eve_from", "", LAB_TEXT, 0},
    {"ratio", "ratio", LAB_SHORT, 2},
    {"formula_seconds", "by formula", LAB_DURATION, 0},
};

/* What a set costs: measured where it was, from the fit elsewhere. */
static int tell_set(struct lab_report *report, const struct params *p, const struct hardness_series *ours,
                    const struct hardness_series *eve, double seconds_per_operation) {
    struct estimate estimate;
    struct hardness_size z;
    double low, high, unused, hers = hardness_extrapolate(eve, p->n, &low, &high),
                              mine = hardness_extrapolate(ours, p->n, &unused, &unused);
    bool eve_measured = hardness_measured(eve, p->n, &z);
    if (eve_measured) {
        hers = hardness_size_mean(&z);
        low = high = NAN;
    }
    bool ours_measured = hardness_measured(ours, p->n, &z);
    mine = ours_measured ? hardness_size_mean(&z) : mine;
    estimate_set(&estimate, p);
    return lab_row(report, "sets",
                   json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:o, s:s, s:o, s:o}", "set", p->set.name, "n", (int)p->n,
                             "bimodal_seconds", lab_real(mine), "bimodal_from",
                             ours_measured ? "measured" : "extrapolated", "eve_seconds", lab_real(hers), "eve_low",
                             lab_real(low), "eve_high", lab_real(high), "eve_from",
                             eve_measured ? "measured" : "extrapolated", "ratio", lab_real(hers / mine),
                             "formula_seconds", lab_real(exp2(estimate.stern.operations) * seconds_per_operation)));
}

static int tell_sets(struct lab_report *report, const struct hardness_series *ours, const struct hardness_series *eve) {
    struct hardness_size z = {0}, last = {0};
    struct params p;
    struct estimate estimate;
    double scale = NAN;
    while (hardness_next_size(eve, &z))
        last = z.solved ? z : last;
    if (last.n && params_make(&p, last.n) == 0) {
        estimate_set(&estimate, &p);
        scale = hardness_size_mean(&last) / exp2(estimate.stern.operations);
    }
    size_t n_sets;
    const struct params *sets = params_table(&n_sets);
    int r = lab_table(report, "sets", sets_columns, sizeof sets_columns / sizeof *sets_columns);
    for (size_t i = 0; i < n_sets && r == 0; i++)
        r = tell_set(report, &sets[i], ours, eve, scale);
    if (r == 0)
        r = lab_note(
            report,
            "Mean processor seconds of one core. \"By formula\": the operations of `eve estimate` for the label "
            "side, at the rate measured at n = %u.",
            last.n);
    return r;
}

static int tell_crossing(struct lab_report *report, const struct hardness_series *ours,
                         const struct hardness_series *eve) {
    double crossing = NAN, crossings[HARDNESS_DRAWS], low = NAN, high = NAN;
    if (ours->n_draws > 0 && eve->n_draws > 0) {
        crossing = fit_crossing(&ours->mean, &eve->mean);
        size_t n = (size_t)(ours->n_draws < eve->n_draws ? ours->n_draws : eve->n_draws);
        for (size_t i = 0; i < n; i++)
            crossings[i] = fit_crossing(&ours->draws[i], &eve->draws[i]);
        low = fit_quantile(crossings, n, 0.025);
        high = fit_quantile(crossings, n, 0.975);
    }
    const struct hardness_series *both[] = {ours, eve};
    static const char *const names[] = {"bimodal", "eve"};
    int r = 0;
    for (size_t i = 0; i < 2 && r == 0; i++) {
        char name[32];
        bool fitted = both[i]->n_draws > 0;
        snprintf(name, sizeof name, "%s_log_a", names[i]);
        r = lab_value(report, name, fitted ? both[i]->mean.log_a : NAN);
        snprintf(name, sizeof name, "%s_b", names[i]);
        r = r ? r : lab_value(report, name, fitted ? both[i]->mean.b : NAN);
        snprintf(name, sizeof name, "%s_n_least", names[i]);
        r = r ? r : lab_value(report, name, both[i]->n_least);
        snprintf(name, sizeof name, "%s_n_most", names[i]);
        r = r ? r : lab_value(report, name, both[i]->n_most);
    }
    r = r ? r : lab_value(report, "crossing", crossing);
    r = r ? r : lab_value(report, "crossing_low", low);
    r = r ? r : lab_value(report, "crossing_high", high);
    if (r == 0 && (ours->n_draws == 0 || eve->n_draws == 0))
        return 0; /* no lines */
    if (r == 0 && isnan(crossing))
        r = lab_note(
            report,
            "By the fits, extrapolated below n = %u, the two lines do not cross: Eve is the slower one at every n.",
            ours->n_least);
    else if (r == 0)
        r = lab_note(report,
                     "By the fits the lines cross at n = %.0f (95%% %.0f to %.0f): below it Eve is the faster one.%s",
                     crossing, low, high, crossing < fmax(eve->n_least, ours->n_least) ? " That is extrapolated." : "");
    return r;
}

static int tell_unfitted(struct lab_report *report, const struct hardness_series *s) {
    double spent = 0, solved = 0;
    for (size_t i = 0; i < s->n_samples; i++) {
        spent += s->samples[i].seconds;
        solved += s->samples[i].solved;
    }
    if (s->n_failed) {
        int r = lab_note(report, "%s: its process broke in %zu sessions, which are left out: %s.", s->name, s->n_failed,
                         s->failure ? s->failure : "no reason given");
        if (r < 0)
            return r;
    }
    if (s->n_samples == 0)
        return s->reason ? lab_note(report, "%s: not applicable: %s.", s->name, s->reason) : 0;
    if (s->n_draws > 0)
        return 0;
    double low, high;
    learn_wilson(&low, &high, s->errors, s->labels ? s->labels : 1);
    return lab_note(report, "%s: %.0f of %zu sessions solved in %.3g s; risk %.4f (99.9%% %.4f to %.4f). No fit.",
                    s->name, solved, s->n_samples, spent, (double)s->errors / (double)(s->labels ? s->labels : 1), low,
                    high);
}

/* For the figures: the line of Eve's fit. */
static int tell_line(struct lab_report *report, const struct hardness_series *eve) {
    char name[48];
    snprintf(name, sizeof name, "%s_log_a", eve->group->task->name);
    int r = lab_value(report, name, eve->n_draws > 0 ? eve->mean.log_a : NAN);
    snprintf(name, sizeof name, "%s_b", eve->group->task->name);
    r = r ? r : lab_value(report, name, eve->n_draws > 0 ? eve->mean.b : NAN);
    snprintf(name, sizeof name, "%s_n_least", eve->group->task->name);
    r = r ? r : lab_value(report, name, eve->n_least);
    snprintf(name, sizeof name, "%s_n_most", eve->group->task->name);
    return r ? r : lab_value(report, name, eve->n_most);
}

static const struct lab_column bands_columns[] = {
    {"n", "", LAB_HIDDEN, 0},
    {"eve", "", LAB_HIDDEN, 0},
    {"eve_low", "", LAB_HIDDEN, 0},
    {"eve_high", "", LAB_HIDDEN, 0},
    {"bimodal", "", LAB_HIDDEN, 0},
    {"bimodal_low", "", LAB_HIDDEN, 0},
    {"bimodal_high", "", LAB_HIDDEN, 0},
};

/* For the figures: both fits with their 95% bands, at sizes that are evenly spread by their roots. */
static int tell_bands(struct lab_report *report, const struct hardness_series *ours,
                      const struct hardness_series *eve) {
    const struct task *task = eve->group->task;
    uint32_t least = 16, most = 2304;
    char table[32] = "bands";
    if (task) {
        const struct set *set;
        snprintf(table, sizeof table, "bands-%s", task->name);
        least = lesson_size(task->set(0));
        for (size_t i = 0; (set = task->set(i)); i++)
            most = lesson_size(set);
    }
    int r = lab_table(report, table, bands_columns, sizeof bands_columns / sizeof *bands_columns);
    for (int i = 0; r == 0 && i <= BANDS; i++) {
        double root = sqrt(least) + (sqrt(most) - sqrt(least)) * i / BANDS, low, high, ours_low, ours_high;
        uint32_t n = (uint32_t)lround(root * root);
        double hers = hardness_extrapolate(eve, n, &low, &high),
               mine = hardness_extrapolate(ours, n, &ours_low, &ours_high);
        r = lab_row(report, table,
                    json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "n", (int)n, "eve", lab_real(hers), "eve_low",
                              lab_real(low), "eve_high", lab_real(high), "bimodal", lab_real(mine), "bimodal_low",
                              lab_real(ours_low), "bimodal_high", lab_real(ours_high)));
    }
    return r;
}

/* ---- the whole */

static int claim_lpn(struct lab_report *report, const struct hardness_series *ours, struct hardness_series *eve,
                     const uint8_t seed[static 32]) {
    int r = tell_sets(report, ours, eve);
    r = r ? r : tell_crossing(report, ours, eve);
    r = r ? r : tell_bands(report, ours, eve);
    r = r ? r : hardness_claim_bimodal(report);
    return r ? r : hardness_claim_growth(report, ours, eve, seed);
}

static int report_group(struct lab_report *report, const struct hardness_group *group) {
    size_t n_kinds, n_said = 0, n_wrong = 0, n = 0;
    const struct learner_kind *const *kinds = learners_all(&n_kinds);
    struct hardness_series *all = calloc(n_kinds + 1, sizeof *all), *eve = NULL;
    static const uint8_t seed[32] = "hardness: draws";
    int r = all ? 0 : -ENOMEM;
    if (r == 0)
        all[n++] = (struct hardness_series){.group = group, .name = hardness_bimodal};
    for (size_t i = 0; i < n_kinds && r == 0; i++) {
        if (group->task && !learn_is_for(kinds[i], group->task->name))
            continue;
        eve = strcmp(kinds[i]->name, group->strongest) == 0 ? &all[n] : eve;
        all[n++] = (struct hardness_series){.group = group, .name = kinds[i]->name};
    }
    r = r ? r : lab_table(report, group->times, times_columns, sizeof times_columns / sizeof *times_columns);
    r = r ? r : lab_table(report, group->fits, fits_columns, sizeof fits_columns / sizeof *fits_columns);
    for (size_t i = 0; i < n && r == 0; i++) {
        r = hardness_collect(report, &all[i]);
        r = r ? r : hardness_fit(&all[i], seed);
        r = r ? r : tell_times(report, &all[i]);
        r = r ? r : tell_fit(report, &all[i]);
        r = r ? r : tell_unfitted(report, &all[i]);
        n_said += all[i].n_said;
        n_wrong += all[i].n_wrong;
    }
    if (r == 0 && !group->task)
        r = claim_lpn(report, &all[0], eve, seed);
    else if (r == 0 && eve) {
        r = tell_line(report, eve);
        r = r ? r : tell_bands(report, &all[0], eve);
        r = r ? r : hardness_claim_group(report, &all[0], eve, seed);
    }
    if (r == 0 && (!group->task || eve))
        r = hardness_claim_said(report, group->task, n_said, n_wrong);
    for (size_t i = 0; all && i < n; i++) {
        free(all[i].samples);
        free(all[i].draws);
    }
    free(all);
    return r;
}

int hardness_report(struct lab_report *report) {
    const struct task *task;
    int r = lab_has_lpn(report) ? report_group(report, &lpn_group) : 0;
    for (size_t i = 0; r == 0 && (task = table_task(i)); i++) {
        char times[32], fits[32];
        bool lattice = strcmp(task->name, "lwe") == 0;
        struct hardness_group group = {task,
                                       times,
                                       fits,
                                       lattice ? "primal" : "isd",
                                       &hardness_forms[lattice ? HARDNESS_EXPONENTIAL : HARDNESS_ROOT],
                                       lattice ? CARRIES_LWE : CARRIES_RING};
        snprintf(times, sizeof times, "times-%s", task->name);
        snprintf(fits, sizeof fits, "fits-%s", task->name);
        if (lab_has_task(report, task))
            r = report_group(report, &group);
    }
    return r;
}
