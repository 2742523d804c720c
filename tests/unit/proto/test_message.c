#include "common/base/bytes.h"
#include "proto/budget.h"
#include "proto/message.h"
#include "tests/lib/unit.h"

#include <errno.h>
#include <time.h>

/* ---- bytes by hand, independent of the encoder ---- */

struct buffer {
    uint8_t *p;
    size_t n, capacity;
};

static void put(struct buffer *b, const void *p, size_t n) {
    if (b->n + n > b->capacity) {
        b->capacity = 2 * (b->n + n);
        b->p = (uint8_t *)realloc(b->p, b->capacity);
        assert_non_null(b->p);
    }
    if (n)
        memcpy(b->p + b->n, p, n);
    b->n += n;
}

static void put_varint(struct buffer *b, uint64_t v) {
    do {
        uint8_t byte = (uint8_t)((v & 0x7f) | (v >= 0x80 ? 0x80 : 0));
        put(b, &byte, 1);
        v >>= 7;
    } while (v);
}

static void put_bytes(struct buffer *b, unsigned tag, const void *p, size_t n) {
    put_varint(b, tag << 3 | 2);
    put_varint(b, n);
    put(b, p, n);
}

/* Parses a copy of exactly the n bytes and expects a refusal with this reason (NULL: any). */
static void expect_refused(const char *name, const void *p, size_t n, const char *expected) {
    uint8_t *copy = unit_copy(p, n);
    struct message m;
    const char *why = NULL;
    int e = message_parse(&m, copy, n, &why);
    if (e != -EPROTO)
        fail_msg("%s: %d instead of a refusal", name, e);
    assert_non_null(why);
    if (expected && strcmp(why, expected) != 0)
        fail_msg("%s: refused as \"%s\" instead of \"%s\"", name, why, expected);
    free(copy);
}

static void expect_accepted(const char *name, const void *p, size_t n) {
    uint8_t *copy = unit_copy(p, n);
    struct message m;
    const char *why = NULL;
    if (message_parse(&m, copy, n, &why) != 0)
        fail_msg("%s: refused as \"%s\"", name, why);
    free(copy);
}

/* ---- round trips ---- */

static uint8_t *encode(const struct message *m, size_t *n_framep) {
    uint8_t *frame = NULL;
    assert_int_equal(message_encode(m, &frame, n_framep), 0);
    assert_int_equal(load32_be(frame), *n_framep - FRAME_HEADER);
    return frame;
}

/* Parses the frame and checks that its span lies inside the frame and has these bytes. */
static void assert_span(struct span got, struct span expected, const uint8_t *frame, size_t n_frame) {
    assert_int_equal(got.n, expected.n);
    if (!got.n)
        return;
    assert_true(got.p >= frame + FRAME_HEADER && got.p + got.n <= frame + n_frame);
    assert_memory_equal(got.p, expected.p, got.n);
}

static void assert_same(const struct message *got, const struct message *m, const uint8_t *frame, size_t n_frame) {
    assert_int_equal(got->kind, m->kind);
    switch (m->kind) {
    case MESSAGE_HELLO:
        assert_string_equal(got->hello.params, m->hello.params);
        assert_memory_equal(got->hello.nonce, m->hello.nonce, 32);
        assert_int_equal(got->hello.has_identity, m->hello.has_identity);
        assert_memory_equal(got->hello.identity, m->hello.identity, 32);
        assert_memory_equal(got->hello.commitment, m->hello.commitment, 32);
        break;
    case MESSAGE_WELCOME:
        assert_string_equal(got->welcome.params, m->welcome.params);
        assert_memory_equal(got->welcome.nonce, m->welcome.nonce, 32);
        assert_memory_equal(got->welcome.session, m->welcome.session, SESSION_ID);
        assert_int_equal(got->welcome.has_identity, m->welcome.has_identity);
        assert_memory_equal(got->welcome.identity, m->welcome.identity, 32);
        assert_memory_equal(got->welcome.commitment, m->welcome.commitment, 32);
        break;
    case MESSAGE_SAMPLES:
        assert_int_equal(got->samples.has_seed, m->samples.has_seed);
        assert_memory_equal(got->samples.seed, m->samples.seed, 32);
        assert_int_equal(got->samples.index, m->samples.index);
        assert_span(got->samples.vectors, m->samples.vectors, frame, n_frame);
        break;
    case MESSAGE_LABELS:
        assert_span(got->labels.labels, m->labels.labels, frame, n_frame);
        break;
    case MESSAGE_LEARNED:
        assert_int_equal(got->learned.learned, m->learned.learned);
        break;
    case MESSAGE_CHALLENGE:
        assert_memory_equal(got->challenge.seed, m->challenge.seed, 32);
        assert_span(got->challenge.masked, m->challenge.masked, frame, n_frame);
        assert_memory_equal(got->challenge.hash, m->challenge.hash, HASH_BYTES);
        break;
    case MESSAGE_CONFIRM_ALICE:
        assert_memory_equal(got->confirm_alice.r, m->confirm_alice.r, 32);
        assert_span(got->confirm_alice.signature, m->confirm_alice.signature, frame, n_frame);
        assert_memory_equal(got->confirm_alice.mac, m->confirm_alice.mac, 32);
        break;
    case MESSAGE_CONFIRM_BOB:
        assert_span(got->confirm_bob.signature, m->confirm_bob.signature, frame, n_frame);
        assert_memory_equal(got->confirm_bob.mac, m->confirm_bob.mac, 32);
        assert_memory_equal(got->confirm_bob.r, m->confirm_bob.r, 32);
        break;
    case MESSAGE_SEALED:
        assert_int_equal(got->sealed.has_header, m->sealed.has_header);
        assert_memory_equal(got->sealed.header, m->sealed.header, SEALED_HEADER);
        assert_span(got->sealed.box, m->sealed.box, frame, n_frame);
        break;
    case MESSAGE_ABORT:
        assert_int_equal(got->abort.reason, m->abort.reason);
        break;
    }
}

