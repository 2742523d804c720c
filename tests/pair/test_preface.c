/* Peers of another protocol or version, frames of impossible lengths, and a Bob who has to send Alice away. */
#include "tests/lib/pair.h"

#include "common/base/bytes.h"

enum { PREFACE = 8 };

static const struct session_end *end_of(const struct pair *p, enum side side) {
    return session_end(p->side[side].session);
}

struct edit {
    enum side from;
    size_t at;
    uint8_t value;
};

static void edit_preface(struct pair *p, struct pair_frame *f, void *context) {
    const struct edit *e = context;
    (void)p;
    if (f->from == e->from && f->index == 0)
        f->bytes[e->at] = e->value;
}

static void start_edited(struct pair *p, const struct edit *e, size_t piece) {
    pair_init(p, "n64", 71);
    p->hook = edit_preface;
    p->context = (void *)(uintptr_t)e;
    p->piece = piece;
    pair_start(p);
    assert_true(pair_settle(p));
    assert_int_equal(p->side[SIDE_ALICE].n_keys + p->side[SIDE_BOB].n_keys, 0);
}

static void another_version(void **state) {
    (void)state;
    for (int from = SIDE_ALICE; from <= SIDE_BOB; from++)
        for (size_t at = 6; at < PREFACE; at++)
            for (size_t piece = 0; piece < 2; piece++) {
                struct edit e = {.from = (enum side)from, .at = at, .value = 3};
                enum side reader = pair_other((enum side)from);
                struct pair p;
                start_edited(&p, &e, piece);
                assert_int_equal(end_of(&p, reader)->outcome, SESSION_PROTOCOL);
                assert_non_null(strstr(end_of(&p, reader)->text, at == 6 ? "version 770" : "version 3"));
                assert_non_null(strstr(end_of(&p, reader)->text, "version 2"));
                assert_true(pair_outcome(&p, (enum side)from) != SESSION_DONE);
                assert_int_equal(p.pipe[SIDE_BOB].n_frames >= 1, 1); /* Bob tells his version all the same */
                if (from == SIDE_ALICE)
                    assert_int_equal(p.pipe[SIDE_BOB].offset, PREFACE); /* and nothing else */
                pair_check_end(&p);
                pair_deinit(&p);
            }
}

static void another_protocol(void **state) {
    (void)state;
    for (int from = SIDE_ALICE; from <= SIDE_BOB; from++)
        for (size_t at = 0; at < 6; at++)
            for (size_t piece = 0; piece < 2; piece++) {
                struct edit e = {.from = (enum side)from, .at = at, .value = 'x'};
                enum side reader = pair_other((enum side)from);
                struct pair p;
                start_edited(&p, &e, piece);
                assert_int_equal(end_of(&p, reader)->outcome, SESSION_PROTOCOL);
                assert_string_equal(end_of(&p, reader)->text, "the peer does not speak Parley");
                if (from == SIDE_ALICE)
                    assert_int_equal(p.pipe[SIDE_BOB].offset, 0); /* not one byte for somebody who speaks HTTP */
                pair_check_end(&p);
                pair_deinit(&p);
            }
}

/* lengths */

struct swap {
    enum side from;
    size_t index; /* of the frame */
    uint32_t length;
};

/* Only the header: it must be enough. */
static void swap_header(struct pair *p, struct pair_frame *f, void *context) {
    const struct swap *s = context;
    (void)p;
    if (f->from != s->from || f->index != s->index)
        return;
    store32_be(f->bytes, s->length);
    f->n = FRAME_HEADER;
}

static void impossible_lengths(void **state) {
    (void)state;
    static const struct {
        enum side from;
        size_t index;
        enum step step;
    } cases[] = {
        {SIDE_ALICE, 1, STEP_A1}, {SIDE_BOB, 1, STEP_B1},     {SIDE_ALICE, 2, STEP_A2}, {SIDE_ALICE, 3, STEP_A2},
        {SIDE_BOB, 2, STEP_B2},   {SIDE_ALICE, 4, STEP_A3},   {SIDE_BOB, 3, STEP_B3},   {SIDE_ALICE, 5, STEP_A4},
        {SIDE_BOB, 4, STEP_B4},   {SIDE_ALICE, 6, STEP_OPEN}, {SIDE_BOB, 5, STEP_OPEN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t most = (uint32_t)order_body_max(cases[i].step, table_set("n64"));
        const uint32_t lengths[] = {0, most + 1, FRAME_BODY_MAX + 1, 1 << 24, UINT32_MAX};
        for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
            struct swap s = {.from = cases[i].from, .index = cases[i].index, .length = lengths[l]};
            enum side reader = pair_other(s.from);
            struct pair p;
            pair_init(&p, "n64", 72);
            p.hook = swap_header;
            p.context = &s;
            uint64_t start = p.now;
            pair_start(&p);
            pair_run(&p);
            bool alone = reader == SIDE_BOB ? cases[i].step == STEP_OPEN : cases[i].step == STEP_B4;
            assert_int_equal(pair_outcome(&p, reader), alone ? SESSION_NOT_CONFIRMED : SESSION_PROTOCOL);
            assert_int_equal(end_of(&p, reader)->step, cases[i].step);
            assert_non_null(strstr(end_of(&p, reader)->text, lengths[l] ? "longer than" : "length 0"));
            assert_true(pair_settle(&p));
            assert_int_equal(p.now, start); /* nobody had to wait for it */
            pair_check_end(&p);
            pair_deinit(&p);
        }
    }
}

