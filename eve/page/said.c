#include "eve/page/said.h"

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

/* What is left of it when Bob passes it on, without blanks, and small: as much as SAID_TEXT bytes of that. */
static void make_key(uint8_t key[static SAID_KEY], const uint8_t *p, size_t n) {
    uint8_t kept[SAID_TEXT + 4];
    size_t n_kept = 0;
    uint32_t code = 0;
    for (size_t i = 0, length; i < n && n_kept < SAID_TEXT; i += length ? length : 1) {
        length = text_character(p + i, n - i, &code);
        if (!length || text_is_unsafe(code) || code == ' ')
            continue;
        memcpy(kept + n_kept, p + i, length);
        if (code >= 'A' && code <= 'Z')
            kept[n_kept] += 'a' - 'A';
        n_kept += length;
    }
    crypto_generichash(key, SAID_KEY, kept, n_kept, NULL, 0);
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