static void check_round_trip(const struct message *m) {
    size_t n_frame = 0;
    uint8_t *frame = encode(m, &n_frame);
    struct message got;
    const char *why = NULL;
    assert_int_equal(message_parse(&got, frame + FRAME_HEADER, n_frame - FRAME_HEADER, &why), 0);
    assert_same(&got, m, frame, n_frame);
    free(frame);
}

enum { N_VARIANTS = 4, BOX_MAX = (1 << 20) - 64 };

/* One message of a kind, with random content; variants differ in what is there and how long it is. */
static struct message make(struct prg *g, enum message_kind kind, unsigned variant) {
    static uint8_t large[BOX_MAX];
    static const size_t sizes[N_VARIANTS] = {18, 127, 128, 262144};
    prg_read(g, large, sizes[variant]);
    struct span bytes = {large, sizes[variant]}, signature = {large, variant & 1 ? SIGNATURE_BYTES : 0};
    struct message m = {.kind = kind};
    switch (kind) {
    case MESSAGE_HELLO:
        memcpy(m.hello.params, variant & 2 ? "n23456789012345" : "z\0             ", 16);
        prg_read(g, m.hello.nonce, 32);
        m.hello.has_identity = variant & 1;
        if (m.hello.has_identity)
            prg_read(g, m.hello.identity, 32);
        prg_read(g, m.hello.commitment, 32);
        break;
    case MESSAGE_WELCOME:
        memcpy(m.welcome.params, variant & 2 ? "0" : "n8192", variant & 2 ? 2 : 6);
        prg_read(g, m.welcome.nonce, 32);
        prg_read(g, m.welcome.session, SESSION_ID);
        m.welcome.has_identity = variant & 1;
        if (m.welcome.has_identity)
            prg_read(g, m.welcome.identity, 32);
        prg_read(g, m.welcome.commitment, 32);
        break;
    case MESSAGE_SAMPLES:
        m.samples.has_seed = variant == 0;
        if (m.samples.has_seed) {
            prg_read(g, m.samples.seed, 32);
        } else {
            m.samples.index = variant == 1 ? 0 : variant == 2 ? 1 : UINT32_MAX;
            m.samples.vectors = bytes;
        }
        break;
    case MESSAGE_LABELS:
        m.labels.labels = bytes;
        break;
    case MESSAGE_LEARNED:
        m.learned.learned = variant & 1;
        break;
    case MESSAGE_CHALLENGE:
        prg_read(g, m.challenge.seed, 32);
        m.challenge.masked = bytes;
        prg_read(g, m.challenge.hash, HASH_BYTES);
        m.challenge.hash[HASH_BYTES - 1] &= 0x7f;
        break;
    case MESSAGE_CONFIRM_ALICE:
        prg_read(g, m.confirm_alice.r, 32);
        m.confirm_alice.signature = signature;
        prg_read(g, m.confirm_alice.mac, 32);
        break;
    case MESSAGE_CONFIRM_BOB:
        m.confirm_bob.signature = signature;
        prg_read(g, m.confirm_bob.mac, 32);
        prg_read(g, m.confirm_bob.r, 32);
        break;
    case MESSAGE_SEALED:
        m.sealed.has_header = variant & 1;
        if (m.sealed.has_header)
            prg_read(g, m.sealed.header, SEALED_HEADER);
        m.sealed.box = variant == 3 ? (struct span){large, BOX_MAX} : bytes;
        break;
    case MESSAGE_ABORT:
        m.abort.reason = variant == 0 ? 0 : variant == 1 ? 1 : variant == 2 ? 9 : UINT32_MAX;
        break;
    }
    return m;
}

static void every_kind_goes_round(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (int kind = MESSAGE_HELLO; kind <= MESSAGE_ABORT; kind++)
        for (unsigned variant = 0; variant < N_VARIANTS; variant++) {
            struct message m = make(&g, (enum message_kind)kind, variant);
            check_round_trip(&m);
        }
}

