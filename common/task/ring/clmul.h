/* Carry-less products of short strings of words: polynomials over F2, bit i of word j the coefficient of X^(64 j + i).
 * No branch or address depends on what the words hold. Results are the same on every processor. */
#ifndef PARLEY_RING_CLMUL_H
#define PARLEY_RING_CLMUL_H

#include <stddef.h>
#include <stdint.h>

enum { CLMUL_WORDS = 16 }; /* of the longest string */

/* out = a b. a and b have n words, out has 2 n; n is even, at most CLMUL_WORDS. out may not overlap a or b. */
typedef void clmul_fn(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n);

/* The processor's carry-less multiplication (PCLMULQDQ, PMULL) where it has one, else clmul_portable. */
clmul_fn *clmul_best(void);

/* The portable twin, by integer products of bits that stand four apart. */
void clmul_portable(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n);

#endif
