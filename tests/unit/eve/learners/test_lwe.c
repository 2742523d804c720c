/* Eve on sessions of LWE: her view of what passed, her learners, the key. Where there is no fplll, what needs it says
 * so and passes. */
#include "common/task/lwe/lwe.h"
#include "eve/key/derive.h"
#include "eve/learn/view_lwe.h"
#include "eve/learners/estimate_lwe.h"
#include "eve/learners/learners.h"
#include "tests/lib/pair.h"

#include <math.h>
#include <time.h>

struct heard {
    struct pair pair;
    struct observe_memory memory;
    struct observe *observe;
    const struct observe_facts *facts;
    uint8_t key[32];
    struct view view;
    double due;
};

static struct learn_result r;

static void hear(struct heard *h, const char *set, uint64_t number) {
    *h = (struct heard){.memory = {.left = 64 << 20}};
    struct observe_config config = {.keep_samples = true, .initiator = 0, .memory = &h->memory};
    assert_int_equal(observe_new(&h->observe, &config), 0);
    pair_init(&h->pair, set, number);
    h->pair.recording = true;
    pair_good_session(&h->pair);
    for (size_t i = 0; i < h->pair.record.n; i++) {
        const struct pair_record_frame *f = &h->pair.record.frames[i];
        observe_bytes(h->observe, f->from == SIDE_BOB, f->bytes, f->n, 1);
    }
    h->facts = observe_finish(h->observe);
    assert_true(h->facts->complete && !h->facts->params);
    assert_string_equal(h->facts->set->name, set);
    assert_true(view_of(&h->view, h->key, h->facts));
}

static void leave(struct heard *h) {
    observe_free(h->observe);
    pair_deinit(&h->pair);
}

static double now(void *context) {
    struct timespec t;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool stop(void *context) {
    return now(NULL) >= ((const struct heard *)context)->due;
}

static bool verify(void *context, const uint8_t *s) {
    const struct heard *h = context;
    struct keys keys;
    return derive_keys(&keys, h->facts, s);
}

static void run(struct heard *h, const char *name, double seconds) {
    static const uint8_t seed[32] = "a seed of 32 bytes for searching";
    h->due = now(NULL) + seconds;
    struct learn_ask ask = {
        .view = &h->view, .seed = seed, .n_threads = 1, .now = now, .stop = stop, .verify = verify, .context = h};
    assert_int_equal(learn(learners_find(name), &ask, &r), 0);
}

static bool has_fplll(void) {
    bool there = system("command -v fplll >/dev/null 2>&1") == 0;
    if (!there)
        print_message("SKIP: no fplll here: apt-get install fplll-tools\n");
    return there;
}

/* Every label, plain or composed, is what the secret says but for an error of a possible size: row by row. */
static void check_rows(const struct view *v, const uint8_t *s) {
    const struct lwe_params *p = view_lwe_params(v);
    uint16_t row[LWE_PARAMS_N_MAX];
    double squares = 0;
    for (size_t i = 0; i < view_samples(v); i++) {
        uint16_t rest = load16_le(v->labels + 2 * i);
        view_lwe_row(v, i, row);
        for (size_t j = 0; j < p->n; j++)
            rest = (uint16_t)(rest - (uint16_t)(row[j] * (uint16_t)(int8_t)s[j]));
        assert_true(abs((int16_t)rest) <= (int)p->eta);
        assert_int_equal((uint16_t)(view_lwe_label(v, i) - view_lwe_predict(v, row, s)), rest);
        assert_int_equal(view_label(v, i), view_lwe_label(v, i) >> 15);
        squares += (double)(int16_t)rest * (int16_t)rest;
    }
    /* their variance is eta/2; its own deviation is 2 over samples at most, and six of them */
    double mean = squares / (double)view_samples(v) / (p->eta / 2.0);
    assert_true(fabs(mean - 1) < 6 * sqrt(2.0 / (double)view_samples(v)));
}

static void breaks_toys(void **state) {
    static const char *const sets[] = {"l32", "l64"};
    static struct heard h;
    (void)state;
    if (!has_fplll())
        return;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct keys keys;
        hear(&h, sets[i], 11 + i);
        run(&h, "primal", 300);
        if (r.status != LEARN_SOLVED)
            print_error("%s: %s %s\n", sets[i], learn_status_name(r.status), r.reason);
        assert_int_equal(r.status, LEARN_SOLVED);
        assert_true(r.risk_low <= h.view.set->risk && h.view.set->risk <= r.risk_high && r.risk < 0.1);
        check_rows(&h.view, r.hypothesis);
        assert_true(derive_keys(&keys, h.facts, r.hypothesis));
        assert_memory_equal(keys.session, h.pair.side[SIDE_BOB].keys[0], 32);
        /* all wrong by one number is all wrong */
        r.hypothesis[0] = (uint8_t)(r.hypothesis[0] + 1);
        assert_false(derive_keys(&keys, h.facts, r.hypothesis));
        leave(&h);
    }
}

