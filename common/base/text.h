/* Text from a peer, made fit for a terminal or a log. */
#ifndef PARLEY_BASE_TEXT_H
#define PARLEY_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Copies valid printable UTF-8; control characters (C0, DEL, C1, bidirectional overrides, line separators) and invalid
 * bytes become \xHH, a backslash becomes \\. Stops before a character that would not fit whole; out (capacity >= 1) is
 * always terminated. Returns the length written. Worst case 4 bytes out per byte in. */
size_t text_escape(char *out, size_t capacity, const uint8_t *in, size_t n_in);

#endif
