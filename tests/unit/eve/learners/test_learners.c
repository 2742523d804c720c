/* What learners promise: they solve what they can, never what cannot be, and do not look at the test labels. */
#include "common/base/bytes.h"
#include "eve/f2/kernels.h"
#include "eve/learn/learner.h"
#include "eve/learners/estimate.h"
#include "eve/learners/learners.h"
#include "tests/lib/instance.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct learn_result result, other;

static struct params set(uint32_t n) {
    struct params p;
    assert_int_equal(params_make(&p, n), 0);
    return p;
}

/* A clock that moves with each look at it: one thread does the same every time, however busy the machine is. */
struct ticks {
    struct instance *instance;
    double now, tick;
    unsigned long looks, most;
};

static double tick_now(void *context) {
    struct ticks *t = context;
    return t->now += t->tick;
}

static bool tick_stop(void *context) {
    struct ticks *t = context;
    return ++t->looks > t->most;
}

static bool tick_verify(void *context, const uint8_t *s) {
    struct ticks *t = context;
    return memcmp(s, t->instance->secret, t->instance->params.n / 8) == 0;
}

static void run_ticks(const char *name, struct instance *in, double tick, unsigned long most, struct learn_result *r) {
    struct ticks ticks = {in, 0, tick, 0, most};
    struct learn_ask ask = {.view = &in->view,
                            .seed = in->seed,
                            .n_threads = 1,
                            .now = tick_now,
                            .stop = tick_stop,
                            .verify = tick_verify,
                            .context = &ticks};
    assert_int_equal(learn(learners_find(name), &ask, r), 0);
}

static void solve(const char *name, const struct params *params, enum instance_kind kind, uint64_t seed,
                  unsigned threads) {
    struct instance in;
    instance_make(&in, params, kind, seed);
    struct learn_ask ask = instance_ask(&in, threads, 600);
    assert_int_equal(learn(learners_find(name), &ask, &result), 0);
    if (result.status != LEARN_SOLVED)
        print_error("%s %s seed %llu: %s %s\n", name, params->set.name, (unsigned long long)seed,
                    learn_status_name(result.status), result.reason);
    assert_int_equal(result.status, LEARN_SOLVED);
    assert_memory_equal(result.hypothesis, in.secret, params->n / 8);
    assert_true(result.risk_low <= params->theta && params->theta <= result.risk_high);
    instance_free(&in);
}

static void test_solve(void **state) {
    (void)state;
    struct params n32 = set(32), n64 = set(64), n128 = set(128), n96 = set(96), n256 = set(256);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        solve("gauss", &n32, INSTANCE_UNIFORM, seed, 1);
        solve("isd", &n32, INSTANCE_UNIFORM, seed, 1);
        solve("isd", &n64, INSTANCE_SESSION, seed, 1);
        solve("isd", &n96, INSTANCE_UNIFORM, seed, 2);
        solve("isd", &n128, INSTANCE_SESSION, seed, 1);
        solve("recipe", &n64, INSTANCE_SESSION, seed, 1);
        solve("recipe", &n128, INSTANCE_SESSION, seed, 2);
    }
    solve("isd", &n256, INSTANCE_SESSION, 1, 2);
}

/* A simulated machine opens what fits; what does not is said with its size. */
static void test_quantum(void **state) {
    (void)state;
    struct params n32 = set(32), n160 = set(160);
    struct instance in;
    n32.m *= 2; /* else there are too few labels to check by */
    solve("quantum", &n32, INSTANCE_UNIFORM, 1, 2);
    assert_non_null(strstr(result.reason, "a simulation of a quantum computer"));
    assert_non_null(strstr(result.reason, "2^16 amplitudes"));
    assert_true(result.tries >= 1 && result.memory_bytes > 65536 * 8);
    instance_make(&in, &n160, INSTANCE_UNIFORM, 1);
    struct learn_ask ask = instance_ask(&in, 1, 600);
    assert_int_equal(learn(learners_find("quantum"), &ask, &result), 0);
    assert_int_equal(result.status, LEARN_NOT_APPLICABLE);
    assert_non_null(strstr(result.reason, "2^28 amplitudes, 2.2 GB"));
    instance_free(&in);
}

