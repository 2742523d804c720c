/* The observer, fed in both directions. The first byte is the setting (1, 2: who opened the connection; 4 keep samples;
 * 8 little memory), the second the size of the pieces of a second observer, which hears the same and must conclude the
 * same. Then events: control byte (1 direction; 6 what: bytes, bytes, gap, end), a length of two bytes, and the bytes.
 */
#include "eve/wire/observe.h"
#include "tests/proof/fuzz/fuzz.h"

enum { MEMORY = 64 << 20, LITTLE = 20000 };

struct run {
    struct observe *observe;
    struct observe_memory memory;
    size_t all;
    uint64_t n_sealed[2];
};

static void sealed(void *user, enum side from, const struct message *m, uint64_t ns) {
    struct run *r = user;
    (void)ns;
    REQUIRE(from == SIDE_ALICE || from == SIDE_BOB);
    REQUIRE(m->kind == MESSAGE_SEALED || m->kind == MESSAGE_ABORT);
    if (m->kind == MESSAGE_SEALED)
        fuzz_touch(m->sealed.box.p, m->sealed.box.n);
    r->n_sealed[from]++;
}

static void take_event(struct run *r, struct fuzz_input *in, size_t piece, uint64_t ns) {
    unsigned control = fuzz_byte(in);
    size_t n = fuzz_u16(in);
    int d = control & 1;
    if ((control >> 1 & 3) == 3) {
        observe_end(r->observe, d, (enum observe_end)(n % 3), ns);
    } else if ((control >> 1 & 3) == 2) {
        observe_gap(r->observe, d, n + 1, ns);
    } else {
        uint8_t *p = fuzz_block(in, &n);
        for (size_t at = 0; at < n;) {
            size_t more = piece && piece < n - at ? piece : n - at;
            observe_bytes(r->observe, d, p + at, more, ns);
            at += more;
        }
        free(p);
    }
    REQUIRE(r->memory.left <= r->all);
}

static void run(struct run *r, struct fuzz_input in, unsigned setting, size_t piece) {
    *r = (struct run){.all = setting & 8 ? LITTLE : MEMORY};
    r->memory.left = r->all;
    struct observe_config config = {.keep_samples = setting & 4,
                                    .initiator = (int)(setting & 3) % 3 - 1,
                                    .memory = &r->memory,
                                    .sealed = sealed,
                                    .user = r};
    REQUIRE(observe_new(&r->observe, &config) == 0);
    for (uint64_t ns = 1; in.n; ns++)
        take_event(r, &in, piece, ns);
    fuzz_check_facts(observe_finish(r->observe));
    int alice = observe_direction_of(r->observe, SIDE_ALICE), bob = observe_direction_of(r->observe, SIDE_BOB);
    REQUIRE((alice == -1 && bob == -1) || (alice >= 0 && bob == !alice));
    const struct observe_facts *f = observe_facts(r->observe);
    for (int side = 0; side < 2; side++)
        REQUIRE(r->n_sealed[side] == f->direction[side].sealed_frames);
}

static void same(const struct observe_facts *a, const struct observe_facts *b) {
    REQUIRE(a->complete == b->complete && a->params == b->params && a->n_attempts == b->n_attempts);
    REQUIRE(strcmp(a->problem, b->problem) == 0 && strcmp(a->session, b->session) == 0);
    REQUIRE(strcmp(a->fingerprint, b->fingerprint) == 0);
    REQUIRE(memcmp(a->steps, b->steps, sizeof a->steps) == 0);
    REQUIRE(memcmp(a->t3, b->t3, sizeof a->t3) == 0 && memcmp(a->h, b->h, sizeof a->h) == 0);
    for (int side = 0; side < 2; side++) {
        const struct observe_direction *d = &a->direction[side], *e = &b->direction[side];
        REQUIRE(d->bytes == e->bytes && d->lost == e->lost && d->due == e->due && d->stuck == e->stuck);
        REQUIRE(d->attempt == e->attempt && d->sealed_bytes == e->sealed_bytes && d->ended == e->ended);
        REQUIRE(strcmp(d->problem, e->problem) == 0);
    }
}

static void stop(struct run *r) {
    observe_drop_samples(r->observe);
    fuzz_check_facts(observe_facts(r->observe));
    observe_free(r->observe);
    REQUIRE(r->memory.left == r->all);
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct fuzz_input in = {data, size};
    struct run whole, pieces;
    unsigned setting = fuzz_byte(&in), piece = 1 + fuzz_byte(&in);
    run(&whole, in, setting, 0);
    run(&pieces, in, setting, piece);
    if (!whole.memory.exceeded && !pieces.memory.exceeded)
        same(observe_facts(whole.observe), observe_facts(pieces.observe));
    stop(&whole);
    stop(&pieces);
}
