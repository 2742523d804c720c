/* What can happen to an Alice who has nothing but a set and a name, as a phone's has: she is not made to fail, hands no
 * key on, begins no re-keying and knows nobody. Alice in WebAssembly has these conversations once more. */
#include "tests/lib/pair.h"

#include "proto/session_private.h" /* to seal what an honest Bob would not */

enum { HOLD_MS = 2500, FAILS = 9486 }; /* the first number at which learning n64 fails, of some 30,000 that do not */

static void open_pair(struct pair *p, uint64_t seed) {
    pair_init(p, "n64", seed);
    pair_start(p);
    pair_run(p);
    assert_int_equal(p->side[SIDE_BOB].seen[SESSION_OPEN], 1);
}

/* Her learner is wrong, she sees it, and the second attempt gives a key. */
static void fails_by_chance(void **state) {
    (void)state;
    struct pair p;
    pair_init(&p, "n64", FAILS);
    pair_good_session(&p);
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
        assert_int_equal(p.side[side].seen[SESSION_ATTEMPT_FAILED], 1);
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_LEARNED], 2);
    pair_deinit(&p);
}

/* Somebody in between spoils labels, and after them may change the session's id. */
struct between {
    unsigned n_spoil, n_welcomes;
    bool change_id;
};

static void spoil(struct pair *p, struct pair_frame *f, void *context) {
    struct between *b = context;
    struct message m;
    const char *why;
    if (f->from != SIDE_BOB || f->index == 0)
        return;
    enum message_kind kind = f->bytes[FRAME_HEADER] >> 3;
    if (kind == MESSAGE_LABELS && b->n_spoil > 0) {
        static const uint8_t key[32] = {46};
        struct prg g;
        prg_init(&g, key, b->n_spoil--);
        prg_read(&g, f->bytes + 16, f->n - 16);
    } else if (kind == MESSAGE_WELCOME && ++b->n_welcomes == 2 && b->change_id) {
        assert_int_equal(message_parse(&m, f->bytes + FRAME_HEADER, f->n - FRAME_HEADER, &why), 0);
        m.welcome.session[0] ^= 1;
        pair_put_message(p, SIDE_BOB, &m);
        f->n = 0;
    }
}

static void spoiled(struct pair *p, struct between *b) {
    pair_init(p, "n64", 47);
    p->hook = spoil;
    p->context = b;
    pair_start(p);
    assert_true(pair_settle(p));
    assert_int_equal(p->side[SIDE_BOB].n_keys, 0);
    pair_check_end(p);
}

static void three_spoiled_attempts(void **state) {
    (void)state;
    for (unsigned n = 1; n <= 3; n++) {
        struct pair p;
        struct between b = {.n_spoil = n};
        spoiled(&p, &b);
        const struct session_end *alice = session_end(p.side[SIDE_ALICE].session);
        assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], n);
        assert_int_equal(alice->outcome, SESSION_NOT_CONFIRMED); /* what was spoiled counts in the transcript */
        assert_int_equal(alice->reason, n < 3 ? ABORT_NOT_CONFIRMED : ABORT_ATTEMPTS);
        pair_deinit(&p);
    }
}

static void another_session_id(void **state) {
    (void)state;
    struct pair p;
    struct between b = {.n_spoil = 1, .change_id = true};
    spoiled(&p, &b);
    assert_int_equal(b.n_welcomes, 2);
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_PROTOCOL);
    assert_int_equal(session_end(p.side[SIDE_ALICE].session)->step, STEP_B1);
    pair_deinit(&p);
}

/* Bob hands his key on before he ends: she waits, and is told what becomes of it. */
static void bob_holds_his_end(void **state) {
    (void)state;
    for (int no_use = 0; no_use <= 1; no_use++) { /* he lets go, or has no use for it */
        struct pair p;
        pair_init(&p, "n64", 92);
        p.config[SIDE_BOB].hold_end_ms = HOLD_MS;
        pair_start(&p);
        pair_run(&p);
        pair_say(&p, SIDE_ALICE, "still here");
        pair_end(&p);
        pair_wait(&p, 20 * HOLD_MS);
        assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_RUNNING);
        assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_PEER_END], 0);
        if (no_use)
            session_give_up(p.side[SIDE_BOB].session, "no use for it");
        else
            session_hold_end(p.side[SIDE_BOB].session, false);
        pair_run(&p);
        assert_true(pair_settle(&p));
        assert_int_equal(pair_outcome(&p, SIDE_ALICE), no_use ? SESSION_BROKEN : SESSION_DONE);
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* A new key is hers to begin: whatever Bob says as if she had is a violation, at any time. */
static void bob_rekeys(void **state) {
    (void)state;
    struct message m = {.kind = MESSAGE_WELCOME, .welcome.params = "n64"};
    uint8_t *frame;
    size_t n;
    assert_int_equal(message_encode(&m, &frame, &n), 0);
    for (unsigned moment = 0; moment < 3; moment++) /* at once, after some words, after her end mark */
        for (unsigned what = 0; what < 2; what++) {
            struct pair p;
            open_pair(&p, 38);
            assert_int_equal(session_rekey(p.side[SIDE_BOB].session, p.now), 1);
            if (moment > 0) {
                pair_say(&p, SIDE_ALICE, "hello");
                pair_say(&p, SIDE_BOB, "hello yourself");
                if (moment > 1)
                    session_send_end(p.side[SIDE_ALICE].session);
                pair_run(&p);
            }
            assert_int_equal(session_open_send(p.side[SIDE_BOB].session, what ? SEALED_STEP : SEALED_SWITCH,
                                               what ? frame : NULL, what ? n : 0),
                             0);
            pair_run(&p);
            assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_PROTOCOL);
            assert_int_equal(p.side[SIDE_ALICE].n_keys, 1);
            assert_true(pair_settle(&p));
            pair_check_end(&p);
            pair_deinit(&p);
        }
    free(frame);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(fails_by_chance), cmocka_unit_test(three_spoiled_attempts),
                                       cmocka_unit_test(another_session_id), cmocka_unit_test(bob_holds_his_end),
                                       cmocka_unit_test(bob_rekeys)};
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
