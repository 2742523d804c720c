/* Bernoulli noise. A bit is 1 when 64 uniform bits are below floor(2^64 theta). */
#ifndef PARLEY_BASE_NOISE_H
#define PARLEY_BASE_NOISE_H

#include <stddef.h>
#include <stdint.h>

/* bits[i] ^= noise, i < n_bits, from the stream (key, nonce 0); fresh for each key. Without secret-dependent branches.
 */
void noise_add(uint8_t *bits, size_t n_bits, const uint8_t key[static 32], uint64_t theta64);

#endif
