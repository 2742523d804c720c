/* Every step with every message that is not due in it, from either side, at the first agreement and in a re-keying. */
#include "tests/lib/pair.h"

#include "common/base/bytes.h"
#include "common/task/lpn/chunks.h"
#include "proto/session_private.h" /* to seal what an honest side would not */

enum { N_WRONG = 12 };

/* Large enough for any field of n64. */
static const uint8_t zeros[1 << 16];

/* One well-formed message of each kind, two of Samples. False past the last. */
static bool wrong_message(struct message *m, unsigned i, const struct params *params) {
    struct chunks chunks;
    *m = (struct message){.kind = (enum message_kind)i};
    switch (i) {
    case MESSAGE_HELLO:
        memcpy(m->hello.params, params->set.name, sizeof m->hello.params);
        return true;
    case MESSAGE_WELCOME:
        memcpy(m->welcome.params, params->set.name, sizeof m->welcome.params);
        return true;
    case MESSAGE_SAMPLES:
        m->samples.has_seed = true;
        return true;
    case MESSAGE_LABELS:
        m->labels.labels = (struct span){zeros, bits_to_bytes((size_t)params->m + params->k)};
        return true;
    case MESSAGE_LEARNED:
        m->learned.learned = true;
        return true;
    case MESSAGE_CHALLENGE:
        m->challenge.masked = (struct span){zeros, bits_to_bytes(params_challenges(params))};
        return true;
    case MESSAGE_CONFIRM_ALICE:
    case MESSAGE_CONFIRM_BOB:
        return true;
    case MESSAGE_SEALED:
        m->sealed.has_header = true;
        m->sealed.box = (struct span){zeros, 1 + SEALED_OVERHEAD};
        return true;
    case MESSAGE_ABORT:
        m->abort.reason = ABORT_BUSY;
        return true;
    case N_WRONG - 1: /* a chunk of A2 */
        chunks_init(&chunks, params);
        m->kind = MESSAGE_SAMPLES;
        m->samples.vectors = (struct span){zeros, chunks_bytes(&chunks)};
        return true;
    default:
        return false;
    }
}

static const char *text_of(const struct pair *p, enum side side) {
    return session_end(p->side[side].session)->text;
}

/* Both sides step by step, until this step is due on both and its speaker holds it. Bob never holds B4: A4 is on its
 * way to him instead. */
static void advance(struct pair *p, enum step step) {
    struct session *a = p->side[SIDE_ALICE].session, *b = p->side[SIDE_BOB].session;
    pair_run(p);
    while (session_step(a) != (step == STEP_B4 ? STEP_A4 : step) || session_step(b) != session_step(a)) {
        session_continue(a, p->now);
        session_continue(b, p->now);
        pair_run(p);
        assert_false(session_finished(a) || session_finished(b));
    }
    if (step == STEP_B4) {
        p->pipe[SIDE_ALICE].quota = 0;
        session_continue(a, p->now);
        pair_run(p);
        assert_int_equal(session_step(a), STEP_B4);
    }
}

static void inject(enum step step, enum side from, const struct message *m) {
    enum side victim = pair_other(from);
    struct pair p;
    pair_init(&p, "n64", 21);
    p.config[SIDE_ALICE].step_by_step = p.config[SIDE_BOB].step_by_step = true;
    pair_start(&p);
    advance(&p, step);
    pair_put_message(&p, from, m);
    pair_run(&p);
    const struct session_end *end = session_end(p.side[victim].session);
    if (step == STEP_B4) { /* whatever comes instead of B4 */
        assert_int_equal(end->outcome, SESSION_NOT_CONFIRMED);
        assert_int_equal(end->step, step);
        assert_non_null(strstr(end->text, "did not open his number"));
        assert_int_equal(end->by_peer, m->kind == MESSAGE_ABORT);
        assert_int_equal(end->reason, m->kind == MESSAGE_ABORT ? ABORT_BUSY : ABORT_PROTOCOL);
    } else if (m->kind == MESSAGE_ABORT && step != STEP_OPEN) {
        assert_int_equal(end->outcome, SESSION_REFUSED);
        assert_true(end->by_peer);
        assert_int_equal(end->reason, ABORT_BUSY);
    } else {
        assert_int_equal(end->outcome, SESSION_PROTOCOL);
        assert_int_equal(end->step, step);
        assert_false(end->by_peer);
    }
    p.pipe[SIDE_ALICE].quota = PAIR_NO_LIMIT;
    assert_true(pair_settle(&p));
    end = session_end(p.side[from].session);
    if (step == STEP_B4) { /* he has a key that she does not accept */
        assert_int_equal(end->outcome, SESSION_NOT_CONFIRMED);
    } else if (step == STEP_OPEN) {
        assert_int_equal(end->outcome, SESSION_BROKEN);
    } else if (m->kind != MESSAGE_ABORT) { /* the victim has told it */
        assert_int_equal(end->outcome, SESSION_PROTOCOL);
        assert_true(end->by_peer);
        assert_int_equal(end->reason, ABORT_PROTOCOL);
    }
    pair_check_end(&p);
    pair_deinit(&p);
}

