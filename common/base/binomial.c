#include "common/base/binomial.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* P(X = x) */
static double term(uint64_t x, uint64_t n, double p) {
    double successes = (double)x, failures = (double)(n - x);
    return exp(lgamma((double)n + 1) - lgamma(successes + 1) - lgamma(failures + 1) + successes * log(p) +
               failures * log1p(-p));
}

static bool matters(double t, double sum) {
    return t > sum * 1e-18;
}

/* The terms fall from x on, in the direction of the sum: x is at most, or at least, the mean. */
static double sum_down(uint64_t x, uint64_t n, double p) {
    double t = term(x, n, p), sum = t;
    for (; x > 0 && matters(t, sum); x--) {
        t *= (double)x / (double)(n - x + 1) * (1 - p) / p;
        sum += t;
    }
    return sum;
}

static double sum_up(uint64_t x, uint64_t n, double p) {
    double t = term(x, n, p), sum = t;
    for (; x < n && matters(t, sum); x++) {
        t *= (double)(n - x) / (double)(x + 1) * p / (1 - p);
        sum += t;
    }
    return sum;
}

double binomial_below(uint64_t x, uint64_t n, double p) {
    if (x == 0 || x > n)
        return x > n;
    return (double)x <= (double)n * p ? sum_down(x - 1, n, p) : 1 - sum_up(x, n, p);
}

double binomial_above(uint64_t x, uint64_t n, double p) {
    if (x >= n)
        return 0;
    return (double)x >= (double)n * p ? sum_up(x + 1, n, p) : 1 - sum_down(x, n, p);
}

uint64_t binomial_least(uint64_t n, double p, double tail) {
    uint64_t low = 0, high = n;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (binomial_below(middle, n, p) <= tail)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* square[x] = sum of f[i] f[x - i], for the first n values. */
static void square(double *out, const double *f, size_t n) {
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; f[i] > 0 && i + j < n; j++)
            out[i + j] += f[i] * f[j];
}

/* Below the expected sum the distribution of a sum needs that of its parts only below it, too. */
int64_t binomial_least_minority(unsigned log2_groups, uint32_t n, double p, double tail) {
    size_t n_values = (size_t)ceil(ldexp((double)n * p, (int)log2_groups)) + 1;
    double *f = calloc(2 * n_values, sizeof *f), *next = f ? f + n_values : NULL, below = 0;
    if (!f)
        return -ENOMEM;
    for (uint32_t x = 0; x <= n / 2 && x < n_values; x++)
        f[x] = term(x, n, p) + term(n - x, n, p);
    for (unsigned i = 0; i < log2_groups; i++) {
        square(next, f, n_values);
        memcpy(f, next, n_values * sizeof *f);
    }
    int64_t x = 0;
    while ((size_t)x < n_values && below + f[x] <= tail)
        below += f[x++];
    free(f);
    return x;
}
