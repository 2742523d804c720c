/* How time grows: fits of log t = log a + b x to times of which some are only known to be longer than a limit. Pure.
 *
 * A session that had not ended at its time limit is *censored*: it says that its time is longer, and counts with the
 * probability of that. Leaving such sessions out, or taking the limit for the time, makes hard sizes look easy.
 *
 * Two laws for the times at one x:
 *     FIT_EXPONENTIAL  memoryless, of mean a exp(b x): a search by independent tries
 *     FIT_LOGNORMAL    log t is normal with mean log a + b x and deviation sigma, so that a exp(b x) is the median.
 *                      Without censored times this is least squares on log t
 * With x = log n the line is a n^b; with x = sqrt n it is a exp(b sqrt n). */
#ifndef PARLEY_EVE_LAB_FIT_H
#define PARLEY_EVE_LAB_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fit_law { FIT_EXPONENTIAL, FIT_LOGNORMAL };

struct fit_point {
    double x, t;   /* t > 0: the time, or the limit of a censored one */
    bool censored; /* it would have been longer than t */
};

struct fit_line {
    double log_a, b;
    double sigma; /* of FIT_LOGNORMAL; 1 */
    double log_likelihood;
    double b_low, b_high; /* 95%, by profile likelihood; NAN from fit_bootstrap; infinite where there is no bound */
    size_t n_points, n_censored;
};

/* Maximum likelihood. -ERANGE when the points have no best line: times that are not censored at fewer than two x, or a
 * line through all of them. -ENOMEM. */
int fit_line(enum fit_law law, const struct fit_point *points, size_t n, struct fit_line *out);

/* log t on the line. */
static inline double fit_log_at(const struct fit_line *line, double x) {
    return line->log_a + line->b * x;
}

/* Draws points with repeats, as many at each x as there are, and fits a line to each draw: what the line would have
 * been with other sessions. Returns how many of the n_draws gave a line, which are then in lines; -ENOMEM. */
long fit_bootstrap(enum fit_law law, const struct fit_point *points, size_t n, const uint8_t seed[static 32],
                   size_t n_draws, struct fit_line *lines);

/* A value and where 95% of it lie over draws of points, as fit_bootstrap makes them; the interval holds the value. */
struct fit_interval {
    double value, low, high;
};

/* Two lines to the same times, over points[i].x and over others[i]: by how much does the first fit better? By the
 * logarithm of its likelihood over the other's; both have as many parameters. Points of one x have one and the same
 * other, and no other points have it. -ERANGE where a line, or that of a draw, is missing; -ENOMEM. */
int fit_compare(enum fit_law law, const struct fit_point *points, const double *others, size_t n,
                const uint8_t seed[static 32], struct fit_interval *out);

/* Sessions of one size; x is not looked at. */
struct fit_times {
    const struct fit_point *points;
    size_t n;
};

/* Time of all over the number of those that ended; infinite if none did. */
double fit_mean(const struct fit_times *times);

/* How many times as large the ratio of two means, slow[i] over quick[i], is at the last of two sizes (i = 1) as at the
 * first. NAN where that is none. */
void fit_widening(const struct fit_times slow[static 2], const struct fit_times quick[static 2],
                  const uint8_t seed[static 32], struct fit_interval *out);

/* The n from which exp(curve) with x = sqrt n stays above power with x = log n: the larger root where there are two.
 * NAN if it is above everywhere. */
double fit_crossing(const struct fit_line *power, const struct fit_line *curve);

/* The value below which a share q of them lies, sorting them; NANs are left out; NAN of none. */
double fit_quantile(double *values, size_t n, double q);

#endif
