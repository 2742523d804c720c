/* Intervals and fits. */
#ifndef PARLEY_EVE_LAB_STATISTICS_H
#define PARLEY_EVE_LAB_STATISTICS_H

#include <stddef.h>

#define STATISTICS_Z95 1.9599639845400542 /* two-sided 95% */

/* Exact one-sided 95% upper bound on a probability after x successes in n trials (Clopper, Pearson 1934). 1 if n = 0.
 */
double statistics_upper95(size_t x, size_t n);

/* Exact two-sided interval of the given confidence. */
void statistics_exact(double *lowp, double *highp, size_t x, size_t n, double confidence);

/* Mean and, if there are two or more, its standard error. */
void statistics_mean(double *meanp, double *errorp, const double *values, size_t n);

/* In ascending order; no NAN. */
void statistics_sort(double *values, size_t n);
/* Sorts them. The middle one, or the mean of the two; NAN if n = 0. */
double statistics_median(double *values, size_t n);

/* Two-sided 95% quantile of Student's distribution. df >= 1. */
double statistics_student95(size_t df);

/* y = intercept + slope x by least squares, with the slope's two-sided 95% interval; n >= 3. */
struct statistics_line {
    double intercept, slope, slope_low, slope_high;
    /* The 95% band of the line at x is half sqrt(1/n + (x - mean)^2/squares) on both sides: it widens away from the
     * points, which lie between least and most. */
    double n, mean, squares, half, least, most;
};
#define STATISTICS_NO_LINE ((struct statistics_line){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN})
void statistics_line(struct statistics_line *line, const double *x, const double *y, size_t n);

#endif
