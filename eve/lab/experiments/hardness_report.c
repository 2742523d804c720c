/* What the times say: a n^b fitted to the bimodal learner, a exp(b sqrt n) to each unimodal one, where the two lines
 * cross, and what every set would cost.
 *
 * Mean times are fitted by the exponential law, which for sessions that all ended is the right fit of a mean whatever
 * the law (it is the gamma regression with logarithmic link), and which counts those that did not; its intervals come
 * from drawing sessions anew, so they hold if the law does not. The log-normal law, with profile likelihood, stands
 * beside it. */
#include "eve/lab/experiments/hardness.h"
#include "eve/lab/fit.h"
#include "eve/lab/lesson.h"
#include "eve/lab/statistics.h"
#include "eve/learn/learner.h"
#include "eve/learners/estimate.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DRAWS = 400,
    BANDS = 80, /* points of a band */
    SIZES_MAX = PARAMS_N_MAX / 32,
    CARRIES = 512, /* below it what does not grow with n is a good part of the bimodal learner's time: in the kept run
                      sizes up to 1024 give n^1.17 if all are fitted; from here on n^1.6 to n^1.7, wherever they end */
    CARRIES_RING = 4099, /* the same of the other tasks: up to r4099 n^0.2, up to l160 n^1.3 */
    CARRIES_LWE = 256,
};

#define CERTAIN 0.9999999 /* of the intervals that decide: a false alarm in 10^7 */

static const char bimodal[] = "bimodal";

/* log t is fitted by a line along x(n). */
struct form {
    const char *text;
    double (*x)(double n), (*n)(double x);
};

static double identity(double x) {
    return x;
}

static double square(double x) {
    return x * x;
}

enum { POWER, ROOT, EXPONENTIAL, N_FORMS };

static const struct form forms[N_FORMS] = {
    {"a n^b", log, exp}, {"a exp(b sqrt n)", sqrt, square}, {"a exp(b n)", identity, identity}};

/* What is fitted together: the sessions of one task. */
struct group {
    const struct task *task; /* NULL: LPN of any n */
    const char *times, *fits, *strongest;
    const struct form *form; /* of Eve's time */
    uint32_t n_carries;      /* the bimodal learner is fitted from here on */
};

static const struct group lpn_group = {NULL, "times", "fits", "isd", &forms[ROOT], CARRIES};

/* One learner in one session. */
struct sample {
    uint32_t n;
    double seconds, preparing;
    bool solved;
};

/* One learner in all of them. */
struct series {
    const struct group *group;
    const char *name;
    struct sample *samples;
    size_t n_samples;
    size_t n_said, n_wrong; /* sessions in which it called itself solved, and in which that was wrong */
    size_t labels, errors;  /* of the last judgement of each: all labels that it was tested on */
    const char *reason;     /* why it was not run, if it never was */
    size_t n_failed;        /* sessions in which its process broke: they say nothing of its time */
    const char *failure;
    /* its fit */
    struct fit_line mean, median;
    struct fit_line *draws;   /* of mean */
    long n_draws;             /* 0: no fit */
    double low, high;         /* of b, from draws */
    uint32_t n_least, n_most; /* of the fitted sizes */
    size_t n_sizes;           /* how many these are */
};

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

