#include "common/base/bytes.h"
#include "proto/sealed.h"
#include "tests/lib/unit.h"

#include <errno.h>

static const uint8_t key[32] = {1, 2, 3}, other_key[32] = {1, 2, 4}, header[SEALED_HEADER] = {9, 8, 7};

/* A frame of a sequence, as it goes over the wire. */
struct frame {
    uint8_t *p;
    size_t n;
};

static struct frame push(struct sealed_sender *s, enum sealed_kind kind, const void *body, size_t n) {
    struct frame f = {NULL, 0};
    assert_int_equal(sealed_push(s, kind, (const uint8_t *)body, n, &f.p, &f.n), 0);
    return f;
}

struct opened {
    int e;
    enum sealed_kind kind;
    uint8_t *plain; /* the body starts at plain + 1; free() */
    size_t n_body;
    const char *why;
};

static struct opened pull_message(struct sealed_receiver *r, const struct message *m) {
    struct opened o = {0};
    size_t capacity = m->sealed.box.n - SEALED_OVERHEAD;
    o.plain = (uint8_t *)malloc(capacity);
    assert_non_null(o.plain);
    o.e = sealed_pull(r, m, o.plain, &o.kind, &o.n_body, &o.why);
    return o;
}

static struct opened pull(struct sealed_receiver *r, struct frame f) {
    struct message m;
    const char *why = NULL;
    assert_int_equal(message_parse(&m, f.p + FRAME_HEADER, f.n - FRAME_HEADER, &why), 0);
    assert_int_equal(m.kind, MESSAGE_SEALED);
    return pull_message(r, &m);
}

static void expect_opened(struct sealed_receiver *r, struct frame f, enum sealed_kind kind, const void *body,
                          size_t n) {
    struct opened o = pull(r, f);
    assert_int_equal(o.e, 0);
    assert_int_equal(o.kind, kind);
    assert_int_equal(o.n_body, n);
    if (n)
        assert_memory_equal(o.plain + 1, body, n);
    free(o.plain);
}

static void expect_refused(struct sealed_receiver *r, struct frame f, const char *why) {
    struct opened o = pull(r, f);
    assert_int_equal(o.e, -EPROTO);
    assert_string_equal(o.why, why);
    free(o.plain);
}

static const char not_verified[] = "a sealed message that does not verify";

/* A conversation with every kind; the frames are the caller's. */
enum { N_TALK = 7 };
static const struct {
    enum sealed_kind kind;
    const char *body;
    size_t n;
} talk[N_TALK] = {
    {SEALED_HELLO, "Alice", 5},
    {SEALED_DATA, "good morning", 12},
    {SEALED_DATA, "good morning", 12}, /* the same again: swapping the two must still show */
    {SEALED_STEP, "\0\0\0\x02\x2a\0", 6},
    {SEALED_SWITCH, "", 0},
    {SEALED_DATA, "\0", 1},
    {SEALED_END, "", 0},
};

static void make_talk(struct frame frames[static N_TALK]) {
    struct sealed_sender s;
    sealed_sender_init(&s, key, header);
    for (size_t i = 0; i < N_TALK; i++)
        frames[i] = push(&s, talk[i].kind, talk[i].body, talk[i].n);
    assert_true(s.ended);
}

static void free_talk(struct frame frames[static N_TALK]) {
    for (size_t i = 0; i < N_TALK; i++)
        free(frames[i].p);
}

static void every_kind_arrives(void **state) {
    (void)state;
    struct frame frames[N_TALK];
    make_talk(frames);
    struct sealed_receiver r;
    sealed_receiver_init(&r, key);
    for (size_t i = 0; i < N_TALK; i++) {
        assert_false(r.ended);
        expect_opened(&r, frames[i], talk[i].kind, talk[i].body, talk[i].n);
    }
    assert_true(r.ended);
    free_talk(frames);
}

static void sizes_straddle_the_limits(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 2, 63, 64, 65, 127, 128, 129, SEALED_DATA_MAX, SEALED_BODY_MAX};
    static uint8_t body[SEALED_BODY_MAX + 1];
    struct prg g;
    unit_random(&g, __func__);
    prg_read(&g, body, sizeof body);
    struct sealed_sender s;
    struct sealed_receiver r;
    sealed_sender_init(&s, key, header);
    sealed_receiver_init(&r, key);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct frame f = push(&s, SEALED_DATA, body, sizes[i]);
        assert_true(f.n <= FRAME_HEADER + FRAME_BODY_MAX);
        expect_opened(&r, f, SEALED_DATA, body, sizes[i]);
        free(f.p);
    }
    struct frame f;
    assert_int_equal(sealed_push(&s, SEALED_DATA, body, SEALED_BODY_MAX + 1, &f.p, &f.n), -EINVAL);
}