/* Abort */

static const struct {
    uint32_t reason;
    enum session_outcome outcome;
} reasons[] = {
    {ABORT_PROTOCOL, SESSION_PROTOCOL},
    {ABORT_PARAMS, SESSION_REFUSED},
    {ABORT_BUSY, SESSION_REFUSED},
    {ABORT_TIMEOUT, SESSION_BROKEN},
    {ABORT_SHUTDOWN, SESSION_REFUSED},
    {ABORT_NOT_CONFIRMED, SESSION_NOT_CONFIRMED},
    {ABORT_AUTHENTICATION, SESSION_NOT_CONFIRMED},
    {ABORT_ATTEMPTS, SESSION_NOT_CONFIRMED},
    {ABORT_INTERNAL, SESSION_BROKEN},
    {0, SESSION_BROKEN},
    {4294967295, SESSION_BROKEN},
};

static void reasons_of_an_abort(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        struct message m = {.kind = MESSAGE_ABORT, .abort.reason = reasons[i].reason};
        struct pair p;
        pair_init(&p, "n64", 73);
        p.config[SIDE_BOB].step_by_step = true; /* he holds B1 */
        pair_start(&p);
        pair_run(&p);
        pair_put_message(&p, SIDE_BOB, &m);
        assert_true(pair_settle(&p));
        const struct session_end *end = end_of(&p, SIDE_ALICE);
        assert_int_equal(end->outcome, reasons[i].outcome);
        assert_int_equal(end->reason, reasons[i].reason);
        assert_true(end->by_peer);
        if (!abort_text(reasons[i].reason)) {
            char number[32];
            snprintf(number, sizeof number, "%u", (unsigned)reasons[i].reason);
            assert_non_null(strstr(end->text, number));
        }
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* In one write with Alice's preface: Bob's goes out all the same, so that she is sure whom she has talked to. */
static void an_abort_at_once(void **state) {
    (void)state;
    struct message m = {.kind = MESSAGE_ABORT, .abort.reason = ABORT_SHUTDOWN};
    struct pair p;
    struct session_chunk chunk;
    uint8_t *frame, both[64] = {'P', 'A', 'R', 'L', 'E', 'Y', 0, 2};
    size_t n;
    pair_init(&p, "n64", 76);
    pair_start(&p);
    assert_int_equal(message_encode(&m, &frame, &n), 0);
    memcpy(both + PREFACE, frame, n);
    free(frame);
    session_receive(p.side[SIDE_BOB].session, both, PREFACE + n, p.now);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_REFUSED);
    assert_true(session_take_output(p.side[SIDE_BOB].session, &chunk, p.now));
    assert_int_equal(chunk.n, PREFACE);
    assert_memory_equal(chunk.data, both, PREFACE);
    session_chunk_free(&chunk);
    assert_false(session_take_output(p.side[SIDE_BOB].session, &chunk, p.now));
    pair_deinit(&p);
}

/* Bob has to go, or to send Alice away, after any number of moments of the session. */
static void bob_gives_up(void **state) {
    (void)state;
    static const enum abort_reason why[] = {ABORT_BUSY, ABORT_SHUTDOWN};
    unsigned told = 0;
    for (unsigned passes = 0; passes < 16; passes++)
        for (size_t i = 0; i < 2; i++) {
            struct pair p;
            pair_init(&p, "n64", 74);
            pair_start(&p);
            for (unsigned k = 0; k < passes; k++)
                pair_pass(&p, k % 2 ? SIDE_BOB : SIDE_ALICE);
            bool open = p.side[SIDE_BOB].n_keys > 0;
            session_abort(p.side[SIDE_BOB].session, why[i], "going");
            assert_true(pair_settle(&p));
            if (!open) {
                assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_REFUSED);
                assert_int_equal(end_of(&p, SIDE_ALICE)->reason, why[i]);
                assert_true(end_of(&p, SIDE_ALICE)->by_peer);
                assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_REFUSED);
                told++;
            }
            pair_check_end(&p);
            pair_deinit(&p);
        }
    assert_true(told >= 8);
}

/* What bob sends without a session is what he would send with one. */
static void turned_away_without_a_session(void **state) {
    (void)state;
    struct pair p;
    struct session_chunk chunk;
    uint8_t words[SESSION_ABORT_ONLY], sent[64];
    size_t n = 0;
    pair_init(&p, "n64", 75);
    pair_start(&p);
    session_abort(p.side[SIDE_BOB].session, ABORT_BUSY, "full");
    while (session_take_output(p.side[SIDE_BOB].session, &chunk, p.now)) {
        assert_true(n + chunk.n <= sizeof sent);
        memcpy(sent + n, chunk.data, chunk.n);
        n += chunk.n;
        session_chunk_free(&chunk);
    }
    session_abort_only(words, ABORT_BUSY);
    assert_int_equal(n, sizeof words);
    assert_memory_equal(sent, words, n);
    pair_deinit(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_version),
        cmocka_unit_test(another_protocol),
        cmocka_unit_test(impossible_lengths),
        cmocka_unit_test(reasons_of_an_abort),
        cmocka_unit_test(an_abort_at_once),
        cmocka_unit_test(bob_gives_up),
        cmocka_unit_test(turned_away_without_a_session),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
