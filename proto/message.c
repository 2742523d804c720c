/* Between bytes and C values, in three steps on the way in: the scan decides whether the frame is well formed and finds
 * its fields, protobuf-c unpacks it under a budget, and here the content of each field is checked.
 *
 * Messages that consist of one large field (and a few small ones) are not unpacked: protobuf-c would copy up to 1 MiB
 * that is read only once. Samples arrive by the ten megabytes. Their fields are taken where the scan found them. */
#include "proto/message.h"

#include "common/base/bytes.h"
#include "proto/budget.h"
#include "proto/parley.pb-c.h"
#include "proto/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t identity_none[4] = {'n', 'o', 'n', 'e'};

/* ---- in ---- */

static struct span span_of(ProtobufCBinaryData data) {
    return (struct span){data.data, data.len};
}

/* Copies a field of exactly n bytes. */
static bool take(uint8_t *out, size_t n, struct span field) {
    if (field.n != n)
        return false;
    memcpy(out, field.p, n);
    return true;
}

/* n: the length on the wire, which a NUL inside, being no letter, does not shorten. */
static bool take_params(char out[static SET_NAME_MAX + 1], const char *name, size_t n) {
    if (n == 0 || n > SET_NAME_MAX || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") != n)
        return false;
    memcpy(out, name, n + 1);
    return true;
}

static bool take_identity(bool *hasp, uint8_t out[static 32], struct span field) {
    *hasp = field.n == 32;
    if (*hasp)
        return take(out, 32, field);
    return field.n == sizeof identity_none && memcmp(field.p, identity_none, sizeof identity_none) == 0;
}

static bool is_signature(struct span field) {
    return field.n == 0 || field.n == SIGNATURE_BYTES;
}

static const char bad_params[] = "a set name that is not 1 to 15 letters and digits";
static const char bad_nonce[] = "a nonce that is not 32 bytes";
static const char bad_identity[] = "an identity that is neither a key nor \"none\"";
static const char bad_commitment[] = "a commitment that is not 32 bytes";
static const char bad_r[] = "an opened commitment that is not 32 bytes";
static const char bad_seed[] = "a seed that is not 32 bytes";
static const char bad_signature[] = "a signature that is neither 64 bytes nor empty";
static const char bad_mac[] = "a MAC that is not 32 bytes";

static const char *from_hello(struct message *out, const Parley__Hello *in, size_t n_params) {
    if (!take_params(out->hello.params, in->params, n_params))
        return bad_params;
    if (!take(out->hello.nonce, 32, span_of(in->nonce)))
        return bad_nonce;
    if (!take_identity(&out->hello.has_identity, out->hello.identity, span_of(in->identity)))
        return bad_identity;
    if (!take(out->hello.commitment, 32, span_of(in->commitment)))
        return bad_commitment;
    return NULL;
}

static const char *from_welcome(struct message *out, const Parley__Welcome *in, size_t n_params) {
    if (!take_params(out->welcome.params, in->params, n_params))
        return bad_params;
    if (!take(out->welcome.nonce, 32, span_of(in->nonce)))
        return bad_nonce;
    if (!take(out->welcome.session, SESSION_ID, span_of(in->session)))
        return "a session id that is not 8 bytes";
    if (!take_identity(&out->welcome.has_identity, out->welcome.identity, span_of(in->identity)))
        return bad_identity;
    if (!take(out->welcome.commitment, 32, span_of(in->commitment)))
        return bad_commitment;
    return NULL;
}

static const char *from_confirm_alice(struct message *out, const Parley__ConfirmAlice *in, struct span signature) {
    if (!take(out->confirm_alice.r, 32, span_of(in->r)))
        return bad_r;
    if (!is_signature(signature))
        return bad_signature;
    out->confirm_alice.signature = signature;
    return take(out->confirm_alice.mac, 32, span_of(in->mac)) ? NULL : bad_mac;
}

static const char *from_confirm_bob(struct message *out, const Parley__ConfirmBob *in, struct span signature) {
    if (!is_signature(signature))
        return bad_signature;
    out->confirm_bob.signature = signature;
    if (!take(out->confirm_bob.mac, 32, span_of(in->mac)))
        return bad_mac;
    return take(out->confirm_bob.r, 32, span_of(in->r)) ? NULL : bad_r;
}

/* The messages that protobuf-c unpacks. */
static const char *from_frame(struct message *out, const Parley__Frame *in, const struct scan *scan) {
    if ((unsigned)in->step_case != (unsigned)scan->kind)
        return "a frame that two decoders read differently";
    switch (scan->kind) {
    case MESSAGE_HELLO:
        return from_hello(out, in->hello, scan->field[1].bytes.n);
    case MESSAGE_WELCOME:
        return from_welcome(out, in->welcome, scan->field[1].bytes.n);
    case MESSAGE_LEARNED:
        out->learned.learned = in->learned->learned;
        return NULL;
    case MESSAGE_CONFIRM_ALICE:
        return from_confirm_alice(out, in->confirm_alice, scan->field[2].bytes);
    case MESSAGE_CONFIRM_BOB:
        return from_confirm_bob(out, in->confirm_bob, scan->field[1].bytes);
    case MESSAGE_ABORT:
        out->abort.reason = in->abort->reason;
        return NULL;
    default:
        return "an unknown message";
    }
}

static int unpack(struct message *out, const struct scan *scan, const uint8_t *body, size_t n, const char **whyp) {
    struct budget budget;
    budget_init(&budget, n);
    Parley__Frame *frame = parley__frame__unpack(&budget.allocator, n, body);
    if (!frame) {
        /* the scan has let it through, so a frame that is refused here ran out of memory, the budget's or ours */
        *whyp = budget.exceeded ? "a frame that takes too much memory" : "out of memory";
        return budget.exceeded ? -EPROTO : -ENOMEM;
    }
    *whyp = from_frame(out, frame, scan);
    parley__frame__free_unpacked(frame, &budget.allocator);
    return *whyp ? -EPROTO : 0;
}

static const char *from_samples(struct message *out, const struct scan_field *field) {
    struct span seed = field[1].bytes, vectors = field[3].bytes;
    out->samples.has_seed = seed.n != 0;
    out->samples.index = field[2].number;
    out->samples.vectors = vectors;
    if (!seed.n)
        return vectors.n ? NULL : "samples without a seed or vectors";
    if (vectors.n || field[2].number)
        return "samples with a seed and more";
    return take(out->samples.seed, 32, seed) ? NULL : bad_seed;
}

static const char *from_challenge(struct message *out, const struct scan_field *field) {
    if (!take(out->challenge.seed, 32, field[1].bytes))
        return bad_seed;
    if (!field[2].bytes.n)
        return "a challenge without masked bits";
    out->challenge.masked = field[2].bytes;
    if (!take(out->challenge.hash, HASH_BYTES, field[3].bytes))
        return "hash bits that are not 96 bytes";
    if (out->challenge.hash[HASH_BYTES - 1] & 0x80)
        return "hash bits whose last is not zero";
    return NULL;
}

static const char *from_sealed(struct message *out, const struct scan_field *field) {
    struct span header = field[1].bytes, box = field[2].bytes;
    out->sealed.has_header = header.n != 0;
    if (header.n && !take(out->sealed.header, SEALED_HEADER, header))
        return "a stream header that is not 24 bytes";
    if (box.n < SEALED_OVERHEAD + 1 || box.n > (1 << 20) - 64)
        return "a box of a wrong length";
    out->sealed.box = box;
    return NULL;
}

/* The messages of one large field. */
static const char *from_scan(struct message *out, const struct scan *scan) {
    switch (scan->kind) {
    case MESSAGE_SAMPLES:
        return from_samples(out, scan->field);
    case MESSAGE_LABELS:
        out->labels.labels = scan->field[1].bytes;
        return scan->field[1].bytes.n ? NULL : "no labels";
    case MESSAGE_CHALLENGE:
        return from_challenge(out, scan->field);
    case MESSAGE_SEALED:
        return from_sealed(out, scan->field);
    default:
        return "an unknown message";
    }
}

static bool is_bulk(enum message_kind kind) {
    return kind == MESSAGE_SAMPLES || kind == MESSAGE_LABELS || kind == MESSAGE_CHALLENGE || kind == MESSAGE_SEALED;
}

int message_parse(struct message *out, const uint8_t *body, size_t n, const char **whyp) {
    memset(out, 0, sizeof *out);
    struct scan scan;
    int e = scan_frame(&scan, body, n, whyp);
    if (e)
        return e;
    out->kind = scan.kind;
    if (!is_bulk(scan.kind))
        return unpack(out, &scan, body, n, whyp);
    *whyp = from_scan(out, &scan);
    return *whyp ? -EPROTO : 0;
}

/* ---- out ---- */

/* protobuf-c takes fields as writable and only reads them when it packs. */
static ProtobufCBinaryData data_of(const uint8_t *p, size_t n) {
    return (ProtobufCBinaryData){n, (uint8_t *)(uintptr_t)p};
}

static ProtobufCBinaryData data_of_span(struct span s) {
    return data_of(s.p, s.n);
}

static ProtobufCBinaryData data_of_identity(bool has, const uint8_t key[static 32]) {
    return has ? data_of(key, 32) : data_of(identity_none, sizeof identity_none);
}

union packable {
    ProtobufCMessage base; /* how all of them start */
    Parley__Hello hello;
    Parley__Welcome welcome;
    Parley__Samples samples;
    Parley__Labels labels;
    Parley__Learned learned;
    Parley__Challenge challenge;
    Parley__ConfirmAlice confirm_alice;
    Parley__ConfirmBob confirm_bob;
    Parley__Sealed sealed;
    Parley__Abort abort;
};

/* Views of m: nothing is copied. */
static void to_packable(union packable *out, const struct message *m) {
    switch (m->kind) {
    case MESSAGE_HELLO:
        parley__hello__init(&out->hello);
        out->hello.params = (char *)(uintptr_t)m->hello.params;
        out->hello.nonce = data_of(m->hello.nonce, 32);
        out->hello.identity = data_of_identity(m->hello.has_identity, m->hello.identity);
        out->hello.commitment = data_of(m->hello.commitment, 32);
        break;
    case MESSAGE_WELCOME:
        parley__welcome__init(&out->welcome);
        out->welcome.params = (char *)(uintptr_t)m->welcome.params;
        out->welcome.nonce = data_of(m->welcome.nonce, 32);
        out->welcome.session = data_of(m->welcome.session, SESSION_ID);
        out->welcome.identity = data_of_identity(m->welcome.has_identity, m->welcome.identity);
        out->welcome.commitment = data_of(m->welcome.commitment, 32);
        break;
    case MESSAGE_SAMPLES:
        parley__samples__init(&out->samples);
        if (m->samples.has_seed)
            out->samples.seed = data_of(m->samples.seed, 32);
        out->samples.index = m->samples.index;
        out->samples.vectors = data_of_span(m->samples.vectors);
        break;
    case MESSAGE_LABELS:
        parley__labels__init(&out->labels);
        out->labels.labels = data_of_span(m->labels.labels);
        break;
    case MESSAGE_LEARNED:
        parley__learned__init(&out->learned);
        out->learned.learned = m->learned.learned;
        break;
    case MESSAGE_CHALLENGE:
        parley__challenge__init(&out->challenge);
        out->challenge.seed = data_of(m->challenge.seed, 32);
        out->challenge.masked = data_of_span(m->challenge.masked);
        out->challenge.hash = data_of(m->challenge.hash, HASH_BYTES);
        break;
    case MESSAGE_CONFIRM_ALICE:
        parley__confirm_alice__init(&out->confirm_alice);
        out->confirm_alice.r = data_of(m->confirm_alice.r, 32);
        out->confirm_alice.signature = data_of_span(m->confirm_alice.signature);
        out->confirm_alice.mac = data_of(m->confirm_alice.mac, 32);
        break;
    case MESSAGE_CONFIRM_BOB:
        parley__confirm_bob__init(&out->confirm_bob);
        out->confirm_bob.signature = data_of_span(m->confirm_bob.signature);
        out->confirm_bob.mac = data_of(m->confirm_bob.mac, 32);
        out->confirm_bob.r = data_of(m->confirm_bob.r, 32);
        break;
    case MESSAGE_SEALED:
        parley__sealed__init(&out->sealed);
        if (m->sealed.has_header)
            out->sealed.header = data_of(m->sealed.header, SEALED_HEADER);
        out->sealed.box = data_of_span(m->sealed.box);
        break;
    case MESSAGE_ABORT:
        parley__abort__init(&out->abort);
        out->abort.reason = m->abort.reason;
        break;
    }
}

static size_t put_varint(uint8_t *out, size_t v) {
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        out[n++] = (uint8_t)(v | 0x80);
    out[n++] = (uint8_t)v;
    return n;
}

/* The envelope, a tag and a length, is written here and only the message inside by protobuf-c: for a sub-message it
 * does not know the length of the length beforehand, and moves the whole of it when it turns out to take more than a
 * byte. */
int message_encode(const struct message *m, uint8_t **framep, size_t *n_framep) {
    union packable inner;
    to_packable(&inner, m);
    size_t n_inner = protobuf_c_message_get_packed_size(&inner.base);
    uint8_t envelope[11] = {(uint8_t)(m->kind << 3 | 2)};
    size_t n_envelope = 1 + put_varint(envelope + 1, n_inner);
    size_t n_body = n_envelope + n_inner;
    if (n_body > FRAME_BODY_MAX)
        return -EMSGSIZE;
    uint8_t *frame = (uint8_t *)malloc(FRAME_HEADER + n_body);
    if (!frame)
        return -ENOMEM;
    store32_be(frame, (uint32_t)n_body);
    memcpy(frame + FRAME_HEADER, envelope, n_envelope);
    protobuf_c_message_pack(&inner.base, frame + FRAME_HEADER + n_envelope);
    *framep = frame;
    *n_framep = FRAME_HEADER + n_body;
    return 0;
}

/* A frame that ends with one large field, whose n_large bytes come later: n_inner bytes of the message stand before. */
static int lay_out(enum message_kind kind, const uint8_t *inner, size_t n_inner, size_t n_large, uint8_t **framep,
                   size_t *n_framep, uint8_t **largep) {
    uint8_t envelope[11] = {(uint8_t)(kind << 3 | 2)};
    size_t n_envelope = 1 + put_varint(envelope + 1, n_inner + n_large);
    size_t n_body = n_envelope + n_inner + n_large;
    if (n_large > FRAME_BODY_MAX || n_body > FRAME_BODY_MAX)
        return -EMSGSIZE;
    uint8_t *frame = (uint8_t *)malloc(FRAME_HEADER + n_body);
    if (!frame)
        return -ENOMEM;
    store32_be(frame, (uint32_t)n_body);
    memcpy(frame + FRAME_HEADER, envelope, n_envelope);
    memcpy(frame + FRAME_HEADER + n_envelope, inner, n_inner);
    *framep = frame;
    *n_framep = FRAME_HEADER + n_body;
    *largep = frame + FRAME_HEADER + n_envelope + n_inner;
    return 0;
}

int message_encode_samples(uint32_t index, size_t n, uint8_t **framep, size_t *n_framep, uint8_t **vectorsp) {
    enum { FIELD_INDEX = 2 << 3 | 0, FIELD_VECTORS = 3 << 3 | 2 };
    uint8_t inner[2 * 11];
    size_t n_inner = 0;
    if (index) {
        inner[n_inner++] = FIELD_INDEX;
        n_inner += put_varint(inner + n_inner, index);
    }
    inner[n_inner++] = FIELD_VECTORS;
    n_inner += put_varint(inner + n_inner, n);
    return lay_out(MESSAGE_SAMPLES, inner, n_inner, n, framep, n_framep, vectorsp);
}

int message_encode_sealed(const uint8_t *header, size_t n_box, uint8_t **framep, size_t *n_framep, uint8_t **boxp) {
    enum { FIELD_HEADER = 1 << 3 | 2, FIELD_BOX = 2 << 3 | 2 };
    uint8_t inner[2 + SEALED_HEADER + 11];
    size_t n_inner = 0;
    if (header) {
        inner[n_inner++] = FIELD_HEADER;
        inner[n_inner++] = SEALED_HEADER;
        memcpy(inner + n_inner, header, SEALED_HEADER);
        n_inner += SEALED_HEADER;
    }
    inner[n_inner++] = FIELD_BOX;
    n_inner += put_varint(inner + n_inner, n_box);
    return lay_out(MESSAGE_SEALED, inner, n_inner, n_box, framep, n_framep, boxp);
}

/* ---- names ---- */

const char *message_name(enum message_kind kind) {
    static const char *const names[] = {
        [MESSAGE_HELLO] = "A1 Hello",
        [MESSAGE_WELCOME] = "B1 Welcome",
        [MESSAGE_SAMPLES] = "A2 Samples",
        [MESSAGE_LABELS] = "B2 Labels",
        [MESSAGE_LEARNED] = "A3 Learned",
        [MESSAGE_CHALLENGE] = "B3 Challenge",
        [MESSAGE_CONFIRM_ALICE] = "A4 ConfirmAlice",
        [MESSAGE_CONFIRM_BOB] = "B4 ConfirmBob",
        [MESSAGE_SEALED] = "Sealed",
        [MESSAGE_ABORT] = "Abort",
    };
    return kind >= MESSAGE_HELLO && kind <= MESSAGE_ABORT ? names[kind] : "unknown";
}

const char *abort_text(uint32_t reason) {
    static const char *const texts[] = {
        [ABORT_PROTOCOL] = "protocol violation",
        [ABORT_PARAMS] = "this parameter set is not offered",
        [ABORT_BUSY] = "busy, try again later",
        [ABORT_TIMEOUT] = "timed out",
        [ABORT_SHUTDOWN] = "shutting down",
        [ABORT_NOT_CONFIRMED] = "the key was not confirmed",
        [ABORT_AUTHENTICATION] = "authentication refused",
        [ABORT_ATTEMPTS] = "too many failed attempts",
        [ABORT_INTERNAL] = "internal error",
    };
    return reason >= ABORT_PROTOCOL && reason <= ABORT_INTERNAL ? texts[reason] : NULL;
}
