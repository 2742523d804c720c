/* Grover's search over n states of which some are marked: the amplitudes themselves, which stay real.
 *
 *     an iteration   flips the sign of the marked states (the oracle), then reflects all about their mean (the
 * diffusion) theory         of M marked among n, found after k iterations with probability sin((2 k + 1) asin
 * sqrt(M/n))^2 M unknown      Boyer, Brassard, Hoyer, Tapp, Tight bounds on quantum searching, 1996: iterate j times, j
 * drawn below a bound that grows by 6/5 with each failure, up to sqrt n; at most 9/2 sqrt(n/M) calls of the oracle on
 * average */
#ifndef PARLEY_EVE_QUANTUM_GROVER_H
#define PARLEY_EVE_QUANTUM_GROVER_H

#include <stddef.h>
#include <stdint.h>

struct grover {
    size_t n;  /* states, a multiple of 16 */
    double *a; /* their amplitudes */
    uint32_t *marked;
    size_t n_marked;
};

/* marks: n bits, from bit 0 of the first word on. -ENOMEM. */
int grover_init(struct grover *grover, size_t n, const uint64_t *marks);
void grover_deinit(struct grover *grover);

void grover_start(struct grover *grover); /* all states alike */
void grover_iterate(struct grover *grover);
double grover_success(const struct grover *grover); /* that measuring gives a marked state */

/* Measures: the state at which the sum of the probabilities of all up to it passes u, 0 <= u < 1. */
size_t grover_measure(const struct grover *grover, double u);

double grover_theory(double n, double n_marked, double k);
size_t grover_best(double n, double n_marked); /* the k after which failure is below n_marked/n */

/* The bound on j in round r, from 0 on: min((6/5)^r, sqrt n). */
double grover_bound(double n, size_t round);

/* Mean number of oracle calls, one of them for the check of each measurement, until a marked state is found; success:
 * after j iterations, for all j below ceil(sqrt n). */
double grover_calls(double n, const double *success);

#endif
