/* The five words that two people compare. WIRE.md section 7. */
#ifndef PARLEY_PROTO_FINGERPRINT_H
#define PARLEY_PROTO_FINGERPRINT_H

#include <stdint.h>

enum {
    FINGERPRINT_BYTES = 5, /* a word for each */
    FINGERPRINT_TEXT = 64, /* the words, spaces between, a NUL */
};

/* bits: the first bytes of F. */
void fingerprint_text(char out[static FINGERPRINT_TEXT], const uint8_t bits[static FINGERPRINT_BYTES]);

#endif
