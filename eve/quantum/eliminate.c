#include "eve/quantum/eliminate.h"

#include <string.h>

void eliminate_emit(struct circuit *circuit, uint32_t first, size_t n) {
    uint32_t decision = circuit_qubits(circuit, eliminate_qubits(n));
    uint32_t width = (uint32_t)n + 1;
    for (uint32_t j = 0; j < n; j++) {
        uint32_t pivot = first + j * width;
        for (uint32_t i = j + 1; i < n; i++, decision++) {
            uint32_t row = first + i * width;
            circuit_cnot(circuit, pivot + j, decision);
            circuit_x(circuit, decision);
            for (uint32_t c = j; c <= n; c++)
                circuit_toffoli(circuit, decision, row + c, pivot + c);
        }
        for (uint32_t i = j + 1; i < n; i++) {
            uint32_t row = first + i * width;
            for (uint32_t c = j + 1; c <= n; c++)
                circuit_toffoli(circuit, row + j, pivot + c, row + c);
        }
    }
    for (uint32_t j = (uint32_t)n; j-- > 1;)
        for (uint32_t i = 0; i < j; i++)
            circuit_toffoli(circuit, first + i * width + j, eliminate_unknown(first, n, j),
                            eliminate_unknown(first, n, i));
}

static unsigned bit(const uint64_t *row, size_t c) {
    return row[c / 64] >> (c % 64) & 1;
}

static void row_add(uint64_t *to, const uint64_t *from, size_t stride) {
    for (size_t w = 0; w < stride; w++)
        to[w] ^= from[w];
}

/* Whole rows are added: left of column j they hold what nobody reads any more. */
void eliminate_plain(uint64_t *rows, size_t stride, size_t n, uint8_t *s) {
    for (size_t j = 0; j < n; j++) {
        uint64_t *pivot = rows + j * stride;
        for (size_t i = j + 1; i < n && !bit(pivot, j); i++)
            row_add(pivot, rows + i * stride, stride);
        for (size_t i = j + 1; i < n; i++)
            if (bit(rows + i * stride, j))
                row_add(rows + i * stride, pivot, stride);
    }
    memset(s, 0, (n + 7) / 8);
    for (size_t j = n; j-- > 0;) {
        unsigned value = bit(rows + j * stride, n);
        for (size_t c = j + 1; c < n; c++)
            value ^= bit(rows + j * stride, c) & (s[c / 8] >> (c % 8) & 1);
        s[j / 8] |= (uint8_t)(value << (j % 8));
    }
}
