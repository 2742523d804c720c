#include "eve/quantum/oracle.h"

#include "eve/quantum/cost.h"
#include "eve/quantum/eliminate.h"
#include "eve/quantum/tally.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

unsigned oracle_selection(double n, double theta) {
    struct cost cost;
    cost_of(&cost, n, theta);
    return (unsigned)(ceil((cost.selections + 4) / ORACLE_GROUP) * ORACLE_GROUP);
}

uint32_t oracle_most(double theta, uint32_t n_checks) {
    return (uint32_t)((0.25 + theta / 2) * n_checks);
}

uint32_t oracle_checks(double theta, unsigned b) {
    double p = 0.25 + theta / 2, bits = 1 + p * log2(p) + (1 - p) * log2(1 - p); /* 1 - H(p) */
    return (uint32_t)ceil((b + 20) / bits);
}

/* Equations of group g: first_of(g) ... first_of(g + 1) - 1. */
static uint32_t first_of(const struct oracle_task *task, unsigned g) {
    return (uint32_t)((uint64_t)g * task->n / (task->b / ORACLE_GROUP));
}

static const uint64_t *row_of(const struct oracle_task *task, uint32_t sample) {
    return task->rows + sample * task->row_words;
}

static unsigned bit(const uint64_t *row, uint32_t c) {
    return row[c / 64] >> (c % 64) & 1;
}

/* ---- the circuit */

/* Products of group g's qubits, or of their opposites, as v says: all four are in the last of three ancillas. Backwards
 * the same gates undo it. */
static void multiply(struct circuit *c, uint32_t group, uint32_t product, bool back) {
    uint32_t inputs[3][2] = {{group, group + 1}, {group + 2, product}, {group + 3, product + 1}};
    for (unsigned i = 0; i < 3; i++) {
        unsigned step = back ? 2 - i : i;
        circuit_toffoli(c, inputs[step][0], inputs[step][1], product + step);
    }
}

static void oppose(struct circuit *c, uint32_t group, unsigned v) {
    for (unsigned t = 0; t < ORACLE_GROUP; t++)
        if (!(v >> t & 1))
            circuit_x(c, group + t);
}

static void load(struct oracle *o, uint32_t product) {
    const struct oracle_task *task = &o->task;
    for (unsigned g = 0; g < task->b / ORACLE_GROUP; g++)
        for (unsigned v = 0; v < ORACLE_BLOCKS; v++) {
            uint32_t group = g * ORACLE_GROUP;
            oppose(&o->circuit, group, v);
            multiply(&o->circuit, group, product, false);
            for (uint32_t i = first_of(task, g); i < first_of(task, g + 1); i++) {
                const uint64_t *row = row_of(task, task->blocks[v * task->n + i]);
                for (uint32_t c = 0; c <= task->n; c++)
                    if (bit(row, c))
                        circuit_cnot(&o->circuit, product + 2, o->matrix + i * (task->n + 1) + c);
            }
            multiply(&o->circuit, group, product, true);
            oppose(&o->circuit, group, v);
        }
}

static int check(struct oracle *o) {
    const struct oracle_task *task = &o->task;
    uint32_t *bits = malloc(task->n_checks * sizeof *bits), first = circuit_qubits(&o->circuit, task->n_checks);
    if (!bits)
        return -ENOMEM;
    for (uint32_t k = 0; k < task->n_checks; k++) {
        const uint64_t *row = row_of(task, task->checks[k]);
        bits[k] = first + k;
        if (bit(row, task->n))
            circuit_x(&o->circuit, bits[k]);
        for (uint32_t c = 0; c < task->n; c++)
            if (bit(row, c))
                circuit_cnot(&o->circuit, eliminate_unknown(o->matrix, task->n, c), bits[k]);
    }
    o->flag = tally_emit(&o->circuit, bits, task->n_checks, task->most);
    free(bits);
    return 0;
}

int oracle_init(struct oracle *oracle, const struct oracle_task *task, bool counted_only) {
    *oracle = (struct oracle){.task = *task, .broken = SIZE_MAX};
    if (task->n < 1 || task->n > ORACLE_N_MAX || task->b > ORACLE_B_MAX || task->b % ORACLE_GROUP || task->b == 0 ||
        task->b / ORACLE_GROUP > task->n || task->n_checks < 1)
        return -EINVAL;
    struct circuit *c = &oracle->circuit;
    circuit_init(c, counted_only);
    circuit_qubits(c, task->b);
    oracle->matrix = circuit_qubits(c, (size_t)task->n * (task->n + 1));
    load(oracle, circuit_qubits(c, 3));
    oracle->load_toffoli = c->n_toffoli;
    uint32_t depth = c->toffoli_depth;
    eliminate_emit(c, oracle->matrix, task->n);
    oracle->eliminate_toffoli = c->n_toffoli - oracle->load_toffoli;
    oracle->eliminate_depth = c->toffoli_depth - depth;
    int r = check(oracle);
    oracle->check_toffoli = c->n_toffoli - oracle->load_toffoli - oracle->eliminate_toffoli;
    if (r == 0)
        r = circuit_end(c);
    if (r < 0)
        oracle_deinit(oracle);
    return r;
}

