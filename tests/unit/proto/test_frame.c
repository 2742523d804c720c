#include "common/base/bytes.h"
#include "proto/frame.h"
#include "proto/message.h"
#include "tests/lib/unit.h"

#include <errno.h>

/* A stream of frames whose bodies have these lengths and random content. */
struct stream {
    uint8_t *bytes;
    size_t n;
};

static struct stream make_stream(struct prg *g, const size_t *lengths, size_t n_lengths) {
    struct stream s = {NULL, 0};
    for (size_t i = 0; i < n_lengths; i++)
        s.n += FRAME_HEADER + lengths[i];
    s.bytes = (uint8_t *)malloc(s.n);
    assert_non_null(s.bytes);
    uint8_t *p = s.bytes;
    for (size_t i = 0; i < n_lengths; i++) {
        store32_be(p, (uint32_t)lengths[i]);
        prg_read(g, p + FRAME_HEADER, lengths[i]);
        p += FRAME_HEADER + lengths[i];
    }
    return s;
}

/* Feeds the stream in pieces of 1 to piece_max bytes; the frames that come out must be the stream, cut in the right
 * places. */
static void check_split(struct prg *g, const struct stream *s, const size_t *lengths, size_t n_lengths,
                        uint32_t piece_max) {
    struct frame_reader r;
    frame_reader_init(&r);
    size_t fed = 0, seen = 0, n_frames = 0;
    while (fed < s->n) {
        size_t piece = 1 + prg_below(g, piece_max);
        if (piece > s->n - fed)
            piece = s->n - fed;
        uint8_t *copy = unit_copy(s->bytes + fed, piece);
        const uint8_t *p = copy;
        size_t n = piece;
        for (;;) {
            uint8_t *frame = NULL;
            size_t n_frame = 0;
            int e = frame_reader_feed(&r, &p, &n, FRAME_BODY_MAX, &frame, &n_frame);
            assert_true(e == 0 || e == 1);
            assert_ptr_equal(p + n, copy + piece);
            if (e == 0)
                break;
            assert_true(n_frames < n_lengths);
            assert_int_equal(n_frame, FRAME_HEADER + lengths[n_frames]);
            assert_memory_equal(frame, s->bytes + seen, n_frame);
            seen += n_frame;
            n_frames++;
            free(frame);
        }
        assert_int_equal(n, 0);
        free(copy);
        fed += piece;
    }
    assert_int_equal(n_frames, n_lengths);
    frame_reader_deinit(&r);
}

static void byte_by_byte(void **state) {
    (void)state;
    static const size_t lengths[] = {1, 2, 3, 4, 5, 255, 256, 257, 1, 1000};
    enum { N = sizeof lengths / sizeof lengths[0] };
    struct prg g;
    unit_random(&g, __func__);
    struct stream s = make_stream(&g, lengths, N);
    check_split(&g, &s, lengths, N, 1);
    free(s.bytes);
}

static void random_splits(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (int run = 0; run < 300; run++) {
        size_t lengths[20];
        size_t n_lengths = 1 + prg_below(&g, 20);
        for (size_t i = 0; i < n_lengths; i++)
            lengths[i] = 1 + prg_below(&g, prg_below(&g, 2) ? 8 : 3000);
        struct stream s = make_stream(&g, lengths, n_lengths);
        check_split(&g, &s, lengths, n_lengths, 1 + prg_below(&g, 5000));
        free(s.bytes);
    }
}

static void the_longest_frame(void **state) {
    (void)state;
    static const size_t lengths[] = {FRAME_BODY_MAX, 1, FRAME_BODY_MAX};
    struct prg g;
    unit_random(&g, __func__);
    struct stream s = make_stream(&g, lengths, 3);
    check_split(&g, &s, lengths, 3, 1 << 21);
    check_split(&g, &s, lengths, 3, 65536);
    free(s.bytes);
}

/* A header that is refused leaves no frame allocated, takes no byte of what follows, and is refused again. */
static void check_refused(uint32_t length, size_t body_max, int expected) {
    for (size_t first = 0; first <= FRAME_HEADER; first++) {
        struct frame_reader r;
        frame_reader_init(&r);
        uint8_t bytes[FRAME_HEADER + 3] = {0};
        store32_be(bytes, length);
        const uint8_t *p = bytes;
        size_t n = first;
        uint8_t *frame = NULL;
        size_t n_frame = 0;
        int e = frame_reader_feed(&r, &p, &n, body_max, &frame, &n_frame);
        assert_int_equal(e, first < FRAME_HEADER ? 0 : expected);
        n = sizeof bytes - first;
        for (int again = 0; again < 2; again++) {
            assert_int_equal(frame_reader_feed(&r, &p, &n, body_max, &frame, &n_frame), expected);
            assert_int_equal(n, 3);
        }
        assert_null(r.frame);
        assert_null(frame);
        frame_reader_deinit(&r);
    }
}

