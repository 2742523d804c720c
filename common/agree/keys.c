#include "common/agree/keys.h"

#include <sodium.h>
#include <string.h>

struct part {
    const uint8_t *p;
    size_t n;
};

/* key NULL for the unkeyed hash */
static void hash_parts(uint8_t out[static 32], const uint8_t *key, const char *label, const struct part *parts,
                       size_t n_parts) {
    crypto_generichash_state h;
    crypto_generichash_init(&h, key, key ? 32 : 0, 32);
    crypto_generichash_update(&h, (const uint8_t *)label, strlen(label));
    for (size_t i = 0; i < n_parts; i++)
        crypto_generichash_update(&h, parts[i].p, parts[i].n);
    crypto_generichash_final(&h, out, 32);
    sodium_memzero(&h, sizeof h);
}

#define HASH(out, key, label, ...)                                                                                     \
    hash_parts(out, key, label, (const struct part[]){__VA_ARGS__},                                                    \
               sizeof((const struct part[]){__VA_ARGS__}) / sizeof(struct part))

static void derive_others(struct keys *k) {
    hash_parts(k->confirm_alice, k->session, "parley/1 confirm alice", NULL, 0);
    hash_parts(k->confirm_bob, k->session, "parley/1 confirm bob", NULL, 0);
    hash_parts(k->stream_ab, k->session, "parley/1 stream alice to bob", NULL, 0);
    hash_parts(k->stream_ba, k->session, "parley/1 stream bob to alice", NULL, 0);
}

void keys_derive(struct keys *k, const uint8_t y[static 32], const uint8_t *old, const uint8_t t3[static 32]) {
    if (old)
        HASH(k->session, y, "parley/1 rekey", {old, 32}, {t3, 32});
    else
        HASH(k->session, y, "parley/1 session key", {t3, 32});
    derive_others(k);
}

void keys_from_session(struct keys *k, const uint8_t session[static 32]) {
    memcpy(k->session, session, 32);
    derive_others(k);
}

void keys_commit(uint8_t commitment[static 32], const uint8_t r[static 32]) {
    HASH(commitment, NULL, "parley/1 commit", {r, 32});
}

void keys_mac_alice(uint8_t mac[static 32], const struct keys *k, const uint8_t t3[static 32],
                    const uint8_t r[static 32], const uint8_t *sig, size_t n_sig) {
    HASH(mac, k->confirm_alice, "", {t3, 32}, {r, 32}, {sig, n_sig});
}

void keys_mac_bob(uint8_t mac[static 32], const struct keys *k, const uint8_t t3[static 32], const uint8_t r[static 32],
                  const uint8_t *sig_alice, size_t n_sig_alice, const uint8_t mac_alice[static 32],
                  const uint8_t *sig_bob, size_t n_sig_bob) {
    HASH(mac, k->confirm_bob, "", {t3, 32}, {r, 32}, {sig_alice, n_sig_alice}, {mac_alice, 32}, {sig_bob, n_sig_bob});
}

bool keys_equal(const uint8_t a[static 32], const uint8_t b[static 32]) {
    return sodium_memcmp(a, b, 32) == 0;
}

void keys_fingerprint(uint8_t bits[static 4], const uint8_t t3[static 32], const uint8_t r[static 32]) {
    uint8_t f[32];
    HASH(f, NULL, "parley/1 fingerprint", {t3, 32}, {r, 32});
    memcpy(bits, f, 4);
}
