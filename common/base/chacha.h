/* Long stretches of the ChaCha20 stream: where nearly all processor time of a session goes. With libcrypto, when it was
 * found at build time, which has AVX-512 code and runs at twice libsodium's speed; else, and for short stretches, with
 * libsodium. The bytes are the same. */
#ifndef PARLEY_BASE_CHACHA_H
#define PARLEY_BASE_CHACHA_H

#include <stddef.h>
#include <stdint.h>

/* out = n bytes of the stream of (key, nonce) from 64-byte block `block` on. */
void chacha_stream(uint8_t *out, size_t n, const uint8_t key[static 32], const uint8_t nonce[static 8], uint64_t block);

/* Loads what the first long stretch would otherwise load: a millisecond that better passes before a connection than in
 * one. Nothing depends on it. */
void chacha_prepare(void);

#endif