static void length_zero_is_refused(void **state) {
    (void)state;
    check_refused(0, FRAME_BODY_MAX, -EPROTO);
    check_refused(0, 0, -EPROTO);
}

static void too_long_is_refused_before_allocating(void **state) {
    (void)state;
    check_refused(101, 100, -EMSGSIZE);
    check_refused(FRAME_BODY_MAX + 1, FRAME_BODY_MAX, -EMSGSIZE);
    check_refused(UINT32_MAX, FRAME_BODY_MAX, -EMSGSIZE);
    check_refused(0x47455420, 256, -EMSGSIZE); /* "GET " */
}

static void the_limit_itself_is_accepted(void **state) {
    (void)state;
    static const size_t lengths[] = {100};
    struct prg g;
    unit_random(&g, __func__);
    struct stream s = make_stream(&g, lengths, 1);
    struct frame_reader r;
    frame_reader_init(&r);
    const uint8_t *p = s.bytes;
    size_t n = s.n, n_frame = 0;
    uint8_t *frame = NULL;
    assert_int_equal(frame_reader_feed(&r, &p, &n, 100, &frame, &n_frame), 1);
    assert_memory_equal(frame, s.bytes, s.n);
    free(frame);
    free(s.bytes);
    frame_reader_deinit(&r);
}

/* The limit may change from frame to frame: it counts when the header is complete. */
static void nothing_is_read_ahead(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0, 0, 0, 1, 0xaa, 0, 0, 0, 2, 0xbb, 0xcc};
    struct frame_reader r;
    frame_reader_init(&r);
    const uint8_t *p = bytes;
    size_t n = sizeof bytes, n_frame = 0;
    uint8_t *frame = NULL;
    assert_int_equal(frame_reader_feed(&r, &p, &n, 1, &frame, &n_frame), 1);
    assert_int_equal(n, 6);
    free(frame);
    assert_int_equal(frame_reader_feed(&r, &p, &n, 2, &frame, &n_frame), 1);
    assert_int_equal(n_frame, 6);
    assert_memory_equal(frame, bytes + 5, 6);
    free(frame);
    n = 0;
    assert_int_equal(frame_reader_feed(&r, &p, &n, 2, &frame, &n_frame), 0);
    frame_reader_deinit(&r);
}

static void given_up_in_the_middle(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0, 0, 1, 0, 1, 2, 3};
    struct frame_reader r;
    frame_reader_init(&r);
    const uint8_t *p = bytes;
    size_t n = sizeof bytes, n_frame = 0;
    uint8_t *frame = NULL;
    assert_int_equal(frame_reader_feed(&r, &p, &n, 256, &frame, &n_frame), 0);
    assert_non_null(r.frame);
    frame_reader_deinit(&r); /* a leak would show under a sanitizer */
    assert_null(r.frame);
}

/* Whoever announces a long frame and sends little of it makes us hold little. */
static void memory_follows_the_bytes(void **state) {
    (void)state;
    static uint8_t bytes[70000] = {0, 15, 0, 0};
    struct frame_reader r;
    frame_reader_init(&r);
    uint8_t *frame = NULL;
    size_t n_frame = 0, given = 0;
    static const size_t until[] = {4, 5, 5000, 70000};
    for (size_t i = 0; i < 4; i++) {
        const uint8_t *p = bytes + given;
        size_t n = until[i] - given;
        assert_int_equal(frame_reader_feed(&r, &p, &n, FRAME_BODY_MAX, &frame, &n_frame), 0);
        given = until[i];
        assert_true(r.filled == given && r.capacity >= r.filled);
        assert_true(r.capacity <= 4096 || r.capacity <= 2 * given);
    }
    frame_reader_deinit(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(random_splits),
        cmocka_unit_test(the_longest_frame),
        cmocka_unit_test(length_zero_is_refused),
        cmocka_unit_test(too_long_is_refused_before_allocating),
        cmocka_unit_test(the_limit_itself_is_accepted),
        cmocka_unit_test(nothing_is_read_ahead),
        cmocka_unit_test(memory_follows_the_bytes),
        cmocka_unit_test(given_up_in_the_middle),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
