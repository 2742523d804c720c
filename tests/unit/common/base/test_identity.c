/* Identities: against RFC 8032, text forms, and what is no public key. */
#include "tests/lib/unit.h"

#include "common/base/bytes.h"
#include "common/base/identity.h"

/* RFC 8032, section 7.1, TEST 1: the key pair; our messages are never empty, so signatures are checked by themselves.
 */
static const char seed_hex[] = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
static const char public_hex[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

static void make(struct identity *identity, const char *hex) {
    uint8_t seed[32];
    assert_int_equal(bytes_from_hex(seed, 32, hex), 0);
    identity_from_seed(identity, seed);
}

static void key_pair(void **state) {
    (void)state;
    struct identity identity;
    uint8_t expected[32];
    make(&identity, seed_hex);
    assert_int_equal(bytes_from_hex(expected, 32, public_hex), 0);
    assert_memory_equal(identity.public_key, expected, 32);
    assert_memory_equal(identity.secret + 32, expected, 32);
}

/* A signature is for one label, one transcript, one key. */
static void signatures(void **state) {
    (void)state;
    struct identity identity;
    uint8_t t3[32] = {7}, signature[IDENTITY_SIGNATURE], again[IDENTITY_SIGNATURE];
    uint8_t text[19 + 32] = "parley/1 sign alice";
    make(&identity, seed_hex);
    identity_sign(signature, &identity, "parley/1 sign alice", t3);
    identity_sign(again, &identity, "parley/1 sign alice", t3);
    assert_memory_equal(signature, again, sizeof signature); /* needs no randomness */
    memcpy(text + 19, t3, 32);
    assert_int_equal(crypto_sign_verify_detached(signature, text, sizeof text, identity.public_key), 0);
    assert_true(identity_verify(signature, identity.public_key, "parley/1 sign alice", t3));
    assert_false(identity_verify(signature, identity.public_key, "parley/1 sign bob", t3));
    for (size_t bit = 0; bit < 512; bit++) {
        bit_xor(signature, bit, 1);
        assert_false(identity_verify(signature, identity.public_key, "parley/1 sign alice", t3));
        bit_xor(signature, bit, 1);
    }
    for (size_t bit = 0; bit < 256; bit++) {
        bit_xor(t3, bit, 1);
        assert_false(identity_verify(signature, identity.public_key, "parley/1 sign alice", t3));
        bit_xor(t3, bit, 1);
        bit_xor(identity.public_key, bit, 1);
        assert_false(identity_verify(signature, identity.public_key, "parley/1 sign alice", t3));
        bit_xor(identity.public_key, bit, 1);
    }
}

static void texts(void **state) {
    (void)state;
    struct identity identity;
    uint8_t key[32];
    char plain[IDENTITY_TEXT], url[IDENTITY_TEXT];
    make(&identity, seed_hex);
    identity_text(plain, identity.public_key, false);
    identity_text(url, identity.public_key, true);
    assert_string_equal(plain, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert_string_equal(url, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert_int_equal(identity_parse(key, plain, 44), 0);
    assert_memory_equal(key, identity.public_key, 32);
    assert_int_equal(identity_parse(key, url, 44), 0);
    assert_memory_equal(key, identity.public_key, 32);
    assert_true(identity_parse(key, plain, 43) < 0);
    assert_true(identity_parse(key, "", 0) < 0);
    for (size_t i = 0; i < 44; i++) { /* any other character: another key, or none, and never the same */
        char changed[IDENTITY_TEXT];
        memcpy(changed, plain, sizeof changed);
        changed[i] = changed[i] == '*' ? '!' : '*';
        assert_true(identity_parse(key, changed, 44) < 0);
        for (int c = 128; c < 256; c++) {
            changed[i] = (char)c;
            assert_true(identity_parse(key, changed, 44) < 0);
        }
    }
}

/* Points of small order, for which a signature could be made without a secret. */
static void no_keys(void **state) {
    (void)state;
    uint8_t small[3][32] = {{0}, {1}}, key[32], signature[IDENTITY_SIGNATURE] = {0}, t3[32] = {0};
    memset(small[2], 0xff, 32); /* y = -1 */
    small[2][0] = 0xec;
    small[2][31] = 0x7f;
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
        char text[IDENTITY_TEXT];
        identity_text(text, small[i], false);
        assert_true(identity_parse(key, text, 44) < 0);
        signature[0] = 1; /* R the neutral element, S = 0 */
        assert_false(identity_verify(signature, small[i], "parley/1 sign bob", t3));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_pair),
        cmocka_unit_test(signatures),
        cmocka_unit_test(texts),
        cmocka_unit_test(no_keys),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
