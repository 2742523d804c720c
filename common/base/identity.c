#include "common/base/identity.h"

#include "common/base/base64.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { SIGNED_MAX = 64 }; /* a label and 32 bytes */

void identity_from_seed(struct identity *identity, const uint8_t seed[static IDENTITY_KEY]) {
    crypto_sign_seed_keypair(identity->public_key, identity->secret, seed);
}

static size_t what_is_signed(uint8_t out[static SIGNED_MAX], const char *label, const uint8_t t3[static 32]) {
    size_t n = strlen(label);
    memcpy(out, label, n);
    memcpy(out + n, t3, 32);
    return n + 32;
}

void identity_sign(uint8_t signature[static IDENTITY_SIGNATURE], const struct identity *identity, const char *label,
                   const uint8_t t3[static 32]) {
    uint8_t text[SIGNED_MAX];
    size_t n = what_is_signed(text, label, t3);
    crypto_sign_detached(signature, NULL, text, n, identity->secret);
}

bool identity_verify(const uint8_t signature[static IDENTITY_SIGNATURE], const uint8_t public_key[static IDENTITY_KEY],
                     const char *label, const uint8_t t3[static 32]) {
    uint8_t text[SIGNED_MAX];
    size_t n = what_is_signed(text, label, t3);
    return crypto_sign_verify_detached(signature, text, n, public_key) == 0;
}

void identity_text(char out[static IDENTITY_TEXT], const uint8_t public_key[static IDENTITY_KEY], bool url) {
    sodium_bin2base64(out, IDENTITY_TEXT, public_key, IDENTITY_KEY,
                      url ? sodium_base64_VARIANT_URLSAFE : sodium_base64_VARIANT_ORIGINAL);
}

int identity_parse(uint8_t public_key[static IDENTITY_KEY], const char *text, size_t n) {
    static const int variants[] = {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_URLSAFE};
    for (size_t i = 0; i < 2; i++) {
        if (n == IDENTITY_TEXT - 1 && base64_parse32(public_key, text, n, variants[i]) == 0)
            return crypto_core_ed25519_is_valid_point(public_key) ? 0 : -EINVAL;
    }
    return -EINVAL;
}
