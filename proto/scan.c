/* protobuf-c must not see bytes that this pass has not let through: it merges a sub-message that is sent again by
 * copying it (quadratic time), keeps unknown fields (60 bytes for each byte received), and follows nesting without a
 * limit. Here each byte is looked at once, a field of the type bytes is never looked into, and so the depth is two: the
 * frame and its one message. That no field may come twice also bounds their number.
 *
 * The pass is stricter than protobuf-c wherever the two could differ, so that it alone decides what is a valid frame.
 */
#include "proto/scan.h"

#include <errno.h>
#include <string.h>

enum shape { ABSENT, BYTES, UINT32, BOOL };

enum { WIRE_VARINT = 0, WIRE_LENGTH = 2 };

enum {
    KIND_MAX = MESSAGE_ABORT,
    PREFIX_BYTES = 5, /* of a tag or a length, as protobuf-c has it */
    NUMBER_BYTES = 10,
};

/* The schema as the scan sees it: by kind and field number. */
static const uint8_t schema[KIND_MAX + 1][SCAN_TAG_MAX + 1] = {
    [MESSAGE_HELLO] = {ABSENT, BYTES, BYTES, BYTES, BYTES},
    [MESSAGE_WELCOME] = {ABSENT, BYTES, BYTES, BYTES, BYTES, BYTES},
    [MESSAGE_SAMPLES] = {ABSENT, BYTES, UINT32, BYTES},
    [MESSAGE_LABELS] = {ABSENT, BYTES},
    [MESSAGE_LEARNED] = {ABSENT, BOOL},
    [MESSAGE_CHALLENGE] = {ABSENT, BYTES, BYTES, BYTES},
    [MESSAGE_CONFIRM_ALICE] = {ABSENT, BYTES, BYTES, BYTES},
    [MESSAGE_CONFIRM_BOB] = {ABSENT, BYTES, BYTES, BYTES},
    [MESSAGE_SEALED] = {ABSENT, BYTES, BYTES},
    [MESSAGE_ABORT] = {ABSENT, UINT32},
};

static const uint8_t frame_schema[KIND_MAX + 1] = {ABSENT, BYTES, BYTES, BYTES, BYTES, BYTES,
                                                   BYTES,  BYTES, BYTES, BYTES, BYTES};

/* The varint at the front of *in, in at most n_max bytes. NULL, or what is wrong. */
static const char *take_varint(struct span *in, size_t n_max, uint64_t *vp) {
    uint64_t v = 0;
    for (size_t i = 0; i < n_max; i++) {
        if (i == in->n)
            return "a message that ends in the middle of a number";
        uint8_t b = in->p[i];
        if (i == 9 && b > 1)
            return "a number above 2^64";
        v |= (uint64_t)(b & 0x7f) << (7 * i);
        if (!(b & 0x80)) {
            in->p += i + 1;
            in->n -= i + 1;
            *vp = v;
            return NULL;
        }
    }
    return "a number in too many bytes";
}

static const char *take_value(struct span *in, enum shape shape, struct scan_field *field) {
    uint64_t v;
    const char *why = take_varint(in, shape == BYTES ? PREFIX_BYTES : NUMBER_BYTES, &v);
    if (why)
        return why;
    if (shape == BYTES) {
        if (v > in->n)
            return "a field that is longer than what encloses it";
        field->bytes = (struct span){in->p, (size_t)v};
        in->p += v;
        in->n -= (size_t)v;
        return NULL;
    }
    if (v > (shape == BOOL ? 1 : UINT32_MAX))
        return "a number out of range";
    field->number = (uint32_t)v;
    return NULL;
}

/* All fields of one level into fields[1 ... tag_max]; bit t of *seenp is set if field t is there. */
static const char *scan_level(struct span in, const uint8_t *shapes, unsigned tag_max, struct scan_field *fields,
                              unsigned *seenp) {
    *seenp = 0;
    while (in.n) {
        uint64_t key;
        const char *why = take_varint(&in, PREFIX_BYTES, &key);
        if (why)
            return why;
        uint64_t tag = key >> 3;
        if (tag > tag_max || shapes[tag] == ABSENT)
            return "an unknown field";
        if ((key & 7) != (shapes[tag] == BYTES ? WIRE_LENGTH : WIRE_VARINT))
            return "a field of the wrong wire type";
        if (*seenp >> tag & 1)
            return "a field twice";
        *seenp |= 1u << tag;
        why = take_value(&in, shapes[tag], &fields[tag]);
        if (why)
            return why;
    }
    return NULL;
}

static const char *scan(struct scan *out, struct span body) {
    if (body.n == 0)
        return "an empty frame";
    if (body.n > FRAME_BODY_MAX)
        return "a frame that is too long";
    struct scan_field members[KIND_MAX + 1] = {0};
    unsigned seen;
    const char *why = scan_level(body, frame_schema, KIND_MAX, members, &seen);
    if (why)
        return why;
    if (seen & (seen - 1))
        return "more than one message in a frame";
    unsigned kind = 1;
    while (!(seen >> kind & 1))
        kind++;
    out->kind = (enum message_kind)kind;
    return scan_level(members[kind].bytes, schema[kind], SCAN_TAG_MAX, out->field, &seen);
}

int scan_frame(struct scan *out, const uint8_t *body, size_t n, const char **whyp) {
    memset(out, 0, sizeof *out);
    const char *why = scan(out, (struct span){body, n});
    if (!why)
        return 0;
    *whyp = why;
    return -EPROTO;
}
