/* Letters of the scripts in which people write their names. Pure. */
#ifndef PARLEY_BASE_LETTERS_H
#define PARLEY_BASE_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct letters_range {
    uint32_t first, last;
};

/* Whether one of n ranges has the character. */
bool letters_in(const struct letters_range *ranges, size_t n, uint32_t code);

/* A letter, a digit, or a vowel's sign of such a script, beyond ASCII: blocks of Unicode 15, without what leaves no
 * ink, turns the order of letters around, or is punctuation, a formula's letter or a wide one. A short list, on which
 * rarer scripts are missing. */
bool letters_has(uint32_t code);

/* A character that stands above or below a letter, or says which form a sign has. */
bool letters_is_mark(uint32_t code);

/* What leaves no ink (Unicode's Default_Ignorable_Code_Point, and blanks other than the usual one), and what no font
 * has: with it two texts look the same. Selectors of form (U+FE00 to U+FE0F) belong to the sign before them, and are
 * marks. */
bool letters_is_unseen(uint32_t code);

/* The letter that people take it for: signs of ASCII that are as wide as one of Chinese as those of ASCII; small
 * letters of ASCII, Greek and Cyrillic; those of Latin up to U+017F and from U+1E00 to U+1EFF without their marks;
 * letters of Greek and Cyrillic that look like one of Latin as that one. All else as it is. */
uint32_t letters_plain(uint32_t code);

#endif
