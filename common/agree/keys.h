/* From the distillate to keys, confirmation and fingerprint. WIRE.md section 7. All arrays of 32 bytes. */
#ifndef PARLEY_AGREE_KEYS_H
#define PARLEY_AGREE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keys {
    uint8_t session[32]; /* K */
    uint8_t confirm_alice[32];
    uint8_t confirm_bob[32];
    uint8_t stream_ab[32];
    uint8_t stream_ba[32];
};

/* K from y and the transcript; old: the key in force when re-keying, NULL otherwise. The others follow from K. */
void keys_derive(struct keys *k, const uint8_t y[static 32], const uint8_t *old, const uint8_t t3[static 32]);

/* The others from a K that is known already. */
void keys_from_session(struct keys *k, const uint8_t session[static 32]);

void keys_commit(uint8_t commitment[static 32], const uint8_t r[static 32]);

/* macA over T3 || r || sigA */
void keys_mac_alice(uint8_t mac[static 32], const struct keys *k, const uint8_t t3[static 32],
                    const uint8_t r[static 32], const uint8_t *sig, size_t n_sig);

/* macB over T3 || A4 || sigB, A4 = r || sigA || macA */
void keys_mac_bob(uint8_t mac[static 32], const struct keys *k, const uint8_t t3[static 32], const uint8_t r[static 32],
                  const uint8_t *sig_alice, size_t n_sig_alice, const uint8_t mac_alice[static 32],
                  const uint8_t *sig_bob, size_t n_sig_bob);

/* Constant-time. */
bool keys_equal(const uint8_t a[static 32], const uint8_t b[static 32]);

/* First four bytes of H("parley/1 fingerprint" || T3 || r). */
void keys_fingerprint(uint8_t bits[static 4], const uint8_t t3[static 32], const uint8_t r[static 32]);

#endif
