/* End marks that wait until a key has been handed on, and what the peer sees if it cannot be. */
#include "tests/lib/pair.h"

enum { HOLD_MS = 2500 };

static void start(struct pair *p, enum side holder, bool agree_only) {
    pair_init(p, "n64", 91);
    p->config[holder].hold_end_ms = HOLD_MS;
    p->config[SIDE_ALICE].agree_only = p->config[SIDE_BOB].agree_only = agree_only;
    pair_start(p);
    pair_run(p);
}

/* Both who only agree, one of them holds: the session is over at her word, or when it has waited for long enough. */
static void held(struct pair *p, enum side holder) {
    start(p, holder, true);
    assert_int_equal(p->side[holder].seen[SESSION_CONFIRMED], 1);
    assert_int_equal(pair_outcome(p, SIDE_ALICE), SESSION_RUNNING);
    assert_int_equal(pair_outcome(p, SIDE_BOB), SESSION_RUNNING);
}

static void check_done(struct pair *p) {
    assert_int_equal(pair_outcome(p, SIDE_ALICE), SESSION_DONE);
    assert_int_equal(pair_outcome(p, SIDE_BOB), SESSION_DONE);
    pair_check_end(p);
    pair_deinit(p);
}

static void allowed(void **state) {
    (void)state;
    for (enum side holder = SIDE_ALICE; holder <= SIDE_BOB; holder++) {
        struct pair p;
        held(&p, holder);
        session_hold_end(p.side[holder].session, false);
        pair_run(&p);
        check_done(&p);
    }
}

static void at_most_so_long(void **state) {
    (void)state;
    for (enum side holder = SIDE_ALICE; holder <= SIDE_BOB; holder++) {
        struct pair p;
        held(&p, holder);
        pair_wait(&p, HOLD_MS - 1);
        assert_int_equal(pair_outcome(&p, holder), SESSION_RUNNING);
        pair_wait(&p, 1);
        pair_run(&p);
        check_done(&p);
    }
}

/* Alice has a key and no use for it: Bob never gets one. Bob has none: she sees no end mark. */
static void given_up(void **state) {
    (void)state;
    for (enum side holder = SIDE_ALICE; holder <= SIDE_BOB; holder++) {
        struct pair p;
        enum side other = pair_other(holder);
        held(&p, holder);
        session_give_up(p.side[holder].session, "no use for it");
        pair_run(&p);
        assert_int_equal(pair_outcome(&p, holder), SESSION_BROKEN);
        assert_int_equal(pair_outcome(&p, other), holder == SIDE_ALICE ? SESSION_NOT_CONFIRMED : SESSION_BROKEN);
        assert_int_equal(p.side[SIDE_BOB].seen[SESSION_OPEN], holder == SIDE_BOB);
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* In a conversation the end mark has all the time it needs, and so has one after a re-keying. */
static void in_a_conversation(void **state) {
    (void)state;
    for (enum side holder = SIDE_ALICE; holder <= SIDE_BOB; holder++) {
        struct pair p;
        start(&p, holder, false);
        session_hold_end(p.side[holder].session, false); /* the first key has been handed on */
        assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
        pair_run(&p);
        session_hold_end(p.side[holder].session, true); /* the second not yet */
        pair_end(&p);
        pair_wait(&p, 20 * HOLD_MS);
        pair_run(&p);
        assert_int_equal(p.side[holder].seen[SESSION_PEER_END], 1);
        assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_RUNNING);
        assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_RUNNING);
        session_hold_end(p.side[holder].session, false);
        pair_run(&p);
        check_done(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(allowed), cmocka_unit_test(at_most_so_long),
                                       cmocka_unit_test(given_up), cmocka_unit_test(in_a_conversation)};
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
