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

void keys_commit_alice(uint8_t commitment[static 32], const uint8_t r[static 32]) {
    HASH(commitment, NULL, "parley/2 commit alice", {r, 32});
}

void keys_commit_bob(uint8_t commitment[static 32], const uint8_t r[static 32]) {
    HASH(commitment, NULL, "parley/2 commit bob", {r, 32});
}

void keys_mac_alice(uint8_t mac[static 32], const struct keys *k, const struct keys_confirmation *c) {
    HASH(mac, k->confirm_alice, "", {c->t3, 32}, {c->r_alice, 32}, {c->sig_alice, c->n_sig_alice});
}

void keys_mac_bob(uint8_t mac[static 32], const struct keys *k, const struct keys_confirmation *c) {
    HASH(mac, k->confirm_bob, "", {c->t3, 32}, {c->r_alice, 32}, {c->r_bob, 32}, {c->sig_alice, c->n_sig_alice},
         {c->mac_alice, 32}, {c->sig_bob, c->n_sig_bob});
}

bool keys_equal(const uint8_t a[static 32], const uint8_t b[static 32]) {
    return sodium_memcmp(a, b, 32) == 0;
}

void keys_fingerprint(uint8_t bits[static 5], const uint8_t t3[static 32], const uint8_t r_alice[static 32],
                      const uint8_t r_bob[static 32]) {
    uint8_t f[32];
    HASH(f, NULL, "parley/2 fingerprint", {t3, 32}, {r_alice, 32}, {r_bob, 32});
    memcpy(bits, f, 5);
}
