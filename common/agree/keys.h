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

/* To r_A in A1, to r_B in B1. Each role has its label: a commitment that comes back opens to nothing. */
void keys_commit_alice(uint8_t commitment[static 32], const uint8_t r[static 32]);
void keys_commit_bob(uint8_t commitment[static 32], const uint8_t r[static 32]);

/* What A4 and B4 say. macA goes over T3, r_A and sigA, macB over all of it. */
struct keys_confirmation {
    const uint8_t *t3;
    const uint8_t *r_alice, *r_bob;
    const uint8_t *sig_alice, *sig_bob; /* empty without an identity */
    size_t n_sig_alice, n_sig_bob;
    const uint8_t *mac_alice;
};

/* macA over T3 || r_A || sigA */
void keys_mac_alice(uint8_t mac[static 32], const struct keys *k, const struct keys_confirmation *c);

/* macB over T3 || r_A || r_B || sigA || macA || sigB */
void keys_mac_bob(uint8_t mac[static 32], const struct keys *k, const struct keys_confirmation *c);

/* Constant-time. */
bool keys_equal(const uint8_t a[static 32], const uint8_t b[static 32]);

/* First five bytes of H("parley/2 fingerprint" || T3 || r_A || r_B). */
void keys_fingerprint(uint8_t bits[static 5], const uint8_t t3[static 32], const uint8_t r_alice[static 32],
                      const uint8_t r_bob[static 32]);

#endif
