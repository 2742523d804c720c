/* The task in one process is the session's: the same labels with and without vectors, learned at any n, judged on fresh
 * labels. */
#include "common/base/bytes.h"
#include "eve/lab/instance.h"
#include "eve/learn/learner.h"
#include "eve/learners/learners.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t seed[32] = {20, 24};

static void test_both_ways(void **state) {
    (void)state;
    static const uint32_t sizes[] = {32, 64, 96, 544};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct params p;
        struct instance full, quick;
        struct code *code;
        assert_int_equal(task_params(&p, sizes[i], 0, 0), 0);
        assert_int_equal(code_new(&code, &p), 0);
        assert_int_equal(task_make(&full, &p, NULL, seed), 0);
        assert_int_equal(task_make_without_vectors(&quick, &p, code, seed), 0);
        assert_memory_equal(full.labels, quick.labels, bits_to_bytes((size_t)p.m + p.k));
        assert_non_null(full.composed);
        assert_null(quick.composed);
        task_free(&full);
        task_free(&quick);
        code_free(code);
    }
}

static void test_learns(void **state) {
    (void)state;
    static const uint32_t sizes[] = {64, 96, 320, 1024};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct params p;
        struct instance task;
        struct task_learned learned;
        size_t n = 40000;
        assert_int_equal(task_params(&p, sizes[i], 0, 0), 0);
        assert_true(p.theta == 1 / sqrt(sizes[i]));
        assert_int_equal(task_make_without_vectors(&task, &p, NULL, seed), 0);
        assert_int_equal(task_learn(&task, &learned), 0);
        assert_true(learned.learned);
        assert_memory_equal(learned.h, task.secret, p.n / 8);
        assert_true(fabs(learned.error_rate - p.p) < 0.05);

        /* a fresh label is missed when its noise says so, and half the time by another parity */
        long errors = task_fresh_errors(&task, learned.h, n, 1);
        assert_true(fabs((double)errors / (double)n - p.theta) < 5 * sqrt(p.theta / (double)n));
        learned.h[3] ^= 16;
        errors = task_fresh_errors(&task, learned.h, n, 1);
        assert_true(fabs((double)errors / (double)n - 0.5) < 5 * sqrt(0.25 / (double)n));
        assert_int_not_equal(task_fresh_errors(&task, learned.h, n, 2), errors);
        task_free(&task);
    }
}

/* The view is what Eve's learners take, and holds the secret that the task does. */
static double no_time(void *context) {
    (void)context;
    return 0;
}
static bool never(void *context) {
    (void)context;
    return false;
}

static void test_view(void **state) {
    (void)state;
    struct params p;
    struct instance task;
    struct learn_result *result = malloc(sizeof *result);
    assert_int_equal(task_params(&p, 64, 0, 0), 0);
    assert_int_equal(task_make(&task, &p, NULL, seed), 0);
    struct learn_ask ask = {.view = &task.view, .seed = seed, .n_threads = 1, .now = no_time, .stop = never};
    assert_int_equal(learn(learners_find("recipe"), &ask, result), 0);
    assert_int_equal(result->status, LEARN_SOLVED);
    assert_memory_equal(result->hypothesis, task.secret, p.n / 8);
    task_free(&task);
    free(result);
}

static void test_other_noise(void **state) {
    (void)state;
    struct params p;
    struct instance task;
    struct task_learned learned;
    assert_int_equal(task_params(&p, 256, 0.01, 0), 0);
    assert_int_equal(p.w, 5);
    assert_true(fabs(p.p - task_flip(0.01, 5)) < 1e-15 && fabs(p.p - 0.057) < 0.001);
    assert_true(fabs(ldexp((double)p.theta64, -64) - 0.01) < 1e-12);
    assert_int_equal(task_make_without_vectors(&task, &p, NULL, seed), 0);
    assert_int_equal(task_learn(&task, &learned), 0);
    assert_true(learned.learned);
    assert_true(fabs((double)task_fresh_errors(&task, learned.h, 100000, 0) - 1000) < 5 * sqrt(1000));
    task_free(&task);

    /* recipes of 5 under constant noise leave nothing to learn from, and no wrong parity passes for the secret */
    assert_int_equal(task_params(&p, 256, 0.25, 0), 0);
    assert_int_equal(task_make_without_vectors(&task, &p, NULL, seed), 0);
    assert_int_equal(task_learn(&task, &learned), 0);
    assert_false(learned.learned);
    task_free(&task);

    assert_int_equal(task_params(&p, 256, 0, 2), 0);
    assert_int_equal(p.w, 2);
    assert_true(p.theta == 0.0625);
    assert_int_not_equal(task_params(&p, 257, 0, 0), 0);
    assert_int_not_equal(task_params(&p, 256, 0.5, 0), 0);
    assert_int_not_equal(task_params(&p, 256, 0, 65), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_learns),
        cmocka_unit_test(test_view),
        cmocka_unit_test(test_other_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
