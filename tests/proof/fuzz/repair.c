#include "tests/proof/fuzz/repair.h"

#include "common/base/bytes.h"
#include "proto/message.h"

#include <string.h>

/* By kind and field: bytes that the message check wants, 0 where any number will do. */
static const uint8_t wanted[MESSAGE_ABORT + 1][6] = {
    [MESSAGE_HELLO] = {0, 3, 32, 4, 32},
    [MESSAGE_WELCOME] = {0, 3, 32, SESSION_ID, 32, 32},
    [MESSAGE_SAMPLES] = {0, 32, 0, 0, 0},
    [MESSAGE_CHALLENGE] = {0, 32, 0, HASH_BYTES, 0},
    [MESSAGE_CONFIRM_ALICE] = {0, 32, SIGNATURE_BYTES, 32, 0},
    [MESSAGE_CONFIRM_BOB] = {0, SIGNATURE_BYTES, 32, 32, 0},
    [MESSAGE_SEALED] = {0, SEALED_HEADER, 0, 0, 0},
};

/* A varint of one or two bytes at p, in so many bytes as stand there. */
static size_t length_at(const uint8_t *p, size_t n, size_t *vp) {
    *vp = p[0] & 0x7f;
    if (!(p[0] & 0x80) || n < 2)
        return 1;
    *vp |= (size_t)(p[1] & 0x7f) << 7;
    return 2;
}

static size_t put_length(uint8_t *p, size_t width, size_t v) {
    if (width == 1) {
        v = v < 0x7f ? v : 0x7f;
        p[0] = (uint8_t)v;
    } else {
        v = v < 0x3fff ? v : 0x3fff;
        p[0] = (uint8_t)(v | 0x80);
        p[1] = (uint8_t)(v >> 7);
    }
    return v;
}

/* Makes the gap at `at` of `have` bytes one of `want`. Returns the new total. */
static size_t resize(uint8_t *body, size_t n, size_t n_max, size_t at, size_t have, size_t want) {
    if (n - have + want > n_max)
        return n;
    memmove(body + at + want, body + at + have, n - at - have);
    if (want > have)
        memset(body + at + have, 0x5a, want - have);
    return n - have + want;
}

size_t repair_body(uint8_t *body, size_t n, size_t n_max, unsigned seed) {
    size_t at, v;
    if (n < 4)
        return n;
    unsigned kind = body[0] >> 3;
    size_t start = 1 + length_at(body + 1, n - 1, &v);
    for (at = start; at + 2 <= n; seed = seed * 1103515245 + 12345) {
        unsigned tag = body[at] >> 3 & 15;
        if ((body[at] & 7) != 2) {
            at += 2;
            continue;
        }
        size_t width = length_at(body + at + 1, n - at - 1, &v), begin = at + 1 + width;
        if (v > n - begin)
            v = put_length(body + at + 1, width, n - begin);
        size_t want = kind <= MESSAGE_ABORT && tag < 6 ? wanted[kind][tag] : 0;
        if (want && want != v && (seed >> 16 & 7) && begin + v <= n) {
            size_t changed = resize(body, n, n_max, begin, v, want);
            if (changed != n || v == want)
                v = put_length(body + at + 1, width, want);
            n = changed;
        }
        at = begin + v;
    }
    put_length(body + 1, start - 1, n - start);
    return n;
}

void repair_headers(uint8_t *stream, size_t n) {
    size_t at = 0;
    while (n - at > FRAME_HEADER) {
        size_t have = load32_be(stream + at), room = n - at - FRAME_HEADER;
        if (have == 0 || have > room) {
            have = stream[at] % 4 && room > 64 ? stream[at] % 64 + 1 : room;
            store32_be(stream + at, (uint32_t)have);
        }
        at += FRAME_HEADER + have;
    }
}