static void a_sender_refuses_what_a_receiver_would(void **state) {
    (void)state;
    static const uint8_t body[65];
    struct sealed_sender s;
    sealed_sender_init(&s, key, header);
    struct frame f;
    assert_int_equal(sealed_push(&s, SEALED_HELLO, body, 65, &f.p, &f.n), -EINVAL);
    assert_int_equal(sealed_push(&s, SEALED_DATA, body, 0, &f.p, &f.n), -EINVAL);
    assert_int_equal(sealed_push(&s, SEALED_END, body, 1, &f.p, &f.n), -EINVAL);
    assert_int_equal(sealed_push(&s, SEALED_SWITCH, body, 1, &f.p, &f.n), -EINVAL);
    assert_int_equal(sealed_push(&s, SEALED_STEP, body, 4, &f.p, &f.n), -EINVAL);
    assert_int_equal(sealed_push(&s, SEALED_STEP, body, 5, &f.p, &f.n), -EINVAL);
    f = push(&s, SEALED_END, NULL, 0);
    free(f.p);
    assert_int_equal(sealed_push(&s, SEALED_DATA, body, 1, &f.p, &f.n), -EINVAL);
    assert_int_equal(sealed_push(&s, SEALED_END, body, 0, &f.p, &f.n), -EINVAL);
}

static void the_header_comes_once_and_first(void **state) {
    (void)state;
    struct frame frames[N_TALK];
    make_talk(frames);
    for (size_t i = 0; i < N_TALK; i++) {
        struct message m;
        const char *why = NULL;
        assert_int_equal(message_parse(&m, frames[i].p + FRAME_HEADER, frames[i].n - FRAME_HEADER, &why), 0);
        assert_int_equal(m.sealed.has_header, i == 0);

        struct sealed_receiver r;
        sealed_receiver_init(&r, key);
        if (i) {
            expect_refused(&r, frames[i], "a stream without its header");
            continue;
        }
        m.sealed.has_header = false; /* missing */
        struct opened o = pull_message(&r, &m);
        assert_int_equal(o.e, -EPROTO);
        assert_string_equal(o.why, "a stream without its header");
        free(o.plain);
        expect_opened(&r, frames[0], SEALED_HELLO, "Alice", 5);
        assert_int_equal(message_parse(&m, frames[1].p + FRAME_HEADER, frames[1].n - FRAME_HEADER, &why), 0);
        m.sealed.has_header = true; /* surplus */
        memcpy(m.sealed.header, header, SEALED_HEADER);
        o = pull_message(&r, &m);
        assert_int_equal(o.e, -EPROTO);
        assert_string_equal(o.why, "a stream header in the middle of a stream");
        free(o.plain);
    }
    free_talk(frames);
}

static void the_same_header_gives_the_same_bytes(void **state) {
    (void)state;
    struct frame one[N_TALK], two[N_TALK];
    make_talk(one);
    make_talk(two);
    for (size_t i = 0; i < N_TALK; i++) {
        assert_int_equal(one[i].n, two[i].n);
        assert_memory_equal(one[i].p, two[i].p, one[i].n);
    }
    free_talk(one);
    free_talk(two);
}

