/* WebSocket frames against a naive twin: a client that writes them by the RFC, and reads what the server writes. */
#include "common/shell/net/websocket.h"
#include "tests/lib/unit.h"

#include <errno.h>

enum { FRAMES = 60, BYTES = 200000, CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

static const size_t SIZES[] = {0, 1, 2, 125, 126, 127, 128, 4095, 4096, 4097, 65535, 65536, 65537};

/* A frame of a client: RFC 6455, section 5.2. Its length. */
static size_t put_frame(uint8_t *out, unsigned opcode, bool fin, const uint8_t *p, size_t n, const uint8_t *key) {
    size_t at = 0;
    out[at++] = (uint8_t)(opcode | (fin ? 0x80 : 0));
    out[at++] = (uint8_t)(0x80 | (n < 126 ? n : n < 65536 ? 126 : 127));
    for (size_t i = n < 126 ? 0 : n < 65536 ? 2 : 8; i-- > 0;)
        out[at++] = (uint8_t)((uint64_t)n >> 8 * i);
    memcpy(out + at, key, 4);
    at += 4;
    for (size_t i = 0; i < n; i++)
        out[at++] = p[i] ^ key[i % 4];
    return at;
}

/* A frame of the server, which masks nothing: how long it is; what it carries begins at *bodyp. */
static size_t read_frame(const uint8_t *p, unsigned *opcodep, size_t *bodyp, size_t *np) {
    size_t n = p[1], at = 2, extra = n == 126 ? 2 : n == 127 ? 8 : 0;
    assert_true(p[0] & 0x80 && !(p[1] & 0x80));
    *opcodep = p[0] & 0x0f;
    if (extra)
        n = 0;
    for (size_t i = 0; i < extra; i++)
        n = n << 8 | p[at++];
    *bodyp = at;
    *np = n;
    return at + n;
}

static void accepts_the_key_of_the_rfc(void **state) {
    char out[WEBSOCKET_ACCEPT];
    (void)state;
    assert_int_equal(websocket_accept(out, "dGhlIHNhbXBsZSBub25jZQ=="), 0);
    assert_string_equal(out, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    static const char *const wrong[] = {"",
                                        "dGhlIHNhbXBsZSBub25jZQ=",
                                        "dGhlIHNhbXBsZSBub25jZQ===",
                                        "dGhlIHNhbXBsZSBub25jZSE=",
                                        "****************!!!!!!==",
                                        "dGhlIHNhbXBsZSBub25jZQ=\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(websocket_accept(out, wrong[i]), -EINVAL);
}

/* Frames of all sizes, in fragments, with pings between, in pieces of any length: what they carry comes out in order.
 */
static void takes_what_a_client_sends(void **state) {
    struct prg g;
    uint8_t *data = malloc(BYTES), *wire = malloc(2 * BYTES), *out = malloc(2 * BYTES), body[125], key[4];
    struct websocket *ws;
    size_t n_data = 0, n_wire = 0, n_out = 0, n_pongs = 0, n_pings = 0;
    bool begun = false;
    (void)state;
    unit_random(&g, "takes_what_a_client_sends");
    prg_read(&g, data, BYTES);
    for (int i = 0; i < FRAMES; i++) {
        bool fin = prg_below(&g, 2);
        size_t n = prg_below(&g, 3) ? prg_below(&g, 3000) : SIZES[prg_below(&g, sizeof SIZES / sizeof SIZES[0])];
        if (n > BYTES - n_data)
            n = BYTES - n_data;
        prg_read(&g, key, 4);
        n_wire += put_frame(wire + n_wire, begun ? CONTINUATION : BINARY, fin, data + n_data, n, key);
        n_data += n;
        begun = !fin;
        if (prg_below(&g, 4) == 0)
            n_wire += put_frame(wire + n_wire, PING, true, memset(body, (int)n_pings++, sizeof body), sizeof body, key);
    }
    assert_int_equal(websocket_new(&ws), 0);
    for (size_t at = 0; at < n_wire;) {
        size_t n = 1 + prg_below(&g, prg_below(&g, 2) ? 20 : 9000), m;
        n = n < n_wire - at ? n : n_wire - at;
        uint8_t *piece = unit_copy(wire + at, n), *place = malloc(n), back[4096];
        assert_int_equal(websocket_feed(ws, piece, n, place, &m), 0);
        assert_true(m <= n);
        memcpy(out + n_out, place, m);
        n_out += m;
        at += n;
        while ((m = websocket_take(ws, back, sizeof back)))
            for (size_t p = 0, start, length; p < m; n_pongs++) {
                unsigned opcode;
                p += read_frame(back + p, &opcode, &start, &length);
                assert_true(opcode == PONG && length == sizeof body && back[p - 1] == (uint8_t)n_pongs);
            }
        free(piece);
        free(place);
    }
    assert_int_equal(n_out, n_data);
    assert_memory_equal(out, data, n_data);
    assert_int_equal(n_pongs, n_pings);
    websocket_free(ws);
    free(data);
    free(wire);
    free(out);
}

/* What is sent is taken in pieces of any length, and a client reads it; a close is the last. */
static void sends_what_a_client_reads(void **state) {
    struct prg g;
    uint8_t *data = malloc(BYTES), *wire = malloc(2 * BYTES);
    struct websocket *ws;
    size_t n_wire = 0, n_read = 0, at = 0, start, n;
    unsigned opcode = 0;
    (void)state;
    unit_random(&g, "sends_what_a_client_reads");
    prg_read(&g, data, BYTES);
    assert_int_equal(websocket_new(&ws), 0);
    for (size_t i = 0, sent = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        if (SIZES[i] > BYTES - sent)
            break;
        assert_int_equal(websocket_send(ws, data + sent, SIZES[i]), 0);
        assert_int_equal(websocket_waiting(ws), 1);
        sent += SIZES[i];
        while ((n = websocket_take(ws, wire + n_wire, 1 + prg_below(&g, 70000))))
            n_wire += n;
        assert_int_equal(websocket_waiting(ws), 0);
    }
    assert_int_equal(websocket_close(ws, 1001, "the room is closed"), 0);
    assert_int_equal(websocket_send(ws, data, 1), -EPIPE);
    while ((n = websocket_take(ws, wire + n_wire, 7)))
        n_wire += n;
    while (at < n_wire) {
        size_t length = read_frame(wire + at, &opcode, &start, &n);
        if (opcode == BINARY) {
            assert_memory_equal(wire + at + start, data + n_read, n);
            n_read += n;
        }
        at += length;
    }
    assert_true(n_read > 65536);
    assert_int_equal(opcode, CLOSE);
    assert_int_equal(wire[n_wire - 20] << 8 | wire[n_wire - 19], 1001);
    assert_memory_equal(wire + n_wire - 18, "the room is closed", 18);
    websocket_free(ws);
    free(data);
    free(wire);
}

/* Text, frames without a mask, reserved bits, a fragment of nothing, too many pings: refused, with a close that says
 * so, and what follows is not read. */
static void refuses_what_is_wrong(void **state) {
    static const struct {
        const char *bytes;
        size_t n;
        unsigned code;
    } wrong[] = {
        {"\x81\x80\1\2\3\4", 6, 1003}, {"\x82\x01x", 3, 1002},        {"\xc2\x80\1\2\3\4", 6, 1002},
        {"\x80\x80\1\2\3\4", 6, 1002}, {"\x83\x80\1\2\3\4", 6, 1002}, {"\x82\xff\0\0\0\0\1\0\0\1\1\2\3\4x", 15, 1009},
    };
    uint8_t out[4096], back[256];
    size_t n;
    struct websocket *ws;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(websocket_new(&ws), 0);
        assert_int_equal(websocket_feed(ws, (const uint8_t *)wrong[i].bytes, wrong[i].n, out, &n), -EPROTO);
        assert_int_equal(n, 0);
        assert_true(websocket_take(ws, back, sizeof back) >= 4);
        assert_int_equal(back[0], 0x80 | CLOSE);
        assert_int_equal(back[2] << 8 | back[3], wrong[i].code);
        assert_int_equal(websocket_feed(ws, (const uint8_t *)"\x82\x81\0\0\0\0x", 7, out, &n), -EPROTO);
        assert_int_equal(n, 0);
        websocket_free(ws);
    }
    uint8_t pings[6 * (WEBSOCKET_CONTROLS_MAX + 1)], key[4] = {0};
    for (size_t i = 0; i <= WEBSOCKET_CONTROLS_MAX; i++)
        put_frame(pings + 6 * i, PING, true, NULL, 0, key);
    assert_int_equal(websocket_new(&ws), 0);
    assert_int_equal(websocket_feed(ws, pings, sizeof pings - 6, out, &n), 0);
    assert_int_equal(websocket_waiting(ws), WEBSOCKET_CONTROLS_MAX);
    assert_int_equal(websocket_feed(ws, pings, sizeof pings, out, &n), -EPROTO);
    websocket_free(ws);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_the_key_of_the_rfc),
        cmocka_unit_test(takes_what_a_client_sends),
        cmocka_unit_test(sends_what_a_client_reads),
        cmocka_unit_test(refuses_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
