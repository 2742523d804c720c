/* A digest of digests, so that large frames are hashed on whatever thread has them, while only the 32 bytes of each are
 * taken in order. */
#include "proto/transcript.h"

#include "common/base/hash_lanes.h"

#include <string.h>

void transcript_digest(uint8_t out[static 32], const uint8_t *frame, size_t n) {
    crypto_generichash(out, 32, frame, n, NULL, 0);
}

void transcript_digests(uint8_t digests[][32], const uint8_t *const frames[], const size_t sizes[], size_t n_frames) {
    hash_lanes(digests, frames, sizes, n_frames);
}

void transcript_init(struct transcript *t, const uint8_t first_alice[static 32], const uint8_t first_bob[static 32]) {
    crypto_generichash_init(&t->direction[SIDE_ALICE], NULL, 0, 32);
    crypto_generichash_init(&t->direction[SIDE_BOB], NULL, 0, 32);
    transcript_add(t, SIDE_ALICE, first_alice);
    transcript_add(t, SIDE_BOB, first_bob);
}

void transcript_add(struct transcript *t, enum side from, const uint8_t digest[static 32]) {
    crypto_generichash_update(&t->direction[from], digest, 32);
}

void transcript_direction(const struct transcript *t, enum side from, uint8_t out[static 32]) {
    crypto_generichash_state copy = t->direction[from]; /* final() ends a state, and this one goes on */
    crypto_generichash_final(&copy, out, 32);
}

void transcript_hash(const struct transcript *t, uint8_t out[static 32]) {
    static const char label[] = "parley/1 transcript";
    uint8_t h[2][32];
    transcript_direction(t, SIDE_ALICE, h[SIDE_ALICE]);
    transcript_direction(t, SIDE_BOB, h[SIDE_BOB]);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, (const uint8_t *)label, sizeof label - 1);
    crypto_generichash_update(&state, h[SIDE_ALICE], 32);
    crypto_generichash_update(&state, h[SIDE_BOB], 32);
    crypto_generichash_final(&state, out, 32);
}
