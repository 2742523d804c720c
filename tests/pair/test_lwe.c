/* Every set of the task lwe agrees, however the bytes are cut and in whatever order the work is done. */
#include "tests/lib/pair_checks.h"

#include "common/task/lwe/lwe.h"

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
        struct pair p;
        uint64_t seed = prg_u64(&g);
        pair_init(&p, sets[i], seed);
        p.random = &g;
        pair_check_against_plain(&p, seed);
        pair_deinit(&p);
    }
}

/* Bob labels whatever has the right length: the attempt fails to learn, and the next one does not. */
static void any_vectors_are_labelled(void **state) {
    (void)state;
    struct pair_instead instead = {MESSAGE_SAMPLES, 1, table_set("l64")->chunk_max, 0, 0};
    struct pair p;
    pair_init(&p, "l64", 31);
    p.hook = pair_say_instead;
    p.context = &instead;
    pair_start(&p);
    pair_run(&p);
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], 1);
    assert_int_equal(p.side[SIDE_BOB].seen[SESSION_ATTEMPT_FAILED], 1);
    pair_end(&p);
    pair_settle(&p);
    pair_check_end(&p);
    pair_deinit(&p);
}

/* Labels of the right length are learned from, whatever they are. Zeros give the hypothesis zero, which is accepted and
 * leaves no noise. */
static void any_labels_are_learned_from(void **state) {
    (void)state;
    struct pair_instead instead = {MESSAGE_LABELS, 0, 2 * table_set("l64")->n_labels, 0, 0};
    struct pair p;
    pair_init(&p, "l64", 32);
    p.hook = pair_say_instead;
    p.context = &instead;
    pair_script(&p);
    const struct session_end *end = session_end(p.side[SIDE_ALICE].session);
    assert_non_null(strstr(end->text, "too little noise"));
    pair_check_end(&p);
    pair_deinit(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_agrees),
        cmocka_unit_test(random_pieces_and_jobs),
        cmocka_unit_test(any_vectors_are_labelled),
        cmocka_unit_test(any_labels_are_learned_from),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
