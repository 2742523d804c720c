/* The key schedule of WIRE.md section 7 with every concatenation written out. */
#include "common/agree/keys.h"

#include "common/base/bytes.h"
#include "tests/lib/unit.h"

/* A text that is put together piece by piece. */
struct text {
    uint8_t bytes[1000];
    size_t n;
};

static void add(struct text *t, const void *p, size_t n) {
    assert_true(t->n + n <= sizeof t->bytes);
    if (n)
        memcpy(t->bytes + t->n, p, n);
    t->n += n;
}

static void hash(uint8_t out[static 32], const uint8_t *key, const struct text *t) {
    assert_int_equal(crypto_generichash(out, 32, t->bytes, t->n, key, key ? 32 : 0), 0);
}

static void of_label(uint8_t out[static 32], const uint8_t key[static 32], const char *label) {
    struct text t = {.n = 0};
    add(&t, label, strlen(label));
    hash(out, key, &t);
}

struct values {
    uint8_t y[32], old[32], t3[32], r_alice[32], r_bob[32], mac[32], sig_alice[64], sig_bob[64];
};

static void check_schedule(const struct values *v, bool rekeying) {
    struct keys k;
    struct text t = {.n = 0};
    uint8_t expected[32];
    keys_derive(&k, v->y, rekeying ? v->old : NULL, v->t3);
    if (rekeying) {
        add(&t, "parley/1 rekey", 14);
        add(&t, v->old, 32);
    } else {
        add(&t, "parley/1 session key", 20);
    }
    add(&t, v->t3, 32);
    hash(expected, v->y, &t);
    assert_memory_equal(k.session, expected, 32);
    const struct {
        const uint8_t *key;
        const char *label;
    } derived[] = {
        {k.confirm_alice, "parley/1 confirm alice"},
        {k.confirm_bob, "parley/1 confirm bob"},
        {k.stream_ab, "parley/1 stream alice to bob"},
        {k.stream_ba, "parley/1 stream bob to alice"},
    };
    for (size_t i = 0; i < sizeof derived / sizeof derived[0]; i++) {
        of_label(expected, k.session, derived[i].label);
        assert_memory_equal(derived[i].key, expected, 32);
    }
}

static void check_macs(const struct values *v, size_t n_alice, size_t n_bob) {
    struct keys k;
    struct text t = {.n = 0};
    uint8_t mac[32], expected[32];
    keys_derive(&k, v->y, NULL, v->t3);
    const struct keys_confirmation c = {.t3 = v->t3,
                                        .r_alice = v->r_alice,
                                        .r_bob = v->r_bob,
                                        .sig_alice = n_alice ? v->sig_alice : NULL,
                                        .n_sig_alice = n_alice,
                                        .mac_alice = v->mac,
                                        .sig_bob = n_bob ? v->sig_bob : NULL,
                                        .n_sig_bob = n_bob};
    keys_mac_alice(mac, &k, &c);
    add(&t, v->t3, 32);
    add(&t, v->r_alice, 32);
    add(&t, v->sig_alice, n_alice);
    hash(expected, k.confirm_alice, &t);
    assert_memory_equal(mac, expected, 32);
    keys_mac_bob(mac, &k, &c);
    t.n = 64;
    add(&t, v->r_bob, 32);
    add(&t, v->sig_alice, n_alice);
    add(&t, v->mac, 32);
    add(&t, v->sig_bob, n_bob);
    hash(expected, k.confirm_bob, &t);
    assert_memory_equal(mac, expected, 32);
}

static void schedule(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (int run = 0; run < 20; run++) {
        struct values v;
        prg_read(&g, (uint8_t *)&v, sizeof v);
        check_schedule(&v, false);
        check_schedule(&v, true);
        for (int signatures = 0; signatures < 4; signatures++)
            check_macs(&v, signatures & 1 ? 64 : 0, signatures & 2 ? 64 : 0);
    }
}

static void commitments_and_fingerprint(void **state) {
    (void)state;
    struct prg g;
    uint8_t r_alice[32], r_bob[32], t3[32], commitment[32], bits[5], expected[32];
    struct text a = {.n = 0}, b = {.n = 0}, f = {.n = 0};
    unit_random(&g, __func__);
    prg_read(&g, r_alice, sizeof r_alice);
    prg_read(&g, r_bob, sizeof r_bob);
    prg_read(&g, t3, sizeof t3);
    keys_commit_alice(commitment, r_alice);
    add(&a, "parley/2 commit alice", 21);
    add(&a, r_alice, 32);
    hash(expected, NULL, &a);
    assert_memory_equal(commitment, expected, 32);
    keys_commit_bob(commitment, r_bob);
    add(&b, "parley/2 commit bob", 19);
    add(&b, r_bob, 32);
    hash(expected, NULL, &b);
    assert_memory_equal(commitment, expected, 32);
    keys_fingerprint(bits, t3, r_alice, r_bob);
    add(&f, "parley/2 fingerprint", 20);
    add(&f, t3, 32);
    add(&f, r_alice, 32);
    add(&f, r_bob, 32);
    hash(expected, NULL, &f);
    assert_memory_equal(bits, expected, 5);
}

static void comparison(void **state) {
    (void)state;
    uint8_t a[32] = {0}, b[32] = {0};
    assert_true(keys_equal(a, b));
    for (size_t i = 0; i < 256; i++) {
        bit_xor(b, i, 1);
        assert_false(keys_equal(a, b));
        bit_xor(b, i, 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedule),
        cmocka_unit_test(commitments_and_fingerprint),
        cmocka_unit_test(comparison),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
