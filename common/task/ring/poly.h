/* The ring R = F2[X]/(X^n - 1), n odd: strings of n bits, bit i the coefficient of X^i, packed into poly_words(n)
 * words. Bits of the last word beyond n are zero, here and in all results. No branch or address depends on
 * coefficients. */
#ifndef PARLEY_RING_POLY_H
#define PARLEY_RING_POLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    POLY_N_MAX = 17669,
    POLY_WORDS = (POLY_N_MAX + 63) / 64,
};

static inline size_t poly_words(size_t n) {
    return (n + 63) / 64;
}

/* out = a b, 64 < n <= POLY_N_MAX. out may be a or b. */
void poly_mul(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n);
/* Whether the processor has carry-less multiplication: some ten microseconds for a product, else a millisecond. */
bool poly_is_fast(void);
/* The same without the processor's carry-less multiplication. */
void poly_mul_portable(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n);

/* a += b */
void poly_add(uint64_t *a, const uint64_t *b, size_t n);

/* How many coefficients are 1. */
uint32_t poly_weight(const uint64_t *a, size_t n);

/* The n bits of a string from bit `first` on. */
void poly_read(uint64_t *out, const uint8_t *bits, size_t first, size_t n);
/* bits[first + i] ^= a_i, i < count, count <= n. Bytes that hold none of these bits are not touched. */
void poly_xor_into(uint8_t *bits, size_t first, const uint64_t *a, size_t count);

#endif
