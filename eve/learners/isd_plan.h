/* How information-set decoding is run, and how likely one independent try of it is to succeed. */
#ifndef PARLEY_EVE_ISD_PLAN_H
#define PARLEY_EVE_ISD_PLAN_H

#include <stddef.h>
#include <stdint.h>

struct isd_plan {
    unsigned weight;  /* 1: all pairs of rows; 2: at most two of each half */
    unsigned bits;    /* of a bucket's number, weight 2 */
    unsigned most;    /* errors allowed among the 32 bits compared first, weight 1; among 64 bits, weight 2 */
    unsigned steps;   /* exchanges before each pass */
    unsigned passes;  /* of each block of redundancy samples */
    unsigned blocks;  /* before the tableau is built anew */
    unsigned unasked; /* passes between two looks at the clock */
    unsigned limit;   /* errors allowed among all 128 redundancy samples and still believed */
};

/* P(Binomial(n, theta) <= most) */
double isd_tail(unsigned n, double theta, unsigned most);

/* The probability that a pass over an independent tableau from a pool of n_pool labels finds the errors of its
 * information set: such that its inverse is the mean number of passes to success. That is a harmonic mean over how many
 * of the pool's labels are wrong, which varies by session and decides much: at n256 half as many passes, or twice as
 * many, are nothing unusual. n_pool 0: of a pool without end. */
double isd_success(const struct isd_plan *plan, size_t n, double theta, size_t n_pool);

/* Independent tries for each pass. Passes over one tableau succeed together: a state without new errors goes on
 * succeeding, n + 128 samples with few errors among them succeed more than once, and all blocks begin with one
 * information set. What counts is the last time:
 *
 *     P(some pass of K succeeds) = sum over passes t of P(t succeeds) P(none after t does | t does).
 *
 * The latter is found by moving errors alone, without samples, n_runs times from a state that succeeds: on to the end
 * of its block, and, as a walk by random exchanges looks the same backwards, back to where its block began and from
 * there through the blocks that follow. */
double isd_independence(const struct isd_plan *plan, size_t n, double theta, unsigned n_runs,
                        const uint8_t seed[static 32]);

/* A formula fitted to it, within about 5%: for choosing among plans. */
double isd_independence_guess(const struct isd_plan *plan, size_t n, double theta);

/* What the parts of a search cost at n, in seconds of the machine on which these formulas were fitted: their ratios are
 * what a plan is chosen by where it must not follow the clock. */
struct isd_costs {
    double pass;  /* without its exchanges */
    double step;  /* one exchange */
    double build; /* a new tableau */
    double open;  /* a block of it */
};
struct isd_costs isd_costs(const struct isd_plan *plan, size_t n);

/* The limit that a true solution exceeds with probability below 10^-5. */
unsigned isd_limit(double theta);

/* Of weight 2: such that one of 500 true solutions at most is missed for it. */
unsigned isd_most(const struct isd_plan *plan, double theta);

/* Bucket bits that make about three sums for each bucket. */
unsigned isd_bits(size_t n);

#endif
