#include "eve/page/said.h"

#include "common/base/letters.h"
#include "common/base/text.h"

#include <sodium.h>
#include <string.h>

/* The length of "(from LABEL) ", which Bob alone puts there; a label has no blank and no bracket (bob/label.h). */
static size_t passed_on(char from[static SAID_FROM], const uint8_t *p, size_t n) {
    static const char begin[] = "(from ";
    size_t at = sizeof begin - 1, end;
    if (n < at || memcmp(p, begin, at) != 0)
        return 0;
    for (end = at; end < n && p[end] != ')'; end++)
        if (p[end] == ' ' || p[end] == '(')
            return 0;
    if (end == at || end + 1 >= n || p[end + 1] != ' ' || end - at >= SAID_FROM)
        return 0;
    if (text_escape(from, SAID_FROM, p + at, end - at) != end - at) { /* no label has what would be escaped */
        from[0] = 0;
        return 0;
    }
    return end + 2;
}

/* What is left of it when Bob passes it on, without what is not seen, and plain: as much as SAID_TEXT bytes of UTF-8 of
 * that. Bytes that are no UTF-8 do not count. */
static void make_key(uint8_t key[static SAID_KEY], const uint8_t *p, size_t n) {
    uint32_t kept[SAID_TEXT + 1], code = 0;
    size_t n_kept = 0, n_bytes = 0;
    for (size_t i = 0, length; i < n && n_bytes < SAID_TEXT; i += length ? length : 1) {
        length = text_character(p + i, n - i, &code);
        if (!length || code == ' ' || letters_is_unseen(code) || letters_is_mark(code))
            continue;
        unsigned times = code == 0xdf || code == 0x1e9e ? 2 : 1; /* in capitals it is SS */
        code = times == 2 ? 's' : letters_plain(code);
        for (; times > 0; times--) {
            kept[n_kept++] = code;
            n_bytes += 1u + (code >= 0x80) + (code >= 0x800) + (code >= 0x10000);
        }
    }
    crypto_generichash(key, SAID_KEY, (const uint8_t *)kept, n_kept * sizeof kept[0], NULL, 0);
}

void said_read(struct said *out, enum side side, const uint8_t *p, size_t n, bool cut) {
    char text[4 * SAID_LINE + 1];
    *out = (struct said){.side = side, .cut = cut};
    n = n < SAID_LINE ? n : SAID_LINE;
    size_t begin = side == SIDE_BOB ? passed_on(out->from, p, n) : 0;
    make_key(out->key, p + begin, n - begin);
    size_t length = text_escape(text, sizeof text, p + begin, n - begin), end = length;
    if (length > SAID_TEXT) {
        end = SAID_TEXT;
        out->cut = true;
        while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
            end--; /* no half character */
    }
    memcpy(out->text, text, end);
}
