/* Circuits of X, CNOT and Toffoli gates: listed, counted, and run on slices forwards or backwards. Each of these gates
 * undoes itself, so a circuit backwards is its inverse.
 *
 * Depth counts Toffoli gates alone: those are what an error-corrected machine pays for (4 to 7 T gates each). Two gates
 * on the same qubit, be it as control, are never at the same time; CNOT and X take no time. */
#ifndef PARLEY_EVE_QUANTUM_CIRCUIT_H
#define PARLEY_EVE_QUANTUM_CIRCUIT_H

#include "eve/quantum/slice.h"

#define CIRCUIT_NONE UINT32_MAX /* no control */

struct gate {
    uint32_t one, other, target; /* CNOT has no `other`, X neither */
};

struct circuit {
    bool counted_only; /* gates are not listed: for sizes that are not run */
    size_t n_qubits;
    size_t n_x, n_cnot, n_toffoli;
    uint32_t toffoli_depth;
    struct gate *gates;
    size_t n_gates; /* that are listed */
    /* for circuit.c */
    uint32_t *depths; /* by qubit */
    size_t depths_capacity, gates_capacity;
    int error; /* the first one: then the circuit is of no use */
};

void circuit_init(struct circuit *circuit, bool counted_only);
void circuit_deinit(struct circuit *circuit);

/* So many new qubits, all 0 at the start; the number of the first. What fails here and below is remembered: see
 * circuit_end. */
uint32_t circuit_qubits(struct circuit *circuit, size_t n);

/* Gates at the end. Controls and target are different qubits that there are. */
void circuit_x(struct circuit *circuit, uint32_t target);
void circuit_cnot(struct circuit *circuit, uint32_t control, uint32_t target);
void circuit_toffoli(struct circuit *circuit, uint32_t one, uint32_t other, uint32_t target);

/* 0, or -ENOMEM if something was lost on the way. */
int circuit_end(const struct circuit *circuit);

/* Gates first ... last - 1, and the same backwards. */
void circuit_run(const struct circuit *circuit, struct slice *slice, size_t first, size_t last);
void circuit_run_back(const struct circuit *circuit, struct slice *slice, size_t first, size_t last);

#endif