enum { CANDIDATES = 10 }; /* that make a hill */

struct shown {
    struct instance *instance;
    unsigned n, n_risks; /* reports, and how often the selection risk was another one */
    double risk;
    uint64_t tried[LEARN_BINS];
};

/* Candidates from the bin of one share to that of another. */
static uint64_t tried_between(const uint64_t tried[static LEARN_BINS], double from, double to) {
    uint64_t sum = 0;
    for (size_t i = 0; i < LEARN_BINS; i++)
        if ((double)i / LEARN_BINS >= from && (double)(i + 1) / LEARN_BINS <= to)
            sum += tried[i];
    return sum;
}

static bool shown_stop(void *context) {
    const struct shown *shown = context;
    bool enough = shown->n_risks > 0 && tried_between(shown->tried, 0, 1) >= CANDIDATES;
    return enough || instance_cpu_seconds() - shown->instance->started > shown->instance->budget;
}

static double shown_now(void *context) {
    (void)context;
    return instance_cpu_seconds();
}

static void show(void *context, const struct learn_progress *p) {
    struct shown *shown = context;
    shown->n++;
    for (size_t i = 0; i < LEARN_BINS; i++)
        shown->tried[i] += p->tried[i];
    if (isnan(p->best_select_risk))
        return;
    assert_true(p->best_select_risk > 0.3 && p->best_select_risk < 0.65 && p->select_labels > 100);
    shown->n_risks += shown->risk != p->best_select_risk;
    shown->risk = p->best_select_risk;
}

/* Who does not succeed has a risk to show all the same, on selection labels, while it searches: with that and a
 * hill of candidates the search is over. */
static void test_risk_is_shown(void **state) {
    static const char *const names[] = {"isd", "blind"};
    struct params n512 = set(512);
    struct instance in;
    (void)state;
    instance_make(&in, &n512, INSTANCE_SESSION, 5);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct shown shown = {.instance = &in};
        struct learn_ask ask = instance_ask(&in, 1, 20);
        ask.now = shown_now;
        ask.stop = shown_stop;
        ask.verify = NULL;
        ask.progress = show;
        ask.context = &shown;
        assert_int_equal(learn(learners_find(names[i]), &ask, &result), 0);
        assert_int_equal(result.status, LEARN_OUT_OF_BUDGET);
        assert_true(result.has_hypothesis && result.risk > 0.4 && result.risk < 0.6);
        if (shown.n_risks == 0)
            fail_msg("%s: %u reports, %u different risks", names[i], shown.n, shown.n_risks);
        uint64_t all = tried_between(shown.tried, 0, 1); /* a hill, and nothing of it near the secret's rate */
        if (all < CANDIDATES || tried_between(shown.tried, 0.25, 0.75) != all)
            fail_msg("%s: of %llu candidates not all are in the hill", names[i], (unsigned long long)all);
    }
    instance_free(&in);
}

static bool never_stop(void *context) {
    (void)context;
    return false;
}

static void add_tried(void *context, const struct learn_progress *p) {
    for (size_t i = 0; i < LEARN_BINS; i++)
        ((uint64_t *)context)[i] += p->tried[i];
}

static double no_time(void *context) {
    (void)context;
    return 0;
}

static bool is_secret(const struct instance *in, const uint8_t *s) {
    return memcmp(s, in->secret, in->view.params->n / 8) == 0;
}

/* The hill lies at a half: a candidate is counted on labels that it was not chosen by. "n" is how many labels a bin's
 * share is of. An honest run is off by more than six deviations less than once in 10^8. */
static void is_at_a_half(const char *name, const uint64_t tried[static LEARN_BINS], double n) {
    double mean = 0, all = 0, per_bin = n / LEARN_BINS;
    for (size_t i = LEARN_BINS / 4; i < LEARN_BINS; i++) {
        mean += (double)tried[i] * ((double)i * per_bin + (per_bin - 1) / 2) / n;
        all += (double)tried[i];
    }
    mean /= all;
    if (fabs(mean - 0.5) > 6 * 0.5 / sqrt(n * all))
        fail_msg("%s: the hill of %.0f candidates is at %.4f", name, all, mean);
}

