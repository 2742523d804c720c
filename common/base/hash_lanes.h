/* BLAKE2b-256 of several messages of one length at once: each has a lane of its own of the processor's vectors, and
 * four take about as long as libsodium takes for one and a half. BLAKE2b of one message is a chain, which leaves most
 * of such a processor idle. */
#ifndef PARLEY_BASE_HASH_LANES_H
#define PARLEY_BASE_HASH_LANES_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_LANES = 4 };

/* digests[i] = BLAKE2b-256(messages[i]), without a key, of sizes[i] bytes, i < n_messages <= HASH_LANES. Messages of
 * the same size are hashed together, others by libsodium one after the other. */
void hash_lanes(uint8_t digests[][32], const uint8_t *const messages[], const size_t sizes[], size_t n_messages);

#endif
