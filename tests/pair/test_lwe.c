/* Every set of the task lwe agrees, however the bytes are cut and in whatever order the work is done. */
#include "tests/lib/pair.h"

#include "common/task/lwe/lwe.h"

/* All that this side said. */
static uint8_t *said(const struct pair_record *r, enum side from, size_t *np) {
    uint8_t *all = NULL;
    *np = 0;
    for (size_t i = 0; i < r->n; i++)
        if (r->frames[i].from == from) {
            all = realloc(all, *np + r->frames[i].n);
            assert_non_null(all);
            memcpy(all + *np, r->frames[i].bytes, r->frames[i].n);
            *np += r->frames[i].n;
        }
    return all;
}

static void check_same(const struct pair_record *a, const struct pair_record *b, enum side from) {
    size_t n, n_other;
    uint8_t *one = said(a, from, &n), *other = said(b, from, &n_other);
    assert_int_equal(n, n_other);
    assert_memory_equal(one, other, n);
    free(one);
    free(other);
}

static void every_set_agrees(void **state) {
    (void)state;
    const struct set *set;
    size_t i = 0;
    for (; (set = lwe_task.set(i)); i++) {
        struct pair p;
        pair_init(&p, set->name, i);
        assert_ptr_equal(p.set, set);
        pair_good_session(&p);
        assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], 0);
        assert_int_equal(p.side[SIDE_ALICE].disagreements, 0);
        assert_int_equal(p.side[SIDE_ALICE].agreeing, 512);
        pair_deinit(&p);
    }
    assert_int_equal(i, 13);
}

/* Random pieces, random order of jobs, random delays: not one byte differs. Widths on both sides of a column block, and
 * more blocks than lanes. */
static void random_pieces_and_jobs(void **state) {
    (void)state;
    static const char *const sets[] = {"l32", "l48", "l64", "l80", "l112", "l256", "l448"};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct pair plain, p;
        uint64_t seed = prg_u64(&g);
        pair_init(&plain, sets[i], seed);
        pair_init(&p, sets[i], seed);
        p.random = &g;
        p.recording = plain.recording = true;
        pair_good_session(&plain);
        pair_good_session(&p);
        check_same(&p.record, &plain.record, SIDE_ALICE);
        check_same(&p.record, &plain.record, SIDE_BOB);
        assert_memory_equal(p.side[SIDE_ALICE].keys[0], plain.side[SIDE_ALICE].keys[0], 32);
        pair_deinit(&plain);
        pair_deinit(&p);
    }
}

/* Whatever fails is tried again from A1, with everything fresh. */
static void tries_again(void **state) {
    (void)state;
    struct pair p;
    pair_init(&p, "l64", 20);
    p.config[SIDE_ALICE].fail_attempts = 1;
    pair_good_session(&p);
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], 1);
    pair_deinit(&p);
}

/* A new key in the same session. */
static void agrees_again(void **state) {
    (void)state;
    struct pair p;
    pair_init(&p, "l64", 21);
    pair_start(&p);
    pair_run(&p);
    assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
    pair_run(&p);
    pair_end(&p);
    assert_true(pair_settle(&p));
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
        assert_int_equal(pair_outcome(&p, (enum side)side), SESSION_DONE);
        assert_int_equal(p.side[side].n_keys, 2);
    }
    assert_memory_not_equal(p.side[SIDE_ALICE].keys[0], p.side[SIDE_ALICE].keys[1], 32);
    pair_deinit(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_agrees),
        cmocka_unit_test(random_pieces_and_jobs),
        cmocka_unit_test(tries_again),
        cmocka_unit_test(agrees_again),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
