/* A small session whose stream ends after a number of bytes (PARLEY_LONG: every one), in either direction. */
#include "tests/lib/pair.h"

static void totals(uint64_t total[2]) {
    struct pair p;
    pair_init(&p, "n64", 11);
    pair_script(&p);
    total[SIDE_ALICE] = p.pipe[SIDE_ALICE].offset;
    total[SIDE_BOB] = p.pipe[SIDE_BOB].offset;
    pair_check_end(&p);
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_DONE);
    pair_deinit(&p);
}

static void cut_everywhere(enum side from, bool everything) {
    uint64_t total[2];
    unsigned thin = pair_thinner();
    totals(total);
    for (uint64_t at = 0; at < total[from]; at += thin) {
        struct pair p;
        pair_init(&p, "n64", 11);
        p.pipe[from].cut = (int64_t)at;
        if (everything) /* the other direction breaks off somewhere too */
            p.pipe[pair_other(from)].cut = (int64_t)(at * 37 % total[pair_other(from)]);
        pair_script(&p);
        pair_check_end(&p);
        enum session_outcome reader = pair_outcome(&p, pair_other(from));
        assert_true(everything || reader == SESSION_BROKEN || reader == SESSION_NOT_CONFIRMED);
        assert_false(pair_outcome(&p, SIDE_ALICE) == SESSION_DONE && pair_outcome(&p, SIDE_BOB) == SESSION_DONE);
        pair_deinit(&p);
    }
}

static void from_alice(void **state) {
    (void)state;
    cut_everywhere(SIDE_ALICE, false);
}

static void from_bob(void **state) {
    (void)state;
    cut_everywhere(SIDE_BOB, false);
}

static void both(void **state) {
    (void)state;
    cut_everywhere(SIDE_BOB, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_alice),
        cmocka_unit_test(from_bob),
        cmocka_unit_test(both),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