static void in_every_step(void **state) {
    (void)state;
    struct message m;
    unsigned n = 0;
    for (int step = STEP_A1; step <= STEP_OPEN; step++)
        for (int from = SIDE_ALICE; from <= SIDE_BOB; from++)
            for (unsigned i = 1; i < N_WRONG; i++) {
                assert_true(wrong_message(&m, i, params_find("n64")));
                bool due = order_allows((enum step)step, (enum side)from, m.kind) && step != STEP_OPEN;
                /* a seed is due in A2, its chunk only after it */
                if (due && !(m.kind == MESSAGE_SAMPLES && !m.samples.has_seed))
                    continue;
                if (step == STEP_A1 && from == SIDE_BOB) /* before his preface anything is no Parley at all */
                    continue;
                if (step == STEP_B4 && from == SIDE_ALICE) /* he is past it when he has read A4 */
                    continue;
                inject((enum step)step, (enum side)from, &m);
                n++;
            }
    assert_true(n > 150);
}

/* replaces one frame on its way */

struct swap {
    enum side from;
    enum message_kind kind; /* of the frame to replace, the first of it */
    unsigned skip;          /* so many of this kind pass before */
    void (*change)(struct message *m);
    const struct message *message; /* or this instead of it */
    bool again;                    /* the frame itself, and then the message */
    bool done;
};

static void swap_hook(struct pair *p, struct pair_frame *f, void *context) {
    struct swap *s = context;
    struct message m;
    const char *why;
    if (s->done || f->from != s->from || f->index == 0 ||
        message_parse(&m, f->bytes + FRAME_HEADER, f->n - FRAME_HEADER, &why) != 0 || m.kind != s->kind)
        return;
    if (s->skip) {
        s->skip--;
        return;
    }
    s->done = true;
    if (s->again)
        pair_put(p, f->from, f->bytes, f->n);
    if (s->change)
        s->change(&m);
    pair_put_message(p, f->from, s->change ? &m : s->message);
    f->n = 0;
}