/* One candidate jumps from the hill over to the needle: who has found the secret has tried it. */
static void test_tries_are_counted(void **state) {
    static const char *const names[] = {"gauss", "isd"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct params n64 = set(64);
        struct instance in;
        uint64_t tried[LEARN_BINS] = {0};
        instance_make(&in, &n64, INSTANCE_SESSION, 7);
        struct learn_ask ask = instance_ask(&in, 1, 600);
        ask.progress = add_tried;
        ask.context = tried;
        ask.now = no_time;
        ask.stop = never_stop;
        ask.verify = NULL;
        ask.fixed_tuning = true;
        assert_int_equal(learn(learners_find(names[i]), &ask, &result), 0);
        assert_int_equal(result.status, LEARN_SOLVED);
        assert_true(is_secret(&in, result.hypothesis));
        if (tried_between(tried, 0, 0.25) < 1 || tried_between(tried, 0.25, 0.75) < 1)
            fail_msg("%s: no candidate has jumped", names[i]);
        if (strcmp(names[i], "isd") == 0)
            is_at_a_half(names[i], tried, 64);
        instance_free(&in);
    }
}

/* Weights that no set has: down to recipes of nothing, when the composed vectors are the public code. */
static void test_short_recipes(void **state) {
    (void)state;
    for (uint32_t w = 0; w <= 3; w++) {
        struct params p = set(128);
        p.w = w;
        p.p = (1 - pow(1 - 2 * p.theta, w + 1)) / 2;
        solve("recipe", &p, INSTANCE_SESSION, 10 + w, 1);
        assert_int_equal(result.facts[0].value, p.k); /* recipes_found */
    }
}

static void test_bkw(void **state) {
    (void)state;
    struct params p = set(32);
    p.theta = 0.3;
    p.theta64 = (uint64_t)ldexp(0.3, 64);
    p.m = 1 << 15;
    solve("bkw", &p, INSTANCE_UNIFORM, 1, 1);
    assert_true(result.memory_bytes > 0);

    struct params n64 = set(64);
    struct instance in;
    instance_make(&in, &n64, INSTANCE_UNIFORM, 1);
    struct learn_ask ask = instance_ask(&in, 1, 60);
    assert_int_equal(learn(learners_find("bkw"), &ask, &result), 0);
    assert_int_equal(result.status, LEARN_NOT_APPLICABLE);
    assert_true(strlen(result.reason) > 0);
    instance_free(&in);
}

/* Labels that no secret explains, and no key confirmation to save the day. */
static void test_random_labels(void **state) {
    (void)state;
    struct params n32 = set(32);
    for (uint64_t seed = 0; seed < (getenv("PARLEY_LONG") ? 1000 : 100); seed++) {
        struct instance in;
        instance_make(&in, &n32, INSTANCE_RANDOM, seed);
        for (int k = 0; k < 2; k++) {
            struct ticks ticks = {&in, 0, 1e-4, 0, 600};
            struct learn_ask ask = {.view = &in.view,
                                    .seed = in.seed,
                                    .n_threads = 1,
                                    .now = tick_now,
                                    .stop = tick_stop,
                                    .context = &ticks};
            assert_int_equal(learn(learners_find(k ? "isd" : "gauss"), &ask, &result), 0);
            assert_int_equal(result.status, LEARN_OUT_OF_BUDGET);
        }
        instance_free(&in);
    }
}

