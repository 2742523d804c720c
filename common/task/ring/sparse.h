/* Strings of n bits of which a fixed number are 1. */
#ifndef PARLEY_RING_SPARSE_H
#define PARLEY_RING_SPARSE_H

#include <stddef.h>
#include <stdint.h>

enum { SPARSE_MAX = 80 }; /* ones at most */

/* Uniform among all strings of `weight` ones, but for a distance of weight n 2^-64 that the draws leave; from the
 * stream (key, nonce). at: the places of the ones, in no order that says anything; out: the string, poly_words(n)
 * words. Neither branches nor addresses depend on the places. */
void sparse_draw(uint64_t *out, uint32_t *at, uint32_t weight, size_t n, const uint8_t key[static 32], uint64_t nonce);

#endif
