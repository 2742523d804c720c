/* The reassembler on segments made here: what comes out is what was sent, or says what is missing. */
#include "common/base/bytes.h"
#include "eve/wire/streams.h"
#include "tests/lib/unit.h"

enum { CONNECTIONS = 8 };

/* What was given out. */
struct seen {
    struct streams_connection connection;
    uint8_t *bytes[2]; /* missing ones as 0xee */
    size_t n[2], capacity[2], missing[2];
    unsigned n_gaps[2];
    bool ended[2];
    enum streams_end end[2];
};

struct bench {
    struct streams *streams;
    struct seen seen[CONNECTIONS];
    size_t n;
    bool refuse;
};

static void *begin(void *user, const struct streams_connection *c, uint64_t ns) {
    struct bench *b = user;
    (void)ns;
    if (b->refuse || b->n == CONNECTIONS)
        return NULL;
    b->seen[b->n].connection = *c;
    return &b->seen[b->n++];
}

static void grow(struct seen *s, int d, size_t n) {
    assert_false(s->ended[d]);
    if (s->capacity[d] < s->n[d] + n) { /* doubled: a sanitizer's realloc copies all each time, for minutes in all */
        s->capacity[d] = 2 * (s->n[d] + n);
        s->bytes[d] = realloc(s->bytes[d], s->capacity[d]);
        assert_non_null(s->bytes[d]);
    }
    s->n[d] += n;
}

static void bytes(void *user, void *connection, int d, const uint8_t *p, size_t n, uint64_t ns) {
    struct seen *s = connection;
    (void)user;
    (void)ns;
    assert_true(n > 0);
    grow(s, d, n);
    memcpy(s->bytes[d] + s->n[d] - n, p, n);
}

static void gap(void *user, void *connection, int d, uint64_t n, uint64_t ns) {
    struct seen *s = connection;
    (void)user;
    (void)ns;
    assert_true(n > 0 && n < 1u << 31);
    if (n < 1 << 20) {
        grow(s, d, (size_t)n);
        memset(s->bytes[d] + s->n[d] - n, 0xee, (size_t)n);
    }
    s->missing[d] += (size_t)n;
    s->n_gaps[d]++;
}

static void end(void *user, void *connection, int d, enum streams_end how, uint64_t ns) {
    struct seen *s = connection;
    (void)user;
    (void)ns;
    assert_false(s->ended[d]);
    s->ended[d] = true;
    s->end[d] = how;
}

static void start(struct bench *b) {
    static const struct streams_ops ops = {begin, bytes, gap, end};
    static const uint8_t key[16] = {1};
    *b = (struct bench){0};
    assert_int_equal(streams_new(&b->streams, &ops, b, key), 0);
}

static void finish(struct bench *b) {
    streams_finish(b->streams, 9);
    assert_int_equal(streams_held(b->streams), 0);
    for (size_t i = 0; i < b->n; i++)
        assert_true(b->seen[i].ended[0] && b->seen[i].ended[1]);
}

static void stop(struct bench *b) {
    streams_free(b->streams);
    for (size_t i = 0; i < b->n; i++) {
        free(b->seen[i].bytes[0]);
        free(b->seen[i].bytes[1]);
    }
}

/* Alice at 192.0.2.1:40000 + port, Bob at 192.0.2.2:24022: direction 0 is hers. */
static void send_cut(struct bench *b, unsigned port, int d, uint32_t seq, unsigned flags, const uint8_t *p, size_t n,
                     size_t n_wire) {
    struct packet_segment s = {.seq = seq, .flags = (uint8_t)flags, .data = p, .n = n, .n_wire = n_wire};
    struct packet_address alice = {{[10] = 0xff, 0xff, 192, 0, 2, 1}, (uint16_t)(40000 + port)};
    struct packet_address bob = {{[10] = 0xff, 0xff, 192, 0, 2, 2}, 24022};
    s.from = d ? bob : alice;
    s.to = d ? alice : bob;
    uint8_t *copy = n ? unit_copy(p, n) : NULL;
    s.data = copy;
    assert_int_equal(streams_segment(b->streams, &s, 5), 0);
    free(copy);
}

static void send(struct bench *b, unsigned port, int d, uint32_t seq, unsigned flags, const uint8_t *p, size_t n) {
    send_cut(b, port, d, seq, flags, p, n, n);
}

