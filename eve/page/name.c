#include "eve/page/name.h"

#include "common/base/letters.h"
#include "common/base/name_alike.h"
#include "common/base/text.h"

#include <string.h>

enum { MARKS_MAX = 3 }; /* on one letter: no script of names has more */

/* Letters once more, in other shapes: small capitals, raised or lowered, of formulas, in circles, or as wide as a sign
 * of Chinese. Not letters of the phonetic alphabet that languages have, such as those of Hausa and Ewe. */
static bool is_shaped(uint32_t c) {
    static const struct letters_range shaped[] = {
        {0x262, 0x262},   {0x26a, 0x26a},   {0x274, 0x274},     {0x276, 0x276},    {0x280, 0x280},
        {0x28f, 0x28f},   {0x299, 0x299},   {0x29c, 0x29c},     {0x29f, 0x29f},    {0x2b0, 0x2b8},
        {0x2e0, 0x2e4},   {0x1d00, 0x1dbf}, {0x2070, 0x209f},   {0xa730, 0xa731},  {0x2100, 0x214f},
        {0x249c, 0x24e9}, {0xff01, 0xff5e}, {0x1d400, 0x1d7ff}, {0x1f110, 0x1f189}};
    return letters_in(shaped, sizeof shaped / sizeof shaped[0], c);
}

const char *name_wrong(const char *p, size_t n) {
    size_t n_characters = 0, n_marks = MARKS_MAX; /* a mark needs a letter before it */
    uint32_t code = 0;
    for (size_t i = 0, length; i < n; i += length) {
        if (!(length = text_character((const uint8_t *)p + i, n - i, &code)))
            return "name: it is no UTF-8\n";
        if (letters_is_unseen(code))
            return "name: it has a character that cannot be seen, or that turns the order of letters around\n";
        if (is_shaped(code))
            return "name: it has a letter in a shape of formulas, circles or small capitals: use plain letters\n";
        if (code == '\\')
            return "name: it has a backslash\n";
        if (letters_is_mark(code) && n_marks++ >= MARKS_MAX)
            return "name: it has too many marks on one letter, or none to put them on\n";
        if (!letters_is_mark(code))
            n_marks = code == ' ' ? MARKS_MAX : 0;
        n_characters++;
    }
    if (n == 0)
        return "name: it is missing\n";
    if (p[0] == ' ' || p[n - 1] == ' ' || memmem(p, n, "  ", 2))
        return "name: it has a blank at an end, or two side by side\n";
    if (n_characters > NAME_CHARACTERS || n > NAME_BYTES)
        return "name: it is too long: 24 characters at most, and 64 bytes\n";
    if (name_alike(p, n, "bob", 3) || name_alike(p, n, "eve", 3))
        return "name: somebody of that name is here already, and all would take you for that one\n";
    return NULL;
}
