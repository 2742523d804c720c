#include "eve/lab/statistics.h"

#include "common/base/binomial.h"

#include <math.h>
#include <stdlib.h>

/* The continued fraction of the incomplete beta function, DLMF 8.17.22, by Lentz's method. */
static double beta_fraction(double a, double b, double x) {
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double f = d;
    for (int i = 1; i < 100000; i++) {
        double even = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i));
        double odd = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        f *= c * d;
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        f *= c * d;
        if (fabs(c * d - 1) < 1e-15)
            break;
    }
    return f;
}

/* Regularised incomplete beta function I_x(a, b). */
static double beta(double a, double b, double x) {
    if (x <= 0 || x >= 1)
        return x >= 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* The p at which P(at most x) is `tail`; it falls with p. */
static double bound(size_t x, size_t n, double tail) {
    double low = 0, high = 1;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (binomial_below(x + 1, n, middle) > tail)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double statistics_upper95(size_t x, size_t n) {
    return x >= n ? 1 : bound(x, n, 0.05);
}

void statistics_exact(double *lowp, double *highp, size_t x, size_t n, double confidence) {
    double tail = (1 - confidence) / 2;
    *highp = x >= n ? 1 : bound(x, n, tail);
    *lowp = x == 0 ? 0 : bound(x - 1, n, 1 - tail);
}

void statistics_mean(double *meanp, double *errorp, const double *values, size_t n) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    *meanp = n ? sum / (double)n : NAN;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - *meanp) * (values[i] - *meanp);
    *errorp = n > 1 ? sqrt(squares / (double)(n - 1) / (double)n) : NAN;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void statistics_sort(double *values, size_t n) {
    qsort(values, n, sizeof *values, ascending);
}

double statistics_median(double *values, size_t n) {
    if (n == 0)
        return NAN;
    statistics_sort(values, n);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double statistics_student95(size_t df) {
    double low = 0, high = 20, v = (double)df; /* df = 1: 12.7 */
    for (int i = 0; i < 100; i++) {
        double t = (low + high) / 2;
        if (beta(v / 2, 0.5, v / (v + t * t)) > 0.05) /* P(|T| > t) */
            low = t;
        else
            high = t;
    }
    return high;
}

void statistics_line(struct statistics_line *line, const double *x, const double *y, size_t n) {
    double mx = 0, my = 0, xx = 0, xy = 0, rest = 0;
    for (size_t i = 0; i < n; i++) {
        mx += x[i] / (double)n;
        my += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        xy += (x[i] - mx) * (y[i] - my);
    }
    line->slope = xy / xx;
    line->intercept = my - line->slope * mx;
    for (size_t i = 0; i < n; i++) {
        double r = y[i] - line->intercept - line->slope * x[i];
        rest += r * r;
    }
    line->n = (double)n;
    line->mean = mx;
    line->squares = xx;
    line->half = n > 2 ? statistics_student95(n - 2) * sqrt(rest / (double)(n - 2)) : NAN;
    line->least = line->most = x[0];
    for (size_t i = 1; i < n; i++) {
        line->least = fmin(line->least, x[i]);
        line->most = fmax(line->most, x[i]);
    }
    line->slope_low = line->slope - line->half / sqrt(xx);
    line->slope_high = line->slope + line->half / sqrt(xx);
}
