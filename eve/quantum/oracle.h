/* The oracle of Grover's search on Prange's algorithm for LPN: from a selection of n samples to whether solving them
 * gives a hypothesis that few labels contradict.
 *
 * The b selection qubits are cut into groups of four. The n equations are cut into as many groups, and the four qubits
 * of a group say which of 16 blocks of samples its equations are. Each of the 2^b basis states is hence another
 * selection of n samples; if none of them has an error in its label, and they are independent, the solution is the
 * secret. The circuit
 *
 *     loads the blocks      by CNOT from the 16 products of a group's qubits
 *     solves                eliminate.h
 *     checks the candidate  by the parity of each check label, and tally.h
 *     flips the phase       (Z on the flag: no gate here)
 *     and does all of this backwards, so that all qubits but the selection are 0 again.
 *
 * Bernstein, Grover vs. McEliece, PQCrypto 2010, with a superposition that is loaded instead of computed. */
#ifndef PARLEY_EVE_QUANTUM_ORACLE_H
#define PARLEY_EVE_QUANTUM_ORACLE_H

#include "eve/quantum/circuit.h"

enum {
    ORACLE_GROUP = 4, /* selection qubits of a group */
    ORACLE_BLOCKS = 1 << ORACLE_GROUP,
    ORACLE_B_MAX = 32,
    ORACLE_N_MAX = 512,
};

/* What the circuit is about. All borrowed. */
struct oracle_task {
    uint32_t n;           /* unknowns, 1 ... ORACLE_N_MAX */
    unsigned b;           /* selection qubits: a multiple of ORACLE_GROUP, at most ORACLE_B_MAX, at most 4 n */
    const uint64_t *rows; /* of all samples, n + 1 bits each: the vector, then the label; row_words words each */
    size_t row_words;
    const uint32_t *blocks;  /* ORACLE_BLOCKS times n sample numbers: equation i in block v is blocks[v n + i] */
    const uint32_t *checks;  /* n_checks >= 1 sample numbers */
    uint32_t n_checks, most; /* a candidate that more than `most` of them contradict is none */
};

/* Selection qubits for about 16 solutions or more among 2^b selections, on average: a multiple of ORACLE_GROUP. */
unsigned oracle_selection(double n, double theta);

/* How many labels to check: so many that of 2^b wrong candidates one in 2^20 such searches passes, by the bound of
 * Chernoff, when up to floor((1/4 + theta/2) n_checks) may contradict. */
uint32_t oracle_checks(double theta, unsigned b);
uint32_t oracle_most(double theta, uint32_t n_checks);

struct oracle {
    struct oracle_task task;
    struct circuit circuit; /* one way: the oracle is this, the phase, and this backwards */
    uint32_t matrix, flag;  /* qubits: the first of the equations; 1 if the candidate passes */
    size_t load_toffoli, eliminate_toffoli, check_toffoli;
    uint32_t eliminate_depth;
    size_t broken; /* a gate that is left out on the way there, to see that it is noticed; SIZE_MAX: none */
};

/* -ENOMEM, or -EINVAL for a task out of range; nothing is left to free then. */
int oracle_init(struct oracle *oracle, const struct oracle_task *task, bool counted_only);
void oracle_deinit(struct oracle *oracle);

/* Qubits and Toffoli gates that it has, by formula. */
size_t oracle_qubits(uint32_t n, unsigned b, uint32_t n_checks, uint32_t most);
size_t oracle_toffoli(uint32_t n, unsigned b, uint32_t n_checks, uint32_t most); /* both ways */

/* Bytes for all at once: amplitudes and marks of 2^b states, and one slice for each thread. */
double oracle_bytes(const struct oracle *oracle, unsigned n_threads);

/* What a slice came to. */
struct oracle_seen {
    size_t n_marked, n_right; /* states with the flag; those of them whose candidate is the secret */
    bool clean;               /* all else was as before in the end */
};

/* Runs slice `index` there and back. marks: of its states, slice_states(b) bits from bit 0 of this word on. secret: n
 * packed bits, or NULL. */
void oracle_run(const struct oracle *oracle, struct slice *slice, size_t index, uint64_t *marks, const uint8_t *secret,
                struct oracle_seen *seen);

/* The candidate of selection x by the same steps on a classical machine, n bits, packed; whether it passes. -ENOMEM. */
int oracle_candidate(const struct oracle_task *task, uint64_t x, uint8_t *s);
bool oracle_passes(const struct oracle_task *task, const uint8_t *s);

/* The sample that equation i is in selection x. */
uint32_t oracle_sample(const struct oracle_task *task, uint64_t x, uint32_t i);

#endif
