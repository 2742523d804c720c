/* The transcript of one agreement. WIRE.md section 7. Digests may be computed on any thread (transcript_digest), and
 * are added in the order of the frames. */
#ifndef PARLEY_PROTO_TRANSCRIPT_H
#define PARLEY_PROTO_TRANSCRIPT_H

#include "proto/order.h"

#include <sodium.h>

struct transcript {
    crypto_generichash_state direction[2]; /* by enum side of the sender */
};

/* out = H(frame) */
void transcript_digest(uint8_t out[static 32], const uint8_t *frame, size_t n);

/* digests[i] = H(frames[i]), i < n_frames <= HASH_LANES: several at once, which is faster. */
void transcript_digests(uint8_t digests[][32], const uint8_t *const frames[], const size_t sizes[], size_t n_frames);

/* first[side]: digest_0 of that direction, H(preface) or T3_old. */
void transcript_init(struct transcript *t, const uint8_t first_alice[static 32], const uint8_t first_bob[static 32]);

void transcript_add(struct transcript *t, enum side from, const uint8_t digest[static 32]);

/* hA or hB of the frames added so far. The transcript goes on afterwards. */
void transcript_direction(const struct transcript *t, enum side from, uint8_t out[static 32]);

/* T3 = H("parley/1 transcript" || hA || hB) of the frames added so far. */
void transcript_hash(const struct transcript *t, uint8_t out[static 32]);

#endif
