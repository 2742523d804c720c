/* How information-set decoding is run, and how likely one independent try of it is to succeed. */
#ifndef PARLEY_EVE_ISD_PLAN_H
#define PARLEY_EVE_ISD_PLAN_H

#include <stddef.h>

struct isd_plan {
    unsigned weight; /* 1: all pairs of rows; 2: at most two of each half */
    unsigned bits;   /* of a bucket's number, weight 2 */
    unsigned most;   /* errors allowed among the 32 bits compared first */
    unsigned steps;  /* exchanges before each pass */
    unsigned passes; /* before the tableau is built anew */
    unsigned limit;  /* errors allowed among all 256 redundancy samples and still believed */
};

/* P(Binomial(n, theta) <= most) */
double isd_tail(unsigned n, double theta, unsigned most);

/* The probability that a pass over an independent tableau finds the errors of its information set. */
double isd_success(const struct isd_plan *plan, size_t n, double theta);

/* Independent tries for each pass: what succeeds in one pass mostly succeeds in the next one too unless the exchanges between
 * them bring in an error, so passes count for less the fewer exchanges there are. */
double isd_independence(const struct isd_plan *plan, double theta);

/* The limit that a true solution exceeds with probability below 10^-5. */
unsigned isd_limit(double theta);

/* Bucket bits that make buckets about 2/3 full. */
unsigned isd_bits(size_t n);

#endif
