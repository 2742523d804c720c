/* Products of single blocks of a ChaCha20 stream with a vector, anywhere in the stream and without writing a block
 * down: eight or sixteen blocks are computed side by side, each in a lane of its own, and in this form a sum over the
 * words of each block costs next to nothing. So a row of a matrix that is expanded from a key is labelled in registers,
 * and a few rows out of many cost what they are, not what lies between them. */
#ifndef PARLEY_BASE_CHACHA_DOT_H
#define PARLEY_BASE_CHACHA_DOT_H

#include <stddef.h>
#include <stdint.h>

enum { CHACHA_DOT_BLOCK = 64 };

/* bits[i] ^= <block blocks[i] of the stream of (key, nonce 0), vec> over F2, i < n; vec has CHACHA_DOT_BLOCK bytes,
 * bits are packed, and those from n on are left alone. No branch and no address depends on key or vec. */
void chacha_dot(uint8_t *bits, const uint64_t *blocks, size_t n, const uint8_t key[static 32],
                const uint8_t vec[static CHACHA_DOT_BLOCK]);

#endif
