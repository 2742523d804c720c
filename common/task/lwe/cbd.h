/* The centred binomial distribution CBD(a): the ones among 2 a uniform bits, less a. Its values are -a ... a, its
 * variance a/2; the sum of CBD(a) and an independent CBD(b) is CBD(a + b), which is what the exact bounds rest on.
 * Integers and the counting of bits alone: no floating point, nothing that takes longer for one value than for
 * another. */
#ifndef PARLEY_LWE_CBD_H
#define PARLEY_LWE_CBD_H

#include <stddef.h>
#include <stdint.h>

enum {
    CBD_STEP = 32, /* the a of noise is a multiple of it: whole words of bits */
    CBD_NOISE_MAX = 4096,
};

/* labels_i += e_i, i < n, each CBD(a) from the a/4 bytes of the stream (key, nonce 0) that are its own; a is a multiple
 * of CBD_STEP, at most CBD_NOISE_MAX. labels: two bytes each, least significant first. */
void cbd_noise(uint8_t *labels, size_t n, const uint8_t key[static 32], uint32_t a);

/* s_i: CBD(2), i < n, n a multiple of 16 up to 1024, with at least one odd entry: over uniform x, <x, s> is uniform
 * then, and hides half of q. Of four draws from the key's stream the first that has one is taken, without a branch;
 * that none has is a matter of 2^(-4 n), and then it is the fourth. */
void cbd_secret(int16_t *s, size_t n, const uint8_t key[static 32]);

#endif
