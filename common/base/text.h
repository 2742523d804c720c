/* Text from a peer: UTF-8 taken apart, and made fit for a terminal or a log. */
#ifndef PARLEY_BASE_TEXT_H
#define PARLEY_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the valid UTF-8 character at p (shortest form, no surrogate, at most U+10FFFF) and its number in *codep; 0
 * if there is none. n is at least 1. */
size_t text_character(const uint8_t *p, size_t n, uint32_t *codep);

/* Characters that move the cursor or reorder what is shown. */
bool text_is_unsafe(uint32_t code);

/* Copies valid printable UTF-8; control characters (C0, DEL, C1, bidirectional overrides, line separators) and invalid
 * bytes become \xHH, a backslash becomes \\. Stops before a character that would not fit whole; out (capacity >= 1) is
 * always terminated. Returns the length written. Worst case 4 bytes out per byte in. */
size_t text_escape(char *out, size_t capacity, const uint8_t *in, size_t n_in);

#endif