/* No secret, no key, and the risk of a coin as far as the test labels can tell. */
static void check_nothing(double seconds) {
    if (r.status != LEARN_OUT_OF_BUDGET)
        print_error("%s %s\n", learn_status_name(r.status), r.reason);
    assert_int_equal(r.status, LEARN_OUT_OF_BUDGET);
    assert_true(r.has_hypothesis && r.risk_low < r.risk_high);
    assert_true(fabs(r.risk - 0.5) < 6 * 0.5 / sqrt((double)r.test_labels)); /* two of 10^9 honest runs fail */
    assert_true(r.wall_seconds < 60 * seconds);
}

static void stops_at_the_real_set(void **state) {
    static struct heard h;
    const double seconds = unit_emulated() ? 20 : 1;
    (void)state;
    hear(&h, "l640", 1);
    run(&h, "guess", 0.3 * seconds);
    check_nothing(0.3 * seconds);
    assert_true(r.tries > 0 && r.expected_seconds > 1e100);
    if (has_fplll()) {
        run(&h, "primal", seconds);
        check_nothing(seconds);
        assert_non_null(strstr(r.reason, "BKZ-473, 2^138 by core-SVP (Alkim et al. 2016)"));
    }
    leave(&h);
}

static void says_what_to_install(void **state) {
    static struct heard h;
    char kept[4096];
    (void)state;
    hear(&h, "l32", 3);
    snprintf(kept, sizeof kept, "%s", getenv("PATH"));
    setenv("PATH", "/nowhere", 1);
    run(&h, "primal", 100);
    setenv("PATH", kept, 1);
    assert_int_equal(r.status, LEARN_NOT_APPLICABLE);
    assert_string_equal(r.reason, "the program fplll is missing: apt-get install fplll-tools");
    leave(&h);
}

/* Learners of one task leave the others alone. */
static void tasks_are_kept_apart(void **state) {
    static struct heard h;
    size_t n_kinds;
    const struct learner_kind *const *kinds = learners_all(&n_kinds);
    (void)state;
    assert_true(learn_is_for(learners_find("primal"), "lwe") && !learn_is_for(learners_find("primal"), "lpn"));
    assert_true(learn_is_for(learners_find("isd"), "lpn") && !learn_is_for(learners_find("isd"), "lwe"));
    hear(&h, "l48", 4);
    for (size_t i = 0; i < n_kinds; i++)
        if (!learn_is_for(kinds[i], "lwe")) {
            run(&h, kinds[i]->name, 10);
            assert_int_equal(r.status, LEARN_NOT_APPLICABLE);
            assert_string_equal(r.reason, "it does not learn the task lwe");
        }
    leave(&h);
}

/* Controls: what libraries make of the highest bits. They learn labels of a secret of a single 1, as noisy as Bob's,
 * and nothing of his. */
static void libraries_learn_easy_labels_alone(void **state) {
    static const char *const names[] = {"logistic", "trees", "mlp"};
    static struct heard h;
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (int easy = 0; easy < 2; easy++) {
        hear(&h, "l48", 5);
        uint8_t *labels = unit_copy(h.view.labels, 2 * view_samples(&h.view));
        for (size_t i = 0; easy && i < view_samples(&h.view); i++) {
            uint16_t row[LWE_PARAMS_N_MAX];
            view_lwe_row(&h.view, i, row);
            unsigned label = row[7] + prg_below(&g, 141) - 70;
            labels[2 * i] = (uint8_t)label;
            labels[2 * i + 1] = (uint8_t)(label >> 8);
        }
        h.view.labels = labels;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            run(&h, names[i], 100);
            print_message("  %s%s: risk %.3f in %.1f s, %s\n", names[i], easy ? ", easy" : "", r.risk, r.wall_seconds,
                          r.reason);
            if (r.status == LEARN_NOT_APPLICABLE)
                continue;
            assert_int_equal(r.status, LEARN_OUT_OF_BUDGET);
            if (easy) /* a coin is 8 deviations away */
                assert_true(r.risk < 0.3);
            else
                assert_true(fabs(r.risk - 0.5) < 6 * 0.5 / sqrt((double)r.test_labels));
        }
        free(labels);
        leave(&h);
    }
    prg_deinit(&g);
}

