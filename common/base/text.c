#include "common/base/text.h"

#include <string.h>

size_t text_character(const uint8_t *p, size_t n, uint32_t *codep) {
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = p[0] < 0x80                   ? 1
                    : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
                    : (p[0] & 0xf0) == 0xe0       ? 3
                    : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                                  : 0;
    if (length == 0 || length > n)
        return 0;
    uint32_t code = length == 1 ? p[0] : p[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    *codep = code;
    return length;
}

bool text_is_unsafe(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

size_t text_escape(char *out, size_t capacity, const uint8_t *in, size_t n_in) {
    static const char hex[] = "0123456789abcdef";
    size_t used = 0;
    for (size_t i = 0; i < n_in;) {
        uint32_t code = 0;
        size_t length = text_character(in + i, n_in - i, &code);
        char piece[16];
        size_t n_piece = 0;
        if (length && !text_is_unsafe(code) && code != '\\') {
            memcpy(piece, in + i, length);
            n_piece = length;
        } else if (length && code == '\\') {
            piece[n_piece++] = '\\';
            piece[n_piece++] = '\\';
        } else {
            if (!length)
                length = 1;
            for (size_t j = 0; j < length; j++) {
                piece[n_piece++] = '\\';
                piece[n_piece++] = 'x';
                piece[n_piece++] = hex[in[i + j] >> 4];
                piece[n_piece++] = hex[in[i + j] & 15];
            }
        }
        if (used + n_piece >= capacity)
            break;
        memcpy(out + used, piece, n_piece);
        used += n_piece;
        i += length;
    }
    out[used] = 0;
    return used;
}
