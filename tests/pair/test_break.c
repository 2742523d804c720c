/* A connection that breaks at any moment, with jobs under way on both sides: what they bring back changes nothing any
 * more, and nothing is sent or told after the end. */
#include "tests/lib/pair.h"

static void run_broken(struct prg *g, enum side first, unsigned passes, bool rekeying) {
    struct pair p;
    pair_init(&p, "n128", prg_u64(g));
    pair_start(&p);
    if (rekeying) {
        pair_run(&p);
        session_rekey(p.side[SIDE_ALICE].session, p.now);
    }
    p.random = g;
    for (unsigned i = 0; i < passes; i++)
        pair_pass(&p, prg_below(g, 2) ? SIDE_BOB : SIDE_ALICE);
    struct session *s = p.side[first].session;
    bool running = !session_finished(s);
    switch (prg_below(g, 3)) {
    case 0:
        session_broken(s, "connection reset by peer");
        break;
    case 1:
        session_abort(s, ABORT_SHUTDOWN, "shutting down");
        break;
    default:
        session_receive_eof(s, p.now);
    }
    assert_true(session_finished(s));
    assert_true(running);
    assert_null(session_next_job(s));
    assert_true(pair_settle(&p));
    assert_true(pair_outcome(&p, first) != SESSION_DONE);
    pair_check_end(&p);
    pair_deinit(&p);
}

static void at_any_moment(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (unsigned run = 0; run < 4000 / pair_thinner(); run++)
        run_broken(&g, prg_below(&g, 2) ? SIDE_BOB : SIDE_ALICE, prg_below(&g, 120), false);
}

static void in_a_rekeying(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (unsigned run = 0; run < 2000 / pair_thinner(); run++)
        run_broken(&g, prg_below(&g, 2) ? SIDE_BOB : SIDE_ALICE, prg_below(&g, 120), true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_any_moment),
        cmocka_unit_test(in_a_rekeying),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
