/* The reassembler. The first byte chooses what the payloads are:
 *   free      (0, and all others) whatever the input says, at any place, with any flags;
 *   faithful  (1) parts of one known text for each direction, cut, repeated, reordered and left out as the input says.
 *             Then every byte that comes out must be the text's byte of its place;
 *   flood     (FLOOD) as free, and enough of it to fill every store. Slow: in a folder of their own (streams-flood).
 * Then segments: control byte (see send_one), flags, place, length, and in free mode the payload. */
#include "eve/wire/streams.h"
#include "tests/proof/fuzz/fuzz.h"

enum {
    PORTS = 8,
    FLOOD = 0xf1,
    RUN = 200,              /* segments of one record that asks for many */
    SEGMENTS_MAX = 2000,    /* of one input, so that it ends */
    PAYLOAD_MAX = 1 << 18,  /* likewise */
    FLOOD_SEGMENTS = 40000, /* likewise, of a flood */
    FLOOD_PAYLOAD = 96 << 20,
    ISN = 0x7fffff00, /* the text passes the sign */
    GIVEN_MAX = 2000, /* connections that begin in one input */
};

/* Where a sanitizer offers it: bytes of the heap in use. */
__attribute__((weak)) size_t __sanitizer_get_current_allocated_bytes(void);

struct given {
    struct streams_connection known;
    uint64_t at[2];
    uint8_t head[2][6];
    bool ended[2];
};

struct harness {
    struct streams *streams;
    bool faithful, flood;
    struct given *given[GIVEN_MAX];
    size_t n_given, n_segments, n_payload;
    size_t heap; /* when all was empty */
};

/* 'P' is nowhere but at the beginning, so that no part looks like another beginning. */
static uint8_t text_at(uint64_t at) {
    static const uint8_t preface[8] = {'P', 'A', 'R', 'L', 'E', 'Y', 0, 1};
    return at < 8 ? preface[at] : (uint8_t)(0x80 | ((at * 167) ^ (at >> 7)));
}

static void *begin(void *user, const struct streams_connection *c, uint64_t ns) {
    struct harness *h = user;
    (void)ns;
    REQUIRE(c->initiator >= -1 && c->initiator <= 1);
    if (h->n_given == GIVEN_MAX)
        return NULL;
    struct given *g = calloc(1, sizeof *g);
    REQUIRE(g);
    g->known = *c;
    return h->given[h->n_given++] = g;
}

static void bytes(void *user, void *connection, int d, const uint8_t *p, size_t n, uint64_t ns) {
    const struct harness *h = user;
    struct given *g = connection;
    (void)ns;
    REQUIRE(n > 0 && (d == 0 || d == 1) && !g->ended[d]);
    fuzz_touch(p, n);
    for (size_t i = 0; i < n; i++) {
        REQUIRE(!h->faithful || p[i] == text_at(g->at[d] + i));
        if (g->at[d] + i < 6)
            g->head[d][g->at[d] + i] = p[i];
    }
    g->at[d] += n;
}

static void gap(void *user, void *connection, int d, uint64_t n, uint64_t ns) {
    struct given *g = connection;
    (void)user;
    (void)ns;
    REQUIRE(n > 0 && n < 1u << 31 && (d == 0 || d == 1) && !g->ended[d]);
    g->at[d] += n;
}

static void end(void *user, void *connection, int d, enum streams_end how, uint64_t ns) {
    struct given *g = connection;
    (void)user;
    (void)ns;
    REQUIRE((d == 0 || d == 1) && !g->ended[d]);
    REQUIRE(how == STREAMS_OPEN || how == STREAMS_FIN || how == STREAMS_RESET);
    g->ended[d] = true;
}

/* What the heap holds besides the waiting bytes is a few hundred bytes for each connection. */
static void check_heap(const struct harness *h) {
    if (!__sanitizer_get_current_allocated_bytes)
        return;
    size_t used = __sanitizer_get_current_allocated_bytes() - h->heap;
    REQUIRE(used <= streams_held(h->streams) + (1 << 17) + (PORTS + h->n_given) * 1024);
}

