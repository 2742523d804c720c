/* The base64 text of 32 bytes: a key. */
#ifndef PARLEY_BASE_BASE64_H
#define PARLEY_BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* variant: of libsodium, sodium_base64_VARIANT_ORIGINAL or _URLSAFE. text: n characters, no terminator is needed.
 * -EINVAL unless all of them together are 32 bytes in base64; out is undefined then. */
int base64_parse32(uint8_t out[static 32], const char *text, size_t n, int variant);

#endif
