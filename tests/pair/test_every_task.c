/* What holds of every task of the table, at its smallest set: nothing here knows what a task does, so a new one is
 * tried by its row alone. What is its own is tried in test_NAME.c. */
#include "tests/lib/pair_checks.h"

static const struct set *smallest(size_t i) {
    const struct task *task = table_task(i);
    return task ? task->set(0) : NULL;
}

/* However the bytes are cut, and in whatever order jobs are done: not one byte differs. */
static void pieces_and_jobs(void **state) {
    (void)state;
    const struct set *set;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; (set = smallest(i)); i++)
        for (unsigned run = 0; run < 3; run++) {
            struct pair p;
            uint64_t seed = prg_u64(&g);
            pair_init(&p, set->name, seed);
            p.random = &g;
            pair_check_against_plain(&p, seed);
            pair_deinit(&p);
        }
    prg_deinit(&g);
}

/* An attempt that fails is made again from A1; then there is a new key in the same session. */
static void tries_again_and_agrees_again(void **state) {
    (void)state;
    const struct set *set;
    for (size_t i = 0; (set = smallest(i)); i++) {
        struct pair p;
        pair_init(&p, set->name, 20);
        p.config[SIDE_ALICE].fail_attempts = 1;
        pair_start(&p);
        pair_run(&p);
        assert_in_range(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], 1, 3);
        assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
        pair_run(&p);
        pair_end(&p);
        assert_true(pair_settle(&p));
        for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
            assert_int_equal(pair_outcome(&p, (enum side)side), SESSION_DONE);
            assert_int_equal(p.side[side].n_keys, 2);
        }
        assert_memory_equal(p.side[SIDE_ALICE].keys, p.side[SIDE_BOB].keys, 2 * 32);
        assert_memory_not_equal(p.side[SIDE_ALICE].keys[0], p.side[SIDE_ALICE].keys[1], 32);
        pair_deinit(&p);
    }
}

/* ---- what is refused */

/* What carries the task's data: chunks behind the seed, labels, masked bits. */
static const struct carrier {
    enum message_kind kind;
    size_t index;
    enum step step;
} carriers[] = {{MESSAGE_SAMPLES, 1, STEP_A2}, {MESSAGE_LABELS, 0, STEP_B2}, {MESSAGE_CHALLENGE, 0, STEP_B3}};

static size_t carried_bytes(const struct carrier *c, const struct set *set) {
    return c->step == STEP_A2   ? set->task->chunk_bytes(set, 0)
           : c->step == STEP_B2 ? set_label_bytes(set, set->n_labels)
                                : set_label_bytes(set, set_challenges(set));
}

static void check_refused(const struct set *set, const struct carrier *c, size_t n, uint8_t byte) {
    pair_check_bytes_refused(set->name, 30, (struct pair_instead){c->kind, c->index, n, 0, byte}, c->step);
}

static void wrong_lengths(void **state) {
    (void)state;
    const struct set *set;
    for (size_t i = 0; (set = smallest(i)); i++)
        for (size_t c = 0; c < sizeof carriers / sizeof carriers[0]; c++) {
            size_t n = carried_bytes(&carriers[c], set);
            for (int more = -2; more <= 2; more++)
                if (more)
                    check_refused(set, &carriers[c], n + more, 0);
        }
}

/* Bytes that are no labels, or no chunk: bits behind the last one, numbers that are not below the modulus. */
static void no_such_data(void **state) {
    (void)state;
    const struct set *set;
    size_t tried = 0;
    for (size_t i = 0; (set = smallest(i)); i++)
        for (size_t c = 0; c < sizeof carriers / sizeof carriers[0]; c++) {
            size_t n = carried_bytes(&carriers[c], set);
            uint8_t *ones = malloc(n);
            assert_non_null(ones);
            memset(ones, 0xff, n);
            bool can_be = carriers[c].step == STEP_A2   ? !set->task->chunk_fits || set->task->chunk_fits(set, 0, ones)
                          : carriers[c].step == STEP_B2 ? set_labels_fit(set, set->n_labels, ones, n)
                                                        : set_labels_fit(set, set_challenges(set), ones, n);
            if (!can_be) {
                check_refused(set, &carriers[c], n, 0xff);
                tried++;
            }
            free(ones);
        }
    assert_true(tried > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_and_jobs),
        cmocka_unit_test(tries_again_and_agrees_again),
        cmocka_unit_test(wrong_lengths),
        cmocka_unit_test(no_such_data),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