enum { SMALL_N = 5 };
static uint8_t small_secret[SMALL_N];

static bool is_small_secret(void *context, const uint8_t *s) {
    (void)context;
    return memcmp(s, small_secret, SMALL_N) == 0;
}

/* Guessing finds a secret of so few numbers, and about as fast as its model says: 2^(2.158 n) draws on average. All
 * samples are given, as composed ones. There is no session whose key could confirm a guess, and of the first 64, which
 * are not filtered, one looks good by chance on 50 labels in one run of a hundred: the secret confirms it instead. */
static void guessing_finds_small_secrets(void **state) {
    enum { N = SMALL_N, SAMPLES = 600 };
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    struct lwe_params p = {
        .set = {.name = "l5", .task = &lwe_task, .modulus = 1 << 16, .n_labels = SAMPLES, .risk = 9e-4},
        .n = N,
        .eta = 2528};
    static uint8_t composed[SAMPLES * N * 2], labels[SAMPLES * 2];
    uint8_t *s = small_secret;
    static struct heard h;
    double expected = pow(1 / 16.0 * 256 / 30 * 2 + 4 / 16.0 * 256 / 61 * 2 + 6 / 16.0 * 256 / 74, N);
    prg_read(&g, composed, sizeof composed);
    for (size_t j = 0; j < N; j++)
        s[j] = (uint8_t)((int)prg_below(&g, 5) - 2);
    for (size_t i = 0; i < SAMPLES; i++) {
        unsigned label = prg_below(&g, 141) - 70; /* as large as two deviations */
        for (size_t j = 0; j < N; j++)
            label += load16_le(composed + 2 * (i * N + j)) * (unsigned)(int8_t)s[j];
        labels[2 * i] = (uint8_t)label;
        labels[2 * i + 1] = (uint8_t)(label >> 8);
    }
    h = (struct heard){0};
    h.view.set = &p.set;
    view_lwe_begin(&h.view, h.key, h.key);
    h.view.composed = composed;
    h.view.labels = labels;
    h.due = now(NULL) + 100;
    struct learn_ask ask = {.view = &h.view,
                            .seed = h.key,
                            .n_threads = 1,
                            .now = now,
                            .stop = stop,
                            .verify = is_small_secret,
                            .context = &h};
    assert_int_equal(learn(learners_find("guess"), &ask, &r), 0);
    assert_int_equal(r.status, LEARN_SOLVED);
    assert_memory_equal(r.hypothesis, s, N);
    assert_true(fabs(r.try_success * expected - 1) < 1e-9);
    assert_true(r.tries < 3000 * expected); /* (30/256)^5 a try at least: as many fail once in 10^50 */
    prg_deinit(&g);
}

/* The estimate of every set takes the set's own numbers. */
static void estimates(void **state) {
    static const struct {
        unsigned n, beta;
    } known[] = {{32, 2},   {48, 2},    {64, 2},    {80, 2},    {96, 13},   {112, 28},  {128, 48},
                 {160, 75}, {256, 153}, {448, 310}, {512, 363}, {640, 473}, {1024, 803}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct estimate_lwe e;
        assert_int_equal(lwe_params_at(i)->n, known[i].n);
        estimate_lwe_set(&e, lwe_params_at(i));
        assert_int_equal(e.primal.beta, known[i].beta);
        assert_int_equal(e.flatters, known[i].beta < 60);
        assert_true(e.classical == 0.292 * known[i].beta && e.quantum == 0.265 * known[i].beta);
    }
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breaks_toys),
        cmocka_unit_test(stops_at_the_real_set),
        cmocka_unit_test(says_what_to_install),
        cmocka_unit_test(tasks_are_kept_apart),
        cmocka_unit_test(libraries_learn_easy_labels_alone),
        cmocka_unit_test(guessing_finds_small_secrets),
        cmocka_unit_test(estimates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
