#include "common/base/name_alike.h"

#include "common/base/letters.h"
#include "common/base/text.h"

#include <stdint.h>
#include <string.h>

struct skeleton {
    uint32_t code[NAME_ALIKE_MAX];
    size_t n;
};

/* U+00C0 to U+017F without their marks. */
static const char LATIN[] = "aaaaaaaceeeeiiiidnoooooxouuuuypsaaaaaaaceeeeiiiidnooooo-ouuuuypyaaaaaaccccccccddddeeeeeeee"
                            "eegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuu"
                            "wwyyyzzzzzzs";
_Static_assert(sizeof LATIN == 0x180 - 0xc0 + 1, "one for each");

/* Small letters of Greek and Cyrillic that look like one of Latin, small or as a capital. */
static const struct {
    uint16_t code;
    char like;
} LIKE[] = {
    {0x3ac, 'a'}, {0x3ad, 'e'}, {0x3ae, 'h'}, {0x3af, 'i'}, {0x3b1, 'a'}, {0x3b2, 'b'}, {0x3b5, 'e'}, {0x3b6, 'z'},
    {0x3b7, 'h'}, {0x3b9, 'i'}, {0x3ba, 'k'}, {0x3bc, 'm'}, {0x3bd, 'n'}, {0x3bf, 'o'}, {0x3c1, 'p'}, {0x3c4, 't'},
    {0x3c5, 'y'}, {0x3c7, 'x'}, {0x3cc, 'o'}, {0x3cd, 'y'}, {0x3f2, 'c'}, {0x3f3, 'j'}, {0x430, 'a'}, {0x432, 'b'},
    {0x435, 'e'}, {0x43a, 'k'}, {0x43c, 'm'}, {0x43d, 'h'}, {0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x442, 't'},
    {0x443, 'y'}, {0x445, 'x'}, {0x450, 'e'}, {0x451, 'e'}, {0x455, 's'}, {0x456, 'i'}, {0x457, 'i'}, {0x458, 'j'},
    {0x4bb, 'h'}, {0x4cf, 'l'}, {0x501, 'd'}, {0x51b, 'q'}, {0x51d, 'w'}, {0x251, 'a'}, {0x261, 'g'},
};

static uint32_t small(uint32_t c) {
    if ((c >= 'A' && c <= 'Z') || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
        return c + 32;
    if (c >= 0x400 && c <= 0x40f)
        return c + 80;
    if (c == 0x386)
        return 0x3ac;
    if (c >= 0x388 && c <= 0x38a)
        return c + 37;
    return c == 0x38c ? 0x3cc : c == 0x38e ? 0x3cd : c == 0x4c0 ? 0x4cf : c >= 0x48a && c <= 0x52f ? c | 1 : c;
}

/* 0: it does not count. */
static uint32_t reduced(uint32_t c) {
    if (c >= 0xc0 && c < 0x180)
        c = (unsigned char)LATIN[c - 0xc0];
    c = small(c);
    for (size_t i = 0; i < sizeof LIKE / sizeof LIKE[0]; i++)
        if (LIKE[i].code == c)
            c = (unsigned char)LIKE[i].like;
    if (c == '0')
        return 'o';
    if (c == '1' || c == 'i' || c == '|')
        return 'l';
    bool counts = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return counts && !letters_is_mark(c) ? c : 0;
}

static void reduce(struct skeleton *out, const char *p, size_t n) {
    uint32_t code = 0, kept;
    out->n = 0;
    for (size_t i = 0, length; i < n && out->n < NAME_ALIKE_MAX; i += length) {
        if (!(length = text_character((const uint8_t *)p + i, n - i, &code)))
            return;
        if ((kept = reduced(code)))
            out->code[out->n++] = kept;
    }
}

/* Of names that are signs alone nothing is left, and they are told apart byte by byte. */
bool name_alike(const char *a, size_t n_a, const char *b, size_t n_b) {
    struct skeleton x, y;
    reduce(&x, a, n_a);
    reduce(&y, b, n_b);
    if (x.n == 0 && y.n == 0)
        return n_a == n_b && memcmp(a, b, n_a) == 0;
    return x.n == y.n && memcmp(x.code, y.code, x.n * sizeof x.code[0]) == 0;
}