/* All-zero fields are bytes like others: length counts, not content. */
static void zeros_go_round(void **state) {
    (void)state;
    static const uint8_t zeros[64];
    struct message m = {.kind = MESSAGE_HELLO, .hello = {.params = "n64", .has_identity = true}};
    check_round_trip(&m);
    m = (struct message){.kind = MESSAGE_SAMPLES, .samples = {.has_seed = true}};
    check_round_trip(&m);
    m = (struct message){.kind = MESSAGE_SAMPLES, .samples = {.vectors = {zeros, 64}}};
    check_round_trip(&m);
    m = (struct message){.kind = MESSAGE_SEALED, .sealed = {.has_header = true, .box = {zeros, 18}}};
    check_round_trip(&m);
}

/* The encoder writes what a reader of parley.proto expects, down to the byte. */
static void encoding_by_hand(void **state) {
    (void)state;
    struct message m = {.kind = MESSAGE_HELLO, .hello = {.params = "n64"}};
    memset(m.hello.nonce, 'N', 32);
    memset(m.hello.commitment, 'C', 32);
    static const char hello[] = "\0\0\0\x51\x0a\x4f"
                                "\x0a\x03n64"
                                "\x12\x20NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN"
                                "\x1a\x04none"
                                "\x22\x20"
                                "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC";
    size_t n = 0;
    uint8_t *frame = encode(&m, &n);
    assert_int_equal(n, sizeof hello - 1);
    assert_memory_equal(frame, hello, n);
    free(frame);

    m = (struct message){.kind = MESSAGE_SAMPLES, .samples = {.index = 300, .vectors = {(const uint8_t *)"xy", 2}}};
    frame = encode(&m, &n);
    assert_int_equal(n, 13);
    assert_memory_equal(frame, "\0\0\0\x09\x1a\x07\x10\xac\x02\x1a\x02xy", n);
    free(frame);

    m = (struct message){.kind = MESSAGE_LEARNED};
    frame = encode(&m, &n);
    assert_int_equal(n, 6);
    assert_memory_equal(frame, "\0\0\0\x02\x2a\x00", n);
    free(frame);
}

static void the_longest_frame(void **state) {
    (void)state;
    static uint8_t large[FRAME_BODY_MAX];
    struct message m = {.kind = MESSAGE_LABELS, .labels = {{large, FRAME_BODY_MAX - 8}}};
    size_t n = 0;
    uint8_t *frame = encode(&m, &n); /* two tags and two lengths of three bytes */
    assert_int_equal(n, 1 << 20);
    struct message got;
    const char *why = NULL;
    assert_int_equal(message_parse(&got, frame + FRAME_HEADER, n - FRAME_HEADER, &why), 0);
    assert_int_equal(got.labels.labels.n, FRAME_BODY_MAX - 8);
    free(frame);
    m.labels.labels.n++;
    assert_int_equal(message_encode(&m, &frame, &n), -EMSGSIZE);
}

/* ---- frames that are refused ---- */

#define ROW(name, bytes, why)                                                                                          \
    { name, bytes, sizeof(bytes) - 1, why }