/* Our way to set up a sender does what libsodium's own does with the header that it drew. */
static void the_state_is_libsodiums(void **state) {
    (void)state;
    for (int run = 0; run < 100; run++) {
        crypto_secretstream_xchacha20poly1305_state theirs;
        uint8_t drawn[SEALED_HEADER];
        crypto_secretstream_xchacha20poly1305_init_push(&theirs, drawn, key);
        struct sealed_sender s;
        sealed_sender_init(&s, key, drawn);
        struct frame f = push(&s, SEALED_DATA, "hello", 5);
        uint8_t box[6 + SEALED_OVERHEAD];
        crypto_secretstream_xchacha20poly1305_push(&theirs, box, NULL, (const uint8_t *)"\x01hello", 6, NULL, 0,
                                                   crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
        assert_memory_equal(f.p + f.n - sizeof box, box, sizeof box);
        free(f.p);
    }
}

/* What a peer that holds the key, but not to the rules, may seal. */
static void kinds_tags_and_lengths_are_checked(void **state) {
    (void)state;
    enum {
        MESSAGE = crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
        PUSH = crypto_secretstream_xchacha20poly1305_TAG_PUSH,
        REKEY = crypto_secretstream_xchacha20poly1305_TAG_REKEY,
        FINAL = crypto_secretstream_xchacha20poly1305_TAG_FINAL,
    };
    static const char tag[] = "a sealed message with the wrong tag", length[] = "a sealed message of a wrong length",
                      unknown[] = "a sealed message of an unknown kind";
    static const struct {
        uint8_t kind;
        uint8_t tag;
        size_t n;
        const char *why; /* NULL: accepted */
    } cases[] = {
        {SEALED_HELLO, MESSAGE, 0, NULL},
        {SEALED_HELLO, MESSAGE, 64, NULL},
        {SEALED_HELLO, MESSAGE, 65, length},
        {SEALED_HELLO, FINAL, 0, tag},
        {SEALED_DATA, MESSAGE, 1, NULL},
        {SEALED_DATA, MESSAGE, 0, length},
        {SEALED_DATA, PUSH, 1, tag},
        {SEALED_DATA, REKEY, 1, tag},
        {SEALED_DATA, FINAL, 1, tag},
        {SEALED_END, FINAL, 0, NULL},
        {SEALED_END, FINAL, 1, length},
        {SEALED_END, MESSAGE, 0, tag},
        {SEALED_END, PUSH, 0, tag},
        {SEALED_END, REKEY, 0, tag},
        {SEALED_STEP, MESSAGE, 4, length},
        {SEALED_STEP, MESSAGE, 10, length},
        {SEALED_STEP, MESSAGE, 11, NULL},
        {SEALED_STEP, MESSAGE, 12, length},
        {SEALED_STEP, MESSAGE, 0, length},
        {SEALED_STEP, FINAL, 11, tag},
        {SEALED_SWITCH, MESSAGE, 0, NULL},
        {SEALED_SWITCH, MESSAGE, 1, length},
        {SEALED_SWITCH, FINAL, 0, tag},
        {5, MESSAGE, 0, unknown},
        {5, FINAL, 0, unknown},
        {255, MESSAGE, 1, unknown},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t plain[100] = {cases[i].kind, 0, 0, 0, 7}; /* as a step: a frame of 4 + 7 bytes */
        uint8_t box[sizeof plain + SEALED_OVERHEAD];
        struct message m = {.kind = MESSAGE_SEALED, .sealed = {.has_header = true}};
        crypto_secretstream_xchacha20poly1305_state theirs;
        crypto_secretstream_xchacha20poly1305_init_push(&theirs, m.sealed.header, key);
        crypto_secretstream_xchacha20poly1305_push(&theirs, box, NULL, plain, 1 + cases[i].n, NULL, 0, cases[i].tag);
        m.sealed.box = (struct span){box, 1 + cases[i].n + SEALED_OVERHEAD};
        struct sealed_receiver r;
        sealed_receiver_init(&r, key);
        struct opened o = pull_message(&r, &m);
        assert_int_equal(o.e, cases[i].why ? -EPROTO : 0);
        if (cases[i].why)
            assert_string_equal(o.why, cases[i].why);
        assert_int_equal(r.ended, cases[i].kind == SEALED_END && !cases[i].why);
        free(o.plain);
    }
}

static void nothing_follows_the_end(void **state) {
    (void)state;
    struct frame frames[N_TALK];
    make_talk(frames);
    struct sealed_receiver r;
    sealed_receiver_init(&r, key);
    for (size_t i = 0; i < N_TALK; i++)
        expect_opened(&r, frames[i], talk[i].kind, talk[i].body, talk[i].n);
    for (size_t i = 0; i < N_TALK; i++)
        expect_refused(&r, frames[i], "a message after the end mark");
    free_talk(frames);
}

/* Each message left out, sent again, or swapped with the next. */
static void the_order_is_kept(void **state) {
    (void)state;
    struct frame frames[N_TALK];
    make_talk(frames);
    for (size_t at = 1; at < N_TALK - 1; at++) {
        struct sealed_receiver r;
        sealed_receiver_init(&r, key);
        for (size_t i = 0; i < at; i++)
            expect_opened(&r, frames[i], talk[i].kind, talk[i].body, talk[i].n);
        expect_refused(&r, frames[at + 1], not_verified); /* left out, or swapped */
        sealed_receiver_init(&r, key);
        for (size_t i = 0; i <= at; i++)
            expect_opened(&r, frames[i], talk[i].kind, talk[i].body, talk[i].n);
        expect_refused(&r, frames[at], not_verified); /* again */
    }
    free_talk(frames);
}

/* A direction that is cut off between two messages shows by its missing end mark only. */
static void cut_off_is_not_ended(void **state) {
    (void)state;
    struct frame frames[N_TALK];
    make_talk(frames);
    struct sealed_receiver r;
    sealed_receiver_init(&r, key);
    for (size_t i = 0; i < N_TALK - 1; i++)
        expect_opened(&r, frames[i], talk[i].kind, talk[i].body, talk[i].n);
    assert_false(r.ended);
    free_talk(frames);
}

static void a_shortened_box_is_refused(void **state) {
    (void)state;
    struct frame frames[N_TALK];
    make_talk(frames);
    for (size_t at = 0; at < 2; at++) {
        struct message m;
        const char *why = NULL;
        assert_int_equal(message_parse(&m, frames[at].p + FRAME_HEADER, frames[at].n - FRAME_HEADER, &why), 0);
        for (size_t n = SEALED_OVERHEAD + 1, whole = m.sealed.box.n; n < whole; n++) {
            struct sealed_receiver r;
            sealed_receiver_init(&r, key);
            if (at)
                expect_opened(&r, frames[0], talk[0].kind, talk[0].body, talk[0].n);
            for (int from_end = 0; from_end < 2; from_end++) {
                struct message shorter = m;
                shorter.sealed.box = (struct span){from_end ? m.sealed.box.p + (whole - n) : m.sealed.box.p, n};
                shorter.sealed.has_header = at == 0 && !r.started;
                struct opened o = pull_message(&r, &shorter);
                assert_int_equal(o.e, -EPROTO);
                assert_string_equal(o.why, not_verified);
                free(o.plain);
            }
        }
    }
    free_talk(frames);
}

/* Each bit of each byte of a whole frame, with a header and without: something refuses it. */
static void every_flipped_bit_is_refused(void **state) {
    (void)state;
    struct frame frames[N_TALK];
    make_talk(frames);
    for (size_t at = 0; at < 2; at++)
        for (size_t bit = 8 * FRAME_HEADER; bit < 8 * frames[at].n; bit++) {
            struct sealed_receiver r;
            sealed_receiver_init(&r, key);
            if (at)
                expect_opened(&r, frames[0], talk[0].kind, talk[0].body, talk[0].n);
            uint8_t *body = unit_copy(frames[at].p + FRAME_HEADER, frames[at].n - FRAME_HEADER);
            bit_xor(body, bit - 8 * FRAME_HEADER, 1);
            struct message m;
            const char *why = NULL;
            bool opened = false; /* another kind of message would have no turn here */
            if (message_parse(&m, body, frames[at].n - FRAME_HEADER, &why) == 0 && m.kind == MESSAGE_SEALED) {
                struct opened o = pull_message(&r, &m);
                opened = o.e == 0;
                free(o.plain);
            }
            assert_false(opened);
            free(body);
        }
    free_talk(frames);
}

static void another_key_opens_nothing(void **state) {
    (void)state;
    struct frame frames[N_TALK];
    make_talk(frames);
    struct sealed_receiver r;
    sealed_receiver_init(&r, other_key);
    expect_refused(&r, frames[0], not_verified);
    free_talk(frames);
}

static void a_started_receiver_has_forgotten_its_key(void **state) {
    (void)state;
    struct frame frames[N_TALK];
    make_talk(frames);
    struct sealed_receiver r;
    sealed_receiver_init(&r, key);
    expect_opened(&r, frames[0], talk[0].kind, talk[0].body, talk[0].n);
    assert_true(sodium_is_zero(r.key, sizeof r.key));
    free_talk(frames);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_arrives),
        cmocka_unit_test(sizes_straddle_the_limits),
        cmocka_unit_test(a_sender_refuses_what_a_receiver_would),
        cmocka_unit_test(the_header_comes_once_and_first),
        cmocka_unit_test(the_same_header_gives_the_same_bytes),
        cmocka_unit_test(the_state_is_libsodiums),
        cmocka_unit_test(kinds_tags_and_lengths_are_checked),
        cmocka_unit_test(nothing_follows_the_end),
        cmocka_unit_test(the_order_is_kept),
        cmocka_unit_test(cut_off_is_not_ended),
        cmocka_unit_test(a_shortened_box_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(another_key_opens_nothing),
        cmocka_unit_test(a_started_receiver_has_forgotten_its_key),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