static void open_connection(struct bench *b, unsigned port, uint32_t isn_alice, uint32_t isn_bob) {
    struct packet_segment s = {.seq = isn_bob, .ack = isn_alice + 1, .flags = PACKET_SYN | PACKET_ACK};
    send(b, port, 0, isn_alice, PACKET_SYN, NULL, 0);
    s.from = (struct packet_address){{[10] = 0xff, 0xff, 192, 0, 2, 2}, 24022};
    s.to = (struct packet_address){{[10] = 0xff, 0xff, 192, 0, 2, 1}, (uint16_t)(40000 + port)};
    assert_int_equal(streams_segment(b->streams, &s, 5), 0);
}

static void text(uint8_t *out, size_t n, struct prg *g) {
    prg_read(g, out, n);
    memcpy(out, "PARLEY\0\2", n < 8 ? n : 8);
}

static void check_stream(const struct seen *s, int d, const uint8_t *expected, size_t n) {
    assert_int_equal(s->n[d], n);
    assert_int_equal(s->missing[d], 0);
    assert_memory_equal(s->bytes[d], expected, n);
}

/* Random cuts, order, overlaps and repetitions, with sequence numbers that wrap; FIN anywhere. */
static void any_order(void **state) {
    (void)state;
    enum { SIZE = 3000, PIECES = 400 };
    struct prg g;
    unit_random(&g, __func__);
    for (int run = 0; run < 300; run++) {
        struct bench b;
        uint8_t sent[SIZE];
        uint32_t n = 8 + prg_below(&g, SIZE - 8), base = 0u - prg_below(&g, n + 10);
        struct piece {
            uint32_t at, n;
        } pieces[PIECES];
        size_t n_pieces = 0;
        text(sent, n, &g);
        for (uint32_t at = 0; at < n;) { /* these cover all */
            uint32_t size = 1 + prg_below(&g, run % 2 ? 40 : 200);
            size = size < n - at ? size : n - at;
            pieces[n_pieces++] = (struct piece){at, size};
            at += size;
        }
        for (int extra = 0; extra < 60; extra++) {
            uint32_t at = prg_below(&g, n);
            pieces[n_pieces++] = (struct piece){at, 1 + prg_below(&g, n - at)};
        }
        for (size_t i = n_pieces - 1; i > 0; i--) {
            size_t other = prg_below(&g, (uint32_t)i + 1);
            struct piece swap = pieces[i];
            pieces[i] = pieces[other];
            pieces[other] = swap;
        }
        start(&b);
        open_connection(&b, 0, base - 1, 7);
        size_t fin = prg_below(&g, (uint32_t)n_pieces);
        for (size_t i = 0; i < n_pieces; i++) {
            send(&b, 0, 0, base + pieces[i].at, PACKET_ACK, sent + pieces[i].at, pieces[i].n);
            if (i == fin)
                send(&b, 0, 0, base + n, PACKET_FIN | PACKET_ACK, NULL, 0);
        }
        assert_int_equal(b.n, 1);
        assert_int_equal(b.seen[0].end[0], STREAMS_FIN);
        finish(&b);
        check_stream(&b.seen[0], 0, sent, n);
        assert_int_equal(b.seen[0].connection.initiator, 0);
        assert_int_equal(b.seen[0].end[1], STREAMS_OPEN);
        stop(&b);
    }
}

static void both_directions(void **state) {
    (void)state;
    struct prg g;
    struct bench b;
    uint8_t alice[500], bob[400];
    unit_random(&g, __func__);
    text(alice, sizeof alice, &g);
    text(bob, sizeof bob, &g);
    start(&b);
    open_connection(&b, 0, 100, 200);
    send(&b, 0, 1, 201, PACKET_ACK, bob, 5); /* neither preface is whole */
    send(&b, 0, 0, 101, PACKET_ACK, alice, 3);
    send(&b, 0, 1, 206, PACKET_ACK, bob + 5, 395);
    send(&b, 0, 0, 104, PACKET_FIN | PACKET_ACK, alice + 3, 497);
    send(&b, 0, 1, 601, PACKET_FIN | PACKET_ACK, NULL, 0);
    finish(&b);
    assert_int_equal(b.n, 1);
    check_stream(&b.seen[0], 0, alice, sizeof alice);
    check_stream(&b.seen[0], 1, bob, sizeof bob);
    assert_int_equal(b.seen[0].end[0], STREAMS_FIN);
    assert_int_equal(b.seen[0].end[1], STREAMS_FIN);
    stop(&b);
}