static const struct {
    const char *name, *bytes;
    size_t n;
    const char *why;
} malformed[] = {
    ROW("empty frame", "", "an empty frame"),
    /* the envelope */
    ROW("field 11", "\x5a\x00", "an unknown field"),
    ROW("field 0", "\x02\x00", "an unknown field"),
    ROW("field 536870911", "\xfa\xff\xff\xff\x0f\x00", "an unknown field"),
    ROW("field 2^30 + 5 in five bytes", "\xaa\x80\x80\x80\x20\x00", "an unknown field"),
    ROW("member as a number", "\x28\x00", "a field of the wrong wire type"),
    ROW("member as fixed64", "\x29\0\0\0\0\0\0\0\0", "a field of the wrong wire type"),
    ROW("member as a group", "\x2b\x2c", "a field of the wrong wire type"),
    ROW("member as fixed32", "\x2d\0\0\0\0", "a field of the wrong wire type"),
    ROW("wire type 6", "\x2e\x00", "a field of the wrong wire type"),
    ROW("a member twice", "\x2a\x00\x2a\x00", "a field twice"),
    ROW("a member thrice, different", "\x2a\x02\x08\x01\x2a\x00\x2a\x02\x08\x01", "a field twice"),
    ROW("two members", "\x2a\x00\x52\x00", "more than one message in a frame"),
    ROW("a member and an unknown field", "\x2a\x00\x5a\x00", "an unknown field"),
    ROW("a member and a zero byte", "\x2a\x00\x00", "an unknown field"),
    ROW("an unknown field and a member", "\x58\x01\x2a\x00", "an unknown field"),
    ROW("tag cut off", "\xaa", "a message that ends in the middle of a number"),
    ROW("tag alone", "\x2a", "a message that ends in the middle of a number"),
    ROW("length cut off", "\x2a\x80", "a message that ends in the middle of a number"),
    ROW("length beyond the end", "\x2a\x03\x08\x01", "a field that is longer than what encloses it"),
    ROW("length 2^32 - 1", "\x2a\xff\xff\xff\xff\x0f", "a field that is longer than what encloses it"),
    ROW("length 2^35 - 1", "\x2a\xff\xff\xff\xff\x7f", "a field that is longer than what encloses it"),
    ROW("tag in six bytes", "\xaa\x80\x80\x80\x80\x00\x00", "a number in too many bytes"),
    ROW("length in six bytes", "\x2a\x80\x80\x80\x80\x80\x00", "a number in too many bytes"),
    /* the message inside */
    ROW("unknown field inside", "\x2a\x02\x10\x01", "an unknown field"),
    ROW("unknown field inside, after", "\x2a\x04\x08\x01\x28\x01", "an unknown field"),
    ROW("fifth field of Hello", "\x0a\x02\x2a\x00", "an unknown field"),
    ROW("field 0 inside", "\x2a\x02\x00\x01", "an unknown field"),
    ROW("duplicate inside", "\x2a\x04\x08\x01\x08\x01", "a field twice"),
    ROW("duplicate bytes inside", "\x1a\x06\x1a\x01x\x1a\x01x", "a field twice"),
    ROW("duplicate empty bytes", "\x0a\x04\x0a\x00\x0a\x00", "a field twice"),
    ROW("bool as bytes", "\x2a\x02\x0a\x00", "a field of the wrong wire type"),
    ROW("bool as fixed32", "\x2a\x05\x0d\x01\0\0\0", "a field of the wrong wire type"),
    ROW("number as packed bytes", "\x52\x03\x0a\x01\x01", "a field of the wrong wire type"),
    ROW("bytes as a number", "\x22\x02\x08\x01", "a field of the wrong wire type"),
    ROW("a group inside", "\x22\x02\x0b\x0c", "a field of the wrong wire type"),
    ROW("bool 2", "\x2a\x02\x08\x02", "a number out of range"),
    ROW("bool 2^32", "\x2a\x06\x08\x80\x80\x80\x80\x10", "a number out of range"),
    ROW("uint32 2^32", "\x52\x06\x08\x80\x80\x80\x80\x10", "a number out of range"),
    ROW("uint32 -1", "\x52\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "a number out of range"),
    ROW("2^64", "\x52\x0b\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02", "a number above 2^64"),
    ROW("eleven bytes", "\x2a\x0c\x08\x81\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", "a number above 2^64"),
    ROW("value missing", "\x2a\x01\x08", "a message that ends in the middle of a number"),
    ROW("value cut off", "\x2a\x02\x08\x80", "a message that ends in the middle of a number"),
    ROW("value beyond the message, inside the frame", "\x2a\x02\x08\x80\x00", "an unknown field"),
    ROW("field beyond the message", "\x22\x02\x0a\x01", "a field that is longer than what encloses it"),
    ROW("field beyond the message, inside the frame", "\x22\x02\x0a\x01\x00", "an unknown field"),
    ROW("beyond message and frame", "\x22\x03\x0a\x7f\x00", "a field that is longer than what encloses it"),
    /* content that has no length table below */
    ROW("empty Hello", "\x0a\x00", NULL),
    ROW("empty Welcome", "\x12\x00", NULL),
    ROW("empty Samples", "\x1a\x00", "samples without a seed or vectors"),
    ROW("Samples with an index only", "\x1a\x02\x10\x07", "samples without a seed or vectors"),
    ROW("empty Labels", "\x22\x00", "no labels"),
    ROW("Labels with empty labels", "\x22\x02\x0a\x00", "no labels"),
    ROW("empty Challenge", "\x32\x00", NULL),
    ROW("empty ConfirmAlice", "\x3a\x00", NULL),
    ROW("empty ConfirmBob", "\x42\x00", NULL),
    ROW("empty Sealed", "\x4a\x00", "a box of a wrong length"),
};

static void malformed_frames_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
        expect_refused(malformed[i].name, malformed[i].bytes, malformed[i].n, malformed[i].why);
}

/* parley.proto once more: how many fields each message has. */
static const unsigned n_fields[MESSAGE_ABORT + 1] = {0, 4, 5, 3, 1, 1, 3, 3, 3, 2, 1};

static void fields_that_a_message_does_not_have(void **state) {
    (void)state;
    for (unsigned kind = MESSAGE_HELLO; kind <= MESSAGE_ABORT; kind++)
        for (unsigned tag = 0; tag < 20; tag++) {
            if (tag >= 1 && tag <= n_fields[kind])
                continue;
            for (unsigned wire = 0; wire < 8; wire++) {
                struct buffer inner = {0}, frame = {0};
                put_varint(&inner, tag << 3 | wire);
                put(&inner, "\0\0\0\0\0\0\0\0", 8);
                put_bytes(&frame, kind, inner.p, inner.n);
                expect_refused(message_name((enum message_kind)kind), frame.p, frame.n, "an unknown field");
                free(inner.p);
                free(frame.p);
            }
        }
}

