/* Arithmetic modulo q = 2^16, which is that of uint16_t. Vectors lie in memory as they go on the wire: each entry in
 * two bytes, least significant first, at any address. Nothing here branches on a value, or uses one as an address. */
#ifndef PARLEY_LWE_ZQ_H
#define PARLEY_LWE_ZQ_H

#include "common/base/bytes.h"

#include <stddef.h>
#include <stdint.h>

static inline uint16_t zq_load(const uint8_t *vector, size_t i) {
    return load16_le(vector + 2 * i);
}

static inline void zq_store(uint8_t *vector, size_t i, uint16_t x) {
    store16_le(vector + 2 * i, x);
}

static inline void zq_add(uint8_t *vector, size_t i, uint16_t x) {
    zq_store(vector, i, (uint16_t)(zq_load(vector, i) + x));
}

/* The absolute value of the residue of x that lies in -2^15 ... 2^15 - 1. */
static inline uint16_t zq_abs(uint16_t x) {
    uint16_t negative = (uint16_t) - (x >> 15);
    return (uint16_t)((x ^ negative) - negative);
}

/* labels_i += <row i, s> for n_rows rows of `width` entries, one after the other. s: width entries. */
void zq_dot_rows(uint8_t *labels, const uint8_t *rows, size_t n_rows, size_t width, const int16_t *s);

/* As it runs on processors without AVX2. */
void zq_dot_rows_portable(uint8_t *labels, const uint8_t *rows, size_t n_rows, size_t width, const int16_t *s);

#endif
