/* A slice of a quantum state: 512 neighbouring basis states of the selection register, and what all other qubits are in
 * each of them.
 *
 * Grover's search puts the b selection qubits into a superposition. All else starts at 0, and X, CNOT and Toffoli map
 * basis states to basis states; so the state never has more than 2^b amplitudes that are not 0,
 *
 *     sum over x of a(x) |x> |w(x)>
 *
 * and a gate changes the bits w(x) alone, in each x by itself. A qubit is hence a row of bits, one for each x, and a
 * Toffoli gate is `target ^= one & other` on rows. This is exact, for any number of qubits. Since basis states meet
 * only in the diffusion, where all qubits but the selection are 0 again, slices are run one after the other, and the
 * rows of one slice fit into a cache. */
#ifndef PARLEY_EVE_QUANTUM_SLICE_H
#define PARLEY_EVE_QUANTUM_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SLICE_WORDS = 8, /* of a row */
    SLICE_STATES = 64 * SLICE_WORDS,
};

struct slice {
    size_t n_qubits;
    uint64_t *rows; /* of qubit i: SLICE_WORDS words from i SLICE_WORDS on, aligned to 64 bytes */
};

/* -ENOMEM */
int slice_init(struct slice *slice, size_t n_qubits);
void slice_deinit(struct slice *slice);

/* Slices of 2^b basis states; the last states of the only one repeat the first ones if b < 9. */
static inline size_t slice_count(unsigned b) {
    return b <= 9 ? 1 : (size_t)1 << (b - 9);
}

/* Basis states of a slice that count. */
static inline size_t slice_states(unsigned b) {
    return b <= 9 ? (size_t)1 << b : SLICE_STATES;
}

/* Qubits 0 ... b - 1 are the bits of x, lowest first, for x = index SLICE_STATES ...; all others are 0. b <= n_qubits.
 */
void slice_start(struct slice *slice, unsigned b, size_t index);

static inline uint64_t *slice_row(const struct slice *slice, size_t qubit) {
    return slice->rows + qubit * SLICE_WORDS;
}

/* The qubit in the slice's basis state number `state`. */
static inline unsigned slice_bit(const struct slice *slice, size_t qubit, size_t state) {
    return slice_row(slice, qubit)[state / 64] >> (state % 64) & 1;
}

/* Whether the slice is as slice_start made it. */
bool slice_is_start(const struct slice *slice, unsigned b, size_t index);

#endif