/* Not what we send, but what the rules allow. */
static const struct {
    const char *name, *bytes;
    size_t n;
    const char *unused;
} allowed[] = {
    ROW("Learned, false by absence", "\x2a\x00", NULL),
    ROW("Learned, false spelled out", "\x2a\x02\x08\x00", NULL),
    ROW("Learned, true in ten bytes", "\x2a\x0b\x08\x81\x80\x80\x80\x80\x80\x80\x80\x80\x00", NULL),
    ROW("tag and length in five bytes", "\xaa\x80\x80\x80\x00\x82\x80\x80\x80\x00\x08\x01", NULL),
    ROW("Samples, index 0 spelled out", "\x1a\x05\x10\x00\x1a\x01x", NULL),
    ROW("Samples, fields in another order", "\x1a\x05\x1a\x01x\x10\x07", NULL),
    ROW("Samples, an empty seed", "\x1a\x05\x0a\x00\x1a\x01x", NULL),
    ROW("Samples, a seed and index 0", "\x1a\x24\x0a\x20ssssssssssssssssssssssssssssssss\x10\x00", NULL),
    ROW("Abort 2^32 - 1", "\x52\x06\x08\xff\xff\xff\xff\x0f", NULL),
    ROW("Abort without a reason", "\x52\x00", NULL),
    ROW("a frame as the content of a field", "\x22\x04\x0a\x02\x2a\x00", NULL),
};

static void unusual_frames_are_accepted(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        expect_accepted(allowed[i].name, allowed[i].bytes, allowed[i].n);
    struct message m;
    const char *why = NULL;
    assert_int_equal(message_parse(&m, (const uint8_t *)"\x2a\x02\x08\x01", 4, &why), 0);
    assert_true(m.learned.learned);
    assert_int_equal(message_parse(&m, (const uint8_t *)"\x2a\x00", 2, &why), 0);
    assert_false(m.learned.learned);
}

/* Nesting is not followed: a frame as the labels of a frame, and so on, is one field of bytes at any depth. */
static void depth_stays_two(void **state) {
    (void)state;
    struct buffer b = {0};
    put(&b, "\x2a\x00", 2);
    for (int depth = 0; depth < 1000; depth++) {
        struct buffer inner = {0}, outer = {0};
        put_bytes(&inner, 1, b.p, b.n);
        put_bytes(&outer, MESSAGE_LABELS, inner.p, inner.n);
        free(inner.p);
        free(b.p);
        b = outer;
        expect_accepted("nested", b.p, b.n);
    }
    free(b.p);
}

enum { MOST_FIELDS = 5 }; /* of a message */

/* The length of each field of each kind. */
struct field_rule {
    unsigned tag;
    size_t n;          /* a right length */
    const size_t *bad; /* wrong ones, ended by END_OF_LIST */
    const char *why;
};

#define END_OF_LIST SIZE_MAX
static const size_t not_32[] = {0, 1, 31, 33, 64, END_OF_LIST};
static const size_t not_8[] = {0, 7, 9, END_OF_LIST};
static const size_t not_96[] = {0, 95, 97, END_OF_LIST};
static const size_t not_64_or_0[] = {1, 63, 65, END_OF_LIST};
static const size_t not_24_or_0[] = {1, 23, 25, END_OF_LIST};
static const size_t not_identity[] = {0, 3, 4, 5, 31, 33, END_OF_LIST}; /* 4 zero bytes are not "none" */
static const size_t not_seed[] = {1, 31, 33, END_OF_LIST};
static const size_t not_name[] = {0, 16, 17, 4000, END_OF_LIST};
static const size_t not_box[] = {0, 1, 16, 17, BOX_MAX + 1, END_OF_LIST};
static const size_t not_empty[] = {0, END_OF_LIST};

