/* ristretto255 (libsodium) for the toys, with secret exponents of 16 bits, so that a discrete logarithm takes 2^9
 * additions. */
#ifndef PARLEY_EVE_LAB_GROUP_H
#define PARLEY_EVE_LAB_GROUP_H

#include "common/base/prg.h"

#include <stdbool.h>

enum { GROUP_ELEMENT = 32, GROUP_EXPONENT = 2 /* bytes */ };

/* A secret exponent from 1 to 2^16 - 1, least significant byte first. */
void group_secret(uint8_t exponent[static GROUP_EXPONENT], struct prg *g);

/* A uniform scalar of 32 bytes. */
void group_scalar(uint8_t scalar[static 32], struct prg *g);

/* out = base to the power; n bytes of exponent, at most 32. base NULL: the generator. */
void group_power(uint8_t out[static GROUP_ELEMENT], const uint8_t *base, const uint8_t *exponent, size_t n);

/* exponent = the secret one with base^exponent = element. Baby steps, giant steps (Shanks). False: there is none. */
bool group_logarithm(uint8_t exponent[static GROUP_EXPONENT], const uint8_t *base,
                     const uint8_t element[static GROUP_ELEMENT]);

/* One bit of an element's hash. */
unsigned group_bit(const uint8_t element[static GROUP_ELEMENT]);

#endif