static void test_poison(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint32_t n;
        unsigned long most;
    } cases[] = {{"isd", 64, 1000000}, {"gauss", 32, 1000000}, {"isd", 512, 300}, {"gauss", 128, 300}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct params p = set(cases[c].n);
        struct instance in;
        struct split split;
        instance_make(&in, &p, INSTANCE_UNIFORM, 5);
        run_ticks(cases[c].name, &in, 1e-6, cases[c].most, &result);
        assert_true(result.has_hypothesis);
        assert_int_equal(split_init(&split, &in.view, SPLIT_SAMPLES, in.seed), 0);
        assert_int_equal(split.n_test, result.test_labels);
        for (size_t i = 0; i < split.n_test; i++)
            bit_xor(in.labels, split.test[i], 1);
        run_ticks(cases[c].name, &in, 1e-6, cases[c].most, &other);
        assert_memory_equal(result.hypothesis, other.hypothesis, p.n / 8);
        assert_true(result.tries == other.tries);
        assert_true(result.select_risk == other.select_risk);
        assert_true(fabs(result.risk + other.risk - 1) < 1e-9);
        assert_int_not_equal(other.status, LEARN_SOLVED); /* the key verifies, but this is not the risk of the secret */
        split_deinit(&split);
        instance_free(&in);
    }
}

static void test_split(void **state) {
    (void)state;
    static const uint32_t sizes[] = {32, 64, 128, 256, 512};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (int kind = 0; kind < 2; kind++) {
            struct params p = set(sizes[s]);
            struct instance in;
            struct split a, b;
            instance_make(&in, &p, INSTANCE_UNIFORM, s);
            assert_int_equal(split_init(&a, &in.view, kind ? SPLIT_RECIPES : SPLIT_SAMPLES, in.seed), 0);
            assert_int_equal(split_init(&b, &in.view, kind ? SPLIT_RECIPES : SPLIT_SAMPLES, in.seed), 0);
            size_t n = view_samples(&in.view);
            assert_int_equal(a.n_train + a.n_select + a.n_test, n);
            assert_memory_equal(a.ids, b.ids, n * 4);
            uint8_t *seen = calloc(n, 1);
            for (size_t i = 0; i < n; i++)
                seen[a.ids[i]]++;
            for (size_t i = 0; i < n; i++)
                assert_int_equal(seen[i], 1);
            if (!kind && p.n >= 64)
                assert_true(a.n_test >= 2000);
            free(seen);
            split_deinit(&a);
            split_deinit(&b);
            instance_free(&in);
        }
}

static void test_expectation(void **state) {
    (void)state;
    struct params p = set(128);
    struct instance in;
    instance_make(&in, &p, INSTANCE_UNIFORM, 9);
    run_ticks("gauss", &in, 1e-3, 2000, &result);
    run_ticks("gauss", &in, 2e-3, 2000, &other);
    assert_true(result.tries == other.tries && result.tries > 0);
    assert_true(fabs(other.expected_seconds / result.expected_seconds - 2) < 1e-9);
    assert_true(learn_expected_seconds(5, 1e-3) == 2 * learn_expected_seconds(10, 1e-3));
    instance_free(&in);
}

static void test_failed_is_a_coin(void **state) {
    (void)state;
    struct params p = set(1024);
    struct instance in;
    instance_make(&in, &p, INSTANCE_UNIFORM, 3);
    run_ticks("isd", &in, 1e-6, 2000, &result); /* the same every time: an interval of 99.9% fails once in a thousand */
    assert_int_equal(result.status, LEARN_OUT_OF_BUDGET);
    assert_true(result.has_hypothesis);
    assert_true(result.test_labels >= 2000);
    assert_true(result.risk_low <= 0.5 && 0.5 <= result.risk_high);
    assert_true(isfinite(result.expected_seconds) && result.expected_seconds > 1e4);
    instance_free(&in);
}

static void test_same_at_every_width(void **state) {
    (void)state;
    struct params p = set(96);
    const struct kernels *all[3];
    size_t n_all = kernels_all(all);
    for (size_t k = 0; k < n_all; k++) {
        struct instance in;
        instance_make(&in, &p, INSTANCE_UNIFORM, 4);
        kernels_force(all[k]);
        run_ticks("isd", &in, 1e-6, 1000000, k == 0 ? &result : &other);
        if (k > 0) {
            assert_true(result.tries == other.tries);
            assert_memory_equal(result.hypothesis, other.hypothesis, p.n / 8);
        }
        instance_free(&in);
    }
    kernels_force(NULL);
}

/* A clock that goes by fits and starts, in another way for each seed. */
static uint32_t erratic;

