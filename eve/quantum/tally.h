/* How many of k qubits are 1, and whether that is at most a limit, as a reversible circuit: a chain of adders
 * for each weight, each of which makes a bit and its carry of three bits (or of two, where no third is left) with one
 * Toffoli gate; then the carry of adding a constant to the count.
 *
 * Counting takes k less the ones in the binary k Toffoli gates, instead of 2 k log2 k for a counter that counts up. */
#ifndef PARLEY_EVE_QUANTUM_TALLY_H
#define PARLEY_EVE_QUANTUM_TALLY_H

#include "eve/quantum/circuit.h"

/* bits: k >= 1 qubits, in any order; the array is used up. Returns the qubit that is 1 if at most `most` of them are 1.
 */
uint32_t tally_emit(struct circuit *circuit, uint32_t *bits, size_t k, uint32_t most);

/* Toffoli gates that it takes. */
size_t tally_toffoli(size_t k, uint32_t most);

#endif