static void missing_segments(void **state) {
    (void)state;
    struct prg g;
    struct bench b;
    uint8_t sent[1000];
    unit_random(&g, __func__);
    text(sent, sizeof sent, &g);
    start(&b);
    open_connection(&b, 0, 0xffffff00, 1);
    send(&b, 0, 0, 0xffffff01, PACKET_ACK, sent, 100);
    send(&b, 0, 0, 0xffffff01 + 300, PACKET_ACK, sent + 300, 300);
    send_cut(&b, 0, 0, 0xffffff01 + 600, PACKET_ACK, sent + 600, 50, 200); /* captured in part */
    send(&b, 0, 0, 0xffffff01 + 800, PACKET_ACK, sent + 800, 150);
    send(&b, 0, 0, 0xffffff01 + 1000, PACKET_FIN, NULL, 0);
    finish(&b);
    struct seen *s = &b.seen[0];
    assert_int_equal(s->n[0], 1000);
    assert_int_equal(s->n_gaps[0], 3);
    assert_int_equal(s->missing[0], 200 + 150 + 50);
    assert_int_equal(s->end[0], STREAMS_FIN);
    memset(sent + 100, 0xee, 200);
    memset(sent + 650, 0xee, 150);
    memset(sent + 950, 0xee, 50);
    assert_memory_equal(s->bytes[0], sent, 1000);
    stop(&b);
}

/* The first copy counts, whoever sends the second. */
static void the_first_copy_counts(void **state) {
    (void)state;
    struct bench b;
    uint8_t other[20];
    memset(other, 'x', sizeof other);
    start(&b);
    open_connection(&b, 0, 0, 0);
    send(&b, 0, 0, 1, PACKET_ACK, (const uint8_t *)"PARLEY\0\2", 8);
    send(&b, 0, 0, 13, PACKET_ACK, (const uint8_t *)"EFGH", 4);
    send(&b, 0, 0, 1, PACKET_ACK, other, 20); /* fills A-D and behind H only */
    finish(&b);
    check_stream(&b.seen[0], 0, (const uint8_t *)"PARLEY\0\2xxxxEFGHxxxx", 20);
    stop(&b);
}

static void a_start_in_mid_stream(void **state) {
    (void)state;
    struct prg g;
    struct bench b;
    uint8_t sent[300];
    unit_random(&g, __func__);
    text(sent, sizeof sent, &g);
    start(&b);
    /* no SYN, but the preface */
    send(&b, 0, 0, 5000, PACKET_ACK, sent, 100);
    send(&b, 0, 0, 5100, PACKET_ACK, sent + 100, 200);
    /* nothing that could be recognised */
    send(&b, 1, 0, 7000, PACKET_ACK, sent + 50, 100);
    /* only one direction's beginning */
    send(&b, 2, 0, 9000, PACKET_ACK, sent + 20, 100);
    send(&b, 2, 1, 100, PACKET_ACK, sent, 300);
    send(&b, 2, 0, 9100, PACKET_ACK, sent + 120, 100);
    finish(&b);
    assert_int_equal(b.n, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct seen *s = &b.seen[i];
        bool first = s->connection.address[0].port == 40000;
        assert_int_equal(s->connection.initiator, -1);
        check_stream(s, !first, sent, 300);
        assert_int_equal(s->n[first], 0);
    }
    stop(&b);
}

static void several_between_the_same_ports(void **state) {
    (void)state;
    struct prg g;
    struct bench b;
    uint8_t sent[100];
    unit_random(&g, __func__);
    text(sent, sizeof sent, &g);
    start(&b);
    open_connection(&b, 0, 10, 20);
    send(&b, 0, 0, 11, PACKET_ACK, sent, 100);
    send(&b, 0, 0, 10, PACKET_SYN, NULL, 0); /* a repeated SYN opens nothing */
    send(&b, 0, 0, 111, PACKET_RST, NULL, 0);
    send(&b, 0, 0, 11, PACKET_ACK, sent, 100); /* nor does a late copy */
    open_connection(&b, 0, 5000, 6000);
    send(&b, 0, 0, 5001, PACKET_ACK, sent, 60);
    open_connection(&b, 0, 90000, 91000); /* the one before was never closed */
    send(&b, 0, 0, 90001, PACKET_ACK, sent, 80);
    send(&b, 3, 0, 5, PACKET_SYN, NULL, 0);
    send(&b, 3, 0, 6, PACKET_ACK, (const uint8_t *)"GET / HTTP/1.0", 14);
    send(&b, 3, 1, 6, PACKET_ACK, sent, 60);
    finish(&b);
    assert_int_equal(b.n, 4); /* the last: half of it begins with the preface */
    check_stream(&b.seen[0], 0, sent, 100);
    assert_int_equal(b.seen[0].end[0], STREAMS_RESET);
    assert_int_equal(b.seen[0].end[1], STREAMS_RESET);
    check_stream(&b.seen[1], 0, sent, 60);
    assert_int_equal(b.seen[1].end[0], STREAMS_OPEN);
    check_stream(&b.seen[2], 0, sent, 80);
    assert_int_equal(streams_others(b.streams), 1);
    stop(&b);
}