static double erratic_now(void *context) {
    struct ticks *t = context;
    erratic = erratic * 1664525 + 1013904223;
    return t->now += t->tick * (1 + (erratic >> 20) % 1000);
}

static bool same_search(const struct learn_result *a, const struct learn_result *b) {
    bool same = a->status == b->status && a->tries == b->tries && a->n_facts == b->n_facts;
    for (size_t i = 0; same && i < a->n_facts; i++)
        same = strstr(a->facts[i].name, "seconds") || a->facts[i].value == b->facts[i].value;
    return same;
}

static void test_fixed_tuning_has_no_clock(void **state) {
    (void)state;
    static const char *const names[] = {"isd", "recipe", "gauss"};
    static const uint32_t sizes[] = {128, 64, 32};
    for (size_t k = 0; k < 3; k++) {
        struct params p = set(sizes[k]);
        struct instance in;
        size_t n_same[2] = {0};
        instance_make(&in, &p, INSTANCE_SESSION, 6);
        for (int fixed = k == 0 ? 0 : 1; fixed < 2; fixed++) /* 0 is the control */
            for (uint32_t seed = 0; seed < 4; seed++) {
                struct ticks ticks = {&in, 0, 1e-7 * (double)(1 + seed * seed), 0, ULONG_MAX};
                struct learn_ask ask = {.view = &in.view,
                                        .seed = in.seed,
                                        .n_threads = 1,
                                        .fixed_tuning = fixed,
                                        .now = erratic_now,
                                        .stop = tick_stop,
                                        .verify = tick_verify,
                                        .context = &ticks};
                erratic = seed;
                assert_int_equal(learn(learners_find(names[k]), &ask, seed ? &other : &result), 0);
                assert_int_equal((seed ? &other : &result)->status, LEARN_SOLVED);
                n_same[fixed] += seed > 0 && same_search(&result, &other);
            }
        assert_int_equal(n_same[1], 3);
        if (k == 0) /* the control: it does look at the clock */
            assert_true(n_same[0] < 3);
        instance_free(&in);
    }
}

static void test_wilson(void **state) {
    (void)state;
    double low, high;
    learn_wilson(&low, &high, 0, 2000);
    assert_true(low == 0 && fabs(high - 0.00538496) < 1e-6);
    learn_wilson(&low, &high, 1000, 2000);
    assert_true(fabs(low + high - 1) < 1e-12 && fabs(low - 0.4633) < 1e-3);
}

/* The table of the design, within two bits. */
static void test_estimates(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double label, one, enough;
    } rows[] = {{"n64", 24, 20, 23},   {"n128", 29, 22, 29},    {"n256", 36, 31, 38},
                {"n384", 41, 32, 44},  {"n512", 45, 37, 49},    {"n1024", 59, 52, 64},
                {"n2048", 78, 71, 84}, {"n4096", 105, 96, 110}, {"n8192", 144, 135, 150}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct estimate e;
        estimate_set(&e, params_find(rows[i].name));
        assert_true(fabs(e.stern.operations - rows[i].label) < 2.5);
        assert_true(fabs(e.recipe_one.operations - rows[i].one) < 2.6);
        assert_true(fabs(e.recipes_enough.operations - rows[i].enough) < 2.6);
        assert_true(e.gauss.operations - e.stern.operations > 3 && e.gauss.operations - e.stern.operations < 25);
        assert_true(e.stern.quantum < e.stern.operations && e.strength <= e.stern.operations);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantum),
        cmocka_unit_test(test_solve),
        cmocka_unit_test(test_risk_is_shown),
        cmocka_unit_test(test_tries_are_counted),
        cmocka_unit_test(test_short_recipes),
        cmocka_unit_test(test_bkw),
        cmocka_unit_test(test_random_labels),
        cmocka_unit_test(test_poison),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_expectation),
        cmocka_unit_test(test_failed_is_a_coin),
        cmocka_unit_test(test_same_at_every_width),
        cmocka_unit_test(test_fixed_tuning_has_no_clock),
        cmocka_unit_test(test_wilson),
        cmocka_unit_test(test_estimates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
