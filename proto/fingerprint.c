/* One word for each byte. The list has 256 words that differ to the ear; its lines are compiled in as they are. */
#include "proto/fingerprint.h"

#include <stdio.h>

static const char *const words[] = {
#include "proto/words.inc"
};

_Static_assert(sizeof words / sizeof words[0] == 256, "a word for each byte");

void fingerprint_text(char out[static FINGERPRINT_TEXT], const uint8_t bits[static FINGERPRINT_BYTES]) {
    snprintf(out, FINGERPRINT_TEXT, "%s %s %s %s %s", words[bits[0]], words[bits[1]], words[bits[2]], words[bits[3]],
             words[bits[4]]);
}
