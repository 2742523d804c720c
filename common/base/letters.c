#include "common/base/letters.h"

#include "common/base/text.h"

bool letters_in(const struct letters_range *ranges, size_t n, uint32_t c) {
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

bool letters_has(uint32_t c) {
    // clang-format off
    static const struct letters_range scripts[] = {
        {0xc0, 0xd6}, {0xd8, 0xf6}, {0xf8, 0x24f}, {0x1e00, 0x1eff},         /* Latin */
        {0x370, 0x373}, {0x376, 0x377}, {0x37b, 0x37d}, {0x37f, 0x37f},      /* Greek */
        {0x386, 0x386}, {0x388, 0x3ff}, {0x1f00, 0x1fbc},
        {0x400, 0x481}, {0x48a, 0x52f},                                      /* Cyrillic */
        {0x531, 0x556}, {0x561, 0x587},                                      /* Armenian */
        {0x5d0, 0x5ea},                                                      /* Hebrew */
        {0x620, 0x63f}, {0x641, 0x64a}, {0x660, 0x669}, {0x671, 0x6d3}, {0x6f0, 0x6fc}, /* Arabic */
        {0x900, 0x963}, {0x966, 0x96f}, {0x971, 0xd7f},                      /* Devanagari and its relatives */
        {0xe01, 0xe3a}, {0xe40, 0xe4e}, {0xe50, 0xe59}, {0xe81, 0xedf},      /* Thai, Lao */
        {0x10a0, 0x10fa}, {0x10fc, 0x10ff}, {0x1c90, 0x1cbf},                /* Georgian */
        {0x1200, 0x135a},                                                    /* Ethiopic */
        {0x1780, 0x17b3}, {0x17b6, 0x17d3}, {0x17e0, 0x17e9},                /* Khmer */
        {0x3041, 0x3096}, {0x30a1, 0x30fa}, {0x30fc, 0x30fe}, {0x3105, 0x312f}, /* Japanese, Bopomofo */
        {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3},                /* Chinese, Korean */
    };
    // clang-format on
    return letters_in(scripts, sizeof scripts / sizeof scripts[0], c);
}

bool letters_is_mark(uint32_t c) {
    static const struct letters_range marks[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
                                                 {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
    return letters_in(marks, sizeof marks / sizeof marks[0], c);
}

bool letters_is_unseen(uint32_t c) {
    static const struct letters_range unseen[] = {
        {0xa0, 0xa0},     {0xad, 0xad},     {0x34f, 0x34f},     {0x115f, 0x1160},   {0x1680, 0x1680},
        {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f},   {0x2028, 0x202f},   {0x205f, 0x206f},
        {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164},   {0xe000, 0xf8ff},   {0xfeff, 0xfeff},
        {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
    };
    return text_is_unsafe(c) || (c & 0xfffe) == 0xfffe || letters_in(unseen, sizeof unseen / sizeof unseen[0], c);
}

/* U+00C0 to U+017F without their marks. */
static const char LATIN[] = "aaaaaaaceeeeiiiidnoooooxouuuuypsaaaaaaaceeeeiiiidnooooo-ouuuuypyaaaaaaccccccccddddeeeeeeee"
                            "eegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuu"
                            "wwyyyzzzzzzs";
_Static_assert(sizeof LATIN == 0x180 - 0xc0 + 1, "one for each");

/* U+1E00 to U+1EFF, Vietnamese among them. */
static const char LATIN_MORE[] =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopp"
    "pprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyassssdaaaaaaaaaaaa"
    "aaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyllvvyy";
_Static_assert(sizeof LATIN_MORE == 0x1f00 - 0x1e00 + 1, "one for each");

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
    if ((c >= 'A' && c <= 'Z') || (c >= 0x391 && c <= 0x3ab) || (c >= 0x410 && c <= 0x42f))
        return c + 32;
    if (c >= 0x400 && c <= 0x40f)
        return c + 80;
    if (c == 0x386)
        return 0x3ac;
    if (c >= 0x388 && c <= 0x38a)
        return c + 37;
    return c == 0x38c                 ? 0x3cc
           : c == 0x38e || c == 0x38f ? c + 63
           : c == 0x3c2               ? 0x3c3
           : c == 0x4c0               ? 0x4cf
           : c >= 0x48a && c <= 0x52f ? c | 1
                                      : c;
}

uint32_t letters_plain(uint32_t c) {
    if (c >= 0xff01 && c <= 0xff5e)
        c -= 0xff01 - '!';
    if (c >= 0xc0 && c < 0x180)
        c = (unsigned char)LATIN[c - 0xc0];
    if (c >= 0x1e00 && c < 0x1f00)
        c = (unsigned char)LATIN_MORE[c - 0x1e00];
    c = small(c);
    for (size_t i = 0; i < sizeof LIKE / sizeof LIKE[0]; i++)
        if (LIKE[i].code == c)
            return (unsigned char)LIKE[i].like;
    return c;
}
