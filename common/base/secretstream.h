/* libsodium's secretstream, the same bytes and states: long messages with libcrypto's ChaCha20 and Poly1305, when it
 * was found at build time, which take two thirds of libsodium's time; else, and short ones, with libsodium. */
#ifndef PARLEY_BASE_SECRETSTREAM_H
#define PARLEY_BASE_SECRETSTREAM_H

#include <sodium.h>
#include <stddef.h>
#include <stdint.h>

enum { SECRETSTREAM_OVERHEAD = crypto_secretstream_xchacha20poly1305_ABYTES };

/* Seals the byte `first` and the n of rest into box, 1 + n + SECRETSTREAM_OVERHEAD bytes, which rest does not overlap.
 */
void secretstream_push(crypto_secretstream_xchacha20poly1305_state *state, uint8_t *box, uint8_t first,
                       const uint8_t *rest, size_t n, uint8_t tag);

/* Opens a box of n bytes into plain, n - SECRETSTREAM_OVERHEAD of them, which may be box + 1: in place. 0; -1 if it
 * does not verify or is too short, and then the state is as it was. -ENOMEM. */
int secretstream_pull(crypto_secretstream_xchacha20poly1305_state *state, uint8_t *plain, uint8_t *tagp,
                      const uint8_t *box, size_t n);

#endif
