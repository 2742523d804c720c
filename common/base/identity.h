/* Ed25519 identities: who one is, and what one signs. WIRE.md section 7. */
#ifndef PARLEY_BASE_IDENTITY_H
#define PARLEY_BASE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    IDENTITY_KEY = 32,       /* bytes of a public key, and of the seed of a secret one */
    IDENTITY_SIGNATURE = 64, /* bytes */
    IDENTITY_TEXT = 45,      /* base64 of 32 bytes and a NUL */
};

/* Lives in secret_new_guarded. */
struct identity {
    uint8_t public_key[IDENTITY_KEY];
    uint8_t secret[64]; /* as libsodium keeps it: seed, then public key */
};

void identity_from_seed(struct identity *identity, const uint8_t seed[static IDENTITY_KEY]);

/* Ed25519 over label || t3, t3 being 32 bytes. */
void identity_sign(uint8_t signature[static IDENTITY_SIGNATURE], const struct identity *identity, const char *label,
                   const uint8_t t3[static 32]);
/* False also for a public key of small order or without canonical form. */
bool identity_verify(const uint8_t signature[static IDENTITY_SIGNATURE], const uint8_t public_key[static IDENTITY_KEY],
                     const char *label, const uint8_t t3[static 32]);

/* Base64 with padding, as RFC 4648 section 4 has it; url: with - and _, section 5, which can stand in a file's name. */
void identity_text(char out[static IDENTITY_TEXT], const uint8_t public_key[static IDENTITY_KEY], bool url);
/* A public key from the n characters of either form; -EINVAL for anything that is no Ed25519 public key. */
int identity_parse(uint8_t public_key[static IDENTITY_KEY], const char *text, size_t n);

#endif