static const struct {
    enum message_kind kind;
    struct field_rule fields[MOST_FIELDS];
} rules[] = {
    {MESSAGE_HELLO,
     {{1, 3, not_name, "a set name that is not 1 to 15 letters and digits"},
      {2, 32, not_32, "a nonce that is not 32 bytes"},
      {3, 32, not_identity, "an identity that is neither a key nor \"none\""},
      {4, 32, not_32, "a commitment that is not 32 bytes"}}},
    {MESSAGE_WELCOME,
     {{1, 15, not_name, "a set name that is not 1 to 15 letters and digits"},
      {2, 32, not_32, "a nonce that is not 32 bytes"},
      {3, 8, not_8, "a session id that is not 8 bytes"},
      {4, 32, not_identity, "an identity that is neither a key nor \"none\""},
      {5, 32, not_32, "a commitment that is not 32 bytes"}}},
    {MESSAGE_SAMPLES, {{1, 32, not_seed, "a seed that is not 32 bytes"}}},
    {MESSAGE_SAMPLES, {{3, 1, not_empty, "samples without a seed or vectors"}}},
    {MESSAGE_LABELS, {{1, 1, not_empty, "no labels"}}},
    {MESSAGE_CHALLENGE,
     {{1, 32, not_32, "a seed that is not 32 bytes"},
      {2, 1, not_empty, "a challenge without masked bits"},
      {3, 96, not_96, "hash bits that are not 96 bytes"}}},
    {MESSAGE_CONFIRM_ALICE,
     {{1, 32, not_32, "an opened commitment that is not 32 bytes"},
      {2, 64, not_64_or_0, "a signature that is neither 64 bytes nor empty"},
      {3, 32, not_32, "a MAC that is not 32 bytes"}}},
    {MESSAGE_CONFIRM_BOB,
     {{1, 64, not_64_or_0, "a signature that is neither 64 bytes nor empty"},
      {2, 32, not_32, "a MAC that is not 32 bytes"},
      {3, 32, not_32, "an opened commitment that is not 32 bytes"}}},
    {MESSAGE_SEALED,
     {{1, 24, not_24_or_0, "a stream header that is not 24 bytes"}, {2, 18, not_box, "a box of a wrong length"}}},
    {MESSAGE_SEALED, {{2, BOX_MAX, not_box, "a box of a wrong length"}}},
};

/* The message of these rules, all lengths right but that of the field `wrong` (0 for none). */
static struct buffer make_by_rules(enum message_kind kind, const struct field_rule fields[static MOST_FIELDS],
                                   unsigned wrong, size_t n_wrong) {
    static const uint8_t zeros[BOX_MAX + 1];
    static const uint8_t letters[] = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
    struct buffer inner = {0}, frame = {0};
    for (size_t i = 0; i < MOST_FIELDS && fields[i].tag; i++) {
        size_t n = fields[i].tag == wrong ? n_wrong : fields[i].n;
        bool is_name = fields[i].bad == not_name && n < sizeof letters;
        put_bytes(&inner, fields[i].tag, is_name ? letters : zeros, n);
    }
    put_bytes(&frame, kind, inner.p, inner.n);
    free(inner.p);
    return frame;
}

static void lengths_are_exact(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct buffer b = make_by_rules(rules[i].kind, rules[i].fields, 0, 0);
        expect_accepted(message_name(rules[i].kind), b.p, b.n);
        free(b.p);
        for (size_t f = 0; f < MOST_FIELDS && rules[i].fields[f].tag; f++)
            for (const size_t *bad = rules[i].fields[f].bad; *bad != END_OF_LIST; bad++) {
                b = make_by_rules(rules[i].kind, rules[i].fields, rules[i].fields[f].tag, *bad);
                expect_refused(message_name(rules[i].kind), b.p, b.n, rules[i].fields[f].why);
                free(b.p);
            }
    }
}

static void a_seed_stands_alone(void **state) {
    (void)state;
    expect_refused("seed and vectors", "\x1a\x25\x0a\x20ssssssssssssssssssssssssssssssss\x1a\x01x", 39,
                   "samples with a seed and more");
    expect_refused("seed and index", "\x1a\x24\x0a\x20ssssssssssssssssssssssssssssssss\x10\x01", 38,
                   "samples with a seed and more");
}

/* A Hello with this name and identity, the rest right. */
static struct buffer make_hello(const void *name, size_t n_name, const void *identity, size_t n_identity) {
    static const uint8_t zeros[32];
    struct buffer inner = {0}, frame = {0};
    put_bytes(&inner, 1, name, n_name);
    put_bytes(&inner, 2, zeros, 32);
    put_bytes(&inner, 3, identity, n_identity);
    put_bytes(&inner, 4, zeros, 32);
    put_bytes(&frame, MESSAGE_HELLO, inner.p, inner.n);
    free(inner.p);
    return frame;
}

static void names_of_sets_are_plain(void **state) {
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++)
        for (size_t at = 0; at < 3; at++) {
            uint8_t name[3] = {'n', '6', '4'};
            name[at] = (uint8_t)byte;
            struct buffer b = make_hello(name, 3, "none", 4);
            if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'))
                expect_accepted("name", b.p, b.n);
            else
                expect_refused("name", b.p, b.n, "a set name that is not 1 to 15 letters and digits");
            free(b.p);
        }
}

