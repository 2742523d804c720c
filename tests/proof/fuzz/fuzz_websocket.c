/* Bytes of a WebSocket from a phone, in pieces: two bytes for a piece's length, then its bytes. The same bytes in other
 * pieces carry the same. */
#include "common/shell/net/websocket.h"
#include "tests/proof/fuzz/fuzz.h"

#include <errno.h>

struct result {
    int r; /* of the last piece that was taken */
    size_t n;
    uint8_t bytes[1 << 17];
};

static void take_all(struct websocket *ws) {
    uint8_t out[300];
    size_t n;
    while ((n = websocket_take(ws, out, sizeof out)))
        fuzz_touch(out, n);
}

/* piece 0: pieces as the input has them; otherwise of so many bytes. */
static void feed(struct result *result, const uint8_t *data, size_t size, size_t piece) {
    struct fuzz_input in = {data, size};
    struct websocket *ws;
    REQUIRE(websocket_new(&ws) == 0);
    result->r = 0;
    result->n = 0;
    while (in.n && result->r == 0) {
        size_t left = fuzz_u16(&in);
        while (result->r == 0) {
            size_t n = piece && piece < left ? piece : left, m;
            uint8_t *p = fuzz_block(&in, &n), *out = malloc(n ? n : 1);
            REQUIRE(out);
            result->r = websocket_feed(ws, p, n, out, &m);
            REQUIRE(m <= n && (result->r == 0 || result->r == 1 || result->r == -EPROTO));
            REQUIRE(websocket_waiting(ws) <= WEBSOCKET_CONTROLS_MAX + 2);
            memcpy(result->bytes + result->n, out, m);
            result->n += m;
            left -= n;
            free(p);
            free(out);
            take_all(ws);
            REQUIRE(result->r != 0 || websocket_waiting(ws) == 0);
            if (n == 0 || left == 0)
                break;
        }
    }
    if (result->r == 0) {
        REQUIRE(websocket_send(ws, data, size) == 0 && websocket_ping(ws) == 0);
        take_all(ws);
        REQUIRE(websocket_close(ws, 1001, "") == 0 && websocket_send(ws, data, size) == -EPIPE);
    }
    take_all(ws);
    websocket_free(ws);
}

void fuzz_target(const uint8_t *data, size_t size) {
    static struct result whole, pieces;
    if (size > sizeof whole.bytes)
        return;
    feed(&whole, data, size, 0);
    feed(&pieces, data, size, 1);
    /* a piece has a limit of control frames, so that smaller pieces may get further */
    REQUIRE(whole.n <= pieces.n && memcmp(whole.bytes, pieces.bytes, whole.n) == 0);
    REQUIRE(whole.r == pieces.r || whole.r == -EPROTO);
}