static int compare_sizes(const void *a, const void *b) {
    const struct sample *x = a, *y = b;
    return x->n != y->n ? (x->n > y->n) - (x->n < y->n) : (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

static int add(struct series *s, const json_t *said, uint32_t n, bool solved) {
    struct sample *more = realloc(s->samples, (s->n_samples + 1) * sizeof *more);
    if (!more)
        return -ENOMEM;
    s->samples = more;
    s->samples[s->n_samples++] =
        (struct sample){n, fmax(lab_number(said, "seconds"), 1e-9), lab_number(said, "preparing_seconds"), solved};
    return 0;
}

/* The bimodal learner's name is bimodal. */
static int collect(const struct lab_report *report, struct series *s) {
    size_t i, j;
    json_t *unit, *said;
    json_array_foreach(report->units, i, unit) {
        json_t *result = json_object_get(unit, "result");
        const json_t *parameters = json_object_get(unit, "parameters");
        const struct set *set = lab_set(parameters);
        uint32_t n = set ? lesson_size(set) : (uint32_t)lab_count(parameters, "n");
        int r = 0;
        if ((set ? set->task : NULL) != s->group->task)
            continue;
        if (s->name == bimodal) {
            said = json_object_get(result, bimodal);
            s->labels += lab_count(said, "fresh_labels");
            s->errors += lab_count(said, "fresh_errors");
            r = add(s, said, n, json_is_true(json_object_get(said, "learned")));
        }
        json_array_foreach(json_object_get(result, "learners"), j, said) {
            const char *status = json_string_value(json_object_get(said, "status"));
            if (!status || strcmp(json_string_value(json_object_get(said, "name")), s->name) != 0 || r < 0)
                continue;
            bool solved = strcmp(status, learn_status_name(LEARN_SOLVED)) == 0;
            bool right = json_is_true(json_object_get(said, "right"));
            if (strcmp(status, learn_status_name(LEARN_NOT_APPLICABLE)) == 0) {
                s->reason = json_string_value(json_object_get(said, "reason"));
                continue;
            }
            if (strcmp(status, learn_status_name(LEARN_FAILED)) == 0) {
                s->n_failed++;
                s->failure = json_string_value(json_object_get(said, "reason"));
                continue;
            }
            s->n_said += solved;
            s->n_wrong += solved && !right;
            s->labels += lab_count(said, "test_labels");
            s->errors += (size_t)lround(lab_number(said, "risk") * (double)lab_count(said, "test_labels"));
            r = add(s, said, n, solved && right);
        }
        if (r < 0)
            return r;
    }
    if (s->n_samples)
        qsort(s->samples, s->n_samples, sizeof *s->samples, compare_sizes);
    return 0;
}

/* What a size came to: samples first ... end - 1 of a series. */
struct size {
    uint32_t n;
    size_t first, end, solved;
    double total, preparing, limit;
};

static bool next_size(const struct series *s, struct size *z) {
    z->first = z->end;
    if (z->first >= s->n_samples)
        return false;
    z->n = s->samples[z->first].n;
    z->solved = 0;
    z->total = z->preparing = z->limit = 0;
    for (; z->end < s->n_samples && s->samples[z->end].n == z->n; z->end++) {
        const struct sample *x = &s->samples[z->end];
        z->solved += x->solved;
        z->total += x->seconds;
        z->preparing += x->preparing;
        z->limit = x->solved ? z->limit : fmax(z->limit, x->seconds);
    }
    return true;
}

/* Time in all over successes, which counts the unfinished; NAN without a success. */
static double size_mean(const struct size *z) {
    return z->solved ? z->total / (double)z->solved : NAN;
}

/* Of samples in order of time; NAN if the middle one did not end. All have the same limit. */
static double size_median(const struct series *s, const struct size *z) {
    const struct sample *low = &s->samples[z->first + (z->end - z->first - 1) / 2];
    const struct sample *high = &s->samples[z->first + (z->end - z->first) / 2];
    return low->solved && high->solved ? (low->seconds + high->seconds) / 2 : NAN;
}

/* ---- fits */

static const struct form *form_of(const struct series *s) {
    return s->name == bimodal ? &forms[POWER] : s->group->form;
}

/* Where n stands on the axis of the series' own form. */
static double place(const struct series *s, uint32_t n) {
    return form_of(s)->x(n);
}

static struct fit_point point_of(const struct sample *sample, double x) {
    return (struct fit_point){x, sample->seconds, !sample->solved};
}

static enum fit_law law_of(const struct series *s) {
    return s->name == bimodal ? FIT_LOGNORMAL : FIT_EXPONENTIAL;
}

/* points (room for all) = what is fitted. Sizes at which preparing (expanding samples, tuning) takes half the time or
 * more tell nothing of the search; those below n_carries nothing of the bimodal learner's power. */
static size_t points_of(struct series *s, struct fit_point *points) {
    size_t n = 0;
    struct size z = {0};
    s->n_sizes = 0;
    while (next_size(s, &z)) {
        if (z.preparing > z.total / 2 || (s->name == bimodal && z.n < s->group->n_carries))
            continue;
        s->n_least = n ? s->n_least : z.n;
        s->n_most = z.n;
        s->n_sizes++;
        for (size_t i = z.first; i < z.end; i++)
            points[n++] = point_of(&s->samples[i], place(s, z.n));
    }
    return n;
}

static int fit_series(struct series *s, const uint8_t seed[static 32]) {
    enum fit_law law = law_of(s);
    struct fit_point *points = malloc((s->n_samples + 1) * sizeof *points);
    double slopes[DRAWS];
    s->draws = malloc(DRAWS * sizeof *s->draws);
    int r = points && s->draws ? 0 : -ENOMEM;
    size_t n = r == 0 ? points_of(s, points) : 0;
    s->low = s->high = NAN;
    if (r == 0 && fit_line(law, points, n, &s->mean) == 0 && fit_line(FIT_LOGNORMAL, points, n, &s->median) == 0)
        s->n_draws = fit_bootstrap(law, points, n, seed, DRAWS, s->draws);
    free(points);
    if (s->n_draws < 0)
        return (int)s->n_draws;
    for (long i = 0; i < s->n_draws; i++)
        slopes[i] = s->draws[i].b;
    s->low = fit_quantile(slopes, (size_t)s->n_draws, 0.025);
    s->high = fit_quantile(slopes, (size_t)s->n_draws, 0.975);
    return r;
}

/* Whether the times tell the form that is fitted from the others, by the law that they follow more closely. A line
 * through two sizes is of all forms. */
static int tell_forms(struct lab_report *report, struct series *s, const uint8_t seed[static 32]) {
    enum fit_law law = s->median.log_likelihood > s->mean.log_likelihood ? FIT_LOGNORMAL : FIT_EXPONENTIAL;
    if (s->n_draws == 0 || s->n_sizes < 3)
        return 0;
    struct fit_point *points = malloc((s->n_samples + 1) * sizeof *points);
    double *others = malloc((s->n_samples + 1) * sizeof *others);
    int r = points && others ? 0 : -ENOMEM;
    size_t n = r == 0 ? points_of(s, points) : 0;
    for (const struct form *other = forms; r == 0 && other < forms + N_FORMS; other++) {
        struct fit_interval by;
        if (other == form_of(s))
            continue;
        for (size_t i = 0; i < n; i++)
            others[i] = other->x(form_of(s)->n(points[i].x));
        r = fit_compare(law, points, others, n, seed, &by);
        if (r == 0)
            r = lab_note(report,
                         "%s%s%s's times, n = %u to %u: %s fits %s %s, the likelihood is e^%.1f times as large (95%% "
                         "e^%.1f to e^%.1f).",
                         s->group->task ? s->group->task->name : "", s->group->task ? ": " : "", s->name, s->n_least,
                         s->n_most, form_of(s)->text,
                         by.low > 0    ? "better than"
                         : by.high < 0 ? "worse than"
                                       : "no better and no worse, as far as can be told, than",
                         other->text, by.value, by.low, by.high);
        r = r == -ERANGE ? 0 : r; /* too few sessions for each draw to have a line */
    }
    free(points);
    free(others);
    return r;
}

/* Seconds at n by the fit, with the 95% interval from draws; NAN without a fit. */
static double extrapolate(const struct series *s, uint32_t n, double *lowp, double *highp) {
    double values[DRAWS];
    for (long i = 0; i < s->n_draws; i++)
        values[i] = exp(fit_log_at(&s->draws[i], place(s, n)));
    *lowp = fit_quantile(values, (size_t)s->n_draws, 0.025);
    *highp = fit_quantile(values, (size_t)s->n_draws, 0.975);
    return s->n_draws > 0 ? exp(fit_log_at(&s->mean, place(s, n))) : NAN;
}

static bool measured(const struct series *s, uint32_t n, struct size *out) {
    *out = (struct size){0};
    while (next_size(s, out))
        if (out->n == n)
            return out->solved > 0;
    return false;
}

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

static int tell_times(struct lab_report *report, const struct series *s) {
    int r = 0;
    struct size z = {0};
    while (r == 0 && next_size(s, &z)) {
        double least = NAN, most = NAN;
        for (size_t i = z.first; i < z.end; i++)
            if (s->samples[i].solved) {
                least = fmin(least, s->samples[i].seconds);
                most = fmax(most, s->samples[i].seconds);
            }
        r = lab_row(report, s->group->times,
                    json_pack("{s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "learner", s->name, "n",
                              (json_int_t)z.n, "sessions", (json_int_t)(z.end - z.first), "solved",
                              (json_int_t)z.solved, "mean_seconds", lab_real(size_mean(&z)), "median_seconds",
                              lab_real(size_median(s, &z)), "least_seconds", lab_real(least), "most_seconds",
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

static int tell_fit(struct lab_report *report, const struct series *s) {
    if (s->n_draws == 0)
        return 0;
    return lab_row(report, s->group->fits,
                   json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "learner",
                             s->name, "form", form_of(s)->text, "n_least", (json_int_t)s->n_least, "n_most",
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
static int tell_set(struct lab_report *report, const struct params *p, const struct series *ours,
                    const struct series *eve, double seconds_per_operation) {
    struct estimate estimate;
    struct size z;
    double low, high, unused, hers = extrapolate(eve, p->n, &low, &high),
                              mine = extrapolate(ours, p->n, &unused, &unused);
    bool eve_measured = measured(eve, p->n, &z);
    if (eve_measured) {
        hers = size_mean(&z);
        low = high = NAN;
    }
    bool ours_measured = measured(ours, p->n, &z);
    mine = ours_measured ? size_mean(&z) : mine;
    estimate_set(&estimate, p);
    return lab_row(report, "sets",
                   json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:o, s:s, s:o, s:o}", "set", p->set.name, "n", (int)p->n,
                             "bimodal_seconds", lab_real(mine), "bimodal_from",
                             ours_measured ? "measured" : "extrapolated", "eve_seconds", lab_real(hers), "eve_low",
                             lab_real(low), "eve_high", lab_real(high), "eve_from",
                             eve_measured ? "measured" : "extrapolated", "ratio", lab_real(hers / mine),
                             "formula_seconds", lab_real(exp2(estimate.stern.operations) * seconds_per_operation)));
}

static int tell_sets(struct lab_report *report, const struct series *ours, const struct series *eve) {
    struct size z = {0}, last = {0};
    struct params p;
    struct estimate estimate;
    double scale = NAN;
    while (next_size(eve, &z))
        last = z.solved ? z : last;
    if (last.n && params_make(&p, last.n) == 0) {
        estimate_set(&estimate, &p);
        scale = size_mean(&last) / exp2(estimate.stern.operations);
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

/* ---- claims */

static int claim_bimodal(struct lab_report *report) {
    struct params p;
    double worst = NAN, worst_low = NAN, worst_high = NAN, least, most; /* times theta, of the n where they are most */
    size_t sessions = 0, failed = 0;
    for (uint32_t n = 32; n <= PARAMS_N_MAX; n += 32) {
        size_t cursor = 0, labels = 0, errors = 0;
        for (const json_t *unit; (unit = lab_next(report, "n", n, &cursor));) {
            const json_t *said = json_object_get(json_object_get(unit, "result"), bimodal);
            labels += lab_count(said, "fresh_labels");
            errors += lab_count(said, "fresh_errors");
            sessions++;
            failed += !json_is_true(json_object_get(said, "learned"));
        }
        if (labels == 0 || params_make(&p, n) < 0)
            continue;
        statistics_exact(&least, &most, errors, labels, CERTAIN);
        worst = fmax(worst, (double)errors / (double)labels / p.theta);
        worst_low = fmax(worst_low, least / p.theta);
        worst_high = fmax(worst_high, most / p.theta);
    }
    int r = lab_claim_is(report, 1, LAB_RISK_TOLERANCE, worst, worst_low, worst_high,
                         "The bimodal learner's population risk on fresh labels is n^(-1/2) at every n, to within a "
                         "tenth; at most this many times that");
    if (r == 0)
        r = lab_claim_at_most(
            report, 0.01, failed, sessions,
            "The bimodal learner fails in at most 1%% of sessions, between the sets too, where a code made for another "
            "n serves (exact one-sided 95%%, %zu of %zu failed)",
            failed, sessions);
    return r;
}

/* The sessions of one size; points has room for them. */
static struct fit_times times_of(const struct series *s, const struct size *z, struct fit_point *points) {
    for (size_t i = z->first; i < z->end; i++)
        points[i - z->first] = point_of(&s->samples[i], 0);
    return (struct fit_times){points, z->end - z->first};
}

/* Of the smallest and the largest size at which Eve solved sessions. */
static int claim_widening(struct lab_report *report, const struct series *ours, const struct series *eve,
                          const uint8_t seed[static 32]) {
    const char *task = ours->group->task ? ours->group->task->name : NULL;
    struct size z = {0}, mine, hers[2] = {{0}}, our[2] = {{0}};
    size_t sizes = 0;
    while (next_size(eve, &z))
        if (z.solved && measured(ours, z.n, &mine)) {
            hers[sizes > 0] = z;
            our[sizes > 0] = mine;
            sizes++;
        }
    if (sizes < 2)
        return lab_note(report, "%s%sHow the separation grows takes two sizes or more at which %s solves sessions.",
                        task ? task : "", task ? ": " : "", eve->name);
    struct fit_point *points = malloc(2 * (eve->n_samples + ours->n_samples) * sizeof *points), *free_points = points;
    if (!points)
        return -ENOMEM;
    struct fit_times slow[2], quick[2];
    for (size_t i = 0; i < 2; i++) {
        slow[i] = times_of(eve, &hers[i], free_points);
        quick[i] = times_of(ours, &our[i], free_points += slow[i].n);
        free_points += quick[i].n;
    }
    struct fit_interval by;
    fit_widening(slow, quick, seed, &by);
    int r =
        lab_claim_between(report, 1, INFINITY, by.value, by.low, by.high,
                          "%s%she separation widens: %s takes %.3g times the bimodal learner's time at n = %u, %.3g "
                          "times at n = %u, the largest that it solved, with all of the "
                          "95%% interval of the growth above 1",
                          task ? task : "", task ? ": t" : "T", eve->name, fit_mean(&slow[0]) / fit_mean(&quick[0]),
                          hers[0].n, fit_mean(&slow[1]) / fit_mean(&quick[1]), hers[1].n);
    free(points);
    return r;
}

static int claim_growth(struct lab_report *report, const struct series *ours, struct series *eve,
                        const uint8_t seed[static 32]) {
    int r =
        ours->n_draws > 0
            ? lab_claim_between(report, 1, 2, ours->mean.b, ours->median.b_low, ours->median.b_high,
                                "In the fit a n^b of the bimodal learner's time, from n = %u to %u, all of the 95%% "
                                "interval of b is between 1 and 2",
                                ours->n_least, ours->n_most)
            : lab_note(report,
                       "No power of n is fitted to the bimodal learner's time: that takes two sizes or "
                       "more from n = %u on.",
                       CARRIES);
    if (r == 0 && eve->n_draws == 0)
        r = lab_note(report, "No exponential is fitted to isd's time: that takes two sizes or more at which it solves "
                             "some and searches for longer than it prepares.");
    else if (r == 0)
        r = lab_claim_between(report, 0, INFINITY, eve->mean.b, fmin(eve->low, eve->median.b_low),
                              fmax(eve->high, eve->median.b_high),
                              "In the fit a exp(b sqrt n) of isd's time b is above 0: both intervals exclude 0");
    r = r ? r : tell_forms(report, eve, seed);
    return r ? r : claim_widening(report, ours, eve, seed);
}

/* ---- the whole */

static int tell_crossing(struct lab_report *report, const struct series *ours, const struct series *eve) {
    double crossing = NAN, crossings[DRAWS], low = NAN, high = NAN;
    if (ours->n_draws > 0 && eve->n_draws > 0) {
        crossing = fit_crossing(&ours->mean, &eve->mean);
        size_t n = (size_t)(ours->n_draws < eve->n_draws ? ours->n_draws : eve->n_draws);
        for (size_t i = 0; i < n; i++)
            crossings[i] = fit_crossing(&ours->draws[i], &eve->draws[i]);
        low = fit_quantile(crossings, n, 0.025);
        high = fit_quantile(crossings, n, 0.975);
    }
    const struct series *both[] = {ours, eve};
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

static int tell_unfitted(struct lab_report *report, const struct series *s) {
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

/* The bimodal learner's risk at each set of a task. */
static int claim_risk(struct lab_report *report, const struct task *task) {
    const struct set *set;
    double worst = NAN, worst_low = NAN, worst_high = NAN, least, most;
    for (size_t i = 0; (set = task->set(i)); i++) {
        size_t cursor = 0, labels = 0, errors = 0;
        for (const json_t *unit; (unit = lab_next_of(report, set, &cursor));) {
            const json_t *said = json_object_get(json_object_get(unit, "result"), bimodal);
            labels += lab_count(said, "fresh_labels");
            errors += lab_count(said, "fresh_errors");
        }
        if (labels == 0)
            continue;
        statistics_exact(&least, &most, errors, labels, CERTAIN);
        worst = fmax(worst, (double)errors / (double)labels / set->risk);
        worst_low = fmax(worst_low, least / set->risk);
        worst_high = fmax(worst_high, most / set->risk);
    }
    return lab_claim_is(report, 1, LAB_RISK_TOLERANCE, worst, worst_low, worst_high,
                        "%s: the bimodal learner's population risk on fresh labels is that of the true task at every "
                        "set, to within a tenth; at most this many times that",
                        task->name);
}

/* The claims of a task other than LPN. */
static int claim_group(struct lab_report *report, const struct series *ours, struct series *eve,
                       const uint8_t seed[static 32]) {
    const struct task *task = ours->group->task;
    size_t learned = 0;
    for (size_t i = 0; i < ours->n_samples; i++)
        learned += ours->samples[i].solved;
    int r =
        lab_claim_at_most(report, 0.001, ours->n_samples - learned, ours->n_samples,
                          "%s: the bimodal learner fails in at most 0.1%% of sessions (exact one-sided 95%%, %zu of "
                          "%zu failed)",
                          task->name, ours->n_samples - learned, ours->n_samples);
    r = r ? r : claim_risk(report, task);
    r = r ? r : claim_widening(report, ours, eve, seed);
    if (r == 0 && eve->n_draws > 0 && report->size == LAB_FULL)
        r = lab_claim_between(report, 0, INFINITY, eve->mean.b, fmin(eve->low, eve->median.b_low),
                              fmax(eve->high, eve->median.b_high),
                              "%s: in the fit %s of %s's time b is above 0: both intervals exclude 0", task->name,
                              eve->group->form->text, eve->name);
    return r ? r : tell_forms(report, eve, seed);
}

/* n_said: in how many sessions somebody called himself solved, over all learners; n_wrong: wrongly. */
static int claim_said(struct lab_report *report, const struct task *task, size_t n_said, size_t n_wrong) {
    if (n_said == 0)
        return 0;
    return lab_claim(report, n_wrong == 0, (double)n_wrong, NAN, NAN,
                     "%s%shoever says solved has the %s, each of the %zu times; wrongly so", task ? task->name : "",
                     task ? ": w" : "W", task ? "task" : "secret", n_said);
}

/* For the figures: the line of Eve's fit. */
static int tell_line(struct lab_report *report, const struct series *eve) {
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
static int tell_bands(struct lab_report *report, const struct series *ours, const struct series *eve) {
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
        double hers = extrapolate(eve, n, &low, &high), mine = extrapolate(ours, n, &ours_low, &ours_high);
        r = lab_row(report, table,
                    json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "n", (int)n, "eve", lab_real(hers), "eve_low",
                              lab_real(low), "eve_high", lab_real(high), "bimodal", lab_real(mine), "bimodal_low",
                              lab_real(ours_low), "bimodal_high", lab_real(ours_high)));
    }
    return r;
}

static int claim_lpn(struct lab_report *report, const struct series *ours, struct series *eve,
                     const uint8_t seed[static 32]) {
    int r = tell_sets(report, ours, eve);
    r = r ? r : tell_crossing(report, ours, eve);
    r = r ? r : tell_bands(report, ours, eve);
    r = r ? r : claim_bimodal(report);
    return r ? r : claim_growth(report, ours, eve, seed);
}

static int report_group(struct lab_report *report, const struct group *group) {
    size_t n_kinds, n_said = 0, n_wrong = 0, n = 0;
    const struct learner_kind *const *kinds = learners_all(&n_kinds);
    struct series *all = calloc(n_kinds + 1, sizeof *all), *eve = NULL;
    static const uint8_t seed[32] = "hardness: draws";
    int r = all ? 0 : -ENOMEM;
    if (r == 0)
        all[n++] = (struct series){.group = group, .name = bimodal};
    for (size_t i = 0; i < n_kinds && r == 0; i++) {
        if (group->task && !learn_is_for(kinds[i], group->task->name))
            continue;
        eve = strcmp(kinds[i]->name, group->strongest) == 0 ? &all[n] : eve;
        all[n++] = (struct series){.group = group, .name = kinds[i]->name};
    }
    r = r ? r : lab_table(report, group->times, times_columns, sizeof times_columns / sizeof *times_columns);
    r = r ? r : lab_table(report, group->fits, fits_columns, sizeof fits_columns / sizeof *fits_columns);
    for (size_t i = 0; i < n && r == 0; i++) {
        r = collect(report, &all[i]);
        r = r ? r : fit_series(&all[i], seed);
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
        r = r ? r : claim_group(report, &all[0], eve, seed);
    }
    if (r == 0 && (!group->task || eve))
        r = claim_said(report, group->task, n_said, n_wrong);
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
        struct group group = {task,
                              times,
                              fits,
                              lattice ? "primal" : "isd",
                              &forms[lattice ? EXPONENTIAL : ROOT],
                              lattice ? CARRIES_LWE : CARRIES_RING};
        snprintf(times, sizeof times, "times-%s", task->name);
        snprintf(fits, sizeof fits, "fits-%s", task->name);
        if (lab_has_task(report, task))
            r = report_group(report, &group);
    }
    return r;
}

/* ---- figures: against sqrt n, so that exp(b sqrt n) is a straight line */

const char hardness_separation[] =
    "set title 'Time to learn, with both modalities and with one'\n"
    "set xlabel 'dimension n (spaced by its root)'\n"
    "set ylabel 'processor time of one core'\n"
    "set logscale y\n"
    "set xrange [4:47]\n"
    "set yrange [1e-7:1e17]\n"
    "set xtics ('32' sqrt(32), '64' 8, '128' sqrt(128), '256' 16, '384' sqrt(384), '512' sqrt(512), '1024' 32, '1536' "
    "sqrt(1536), '2048' sqrt(2048))\n"
    "set ytics ('1 microsecond' 1e-6, '1 millisecond' 1e-3, '1 second' 1, '1 hour' 3600, '1 year' "
    "3.156e7, '1,000 years' 3.156e10, '10^6 years' 3.156e13, '10^9 years' 3.156e16)\n"
    "at(n) = sqrt(column(n))\n"
    "fitted(least, most, c) = column('n') >= least - 1 && column('n') <= most + 1 ? column(c) : NaN\n"
    "crosses = crossing == crossing ? \", '+' using (sqrt(crossing)):(exp(log(1e-7) + (log(exp(bimodal_log_a) * "
    "crossing**bimodal_b) - log(1e-7)) * $0 / 499)) with lines lt 4 title sprintf('the lines cross at n = %.0f', "
    "crossing)\" : bimodal_b == bimodal_b && eve_b == eve_b ? \", keyentry with lines lc rgb 'white' title 'by these "
    "fits "
    "the "
    "lines cross nowhere'\" : ''\n"
    "lines = eve_b == eve_b ? \", 'bands.tsv' using (at('n')):'eve_low':'eve_high' with filledcurves lc rgb '#b2182b' "
    "fs "
    "transparent solid 0.15 noborder notitle, '' using (at('n')):'eve' with lines lt 8 notitle, '' using "
    "(at('n')):(fitted(eve_n_least, eve_n_most, 'eve')) with lines lt 2 dt 1 lw 4 title sprintf('fit: a e^{%.2f "
    "√n}; grey: extrapolated', eve_b), 'sets.tsv' using (strcol('eve_from') eq 'extrapolated' ? at('n') : "
    "-9):'eve_seconds' with points lt 8 title 'isd, extrapolated; shaded: 95%'\" : ''\n"
    "powers = bimodal_b == bimodal_b ? \", 'bands.tsv' using (at('n')):'bimodal_low':'bimodal_high' with filledcurves "
    "lc "
    "rgb '#000000' fs transparent solid 0.15 noborder notitle, '' using (at('n')):'bimodal' with lines lt 8 notitle, "
    "'' "
    "using (at('n')):(fitted(bimodal_n_least, bimodal_n_most, 'bimodal')) with lines lt 1 lw 3 title sprintf('fit: a "
    "n^{%.2f}; grey: extrapolated', bimodal_b)\" : ''\n"
    "plot 'times.tsv' using (strcol('learner') eq 'isd' ? at('n') : -9):'mean_seconds' with points lt 2 title 'one "
    "modality: isd, mean of sessions', \\\n"
    "     'times.tsv' using (strcol('learner') eq 'bimodal' ? at('n') : -9):'mean_seconds' with points lt 1 title "
    "'both "
    "modalities, mean of sessions' @lines @powers @crosses\n";

/* A mean over sessions of which some were stopped counts the time until then over those that ended, and lies above
 * whatever was seen: it is drawn hollow, and the bar ends at the limit. */
const char hardness_learners[] =
    "set title 'All learners on the same sessions'\n"
    "set xlabel 'dimension n (spaced by its root)'\n"
    "set ylabel 'processor seconds: mean, least, most'\n"
    "set logscale y\n"
    "set format y '10^{%L}'\n"
    "set xrange [7.5:23.5]\n"
    "set yrange [1e-5:1e7]\n"
    "set xtics ('64' 8, '96' sqrt(96), '128' sqrt(128), '160' sqrt(160), '192' sqrt(192), '224' sqrt(224), '256' 16, "
    "'320' sqrt(320), '384' sqrt(384), '512' sqrt(512))\n"
    "shift(i) = 0.07 * (i - 2.5)\n"
    "names = 'bimodal isd gauss recipe'\n"
    "which(name) = name eq 'bimodal' ? 1 : name eq 'isd' ? 2 : name eq 'gauss' ? 3 : name eq 'recipe' ? 4 : 0\n"
    "at(i) = which(strcol('learner')) == i ? sqrt(column('n')) + shift(i) : -9\n"
    "ended(i) = column('solved') == column('sessions') ? at(i) : -9\n"
    "stopped(i) = i > 0 && column('solved') < column('sessions') ? at(i) : -9\n"
    "color(i) = word('0x000000 0xb2182b 0x2166ac 0xe08214', i > 0 ? i : 1) + 0\n"
    "plot for [i=1:4] 'times.tsv' using (ended(i)):'mean_seconds':'least_seconds':'most_seconds' with yerrorbars lt i "
    "title word(names, i), \\\n"
    "     '' using (stopped(which(strcol('learner')))):'limit_seconds':'least_seconds':'limit_seconds':"
    "(color(which(strcol('learner')))) with yerrorbars lc rgb variable lw 2.5 pt 2 ps 2 notitle, \\\n"
    "     '' using (stopped(which(strcol('learner')))):'mean_seconds':(color(which(strcol('learner')))) with points lc "
    "rgb "
    "variable pt 6 ps 2.4 notitle, \\\n"
    "     keyentry with points lc rgb 'black' pt 2 ps 2 title 'time limit, where sessions reached it', \\\n"
    "     keyentry with points lc rgb 'black' pt 6 ps 2.4 title 'mean by estimate, where sessions were stopped'\n";

#define TASK_FIGURE(task, title, x, range, eve, law)                                                                   \
    "set title '" title ": time to learn'\n"                                                                           \
    "set xlabel '" x "'\n"                                                                                             \
    "set ylabel 'processor seconds: mean, least, most'\n"                                                              \
    "set logscale xy\n"                                                                                                \
    "set format y '10^{%L}'\n"                                                                                         \
    "set xrange " range "\n"                                                                                           \
    "set yrange [1e-6:1e7]\n"                                                                                          \
    "of(name) = strcol('learner') eq name ? column('n') : NaN\n"                                                       \
    "fitted(c) = column('n') >= " task "_n_least - 1 && column('n') <= " task "_n_most + 1 ? column(c) : NaN\n"        \
    "fit = " task "_b == " task "_b ? \", 'bands-" task ".tsv' using 'n':'eve_low':'eve_high' with filledcurves lc "   \
    "rgb '#b2182b' fs transparent solid 0.15 noborder title '95% band of the fit', '' using 'n':'eve' with lines lt "  \
    "8 title 'the fit, extrapolated', '' using 'n':(fitted('eve')) with lines lt 2 dt 1 lw 3 title sprintf('fit: " law \
    "', " task "_b)\" : ''\n"                                                                                          \
    "plot 'times-" task ".tsv' using (of('" eve "')):'mean_seconds':'least_seconds':'most_seconds' with yerrorbars "   \
    "title '" eve ", one modality' lt 2, \\\n"                                                                         \
    "     'times-" task ".tsv' using (of('bimodal')):'mean_seconds':'least_seconds':'most_seconds' with yerrorbars "   \
    "title 'bimodal learner' lt 1 @fit\n"

const char hardness_ring[] = TASK_FIGURE("ring", "Sparse multiplication in a ring", "length n of the ring",
                                         "[400:23000]", "isd", "a e^{%.2f √n}");
const char hardness_lwe[] =
    TASK_FIGURE("lwe", "Learning with errors", "dimension n", "[28:1200]", "primal", "a e^{%.3f n}");
