/* Exact tails of X ~ Binomial(n, p), 0 < p < 1, as sums of its terms, never as an approximation by another
 * distribution. Good to about 10^-9 of the smaller tail for n up to some millions; a tail below 10^-300 may come out as
 * 0. */
#ifndef PARLEY_BASE_BINOMIAL_H
#define PARLEY_BASE_BINOMIAL_H

#include <stdint.h>

/* P(X < x) and P(X > x). */
double binomial_below(uint64_t x, uint64_t n, double p);
double binomial_above(uint64_t x, uint64_t n, double p);

/* The largest x with P(X < x) <= tail: whoever refuses less than x refuses an honest X with probability `tail` at
 * most. 0 < tail < 1. */
uint64_t binomial_least(uint64_t n, double p, double tail);

/* The same for the sum, over 2^log2_groups independent X, of the minority min(X, n - X); n is odd and p < 1/2. It is
 * the quantile of that sum itself, by convolution: takes time in the square of the expected sum. -ENOMEM. */
int64_t binomial_least_minority(unsigned log2_groups, uint32_t n, double p, double tail);

#endif
