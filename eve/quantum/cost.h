/* What Grover's search on Prange's algorithm costs at any n, from formulas: the circuit of oracle.h in the limit of
 * large n. All log2. Toffoli gates and nothing else: no error correction, no CNOT. */
#ifndef PARLEY_EVE_QUANTUM_COST_H
#define PARLEY_EVE_QUANTUM_COST_H

struct cost {
    double selections; /* 1/P: tries until n samples have no error and are independent, P = 0.289 (1 - theta)^n */
    double iterations; /* pi/4 P^(-1/2) */
    double toffoli;    /* of all iterations, 4/3 n^3 each */
    double depth;      /* in Toffoli gates, 2 n^2 an iteration */
    double qubits;     /* 3/2 n^2 */
};

void cost_of(struct cost *cost, double n, double theta);

/* Toffoli gates if no machine may run more than 2^max_depth of them one after the other: S machines search a share each
 * and gain sqrt S, so that the total grows by depth / max_depth (Zalka 1999). */
double cost_at_depth(const struct cost *cost, double max_depth);

/* Gates for a key search on AES-128 at this bound on depth, which has to bind, for scale: 2^157 / MAXDEPTH (Jaques,
 * Naehrig, Roetteler, Virdia, EUROCRYPT 2020; NIST, call for additional signature schemes, 2022). NAN above 2^64. */
double cost_aes128(double max_depth);

#endif
