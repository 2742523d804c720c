#include "eve/lab/experiments/agreement_session.h"

#include "common/agree/distill.h"
#include "common/agree/toeplitz.h"
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "eve/lab/lesson.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int session_init(struct session *s, const struct set *set, const uint8_t seed[static 32]) {
    *s = (struct session){.set = set, .n_labels = set_challenges(set)};
    s->n_bytes = set_label_bytes(set, s->n_labels);
    prg_subkey(s->challenge_seed, seed, "challenge seed", 0);
    s->b = calloc(s->n_bytes, 1);
    s->masked = malloc(s->n_bytes);
    s->own = malloc(s->n_bytes);
    s->left = malloc(s->n_bytes);
    if (s->b && s->masked && s->own && s->left)
        return 0;
    session_deinit(s);
    return -ENOMEM;
}

void session_deinit(struct session *s) {
    free(s->b);
    free(s->masked);
    free(s->own);
    free(s->left);
    *s = (struct session){0};
}

void session_keys(struct keys *keys, const struct session *s, const uint8_t d[static 64]) {
    uint8_t y[32];
    toeplitz_hash(y, d, s->hash);
    keys_derive(keys, y, NULL, s->t3);
}

void session_challenge(struct session *s, const uint8_t seed[static 32], const uint8_t *labels) {
    uint8_t key[32];
    prg_subkey(key, seed, "distillate", 0);
    prg_expand(s->d, sizeof s->d, key, 0);
    prg_subkey(key, seed, "hash", 0);
    prg_expand(s->hash, sizeof s->hash, key, 0);
    s->hash[95] &= 0x7f;
    memcpy(s->masked, s->b, s->n_bytes);
    distill_mask(s->masked, s->d, s->set);
    prg_subkey(s->r, seed, "r", 0);
    prg_subkey(s->r_bob, seed, "r of bob", 0);
    prg_derive(key, "lab labels", labels, set_label_bytes(s->set, s->set->n_labels));
    prg_subkey(s->t3, key, "lab transcript", 0);
    session_keys(&s->bob, s, s->d);
    keys_mac_alice(s->mac, &s->bob, &(struct keys_confirmation){.t3 = s->t3, .r_alice = s->r});
}

size_t session_same(const struct session *s, const uint8_t *a, const uint8_t *b) {
    size_t sum = 0;
    for (size_t i = 0; i < s->n_labels; i++)
        sum += lesson_agree(s->set, a, b, i);
    return sum;
}

size_t session_equal_bits(const uint8_t *a, const uint8_t *b, size_t n_bits) {
    size_t sum = 0;
    for (size_t i = 0; i < n_bits; i++)
        sum += 1 ^ bit_get(a, i) ^ bit_get(b, i);
    return sum;
}

void session_agree(struct session *s, const uint8_t *h, uint8_t d[static 64], struct keys *keys) {
    lesson_predict(s->own, s->set, h, s->challenge_seed);
    memcpy(s->left, s->masked, s->n_bytes);
    lesson_minus(s->left, s->set, s->own, s->n_labels);
    distill_unmask(d, s->left, s->set);
    session_keys(keys, s, d);
}

/* A4 and B4 between these two: whether each accepts the other. */
static void confirm(const struct session *s, const struct keys *alice, bool *bob_acceptsp, bool *alice_acceptsp) {
    uint8_t sent[32], expected[32];
    struct keys_confirmation c = {.t3 = s->t3, .r_alice = s->r, .r_bob = s->r_bob, .mac_alice = sent};
    keys_mac_alice(sent, alice, &c);
    keys_mac_alice(expected, &s->bob, &c);
    *bob_acceptsp = s->takes_any || keys_equal(sent, expected);
    keys_mac_bob(expected, alice, &c);
    keys_mac_bob(sent, &s->bob, &c);
    *alice_acceptsp = s->takes_any || keys_equal(sent, expected);
}

/* One bit of a hypothesis: of n bits, or the last one of a byte for each of n numbers. */
static void spoil(uint8_t *h, const struct set *set, unsigned which) {
    unsigned n = lesson_size(set);
    bit_xor(h, set->modulus == 2 ? which % n : 8 * (which % n), 1);
}

/* Keys that differ because one distillate bit does, or because Alice's hypothesis is off by one bit: is each side's
 * confirmation refused by the other? */
static void force(struct session *s, const uint8_t *d, const uint8_t *h, unsigned which, struct agreement_sums *sums) {
    uint8_t wrong_d[64], wrong_h[TASK_HYPOTHESIS_MAX];
    struct keys keys;
    bool bob_accepts, alice_accepts;
    for (int kind = 0; kind < 2; kind++) {
        if (kind == 0) {
            memcpy(wrong_d, d, 64);
            bit_xor(wrong_d, which % SET_DISTILLATE, 1);
            session_keys(&keys, s, wrong_d);
        } else {
            memcpy(wrong_h, h, sizeof wrong_h);
            spoil(wrong_h, s->set, which);
            session_agree(s, wrong_h, wrong_d, &keys);
        }
        confirm(s, &keys, &bob_accepts, &alice_accepts);
        sums->forced++;
        sums->caught += !bob_accepts && !alice_accepts;
    }
}

void session_alice(struct session *s, const uint8_t h[static TASK_HYPOTHESIS_MAX], struct agreement_sums *sums) {
    uint8_t d[64], y[2][32];
    struct keys keys;
    bool bob_accepts, alice_accepts;
    session_agree(s, h, d, &keys);
    sums->sessions++;
    sums->bits += s->n_labels;
    sums->agreeing += session_same(s, s->own, s->b);
    sums->distilled += SET_DISTILLATE;
    sums->distilled_right += session_equal_bits(d, s->d, SET_DISTILLATE);
    toeplitz_hash(y[0], d, s->hash);
    toeplitz_hash(y[1], s->d, s->hash);
    sums->hashed += 256;
    sums->hashed_right += session_equal_bits(y[0], y[1], 256);
    confirm(s, &keys, &bob_accepts, &alice_accepts);
    sums->keys_equal += keys_equal(keys.session, s->bob.session);
    sums->confirmed += bob_accepts && alice_accepts;
    force(s, d, h, load32_le(s->r), sums);
}
