#include "eve/quantum/cost.h"

#include <math.h>

/* That a random square matrix over F2 is invertible: the product over i of 1 - 2^-i. */
#define INVERTIBLE 0.28878809508660242

void cost_of(struct cost *cost, double n, double theta) {
    cost->selections = -log2(INVERTIBLE) - n * log2(1 - theta);
    cost->iterations = log2(M_PI / 4) + cost->selections / 2;
    cost->toffoli = cost->iterations + log2(4.0 / 3) + 3 * log2(n);
    cost->depth = cost->iterations + 1 + 2 * log2(n);
    cost->qubits = log2(1.5) + 2 * log2(n);
}

double cost_at_depth(const struct cost *cost, double max_depth) {
    return cost->toffoli + fmax(0, cost->depth - max_depth);
}

double cost_aes128(double max_depth) {
    return max_depth <= 64 ? 157 - max_depth : NAN;
}
