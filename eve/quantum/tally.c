#include "eve/quantum/tally.h"

/* a, b, c: with c as the sum in the end. Returns the carry. */
static uint32_t full_adder(struct circuit *circuit, uint32_t a, uint32_t b, uint32_t c) {
    uint32_t carry = circuit_qubits(circuit, 1);
    circuit_cnot(circuit, c, a);
    circuit_cnot(circuit, c, b);
    circuit_toffoli(circuit, a, b, carry); /* (a + c)(b + c) + c is the majority */
    circuit_cnot(circuit, c, carry);
    circuit_cnot(circuit, a, c);
    circuit_cnot(circuit, b, c);
    return carry;
}

/* a, b: with b as the sum in the end. */
static uint32_t half_adder(struct circuit *circuit, uint32_t a, uint32_t b) {
    uint32_t carry = circuit_qubits(circuit, 1);
    circuit_toffoli(circuit, a, b, carry);
    circuit_cnot(circuit, a, b);
    return carry;
}

/* Bits of one weight, k of them, to one, which is returned; the carries, floor(k/2), are in their place. One adder
 * after the other: k/2 deep, which is little beside the elimination. */
static uint32_t level(struct circuit *circuit, uint32_t *bits, size_t k) {
    size_t n_carries = 0;
    uint32_t sum = bits[0];
    size_t next = 1;
    for (; next + 1 < k; next += 2) {
        uint32_t a = sum, b = bits[next];
        sum = bits[next + 1];
        bits[n_carries++] = full_adder(circuit, a, b, sum);
    }
    if (next < k) {
        uint32_t carry = half_adder(circuit, sum, bits[next]);
        sum = bits[next];
        bits[n_carries++] = carry;
    }
    return sum;
}

static uint32_t both(struct circuit *circuit, uint32_t a, uint32_t b) {
    uint32_t and = circuit_qubits(circuit, 1);
    circuit_toffoli(circuit, a, b, and);
    return and;
}

static uint32_t either(struct circuit *circuit, uint32_t a, uint32_t b) {
    circuit_x(circuit, a);
    circuit_x(circuit, b);
    uint32_t or = both(circuit, a, b);
    circuit_x(circuit, or);
    circuit_x(circuit, a);
    circuit_x(circuit, b);
    return or ;
}

static unsigned width(size_t k) {
    unsigned w = 0;
    for (; k; k >>= 1)
        w++;
    return w;
}

/* What is added to a count of w bits so that it carries if there are more than `most`; 0: it never does. */
static uint64_t constant(unsigned w, uint32_t most) {
    uint64_t all = (UINT64_C(1) << w) - 1;
    return most < all ? all - most : 0;
}

uint32_t tally_emit(struct circuit *circuit, uint32_t *bits, size_t k, uint32_t most) {
    uint32_t count[64];
    unsigned w = width(k);
    for (unsigned i = 0; i < w; i++, k /= 2)
        count[i] = level(circuit, bits, k);
    uint64_t add = constant(w, most);
    if (!add) {
        uint32_t always = circuit_qubits(circuit, 1);
        circuit_x(circuit, always);
        return always;
    }
    unsigned i = (unsigned)__builtin_ctzll(add);
    uint32_t carry = count[i];
    while (++i < w)
        carry = add >> i & 1 ? either(circuit, count[i], carry) : both(circuit, count[i], carry);
    circuit_x(circuit, carry);
    return carry;
}

size_t tally_toffoli(size_t k, uint32_t most) {
    unsigned w = width(k);
    uint64_t add = constant(w, most);
    size_t compare = add ? w - 1 - (unsigned)__builtin_ctzll(add) : 0;
    return k - (unsigned)__builtin_popcountll(k) + compare;
}
