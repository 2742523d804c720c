#include "eve/quantum/circuit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void circuit_init(struct circuit *circuit, bool counted_only) {
    *circuit = (struct circuit){.counted_only = counted_only};
}

void circuit_deinit(struct circuit *circuit) {
    free(circuit->gates);
    free(circuit->depths);
    *circuit = (struct circuit){0};
}

int circuit_end(const struct circuit *circuit) {
    return circuit->error;
}

uint32_t circuit_qubits(struct circuit *circuit, size_t n) {
    size_t first = circuit->n_qubits, all = first + n;
    if (circuit->error || all > circuit->depths_capacity) {
        size_t capacity = 2 * all;
        uint32_t *more =
            circuit->error || all > UINT32_MAX / 4 ? NULL : realloc(circuit->depths, capacity * sizeof *more);
        if (!more) {
            circuit->error = -ENOMEM;
            return 0;
        }
        circuit->depths = more;
        circuit->depths_capacity = capacity;
    }
    if (n)
        memset(circuit->depths + first, 0, n * sizeof *circuit->depths);
    circuit->n_qubits = all;
    return (uint32_t)first;
}

static void add(struct circuit *circuit, uint32_t one, uint32_t other, uint32_t target) {
    if (circuit->error || circuit->counted_only)
        return;
    if (circuit->n_gates == circuit->gates_capacity) {
        size_t capacity = circuit->gates_capacity ? 2 * circuit->gates_capacity : 1 << 12;
        struct gate *more = realloc(circuit->gates, capacity * sizeof *more);
        if (!more) {
            circuit->error = -ENOMEM;
            return;
        }
        circuit->gates = more;
        circuit->gates_capacity = capacity;
    }
    circuit->gates[circuit->n_gates++] = (struct gate){one, other, target};
}

void circuit_x(struct circuit *circuit, uint32_t target) {
    circuit->n_x++;
    add(circuit, CIRCUIT_NONE, CIRCUIT_NONE, target);
}

static uint32_t later(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

void circuit_cnot(struct circuit *circuit, uint32_t control, uint32_t target) {
    circuit->n_cnot++;
    add(circuit, control, CIRCUIT_NONE, target);
    uint32_t *d = circuit->depths;
    if (!circuit->error)
        d[control] = d[target] = later(d[control], d[target]);
}

void circuit_toffoli(struct circuit *circuit, uint32_t one, uint32_t other, uint32_t target) {
    circuit->n_toffoli++;
    add(circuit, one, other, target);
    uint32_t *d = circuit->depths;
    if (circuit->error)
        return;
    d[one] = d[other] = d[target] = later(later(d[one], d[other]), d[target]) + 1;
    circuit->toffoli_depth = later(circuit->toffoli_depth, d[target]);
}

static inline void apply(const struct gate *gate, struct slice *slice) {
    uint64_t *target = slice_row(slice, gate->target);
    if (gate->other != CIRCUIT_NONE) {
        const uint64_t *one = slice_row(slice, gate->one), *other = slice_row(slice, gate->other);
        for (size_t w = 0; w < SLICE_WORDS; w++)
            target[w] ^= one[w] & other[w];
    } else if (gate->one != CIRCUIT_NONE) {
        const uint64_t *one = slice_row(slice, gate->one);
        for (size_t w = 0; w < SLICE_WORDS; w++)
            target[w] ^= one[w];
    } else {
        for (size_t w = 0; w < SLICE_WORDS; w++)
            target[w] = ~target[w];
    }
}

void circuit_run(const struct circuit *circuit, struct slice *slice, size_t first, size_t last) {
    for (size_t i = first; i < last; i++)
        apply(&circuit->gates[i], slice);
}

void circuit_run_back(const struct circuit *circuit, struct slice *slice, size_t first, size_t last) {
    for (size_t i = last; i-- > first;)
        apply(&circuit->gates[i], slice);
}
