#include "eve/quantum/grover.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int grover_init(struct grover *grover, size_t n, const uint64_t *marks) {
    *grover = (struct grover){.n = n, .a = malloc(n * sizeof(double))};
    for (size_t w = 0; w < (n + 63) / 64; w++)
        grover->n_marked += (unsigned)__builtin_popcountll(marks[w]);
    grover->marked = malloc((grover->n_marked + 1) * sizeof *grover->marked);
    if (!grover->a || !grover->marked) {
        grover_deinit(grover);
        return -ENOMEM;
    }
    size_t m = 0;
    for (size_t x = 0; x < n; x++)
        if (marks[x / 64] >> (x % 64) & 1)
            grover->marked[m++] = (uint32_t)x;
    grover_start(grover);
    return 0;
}

void grover_deinit(struct grover *grover) {
    free(grover->a);
    free(grover->marked);
    *grover = (struct grover){0};
}

void grover_start(struct grover *grover) {
    for (size_t x = 0; x < grover->n; x++)
        grover->a[x] = 1 / sqrt((double)grover->n);
}

void grover_iterate(struct grover *grover) {
    enum { SUMS = 16 }; /* side by side, for speed and for small errors of rounding */
    double *a = grover->a, sums[SUMS] = {0}, mean = 0;
    for (size_t i = 0; i < grover->n_marked; i++)
        a[grover->marked[i]] = -a[grover->marked[i]];
    for (size_t x = 0; x < grover->n; x += SUMS)
        for (size_t i = 0; i < SUMS; i++)
            sums[i] += a[x + i];
    for (size_t i = 0; i < SUMS; i++)
        mean += sums[i] / (double)grover->n;
    for (size_t x = 0; x < grover->n; x++)
        a[x] = 2 * mean - a[x];
}

double grover_success(const struct grover *grover) {
    double sum = 0;
    for (size_t i = 0; i < grover->n_marked; i++)
        sum += grover->a[grover->marked[i]] * grover->a[grover->marked[i]];
    return sum;
}

size_t grover_measure(const struct grover *grover, double u) {
    double sum = 0;
    for (size_t x = 0; x < grover->n; x++) {
        sum += grover->a[x] * grover->a[x];
        if (sum > u)
            return x;
    }
    return grover->n - 1; /* rounding */
}

static double angle(double n, double n_marked) {
    return asin(sqrt(n_marked / n));
}

double grover_theory(double n, double n_marked, double k) {
    double root = sin((2 * k + 1) * angle(n, n_marked));
    return root * root;
}

size_t grover_best(double n, double n_marked) {
    return n_marked > 0 ? (size_t)floor(M_PI / 4 / angle(n, n_marked)) : 0;
}

double grover_bound(double n, size_t round) {
    return fmin(pow(1.2, (double)round), sqrt(n));
}

double grover_calls(double n, const double *success) {
    double reached = 1, calls = 0;
    for (size_t round = 0; reached > 1e-15 && round < 1000000; round++) {
        size_t below = (size_t)ceil(grover_bound(n, round));
        double found = 0;
        for (size_t j = 0; j < below; j++)
            found += success[j] / (double)below;
        calls += reached * (((double)below - 1) / 2 + 1);
        reached *= 1 - found;
    }
    return calls;
}
