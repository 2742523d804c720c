/* An n64 session with one byte changed on its way, for bytes of both directions in turn. Accepted keys never
 * differ, and the outcomes are those of WIRE.md: pair_check_end. Nothing of a session may change unnoticed.
 *
 * usage: flip PART OF    takes the cases PART, PART + OF, ... so that several processes share the work. With
 * PARLEY_LONG each byte gets all masks, otherwise those of headers, and one mask goes to one byte in pair_thinner() of
 * the others */
#include "tests/lib/pair.h"

struct flip {
    enum side from;
    uint64_t offset;
    uint8_t mask;
    bool done;
};

struct layout { /* of the session that nobody disturbs */
    uint64_t total[2];
    uint8_t *header[2]; /* 1 for the bytes of frame headers and envelopes, 0 inside */
};

static unsigned part, n_parts = 1;

static void flip_hook(struct pair *p, struct pair_frame *f, void *context) {
    struct flip *flip = context;
    (void)p;
    if (f->from != flip->from || flip->offset < f->offset || flip->offset >= f->offset + f->n)
        return;
    f->bytes[flip->offset - f->offset] ^= flip->mask;
    flip->done = true;
}

/* Length, tag and length of the oneof, tag and length of the first field; and the whole of a short frame's start. */
enum { HEADER_BYTES = 16 };

static void learn_layout(struct layout *l) {
    struct pair p;
    pair_init(&p, "n64", 12);
    p.recording = true;
    pair_script(&p);
    pair_check_end(&p);
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_DONE);
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
        l->total[side] = p.pipe[side].offset;
        l->header[side] = (uint8_t *)calloc(1, (size_t)l->total[side]);
        assert_non_null(l->header[side]);
    }
    for (size_t i = 0; i < p.record.n; i++) {
        const struct pair_record_frame *f = &p.record.frames[i];
        memset(l->header[f->from] + f->offset, 1, f->n < HEADER_BYTES ? f->n : HEADER_BYTES);
    }
    pair_deinit(&p);
}

static void run_flip(enum side from, uint64_t offset, uint8_t mask) {
    struct flip flip = {.from = from, .offset = offset, .mask = mask};
    struct pair p;
    pair_init(&p, "n64", 12);
    p.hook = flip_hook;
    p.context = &flip;
    pair_script(&p);
    pair_check_end(&p);
    assert_true(flip.done);
    if (pair_outcome(&p, SIDE_ALICE) == SESSION_DONE && pair_outcome(&p, SIDE_BOB) == SESSION_DONE)
        fail_msg("nobody noticed mask %02x at byte %u from %s", mask, (unsigned)offset, from ? "Bob" : "Alice");
    pair_deinit(&p);
}

static void flip_direction(enum side from) {
    static const uint8_t masks[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff};
    struct layout l;
    learn_layout(&l);
    unsigned n = 0, thin = pair_thinner();
    for (uint64_t at = 0; at < l.total[from]; at++) {
        if (!l.header[from][at] && at % thin)
            continue;
        for (size_t m = 0; m < (unit_long() || l.header[from][at] ? sizeof masks : 1); m++)
            if (n++ % n_parts == part)
                run_flip(from, at, masks[m]);
    }
    printf("%u cases, part %u of %u of them\n", n, part, n_parts);
    free(l.header[0]);
    free(l.header[1]);
}

static void from_alice(void **state) {
    (void)state;
    flip_direction(SIDE_ALICE);
}

static void from_bob(void **state) {
    (void)state;
    flip_direction(SIDE_BOB);
}

int main(int argc, char **argv) {
    if (argc == 3) {
        part = (unsigned)strtoul(argv[1], NULL, 10);
        n_parts = (unsigned)strtoul(argv[2], NULL, 10);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_alice),
        cmocka_unit_test(from_bob),
    };
    return sodium_init() < 0 || n_parts == 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