/* A zero byte ends a name for C but not on the wire. */
static void names_do_not_end_early(void **state) {
    (void)state;
    static const uint8_t zeros[32];
    for (unsigned kind = MESSAGE_HELLO; kind <= MESSAGE_WELCOME; kind++)
        for (size_t n = 3; n <= 4; n++) {
            struct buffer inner = {0}, frame = {0};
            put_bytes(&inner, 1, "n64\0", n);
            put_bytes(&inner, 2, zeros, 32);
            put_bytes(&inner, 3, zeros, kind == MESSAGE_HELLO ? 32 : SESSION_ID);
            put_bytes(&inner, 4, zeros, 32);
            if (kind == MESSAGE_WELCOME)
                put_bytes(&inner, 5, zeros, 32);
            put_bytes(&frame, kind, inner.p, inner.n);
            if (n == 3)
                expect_accepted("name", frame.p, frame.n);
            else
                expect_refused("name", frame.p, frame.n, "a set name that is not 1 to 15 letters and digits");
            free(inner.p);
            free(frame.p);
        }
}

static void identity_is_a_key_or_none(void **state) {
    (void)state;
    static const char *const bad[] = {"None", "NONE", "nono", "none ", "non", "\0one"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct buffer b = make_hello("n64", 3, bad[i], i == 5 ? 4 : strlen(bad[i]));
        expect_refused(bad[i], b.p, b.n, "an identity that is neither a key nor \"none\"");
        free(b.p);
    }
    static const uint8_t key[32] = {'n', 'o', 'n', 'e'};
    struct buffer b = make_hello("n64", 3, key, 32);
    struct message m;
    const char *why = NULL;
    assert_int_equal(message_parse(&m, b.p, b.n, &why), 0);
    assert_true(m.hello.has_identity);
    assert_memory_equal(m.hello.identity, key, 32);
    free(b.p);
}

static void the_last_hash_bit_is_zero(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (unsigned bit = 0; bit < 8 * HASH_BYTES; bit++) {
        struct message m = make(&g, MESSAGE_CHALLENGE, 0);
        memset(m.challenge.hash, 0, HASH_BYTES);
        bit_xor(m.challenge.hash, bit, 1);
        size_t n = 0;
        uint8_t *frame = encode(&m, &n);
        if (bit == 767)
            expect_refused("hash bit", frame + FRAME_HEADER, n - FRAME_HEADER, "hash bits whose last is not zero");
        else
            expect_accepted("hash bit", frame + FRAME_HEADER, n - FRAME_HEADER);
        free(frame);
    }
}

/* No part of a frame is a frame, and nothing may follow one. */
static void every_cut_and_every_addition_is_refused(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (int kind = MESSAGE_HELLO; kind <= MESSAGE_ABORT; kind++)
        for (unsigned variant = 0; variant < N_VARIANTS - 1; variant++) {
            struct message m = make(&g, (enum message_kind)kind, variant);
            size_t n = 0;
            uint8_t *frame = encode(&m, &n);
            const uint8_t *body = frame + FRAME_HEADER;
            size_t n_body = n - FRAME_HEADER;
            for (size_t cut = 0; cut < n_body; cut++)
                expect_refused("cut", body, cut, NULL);
            struct buffer longer = {0};
            put(&longer, body, n_body);
            put(&longer, "", 1);
            for (unsigned byte = 0; byte < 256; byte++) {
                longer.p[n_body] = (uint8_t)byte;
                expect_refused("longer", longer.p, longer.n, NULL);
            }
            free(longer.p);
            free(frame);
        }
}

/* Anything at all: refused or accepted, but nothing read or written out of bounds, and what is accepted goes round. */
static void mutated_frames(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    unsigned n_accepted = 0;
    for (int run = 0; run < 100000; run++) {
        struct message m = make(&g, (enum message_kind)(1 + prg_below(&g, 10)), prg_below(&g, 3));
        size_t n = 0;
        uint8_t *frame = encode(&m, &n);
        size_t n_body = n - FRAME_HEADER;
        uint8_t *body = unit_copy(frame + FRAME_HEADER, n_body);
        for (uint32_t i = 0, n_changes = 1 + prg_below(&g, 3); i < n_changes; i++) {
            size_t range = prg_below(&g, 2) && n_body > 8 ? 8 : n_body; /* half of them among tags and lengths */
            body[prg_below(&g, (uint32_t)range)] ^= (uint8_t)(1u << prg_below(&g, 8));
        }
        struct message got;
        const char *why = NULL;
        int e = message_parse(&got, body, n_body, &why);
        assert_true(e == 0 || (e == -EPROTO && why));
        if (e == 0) {
            n_accepted++;
            check_round_trip(&got);
        }
        free(body);
        free(frame);
    }
    assert_in_range(n_accepted, 1000, 99000);
}

/* ---- time and memory ---- */

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The shortest of some runs of parsing these bytes, which must be refused. */
static double time_to_refuse(const uint8_t *p, size_t n) {
    double best = 1e9;
    for (int run = 0; run < 5; run++) {
        double start = seconds();
        for (int i = 0; i < 20; i++) {
            struct message m;
            const char *why = NULL;
            assert_int_equal(message_parse(&m, p, n, &why), -EPROTO);
        }
        double t = seconds() - start;
        best = t < best ? t : best;
    }
    return best;
}