/* Instead of Alice's first sealed message: Bob has a key that she has not shown to have. */
static void before_alice_is_heard(void **state) {
    (void)state;
    struct message m;
    for (unsigned i = 1; i < N_WRONG; i++) {
        assert_true(wrong_message(&m, i, params_find("n64")));
        struct swap swap = {.from = SIDE_ALICE, .kind = MESSAGE_SEALED, .message = &m};
        struct pair p;
        pair_init(&p, "n64", 22);
        p.hook = swap_hook;
        p.context = &swap;
        pair_script(&p);
        assert_true(swap.done);
        assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_NOT_CONFIRMED);
        assert_non_null(strstr(text_of(&p, SIDE_BOB), "discard it"));
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* Instead of Bob's first sealed message: he may still say why he has to go. */
static void before_bob_is_heard(void **state) {
    (void)state;
    struct message m;
    for (unsigned i = 1; i < N_WRONG; i++) {
        assert_true(wrong_message(&m, i, params_find("n64")));
        struct swap swap = {.from = SIDE_BOB, .kind = MESSAGE_SEALED, .message = &m};
        struct pair p;
        pair_init(&p, "n64", 28);
        p.hook = swap_hook;
        p.context = &swap;
        pair_script(&p);
        assert_true(swap.done);
        const struct session_end *end = session_end(p.side[SIDE_ALICE].session);
        bool told = m.kind == MESSAGE_ABORT;
        assert_int_equal(end->outcome, told ? SESSION_REFUSED : SESSION_PROTOCOL);
        assert_int_equal(end->by_peer, told);
        if (told)
            assert_int_equal(end->reason, ABORT_BUSY);
        assert_int_equal(end->step, STEP_OPEN);
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

static void repeated_messages(void **state) {
    (void)state;
    static const struct {
        enum side from;
        enum message_kind kind;
    } cases[] = {
        {SIDE_ALICE, MESSAGE_HELLO},         {SIDE_BOB, MESSAGE_WELCOME},   {SIDE_ALICE, MESSAGE_SAMPLES},
        {SIDE_BOB, MESSAGE_LABELS},          {SIDE_ALICE, MESSAGE_LEARNED}, {SIDE_BOB, MESSAGE_CHALLENGE},
        {SIDE_ALICE, MESSAGE_CONFIRM_ALICE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct message m;
        assert_true(wrong_message(&m, cases[i].kind, params_find("n64")));
        struct swap swap = {.from = cases[i].from, .kind = cases[i].kind, .message = &m, .again = true};
        struct pair p;
        pair_init(&p, "n64", 23);
        p.hook = swap_hook;
        p.context = &swap;
        pair_script(&p);
        assert_true(swap.done);
        bool last = cases[i].kind == MESSAGE_CONFIRM_ALICE;
        enum session_outcome expected = last ? SESSION_NOT_CONFIRMED : SESSION_PROTOCOL;
        assert_int_equal(pair_outcome(&p, pair_other(cases[i].from)), expected);
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* right message, wrong content */

static void other_set(struct message *m) {
    memcpy(m->welcome.params, "n128", 5);
}

static void unknown_set(struct message *m) {
    memcpy(m->hello.params, "n65", 4);
}

static void next_index(struct message *m) {
    m->samples.index++;
}

static void shorter_chunk(struct message *m) {
    m->samples.vectors.n -= 8;
}

static void no_seed(struct message *m) {
    m->samples.has_seed = false;
    m->samples.vectors = (struct span){zeros, 64};
}

static void fewer_labels(struct message *m) {
    m->labels.labels.n--;
}

static void fewer_masked(struct message *m) {
    m->challenge.masked.n--;
}

static void other_r(struct message *m) {
    m->confirm_alice.r[0] ^= 1;
}

static void other_mac_alice(struct message *m) {
    m->confirm_alice.mac[31] ^= 0x80;
}

static void signed_alice(struct message *m) {
    m->confirm_alice.signature = (struct span){zeros, SIGNATURE_BYTES};
}

static void other_mac_bob(struct message *m) {
    m->confirm_bob.mac[0] ^= 1;
}

static void other_r_bob(struct message *m) {
    m->confirm_bob.r[31] ^= 1;
}

static void signed_bob(struct message *m) {
    m->confirm_bob.signature = (struct span){zeros, SIGNATURE_BYTES};
}

static void wrong_content(void **state) {
    (void)state;
    static const struct {
        enum side from;
        enum message_kind kind;
        unsigned skip;
        void (*change)(struct message *m);
        enum session_outcome reader;
        uint32_t reason;
    } cases[] = {
        {SIDE_ALICE, MESSAGE_HELLO, 0, unknown_set, SESSION_REFUSED, ABORT_PARAMS},
        {SIDE_BOB, MESSAGE_WELCOME, 0, other_set, SESSION_PROTOCOL, ABORT_PROTOCOL},
        {SIDE_ALICE, MESSAGE_SAMPLES, 0, no_seed, SESSION_PROTOCOL, ABORT_PROTOCOL},
        {SIDE_ALICE, MESSAGE_SAMPLES, 1, next_index, SESSION_PROTOCOL, ABORT_PROTOCOL},
        {SIDE_ALICE, MESSAGE_SAMPLES, 1, shorter_chunk, SESSION_PROTOCOL, ABORT_PROTOCOL},
        {SIDE_BOB, MESSAGE_LABELS, 0, fewer_labels, SESSION_PROTOCOL, ABORT_PROTOCOL},
        {SIDE_BOB, MESSAGE_CHALLENGE, 0, fewer_masked, SESSION_PROTOCOL, ABORT_PROTOCOL},
        {SIDE_ALICE, MESSAGE_CONFIRM_ALICE, 0, other_r, SESSION_NOT_CONFIRMED, ABORT_NOT_CONFIRMED},
        {SIDE_ALICE, MESSAGE_CONFIRM_ALICE, 0, other_mac_alice, SESSION_NOT_CONFIRMED, ABORT_NOT_CONFIRMED},
        {SIDE_ALICE, MESSAGE_CONFIRM_ALICE, 0, signed_alice, SESSION_NOT_CONFIRMED, ABORT_NOT_CONFIRMED},
        {SIDE_BOB, MESSAGE_CONFIRM_BOB, 0, other_mac_bob, SESSION_NOT_CONFIRMED, ABORT_NOT_CONFIRMED},
        {SIDE_BOB, MESSAGE_CONFIRM_BOB, 0, other_r_bob, SESSION_NOT_CONFIRMED, ABORT_NOT_CONFIRMED},
        {SIDE_BOB, MESSAGE_CONFIRM_BOB, 0, signed_bob, SESSION_NOT_CONFIRMED, ABORT_NOT_CONFIRMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct swap swap = {
            .from = cases[i].from, .kind = cases[i].kind, .skip = cases[i].skip, .change = cases[i].change};
        struct pair p;
        pair_init(&p, "n64", 24);
        p.hook = swap_hook;
        p.context = &swap;
        pair_script(&p);
        assert_true(swap.done);
        const struct session_end *reader = session_end(p.side[pair_other(cases[i].from)].session);
        const struct session_end *sender = session_end(p.side[cases[i].from].session);
        assert_int_equal(reader->outcome, cases[i].reader);
        assert_int_equal(reader->reason, cases[i].reason);
        assert_false(reader->by_peer);
        assert_int_equal(sender->reason, cases[i].reason); /* by the reader's Abort */
        assert_int_equal(sender->outcome, cases[i].reader);
        assert_true(sender->by_peer);
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* inside the sealed streams */

static void open_pair(struct pair *p, uint64_t seed) {
    pair_init(p, "n64", seed);
    pair_start(p);
    pair_run(p);
    assert_int_equal(p->side[SIDE_BOB].seen[SESSION_OPEN], 1);
}

static void check_sealed_violation(struct pair *p, enum side victim) {
    pair_run(p);
    assert_int_equal(pair_outcome(p, victim), SESSION_PROTOCOL);
    assert_true(pair_settle(p));
    assert_true(pair_outcome(p, pair_other(victim)) != SESSION_DONE);
    pair_check_end(p);
}

static void wrong_sealed_messages(void **state) {
    (void)state;
    static const struct {
        enum sealed_kind kind;
        int from; /* -1: either */
    } cases[] = {{SEALED_HELLO, -1}, {SEALED_SWITCH, -1}, {SEALED_STEP, SIDE_BOB}};
    static const uint8_t step[] = {0, 0, 0, 1, 'x'};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int from = SIDE_ALICE; from <= SIDE_BOB; from++) {
            if (cases[i].from >= 0 && cases[i].from != from)
                continue;
            struct pair p;
            open_pair(&p, 25);
            size_t n = cases[i].kind == SEALED_STEP ? sizeof step : 0;
            assert_int_equal(session_open_send(p.side[from].session, cases[i].kind, step, n), 0);
            check_sealed_violation(&p, pair_other((enum side)from));
            pair_deinit(&p);
        }
}

/* The victim waits for this step of a re-keying, or for none (STEP_A1: Bob, before it). */
static void advance_rekeying(struct pair *p, enum side victim, enum step step) {
    if (step == STEP_A1)
        return;
    assert_int_equal(session_rekey(p->side[SIDE_ALICE].session, p->now), 0);
    /* one side at a time, so that the victim's step is on its way and the answer to it not yet made */
    for (int side = SIDE_ALICE; session_step(p->side[victim].session) != step; side = pair_other((enum side)side))
        pair_pass(p, (enum side)side);
}

static void in_every_step_of_a_rekeying(void **state) {
    (void)state;
    static const enum step steps[] = {STEP_A1, STEP_B1, STEP_A2, STEP_B2, STEP_A3, STEP_B3, STEP_A4, STEP_B4};
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++)
        for (unsigned i = 1; i < N_WRONG; i++) {
            struct message m;
            assert_true(wrong_message(&m, i, params_find("n64")));
            enum side from = step_speaker(steps[s]), victim = pair_other(from);
            if (order_allows(steps[s], from, m.kind) && !(i == N_WRONG - 1))
                continue;
            struct pair p;
            open_pair(&p, 26);
            advance_rekeying(&p, victim, steps[s]);
            uint8_t *frame;
            size_t n;
            assert_int_equal(message_encode(&m, &frame, &n), 0);
            assert_int_equal(session_open_send(p.side[from].session, SEALED_STEP, frame, n), 0);
            free(frame);
            check_sealed_violation(&p, victim);
            assert_int_equal(p.side[victim].n_keys, 1);
            pair_deinit(&p);
        }
}

/* An end mark in the middle of a re-keying; Bob's in B1 is no violation but a crossing. */
static void end_in_a_rekeying(void **state) {
    (void)state;
    static const enum step steps[] = {STEP_A2, STEP_B2, STEP_A3, STEP_B3, STEP_A4, STEP_B4};
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
        enum side from = step_speaker(steps[s]), victim = pair_other(from);
        struct pair p;
        open_pair(&p, 27);
        advance_rekeying(&p, victim, steps[s]);
        assert_int_equal(session_open_send(p.side[from].session, SEALED_END, NULL, 0), 0);
        check_sealed_violation(&p, victim);
        pair_deinit(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_every_step),
        cmocka_unit_test(before_alice_is_heard),
        cmocka_unit_test(before_bob_is_heard),
        cmocka_unit_test(repeated_messages),
        cmocka_unit_test(wrong_content),
        cmocka_unit_test(wrong_sealed_messages),
        cmocka_unit_test(in_every_step_of_a_rekeying),
        cmocka_unit_test(end_in_a_rekeying),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
