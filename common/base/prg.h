/* Streams of pseudorandom bytes: ChaCha20 (64-bit counter, nonce below) under a 32-byte key.
 *
 * All randomness of a protocol machine is drawn from streams that are derived by label from one 32-byte seed, so that
 * it does not matter in which order (or on which thread) the parts are drawn, and a seeded run is the same each time.
 */
#ifndef PARLEY_BASE_PRG_H
#define PARLEY_BASE_PRG_H

#include <stddef.h>
#include <stdint.h>

/* out = BLAKE2b-256(label || data). The derivation of section "expansion" of WIRE.md. */
void prg_derive(uint8_t out[static 32], const char *label, const uint8_t *data, size_t n_data);

/* out = BLAKE2b-256(key = key, label || u64le(index)): the seed of a part of a secret whole. */
void prg_subkey(uint8_t out[static 32], const uint8_t key[static 32], const char *label, uint64_t index);

/* The seed that somebody typed: 64 hex digits are its 32 bytes; any other text, "42" or "lecture", stands for
 * prg_derive("parley seed", text). -EINVAL for an empty one. */
int prg_seed(uint8_t out[static 32], const char *text);

/* Bytes offset .. offset + n of the ChaCha20 stream of (key, nonce 0). offset is a multiple of 64. */
void prg_expand(uint8_t *out, size_t n, const uint8_t key[static 32], uint64_t offset);

/* A sequential reader of the stream (key, nonce = u64le). Holds secrets: wipe with prg_deinit. */
struct prg {
    uint8_t key[32];
    uint8_t nonce[8];
    uint64_t next_block;
    size_t used;
    uint8_t buffer[2048];
};

void prg_init(struct prg *g, const uint8_t key[static 32], uint64_t nonce);
void prg_deinit(struct prg *g);
void prg_read(struct prg *g, uint8_t *out, size_t n);
uint32_t prg_u32(struct prg *g); /* 4 bytes, little-endian */
uint64_t prg_u64(struct prg *g); /* 8 bytes, little-endian */

/* Uniform in 0 .. bound - 1, bound >= 1: u32 draws below 2^32 mod bound are rejected, then draw % bound. */
uint32_t prg_below(struct prg *g, uint32_t bound);

#endif
