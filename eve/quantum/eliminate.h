/* Gauss elimination over F2 as a reversible circuit. The n equations in n unknowns are qubits, equation i being the
 * n + 1 qubits from first + i (n + 1) on: coefficients, then the right-hand side.
 *
 * For column j: while the pivot (j, j) is 0, the rows below are added to row j one after the other; each such decision
 * needs a qubit to be undone by. Then row j is added to each row below that has a 1 in column j. At last the unknowns
 * are put in from the last one on. If the matrix is invertible, the right-hand sides are the solution then; if it is
 * not, they are something or other.
 *
 * Toffoli gates: n (n - 1) (2 n + 5) / 3, so 2/3 n^3 in the limit. */
#ifndef PARLEY_EVE_QUANTUM_ELIMINATE_H
#define PARLEY_EVE_QUANTUM_ELIMINATE_H

#include "eve/quantum/circuit.h"

/* The qubit that holds unknown i in the end. */
static inline uint32_t eliminate_unknown(uint32_t first, size_t n, size_t i) {
    return (uint32_t)(first + i * (n + 1) + n);
}

void eliminate_emit(struct circuit *circuit, uint32_t first, size_t n);

/* What it takes. */
static inline size_t eliminate_toffoli(size_t n) {
    return n ? n * (n - 1) * (2 * n + 5) / 3 : 0;
}
static inline size_t eliminate_qubits(size_t n) {
    return n ? n * (n - 1) / 2 : 0;
}

/* The same on rows of n + 1 bits, `stride` words each, on a classical machine, step by step, for singular matrices
 * too: s = the right-hand sides, n bits, packed. */
void eliminate_plain(uint64_t *rows, size_t stride, size_t n, uint8_t *s);

#endif
