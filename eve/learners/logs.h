/* Counts too large for a double, by their logarithms. */
#ifndef PARLEY_EVE_LEARNERS_LOGS_H
#define PARLEY_EVE_LEARNERS_LOGS_H

/* ln and log2 of n over k; -INFINITY where there is no way to choose. Neither has to be whole. */
double logs_choose(double n, double k);
double logs_choose2(double n, double k);

/* log2(2^a + 2^b). */
double logs_add2(double a, double b);

#endif