static void send_one(struct harness *h, struct packet_segment *s) {
    if (h->n_segments >= (h->flood ? FLOOD_SEGMENTS : SEGMENTS_MAX) ||
        h->n_payload + s->n > (h->flood ? FLOOD_PAYLOAD : PAYLOAD_MAX))
        return;
    h->n_segments++;
    h->n_payload += s->n;
    uint64_t others = streams_others(h->streams);
    REQUIRE(streams_segment(h->streams, s, 1 + h->n_segments) == 0);
    REQUIRE(streams_held(h->streams) <= STREAMS_HELD_MAX);
    REQUIRE(streams_others(h->streams) >= others);
    check_heap(h);
}

static uint8_t *payload(struct harness *h, struct fuzz_input *in, size_t *np, uint64_t place, bool filled) {
    if (!h->faithful && !filled)
        return fuzz_block(in, np);
    uint8_t *p = malloc(*np ? *np : 1);
    REQUIRE(p);
    for (size_t i = 0; i < *np; i++)
        p[i] = text_at(place + i);
    return p;
}

/* Control: 1 direction, 14 port, 16 length in two bytes, 32 place in four bytes, 64 filled from the text, 128 a run of
 * segments with holes of one byte between them, in a flood. */
static void take_record(struct harness *h, struct fuzz_input *in) {
    unsigned control = fuzz_byte(in), flags = fuzz_byte(in);
    uint32_t place = fuzz_u16(in);
    if (control & 32)
        place = place << 16 | fuzz_u16(in);
    size_t n = control & 16 ? fuzz_u16(in) : fuzz_byte(in);
    struct packet_address ends[2] = {{{[10] = 0xff, 0xff, 192, 0, 2, 1}, (uint16_t)(40000 + (control >> 1) % PORTS)},
                                     {{[10] = 0xff, 0xff, 192, 0, 2, 2}, 24022}};
    struct packet_segment s = {.from = ends[control & 1], .to = ends[!(control & 1)], .flags = (uint8_t)flags};
    if (h->faithful) {
        place %= 1 << 26;
        if (place) /* a beginning has one place, and an end none, since it may cut the text off */
            s.flags = (uint8_t)(flags & ~PACKET_SYN);
        s.flags = (uint8_t)(s.flags & ~PACKET_FIN);
    }
    uint8_t *p = payload(h, in, &n, place, control & 64);
    s.data = p;
    s.n = n;
    s.n_wire = n + (flags & 32 ? 3 : 0);
    s.seq = ISN + 1 + place - (s.flags & PACKET_SYN ? 1 : 0);
    s.ack = ISN + 1;
    send_one(h, &s);
    for (unsigned i = 1; control & 128 && h->flood && i < RUN; i++) {
        s.flags = PACKET_ACK;
        s.seq += (uint32_t)n + 1;
        send_one(h, &s);
    }
    free(p);
}

static void check_end(struct harness *h) {
    for (size_t i = 0; i < h->n_given; i++) {
        struct given *g = h->given[i];
        REQUIRE(g->ended[0] && g->ended[1]);
        REQUIRE(memcmp(g->head[0], "PARLEY", 6) == 0 || memcmp(g->head[1], "PARLEY", 6) == 0);
        free(g);
    }
}

void fuzz_target(const uint8_t *data, size_t size) {
    static const struct streams_ops ops = {begin, bytes, gap, end};
    static const uint8_t key[16] = {1};
    static struct harness h;
    struct fuzz_input in = {data, size};
    unsigned mode = fuzz_byte(&in);
    h = (struct harness){.faithful = mode == 1, .flood = mode == FLOOD};
    h.heap = __sanitizer_get_current_allocated_bytes ? __sanitizer_get_current_allocated_bytes() : 0;
    REQUIRE(streams_new(&h.streams, &ops, &h, key) == 0);
    while (in.n)
        take_record(&h, &in);
    streams_finish(h.streams, 9);
    REQUIRE(streams_held(h.streams) == 0);
    check_end(&h);
    streams_free(h.streams);
}
