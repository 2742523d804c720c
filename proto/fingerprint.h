/* The four words that two people compare. WIRE.md section 7. */
#ifndef PARLEY_PROTO_FINGERPRINT_H
#define PARLEY_PROTO_FINGERPRINT_H

#include <stdint.h>

enum { FINGERPRINT_TEXT = 64 }; /* four words, three spaces, a NUL */

/* bits: the first four bytes of F. */
void fingerprint_text(char out[static FINGERPRINT_TEXT], const uint8_t bits[static 4]);

#endif