/* The attacks that cost protobuf-c quadratic time or 60 times the memory: n bytes of ... */
static struct buffer attack(unsigned which, size_t n) {
    struct buffer body = {0}, inner = {0};
    switch (which) {
    case 0: /* the same member again and again, to be merged */
        while (body.n < n)
            put(&body, "\x0a\x06\x0a\x04n512", 8);
        return body;
    case 1: /* empty members */
        while (body.n < n)
            put(&body, "\x2a\x00", 2);
        return body;
    case 2: /* one field inside again and again */
        while (inner.n < n)
            put(&inner, "\x0a\x01x", 3);
        break;
    case 3: /* unknown fields inside */
        while (inner.n < n)
            put(&inner, "\x78\x01", 2);
        break;
    case 4: /* a name of that length */
        put(&body, "", 0);
        inner.p = (uint8_t *)calloc(1, n);
        assert_non_null(inner.p);
        memset(inner.p, 'n', n);
        inner.n = inner.capacity = n;
        body = make_hello(inner.p, n, "none", 4);
        free(inner.p);
        return body;
    }
    put_bytes(&body, MESSAGE_HELLO, inner.p, inner.n);
    free(inner.p);
    return body;
}

/* 16 times the bytes may take 16 times as long, and four times that for the noise of a busy machine (and for a cache
 * that the larger one does not fit in); quadratic work would take 256 times as long, seconds. A tenth of a second is
 * left to what the larger one needs new pages for, where malloc gives its memory back each time (32 bits). */
static void attacks_take_linear_time(void **state) {
    (void)state;
    for (unsigned which = 0; which < 5; which++) {
        struct buffer small = attack(which, 1 << 16), large = attack(which, (1 << 20) - 200);
        double t_small = time_to_refuse(small.p, small.n), t_large = time_to_refuse(large.p, large.n);
        if (t_large > 64 * t_small && t_large > 0.1)
            fail_msg("attack %u: %g s for 64 KiB, %g s for 1 MiB", which, t_small, t_large);
        free(small.p);
        free(large.p);
    }
}

static void the_budget_is_cumulative(void **state) {
    (void)state;
    struct budget b;
    budget_init(&b, 1000);
    assert_int_equal(b.left, 8000 + 65536);
    ProtobufCAllocator *a = &b.allocator;
    size_t total = 0;
    for (;;) { /* what was freed does not come back */
        uint8_t *p = (uint8_t *)a->alloc(a->allocator_data, 100);
        if (!p)
            break;
        assert_true(sodium_is_zero(p, 100));
        memset(p, 0xff, 100);
        a->free(a->allocator_data, p);
        total += 100;
    }
    assert_int_equal(total, (8000 + 65536) / 100 * 100);
    assert_true(b.exceeded);
    void *rest = a->alloc(a->allocator_data, b.left);
    assert_non_null(rest);
    a->free(a->allocator_data, rest);
    assert_null(a->alloc(a->allocator_data, 1));
    void *nothing = a->alloc(a->allocator_data, 0);
    assert_non_null(nothing);
    a->free(a->allocator_data, nothing);

    budget_init(&b, 0);
    assert_null(a->alloc(a->allocator_data, SIZE_MAX));
    assert_true(b.exceeded);
}

/* ---- names ---- */

static void names_are_there(void **state) {
    (void)state;
    for (int kind = MESSAGE_HELLO; kind <= MESSAGE_ABORT; kind++)
        assert_string_not_equal(message_name((enum message_kind)kind), "unknown");
    assert_string_equal(message_name(MESSAGE_SAMPLES), "A2 Samples");
    assert_null(abort_text(0));
    for (uint32_t reason = ABORT_PROTOCOL; reason <= ABORT_INTERNAL; reason++)
        assert_non_null(abort_text(reason));
    assert_null(abort_text(10));
    assert_null(abort_text(UINT32_MAX));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_goes_round),
        cmocka_unit_test(zeros_go_round),
        cmocka_unit_test(encoding_by_hand),
        cmocka_unit_test(the_longest_frame),
        cmocka_unit_test(malformed_frames_are_refused),
        cmocka_unit_test(fields_that_a_message_does_not_have),
        cmocka_unit_test(unusual_frames_are_accepted),
        cmocka_unit_test(depth_stays_two),
        cmocka_unit_test(lengths_are_exact),
        cmocka_unit_test(a_seed_stands_alone),
        cmocka_unit_test(names_of_sets_are_plain),
        cmocka_unit_test(names_do_not_end_early),
        cmocka_unit_test(identity_is_a_key_or_none),
        cmocka_unit_test(the_last_hash_bit_is_zero),
        cmocka_unit_test(every_cut_and_every_addition_is_refused),
        cmocka_unit_test(mutated_frames),
        cmocka_unit_test(attacks_take_linear_time),
        cmocka_unit_test(the_budget_is_cumulative),
        cmocka_unit_test(names_are_there),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