/* A hole near the beginning and no end of data behind it: a gap is declared, and memory stays below its cap. */
static void the_store_is_bounded(void **state) {
    (void)state;
    struct bench b;
    uint8_t piece[1000] = {0};
    start(&b);
    b.refuse = false;
    open_connection(&b, 0, 0, 0);
    send(&b, 0, 0, 1, PACKET_ACK, (const uint8_t *)"PARLEY\0\2", 8);
    size_t most = 0;
    for (uint32_t i = 0; i < 12000; i++) {
        send(&b, 0, 0, 100 + i * 1000, PACKET_ACK, piece, sizeof piece);
        most = most < streams_held(b.streams) ? streams_held(b.streams) : most;
    }
    assert_true(most > STREAMS_HALF_HELD_MAX / 4 && most <= STREAMS_HALF_HELD_MAX + 2000);
    assert_int_equal(b.seen[0].n_gaps[0], 1);
    finish(&b);
    stop(&b);
    /* the smallest segments, backwards: bookkeeping counts too */
    start(&b);
    open_connection(&b, 0, 0, 0);
    send(&b, 0, 0, 1, PACKET_ACK, (const uint8_t *)"PARLEY\0\2", 8);
    for (uint32_t i = 60000; i > 10; i--)
        send(&b, 0, 0, 2 * i, PACKET_ACK, piece, 1);
    assert_true(streams_held(b.streams) <= STREAMS_HALF_HELD_MAX);
    finish(&b);
    stop(&b);
}

/* Connections that never say anything are forgotten, oldest first. */
static void silent_connections(void **state) {
    (void)state;
    struct bench b;
    start(&b);
    for (unsigned i = 0; i < STREAMS_PENDING_MAX + 100; i++)
        send(&b, i, 0, 1, PACKET_SYN, NULL, 0);
    assert_int_equal(streams_others(b.streams), 100);
    send(&b, STREAMS_PENDING_MAX + 99, 0, 2, PACKET_ACK, (const uint8_t *)"PARLEY\0\2", 8);
    assert_int_equal(b.n, 1);
    finish(&b);
    stop(&b);
}

static void a_refused_connection(void **state) {
    (void)state;
    struct bench b;
    start(&b);
    b.refuse = true;
    open_connection(&b, 0, 0, 0);
    send(&b, 0, 0, 1, PACKET_ACK, (const uint8_t *)"PARLEY\0\2rest", 12);
    send(&b, 0, 0, 13, PACKET_ACK, (const uint8_t *)"more", 4);
    finish(&b);
    assert_int_equal(b.n, 0);
    stop(&b);
}

/* Anything at all. */
static void random_segments(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (int run = 0; run < 50; run++) {
        struct bench b;
        uint8_t data[64];
        start(&b);
        for (int i = 0; i < 2000; i++) {
            uint32_t n = prg_below(&g, sizeof data), seq = prg_below(&g, 2000) - 1000;
            text(data, n, &g);
            unsigned flags = prg_below(&g, 20) ? PACKET_ACK : prg_below(&g, 64);
            if (prg_below(&g, 200) == 0)
                seq = prg_u32(&g);
            send_cut(&b, prg_below(&g, 3), (int)prg_below(&g, 2), seq, flags, data, n, n + prg_below(&g, 3));
        }
        finish(&b);
        stop(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order),
        cmocka_unit_test(both_directions),
        cmocka_unit_test(missing_segments),
        cmocka_unit_test(the_first_copy_counts),
        cmocka_unit_test(a_start_in_mid_stream),
        cmocka_unit_test(several_between_the_same_ports),
        cmocka_unit_test(the_store_is_bounded),
        cmocka_unit_test(silent_connections),
        cmocka_unit_test(a_refused_connection),
        cmocka_unit_test(random_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
