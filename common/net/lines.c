#include "common/net/lines.h"

#include "common/base/text.h"

#include <string.h>

void lines_flush(struct lines *lines, void (*show)(void *user, const char *line), void *user) {
    char text[4 * LINES_MAX + 1];
    if (lines->n == 0)
        return;
    text_escape(text, sizeof text, lines->bytes, lines->n);
    lines->n = 0;
    show(user, text);
}

/* A full buffer is cut in front of a UTF-8 character that may go on. */
static void flush_full(struct lines *lines, void (*show)(void *user, const char *line), void *user) {
    size_t keep = 0;
    while (keep < 3 && (lines->bytes[LINES_MAX - 1 - keep] & 0xc0) == 0x80)
        keep++;
    keep = lines->bytes[LINES_MAX - 1 - keep] >= 0xc0 ? keep + 1 : 0;
    uint8_t rest[4];
    memcpy(rest, lines->bytes + LINES_MAX - keep, keep);
    lines->n -= keep;
    lines_flush(lines, show, user);
    memcpy(lines->bytes, rest, keep);
    lines->n = keep;
}

void lines_feed(struct lines *lines, const uint8_t *bytes, size_t n, void (*show)(void *user, const char *line),
                void *user) {
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n') {
            if (lines->n)
                lines_flush(lines, show, user);
            else
                show(user, "");
            continue;
        }
        lines->bytes[lines->n++] = bytes[i];
        if (lines->n == LINES_MAX)
            flush_full(lines, show, user);
    }
}
