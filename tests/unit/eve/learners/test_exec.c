/* Programs as learners. argv[1]: the command of the example. */
#include "common/base/bytes.h"
#include "eve/learn/learner.h"
#include "eve/learners/learners.h"
#include "tests/lib/instance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const char *example;
static struct instance in;
static struct learn_result r;
static double due;

static double wall(void *context) {
    struct timespec t;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool stop(void *context) {
    return wall(context) >= due;
}

static bool verify(void *context, const uint8_t *s) {
    (void)context;
    return memcmp(s, in.secret, in.params.n / 8) == 0;
}

static void run(const char *command, double seconds) {
    struct learn_ask ask = {
        .view = &in.view,
        .seed = in.seed,
        .n_threads = 1,
        .now = wall,
        .stop = stop,
        .verify = verify,
        .budget = seconds,
        .command = command,
    };
    due = wall(NULL) + seconds;
    assert_int_equal(learn(learners_find("exec"), &ask, &r), 0);
}

static void test_example(void **state) {
    (void)state;
    run(example, 240);
    if (r.status != LEARN_SOLVED)
        print_error("%s %s\n", learn_status_name(r.status), r.reason);
    assert_int_equal(r.status, LEARN_SOLVED);
    assert_memory_equal(r.hypothesis, in.secret, in.params.n / 8);
    assert_true(r.risk_low <= in.params.theta && in.params.theta <= r.risk_high);
}

/* The first and the last word count, whatever stands between, and the last line may have no end. */
static void test_output(void **state) {
    char s[64 / 4 + 1], command[1000];
    (void)state;
    bytes_to_hex(s, in.secret, 64 / 8);
    snprintf(command, sizeof command, "echo 00112233; echo 0011223344556677; seq 100000; printf '%%s' %s", s);
    run(command, 100);
    assert_int_equal(r.status, LEARN_SOLVED);
    assert_true(r.tries == 2);
    snprintf(command, sizeof command, "echo %s; exec sleep 1000", s); /* ended once it has said it */
    run(command, 120);
    assert_int_equal(r.status, LEARN_SOLVED);
    assert_true(r.wall_seconds < 60);
}

/* It is given the training set alone, and its deadline. */
static void test_input(void **state) {
    char command[1000];
    struct split split;
    (void)state;
    assert_int_equal(split_init(&split, &in.view, SPLIT_SAMPLES, in.seed), 0);
    snprintf(
        command, sizeof command,
        "test $(grep -c '^[01]\\{64\\} [01]$') = %zu && test ${PARLEY_DEADLINE%%.*} -ge 20 && echo 0011223344556677",
        split.n_train);
    split_deinit(&split);
    run(command, 100);
    assert_string_equal(r.reason, "");
    assert_true(r.has_hypothesis);
    assert_int_equal(r.status, LEARN_OUT_OF_BUDGET);
    run("exit 0", 100);
    assert_int_equal(r.status, LEARN_OUT_OF_BUDGET);
    assert_string_equal(r.reason, "the program printed no candidate");
}

/* What breaks has not run out of budget. */
static void test_failure(void **state) {
    char s[64 / 4 + 1], command[1000];
    (void)state;
    static const struct {
        const char *command, *reason;
    } failures[] = {
        {"exit 3", "the program ended with status 3"},
        {"exec /nowhere/nothing", "the program ended with status 127"},
        {"kill -SEGV $$", "the program was ended by signal 11"},
        {"kill -KILL $$", "the program was ended by signal 9"},
    };
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        run(failures[i].command, 100);
        assert_int_equal(r.status, LEARN_FAILED);
        assert_string_equal(r.reason, failures[i].reason);
        assert_false(r.has_hypothesis);
        assert_true(isnan(r.risk));
    }
    run("echo 0011223344556677; exit 4", 100); /* what it has said counts */
    assert_int_equal(r.status, LEARN_FAILED);
    assert_true(r.has_hypothesis);
    bytes_to_hex(s, in.secret, 64 / 8);
    snprintf(command, sizeof command, "echo %s; exit 5", s);
    run(command, 100);
    assert_int_equal(r.status, LEARN_SOLVED);
    run("exec >&- <&-; exec sleep 1000", 100); /* it goes on in silence: not its failure that it is ended */
    assert_int_equal(r.status, LEARN_OUT_OF_BUDGET);
}

static void test_budget(void **state) {
    (void)state;
    run("trap '' TERM INT; sleep 1000 & sleep 1000; sleep 1000", 0.5);
    assert_int_equal(r.status, LEARN_OUT_OF_BUDGET);
    assert_true(r.wall_seconds < 60);
}

int main(int argc, char **argv) {
    struct params p;
    if (argc != 2 || params_make(&p, 64) != 0)
        return 64;
    example = argv[1];
    instance_make(&in, &p, INSTANCE_SESSION, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output), cmocka_unit_test(test_input),   cmocka_unit_test(test_failure),
        cmocka_unit_test(test_budget), cmocka_unit_test(test_example),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    instance_free(&in);
    return failed;
}
