#include "common/base/letters.h"

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
