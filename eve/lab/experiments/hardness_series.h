/* What hardness_report.c and hardness_claims.c speak of: the times of one learner in the sessions of one task, and the
 * line that is fitted to them.
 *
 * Mean times are fitted by the exponential law, which for sessions that all ended is the right fit of a mean whatever
 * the law (it is the gamma regression with logarithmic link), and which counts those that did not; its intervals come
 * from drawing sessions anew, so they hold if the law does not. The log-normal law, with profile likelihood, stands
 * beside it. */
#ifndef PARLEY_EVE_LAB_HARDNESS_SERIES_H
#define PARLEY_EVE_LAB_HARDNESS_SERIES_H

#include "eve/lab/fit.h"
#include "eve/lab/lab.h"

enum { HARDNESS_DRAWS = 400 };

extern const char hardness_bimodal[]; /* the name of the learner with both modalities, compared by address */

/* log t is fitted by a line along x(n). */
struct hardness_form {
    const char *text;
    double (*x)(double n), (*n)(double x);
};

enum { HARDNESS_POWER, HARDNESS_ROOT, HARDNESS_EXPONENTIAL, HARDNESS_N_FORMS };
extern const struct hardness_form hardness_forms[HARDNESS_N_FORMS];

/* What is fitted together: the sessions of one task. */
struct hardness_group {
    const struct task *task; /* NULL: LPN of any n */
    const char *times, *fits, *strongest;
    const struct hardness_form *form; /* of Eve's time */
    uint32_t n_carries;               /* the bimodal learner is fitted from here on */
};

/* One learner in one session. */
struct hardness_sample {
    uint32_t n;
    double seconds, preparing;
    bool solved;
};

/* One learner in all of them. */
struct hardness_series {
    const struct hardness_group *group;
    const char *name;
    struct hardness_sample *samples;
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

/* What a size came to: samples first ... end - 1 of a series. */
struct hardness_size {
    uint32_t n;
    size_t first, end, solved;
    double total, preparing, limit;
};

/* Adds the sessions of s->group in which s->name was run, in order of n and then of time. s: these two are set, the
 * rest is 0. The samples are the caller's to free. -ENOMEM. */
int hardness_collect(const struct lab_report *report, struct hardness_series *s);

/* The next size, from {0} on; false: there is none. */
bool hardness_next_size(const struct hardness_series *s, struct hardness_size *z);
/* Time in all over successes, which counts the unfinished; NAN without a success. */
double hardness_size_mean(const struct hardness_size *z);
/* NAN if the middle one did not end. All have the same limit. */
double hardness_size_median(const struct hardness_series *s, const struct hardness_size *z);

/* The form that is fitted to s. */
const struct hardness_form *hardness_form_of(const struct hardness_series *s);
/* Fits s: mean, median, draws (the caller's to free), low, high. n_draws is 0 where there is no fit. -ENOMEM. */
int hardness_fit(struct hardness_series *s, const uint8_t seed[static 32]);
/* points (room for all samples) = what is fitted: how many, and n_least, n_most and n_sizes of s. */
size_t hardness_points(struct hardness_series *s, struct fit_point *points);
struct fit_point hardness_point(const struct hardness_sample *sample, double x);

/* Seconds at n by the fit, with the 95% interval from draws; NAN without a fit. */
double hardness_extrapolate(const struct hardness_series *s, uint32_t n, double *lowp, double *highp);
/* Whether some session of size n was solved, and what that size came to. */
bool hardness_measured(const struct hardness_series *s, uint32_t n, struct hardness_size *out);

#endif
