/* The learner without bounds on its time: of all 2^n parities the one that most labels agree with. By the maximum
 * likelihood principle nobody does better with the same samples; it takes n 2^n additions. */
#ifndef PARLEY_EVE_LAB_EXHAUSTIVE_H
#define PARLEY_EVE_LAB_EXHAUSTIVE_H

#include <stddef.h>
#include <stdint.h>

enum { EXHAUSTIVE_BITS_MAX = 24 };

/* *best = the parity s in 0 ... 2^n - 1 for which most labels are <x, s>, the least one of several; *agreeing: how many
 * are. rows: n_rows vectors x of n bits; labels: packed bits. Takes 4 2^n bytes. -ENOMEM, -EINVAL for n above
 * EXHAUSTIVE_BITS_MAX. */
int exhaustive_parity(uint32_t *best, size_t *agreeing, const uint32_t *rows, const uint8_t *labels, size_t n_rows,
                      unsigned n);

/* Shannon's bound: with fewer than n / (1 - H(theta)) labels no learner whatever finds the parity. */
double exhaustive_bound(double n, double theta);

#endif
