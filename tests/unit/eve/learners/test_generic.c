/* The generic learners: they learn easy targets at the same n, sample count, settings and budget at which they fail on
 * the labels of a session; and their process ends with the budget. */
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

static const char *const names[] = {"logistic", "trees", "mlp"};
enum { NAMES = sizeof names / sizeof names[0] };

static const double budget = 300; /* seconds; they need few */

struct caller {
    double due;
};

static double wall(void *context) {
    struct timespec t;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool stop(void *context) {
    const struct caller *c = context;
    return wall(NULL) >= c->due;
}

static void run(const char *name, struct instance *in, double seconds, struct learn_result *r) {
    struct caller caller = {wall(NULL) + seconds};
    struct learn_ask ask = {
        .view = &in->view,
        .seed = in->seed,
        .n_threads = 1,
        .now = wall,
        .stop = stop,
        .context = &caller,
    };
    assert_int_equal(learn(learners_find(name), &ask, r), 0);
    if (r->status != LEARN_NOT_APPLICABLE)
        print_message("  %-9s n%u risk %.3f (%.3f-%.3f) in %.1f s: %s\n", name, in->params.n, r->risk, r->risk_low,
                      r->risk_high, r->wall_seconds, r->reason);
}

/* The labels become a parity of the bits in mask, with as much noise. */
static void relabel(struct instance *in, const uint8_t *mask, uint64_t seed) {
    size_t bytes = view_row_bytes(&in->view);
    uint64_t state = seed;
    for (size_t i = 0; i < view_samples(&in->view); i++) {
        uint8_t row[PARAMS_N_MAX / 8];
        unsigned z;
        view_row(&in->view, i, row);
        state = state * 6364136223846793005u + 1442695040888963407u;
        z = (double)(state >> 11) * 0x1p-53 < in->params.theta;
        for (size_t b = 0; b < bytes; b++)
            z ^= (unsigned)__builtin_parity(row[b] & mask[b]);
        bit_xor(in->labels, i, z ^ view_label(&in->view, i));
    }
}

static void lesson(uint32_t n, uint64_t seed) {
    struct params p;
    struct instance in;
    struct learn_result r;
    assert_int_equal(params_make(&p, n), 0);
    for (size_t i = 0; i < NAMES; i++) {
        instance_make(&in, &p, INSTANCE_SESSION, seed);
        run(names[i], &in, budget, &r);
        if (r.status == LEARN_NOT_APPLICABLE) {
            print_message("  %s: %s\n", names[i], r.reason);
            instance_free(&in);
            continue;
        }
        assert_true(r.has_hypothesis && r.is_predictor);
        assert_int_equal(r.status, LEARN_OUT_OF_BUDGET);
        assert_true(r.test_labels >= 1500);
        assert_true(r.risk_low <= 0.5 && 0.5 <= r.risk_high);
        assert_true(r.memory_bytes > 0);
        for (unsigned bits = 1; bits <= 2; bits++) {
            uint8_t mask[PARAMS_N_MAX / 8] = {0};
            bit_xor(mask, n / 3, 1);
            if (bits == 2)
                bit_xor(mask, n - 7, 1);
            relabel(&in, mask, seed + bits);
            run(names[i], &in, budget, &r);
            assert_true(r.has_hypothesis);
            assert_true(r.risk_high < 0.35);
        }
        instance_free(&in);
    }
}

static void test_lesson(void **state) {
    (void)state;
    lesson(64, 1);
    if (getenv("PARLEY_LONG")) /* a minute of FANN */
        lesson(128, 2);
}

/* Nothing of the test labels reaches the predictions: all of them turned, all of the judgement turns. */
static void test_blind(void **state) {
    (void)state;
    struct params p;
    struct instance in;
    struct learn_result r, turned;
    struct split split;
    assert_int_equal(params_make(&p, 64), 0);
    for (size_t i = 0; i < NAMES; i++) {
        instance_make(&in, &p, INSTANCE_UNIFORM, 3);
        run(names[i], &in, budget, &r);
        if (r.status != LEARN_NOT_APPLICABLE) {
            assert_int_equal(split_init(&split, &in.view, SPLIT_SAMPLES, in.seed), 0);
            for (size_t t = 0; t < split.n_test; t++)
                bit_xor(in.labels, split.test[t], 1);
            split_deinit(&split);
            run(names[i], &in, budget, &turned);
            assert_true(r.select_risk == turned.select_risk);
            assert_true(fabs(r.risk + turned.risk - 1) < 1e-9);
        }
        instance_free(&in);
    }
}

/* At n1024 there is work for minutes. */
static void test_budget(void **state) {
    (void)state;
    struct params p;
    struct instance in;
    struct learn_result r;
    assert_int_equal(params_make(&p, 1024), 0);
    instance_make(&in, &p, INSTANCE_UNIFORM, 4);
    for (size_t i = 0; i < NAMES; i++) {
        run(names[i], &in, 0.5, &r);
        if (r.status == LEARN_NOT_APPLICABLE)
            continue;
        assert_int_equal(r.status, LEARN_OUT_OF_BUDGET);
        assert_true(r.wall_seconds < 60);
    }
    instance_free(&in);
}

int main(void) {
    struct params p;
    struct instance in;
    size_t found = 0;
    if (params_make(&p, 32) != 0)
        return 1;
    instance_make(&in, &p, INSTANCE_UNIFORM, 1);
    for (size_t i = 0; i < NAMES; i++) {
        const struct learner_kind *kind = learners_find(names[i]);
        found += kind && !(kind->not_applicable && kind->not_applicable(&in.view));
    }
    instance_free(&in);
    if (found == 0) {
        puts("none of LIBLINEAR, XGBoost, FANN was there when eve was built");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lesson),
        cmocka_unit_test(test_blind),
        cmocka_unit_test(test_budget),
    };
    if (getenv("PARLEY_THIN")) /* the libraries take as long under a sanitizer, which does not see into them */
        cmocka_set_skip_filter("test_lesson");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
