#include "eve/lab/experiments/hardness_series.h"
#include "eve/lab/lesson.h"
#include "eve/learn/learner.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char hardness_bimodal[] = "bimodal";

static double identity(double x) {
    return x;
}

static double square(double x) {
    return x * x;
}

const struct hardness_form hardness_forms[HARDNESS_N_FORMS] = {
    {"a n^b", log, exp}, {"a exp(b sqrt n)", sqrt, square}, {"a exp(b n)", identity, identity}};

static int compare_sizes(const void *a, const void *b) {
    const struct hardness_sample *x = a, *y = b;
    return x->n != y->n ? (x->n > y->n) - (x->n < y->n) : (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

static int add(struct hardness_series *s, const json_t *said, uint32_t n, bool solved) {
    struct hardness_sample *more = realloc(s->samples, (s->n_samples + 1) * sizeof *more);
    if (!more)
        return -ENOMEM;
    s->samples = more;
    s->samples[s->n_samples++] = (struct hardness_sample){n, fmax(lab_number(said, "seconds"), 1e-9),
                                                          lab_number(said, "preparing_seconds"), solved};
    return 0;
}

int hardness_collect(const struct lab_report *report, struct hardness_series *s) {
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
        if (s->name == hardness_bimodal) {
            said = json_object_get(result, hardness_bimodal);
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

bool hardness_next_size(const struct hardness_series *s, struct hardness_size *z) {
    z->first = z->end;
    if (z->first >= s->n_samples)
        return false;
    z->n = s->samples[z->first].n;
    z->solved = 0;
    z->total = z->preparing = z->limit = 0;
    for (; z->end < s->n_samples && s->samples[z->end].n == z->n; z->end++) {
        const struct hardness_sample *x = &s->samples[z->end];
        z->solved += x->solved;
        z->total += x->seconds;
        z->preparing += x->preparing;
        z->limit = x->solved ? z->limit : fmax(z->limit, x->seconds);
    }
    return true;
}

double hardness_size_mean(const struct hardness_size *z) {
    return z->solved ? z->total / (double)z->solved : NAN;
}

double hardness_size_median(const struct hardness_series *s, const struct hardness_size *z) {
    const struct hardness_sample *low = &s->samples[z->first + (z->end - z->first - 1) / 2];
    const struct hardness_sample *high = &s->samples[z->first + (z->end - z->first) / 2];
    return low->solved && high->solved ? (low->seconds + high->seconds) / 2 : NAN;
}

const struct hardness_form *hardness_form_of(const struct hardness_series *s) {
    return s->name == hardness_bimodal ? &hardness_forms[HARDNESS_POWER] : s->group->form;
}

/* Where n stands on the axis of the series' own form. */
static double place(const struct hardness_series *s, uint32_t n) {
    return hardness_form_of(s)->x(n);
}

struct fit_point hardness_point(const struct hardness_sample *sample, double x) {
    return (struct fit_point){x, sample->seconds, !sample->solved};
}

static enum fit_law law_of(const struct hardness_series *s) {
    return s->name == hardness_bimodal ? FIT_LOGNORMAL : FIT_EXPONENTIAL;
}

/* Sizes at which preparing (expanding samples, tuning) takes half the time or
 * more tell nothing of the search; those below n_carries nothing of the bimodal learner's power. */
size_t hardness_points(struct hardness_series *s, struct fit_point *points) {
    size_t n = 0;
    struct hardness_size z = {0};
    s->n_sizes = 0;
    while (hardness_next_size(s, &z)) {
        if (z.preparing > z.total / 2 || (s->name == hardness_bimodal && z.n < s->group->n_carries))
            continue;
        s->n_least = n ? s->n_least : z.n;
        s->n_most = z.n;
        s->n_sizes++;
        for (size_t i = z.first; i < z.end; i++)
            points[n++] = hardness_point(&s->samples[i], place(s, z.n));
    }
    return n;
}

int hardness_fit(struct hardness_series *s, const uint8_t seed[static 32]) {
    enum fit_law law = law_of(s);
    struct fit_point *points = malloc((s->n_samples + 1) * sizeof *points);
    double slopes[HARDNESS_DRAWS];
    s->draws = malloc(HARDNESS_DRAWS * sizeof *s->draws);
    int r = points && s->draws ? 0 : -ENOMEM;
    size_t n = r == 0 ? hardness_points(s, points) : 0;
    s->low = s->high = NAN;
    if (r == 0 && fit_line(law, points, n, &s->mean) == 0 && fit_line(FIT_LOGNORMAL, points, n, &s->median) == 0)
        s->n_draws = fit_bootstrap(law, points, n, seed, HARDNESS_DRAWS, s->draws);
    free(points);
    if (s->n_draws < 0)
        return (int)s->n_draws;
    for (long i = 0; i < s->n_draws; i++)
        slopes[i] = s->draws[i].b;
    s->low = fit_quantile(slopes, (size_t)s->n_draws, 0.025);
    s->high = fit_quantile(slopes, (size_t)s->n_draws, 0.975);
    return r;
}

double hardness_extrapolate(const struct hardness_series *s, uint32_t n, double *lowp, double *highp) {
    double values[HARDNESS_DRAWS];
    for (long i = 0; i < s->n_draws; i++)
        values[i] = exp(fit_log_at(&s->draws[i], place(s, n)));
    *lowp = fit_quantile(values, (size_t)s->n_draws, 0.025);
    *highp = fit_quantile(values, (size_t)s->n_draws, 0.975);
    return s->n_draws > 0 ? exp(fit_log_at(&s->mean, place(s, n))) : NAN;
}

bool hardness_measured(const struct hardness_series *s, uint32_t n, struct hardness_size *out) {
    *out = (struct hardness_size){0};
    while (hardness_next_size(s, out))
        if (out->n == n)
            return out->solved > 0;
    return false;
}
