#include "eve/lab/experiments/hardness_claims.h"
#include "eve/lab/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define CERTAIN 0.9999999 /* of the intervals that decide: a false alarm in 10^7 */

/* Whether the times tell the form that is fitted from the others, by the law that they follow more closely. A line
 * through two sizes is of all forms. */
static int tell_forms(struct lab_report *report, struct hardness_series *s, const uint8_t seed[static 32]) {
    enum fit_law law = s->median.log_likelihood > s->mean.log_likelihood ? FIT_LOGNORMAL : FIT_EXPONENTIAL;
    if (s->n_draws == 0 || s->n_sizes < 3)
        return 0;
    struct fit_point *points = malloc((s->n_samples + 1) * sizeof *points);
    double *others = malloc((s->n_samples + 1) * sizeof *others);
    int r = points && others ? 0 : -ENOMEM;
    size_t n = r == 0 ? hardness_points(s, points) : 0;
    for (const struct hardness_form *other = hardness_forms; r == 0 && other < hardness_forms + HARDNESS_N_FORMS;
         other++) {
        struct fit_interval by;
        if (other == hardness_form_of(s))
            continue;
        for (size_t i = 0; i < n; i++)
            others[i] = other->x(hardness_form_of(s)->n(points[i].x));
        r = fit_compare(law, points, others, n, seed, &by);
        if (r == 0)
            r = lab_note(report,
                         "%s%s%s's times, n = %u to %u: %s fits %s %s, the likelihood is e^%.1f times as large (95%% "
                         "e^%.1f to e^%.1f).",
                         s->group->task ? s->group->task->name : "", s->group->task ? ": " : "", s->name, s->n_least,
                         s->n_most, hardness_form_of(s)->text,
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

int hardness_claim_bimodal(struct lab_report *report) {
    struct params p;
    double worst = NAN, worst_low = NAN, worst_high = NAN, least, most; /* times theta, of the n where they are most */
    size_t sessions = 0, failed = 0;
    for (uint32_t n = 32; n <= PARAMS_N_MAX; n += 32) {
        size_t cursor = 0, labels = 0, errors = 0;
        for (const json_t *unit; (unit = lab_next(report, "n", n, &cursor));) {
            const json_t *said = json_object_get(json_object_get(unit, "result"), hardness_bimodal);
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
static struct fit_times times_of(const struct hardness_series *s, const struct hardness_size *z,
                                 struct fit_point *points) {
    for (size_t i = z->first; i < z->end; i++)
        points[i - z->first] = hardness_point(&s->samples[i], 0);
    return (struct fit_times){points, z->end - z->first};
}

/* Of the smallest and the largest size at which Eve solved sessions. */
static int claim_widening(struct lab_report *report, const struct hardness_series *ours,
                          const struct hardness_series *eve, const uint8_t seed[static 32]) {
    const char *task = ours->group->task ? ours->group->task->name : NULL;
    struct hardness_size z = {0}, mine, hers[2] = {{0}}, our[2] = {{0}};
    size_t sizes = 0;
    while (hardness_next_size(eve, &z))
        if (z.solved && hardness_measured(ours, z.n, &mine)) {
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

int hardness_claim_growth(struct lab_report *report, const struct hardness_series *ours, struct hardness_series *eve,
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
                       ours->group->n_carries);
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

/* The bimodal learner's risk at each set of a task. */
static int claim_risk(struct lab_report *report, const struct task *task) {
    const struct set *set;
    double worst = NAN, worst_low = NAN, worst_high = NAN, least, most;
    for (size_t i = 0; (set = task->set(i)); i++) {
        size_t cursor = 0, labels = 0, errors = 0;
        for (const json_t *unit; (unit = lab_next_of(report, set, &cursor));) {
            const json_t *said = json_object_get(json_object_get(unit, "result"), hardness_bimodal);
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

int hardness_claim_group(struct lab_report *report, const struct hardness_series *ours, struct hardness_series *eve,
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

int hardness_claim_said(struct lab_report *report, const struct task *task, size_t n_said, size_t n_wrong) {
    if (n_said == 0)
        return 0;
    return lab_claim(report, n_wrong == 0, (double)n_wrong, NAN, NAN,
                     "%s%shoever says solved has the %s, each of the %zu times; wrongly so", task ? task->name : "",
                     task ? ": w" : "W", task ? "task" : "secret", n_said);
}