void oracle_deinit(struct oracle *oracle) {
    circuit_deinit(&oracle->circuit);
}

size_t oracle_qubits(uint32_t n, unsigned b, uint32_t n_checks, uint32_t most) {
    size_t always = most >= (UINT64_C(1) << (64 - __builtin_clzll(n_checks))) - 1;
    return b + (size_t)n * (n + 1) + 3 + eliminate_qubits(n) + n_checks + tally_toffoli(n_checks, most) + always;
}

size_t oracle_toffoli(uint32_t n, unsigned b, uint32_t n_checks, uint32_t most) {
    size_t load = (size_t)b / ORACLE_GROUP * ORACLE_BLOCKS * 6;
    return 2 * (load + eliminate_toffoli(n) + tally_toffoli(n_checks, most));
}

double oracle_bytes(const struct oracle *oracle, unsigned n_threads) {
    const struct circuit *c = &oracle->circuit;
    double states = exp2(oracle->task.b), gates = (double)(c->n_x + c->n_cnot + c->n_toffoli);
    return states * (sizeof(double) + 1.0 / 8) + gates * sizeof(struct gate) +
           (double)n_threads * (double)oracle->circuit.n_qubits * SLICE_WORDS * sizeof(uint64_t);
}

/* ---- running it */

static bool is_secret(const struct oracle *o, const struct slice *slice, size_t state, const uint8_t *secret) {
    for (uint32_t c = 0; c < o->task.n; c++)
        if (slice_bit(slice, eliminate_unknown(o->matrix, o->task.n, c), state) != (secret[c / 8] >> (c % 8) & 1u))
            return false;
    return true;
}

void oracle_run(const struct oracle *oracle, struct slice *slice, size_t index, uint64_t *marks, const uint8_t *secret,
                struct oracle_seen *seen) {
    unsigned b = oracle->task.b;
    size_t n_gates = oracle->circuit.n_gates, states = slice_states(b);
    *seen = (struct oracle_seen){0};
    slice_start(slice, b, index);
    size_t broken = oracle->broken < n_gates ? oracle->broken : n_gates;
    circuit_run(&oracle->circuit, slice, 0, broken);
    if (broken < n_gates)
        circuit_run(&oracle->circuit, slice, broken + 1, n_gates);
    for (size_t state = 0; state < states; state++) {
        bool mark = slice_bit(slice, oracle->flag, state);
        if (state % 64 == 0)
            marks[state / 64] = 0;
        marks[state / 64] |= (uint64_t)mark << (state % 64);
        seen->n_marked += mark;
        seen->n_right += mark && secret && is_secret(oracle, slice, state, secret);
    }
    circuit_run_back(&oracle->circuit, slice, 0, n_gates);
    seen->clean = slice_is_start(slice, b, index);
}

/* ---- without a quantum computer */

uint32_t oracle_sample(const struct oracle_task *task, uint64_t x, uint32_t i) {
    unsigned g = 0;
    while (first_of(task, g + 1) <= i)
        g++;
    return task->blocks[(x >> (g * ORACLE_GROUP) & (ORACLE_BLOCKS - 1)) * task->n + i];
}

int oracle_candidate(const struct oracle_task *task, uint64_t x, uint8_t *s) {
    uint64_t *rows = malloc(task->n * task->row_words * sizeof *rows);
    if (!rows)
        return -ENOMEM;
    for (uint32_t i = 0; i < task->n; i++)
        memcpy(rows + i * task->row_words, row_of(task, oracle_sample(task, x, i)), task->row_words * sizeof *rows);
    eliminate_plain(rows, task->row_words, task->n, s);
    free(rows);
    return 0;
}

bool oracle_passes(const struct oracle_task *task, const uint8_t *s) {
    uint64_t h[ORACLE_N_MAX / 64 + 1] = {0};
    uint32_t wrong = 0;
    for (uint32_t c = 0; c < task->n; c++)
        h[c / 64] |= (uint64_t)(s[c / 8] >> (c % 8) & 1) << (c % 64);
    h[task->n / 64] |= (uint64_t)1 << (task->n % 64); /* the label */
    for (uint32_t k = 0; k < task->n_checks; k++) {
        const uint64_t *row = row_of(task, task->checks[k]);
        uint64_t sum = 0;
        for (size_t w = 0; w <= task->n / 64; w++)
            sum ^= row[w] & h[w];
        wrong += (unsigned)__builtin_parityll(sum);
    }
    return wrong <= task->most;
}
