/* What cuts a stream into frames and looks at them: the reader, then the scan. The first byte is the step that is due
 * (and with it the longest frame, with 0x80 as long as it may be), the second the size of the pieces that a second
 * reader gets; it must find the same.
 */
#include "common/task/table/table.h"
#include "proto/frame.h"
#include "proto/order.h"
#include "proto/scan.h"
#include "tests/proof/fuzz/fuzz.h"

enum { LONG = 0x80, SHORT_MAX = 4096 };

struct outcome {
    int end; /* 0: all bytes are taken */
    unsigned n_frames, n_accepted;
    size_t n_bytes;
};

static void check_scan(const uint8_t *body, size_t n, struct outcome *out) {
    struct scan scan;
    const char *why = NULL;
    int r = scan_frame(&scan, body, n, &why);
    REQUIRE((r == 0) == (why == NULL));
    if (r < 0)
        return;
    out->n_accepted++;
    REQUIRE(scan.kind >= MESSAGE_HELLO && scan.kind <= MESSAGE_ABORT);
    size_t total = 0;
    for (unsigned tag = 1; tag <= SCAN_TAG_MAX; tag++) {
        struct span s = scan.field[tag].bytes;
        REQUIRE(!s.n || (s.p >= body && s.n <= n && s.p - body <= (ptrdiff_t)(n - s.n)));
        fuzz_touch(s.p, s.n);
        total += s.n;
    }
    REQUIRE(total < n);
}

static void take_frame(const uint8_t *frame, size_t n, size_t body_max, struct outcome *out) {
    REQUIRE(n > FRAME_HEADER && n - FRAME_HEADER <= body_max);
    REQUIRE(((size_t)frame[0] << 24 | frame[1] << 16 | frame[2] << 8 | frame[3]) == n - FRAME_HEADER);
    uint8_t *body = malloc(n - FRAME_HEADER); /* a block of its own, so that a sanitizer sees its front */
    REQUIRE(body);
    memcpy(body, frame + FRAME_HEADER, n - FRAME_HEADER);
    check_scan(body, n - FRAME_HEADER, out);
    free(body);
    out->n_frames++;
    out->n_bytes += n;
}

static struct outcome read_all(struct fuzz_input in, size_t piece, size_t body_max) {
    struct outcome out = {0};
    struct frame_reader reader;
    uint8_t *frame;
    size_t n_frame;
    frame_reader_init(&reader);
    while (in.n && out.end == 0) {
        size_t n = piece;
        uint8_t *block = fuzz_block(&in, &n);
        const uint8_t *p = block;
        while (n && out.end == 0) {
            size_t before = n;
            int r = frame_reader_feed(&reader, &p, &n, body_max, &frame, &n_frame);
            REQUIRE(n <= before && (r != 0 || n == 0));
            if (r == 1) {
                take_frame(frame, n_frame, body_max, &out);
                free(frame);
            } else
                out.end = r;
        }
        if (out.end < 0) { /* a reader that has refused goes on refusing */
            REQUIRE(frame_reader_feed(&reader, &p, &n, body_max, &frame, &n_frame) == out.end);
        }
        free(block);
    }
    frame_reader_deinit(&reader);
    return out;
}

void fuzz_target(const uint8_t *data, size_t size) {
    static const char *const sets[] = {"n64", "n256", "n8192"};
    struct fuzz_input in = {data, size};
    unsigned first = fuzz_byte(&in);
    enum step step = (enum step)(first % (STEP_OPEN + 1));
    const struct set *set = table_set(sets[first / 16 % 3]);
    REQUIRE(set);
    size_t body_max = order_body_max(step, set), piece = 1 + fuzz_byte(&in);
    REQUIRE(body_max <= FRAME_BODY_MAX);
    if (!(first & LONG) && body_max > SHORT_MAX)
        body_max = SHORT_MAX; /* the reader allocates what a header announces: a megabyte each time is slow to fuzz */
    struct outcome whole = read_all(in, SIZE_MAX, body_max), pieces = read_all(in, piece, body_max);
    REQUIRE(whole.end == pieces.end && whole.n_frames == pieces.n_frames);
    REQUIRE(whole.n_accepted == pieces.n_accepted && whole.n_bytes == pieces.n_bytes);
    if (whole.n_frames == 0)
        fuzz_ended_at_length();
}
