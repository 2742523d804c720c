#include "common/shell/term/lines.h"

#include "common/base/text.h"

#include <sodium.h>
#include <string.h>

enum { PIECE = 1024 }; /* bytes between two looks at the room */

void lines_flush(struct lines *lines, const struct lines_sink *sink, void *user) {
    char text[4 * LINES_MAX + 1];
    if (lines->n == 0)
        return;
    if (sink->said)
        sink->said(user, lines->bytes, lines->n);
    text_escape(text, sizeof text, lines->bytes, lines->n);
    sodium_memzero(lines->bytes, lines->n);
    lines->n = 0;
    sink->show(user, text);
    sodium_memzero(text, sizeof text);
}

/* A full buffer is cut in front of a UTF-8 character that may go on. */
static void flush_full(struct lines *lines, const struct lines_sink *sink, void *user) {
    size_t keep = 0;
    while (keep < 3 && (lines->bytes[LINES_MAX - 1 - keep] & 0xc0) == 0x80)
        keep++;
    keep = lines->bytes[LINES_MAX - 1 - keep] >= 0xc0 ? keep + 1 : 0;
    uint8_t rest[4];
    memcpy(rest, lines->bytes + LINES_MAX - keep, keep);
    lines->n -= keep;
    lines_flush(lines, sink, user);
    memcpy(lines->bytes, rest, keep);
    sodium_memzero(rest, sizeof rest);
    lines->n = keep;
}

static void feed(struct lines *lines, uint8_t byte, const struct lines_sink *sink, void *user) {
    if (byte == '\n' && lines->n == 0) {
        sink->show(user, "");
    } else if (byte == '\n') {
        lines_flush(lines, sink, user);
    } else {
        lines->bytes[lines->n++] = byte;
        if (lines->n == LINES_MAX)
            flush_full(lines, sink, user);
    }
}

void lines_give(struct lines *lines, struct session_chunk *chunk) {
    lines->chunk = *chunk;
    lines->at = 0;
    *chunk = (struct session_chunk){0};
}

bool lines_drain(struct lines *lines, const struct lines_sink *sink, void *user) {
    while (lines->at < lines->chunk.n && sink->room(user)) {
        for (size_t i = 0; i < PIECE && lines->at < lines->chunk.n; i++)
            feed(lines, lines->chunk.data[lines->at++], sink, user);
    }
    if (lines->at < lines->chunk.n)
        return false;
    session_chunk_free(&lines->chunk);
    lines->at = 0;
    return true;
}

void lines_deinit(struct lines *lines) {
    session_chunk_free(&lines->chunk);
    sodium_memzero(lines, sizeof *lines);
}
