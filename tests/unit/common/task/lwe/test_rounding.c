/* The learner against rounding as one writes it down, its failures against the exact distribution, and the verdict at
 * its limits. */
#include "common/task/lwe/rounding.h"

#include "common/base/bytes.h"
#include "common/task/lwe/cbd.h"
#include "common/task/lwe/composer.h"
#include "common/task/lwe/lwe_learning.h"
#include "common/task/lwe/rows.h"
#include "tests/lib/unit.h"

#include <math.h>

enum { D = 13107 };

static const struct lwe_params *find(const char *name) {
    const struct lwe_params *p;
    for (size_t i = 0; (p = lwe_params_at(i)); i++)
        if (strcmp(p->set.name, name) == 0)
            break;
    assert_non_null(p);
    return p;
}

static void levels(void **state) {
    (void)state;
    for (int v = -32768; v < 32768; v++) {
        double nearest = fmax(-2, fmin(2, round((double)v / D)));
        assert_int_equal(rounding_level((uint16_t)v), (int)nearest);
    }
}

static struct ternary *draw(const struct lwe_params *p, struct prg *g) {
    struct ternary *recipes;
    uint8_t key[32];
    prg_read(g, key, sizeof key);
    assert_int_equal(ternary_new(&recipes, p, key), 0);
    for (size_t part = 0; part < ternary_parts(recipes); part++)
        ternary_draw(recipes, part);
    return recipes;
}

static int coefficient(const struct ternary *recipes, size_t i, size_t j) {
    unsigned said = recipes->packed[i / 4 * recipes->params->n + j];
    return (int)(said >> i % 4 & 1) - (int)(said >> (4 + i % 4) & 1);
}

/* Of labels without any sense. */
static void learner_equals_its_twin(void **state) {
    (void)state;
    static const char *const sets[] = {"l32", "l48", "l64", "l112", "l160", "l640"};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
        const struct lwe_params *p = find(sets[s]);
        struct ternary *recipes = draw(p, &g);
        uint8_t *labels = (uint8_t *)malloc(2 * p->set.n_labels);
        int16_t h[LWE_PARAMS_N_MAX];
        double distance = 0;
        assert_non_null(labels);
        prg_read(&g, labels, 2 * p->set.n_labels);
        uint32_t error = rounding_learn(h, recipes, labels);
        for (size_t j = 0; j < p->n; j++) {
            long v = load16_le(labels + 2 * (p->m + j));
            for (size_t i = 0; i < p->m; i++)
                v -= coefficient(recipes, i, j) * (long)load16_le(labels + 2 * i);
            double residue = (int16_t)(uint16_t)v, nearest = fmax(-2, fmin(2, round(residue / D)));
            assert_int_equal(h[j], (int)nearest);
            distance += fabs(residue - nearest * D);
        }
        assert_int_equal(error, (uint32_t)distance);
        free(labels);
        ternary_free(recipes);
    }
}

/* log2 of P(|Bin(n, 1/2) - n/2| >= t), from its first term and the ratios of the following ones. */
static double tail_log2(double n, double t) {
    double k = ceil(n / 2 + t), sum = 1, term = 1;
    double first = (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) / log(2) - n;
    for (double j = k; j < n && term > 1e-18 * sum; j++)
        sum += term *= (n - j) / (j + 1);
    return first + log2(sum) + 1;
}

/* With noise far too large on purpose, as many coordinates are wrong as the exact tail says: 0.75 of 32 a session. The
 * plain products may be anything, since they cancel; so they are drawn at random. */
static void fails_as_often_as_the_tail_says(void **state) {
    (void)state;
    enum { TIMES = 15, ETA = TIMES * 4000, RUNS = 150 };
    const struct lwe_params *p = find("l32");
    struct prg g;
    double wrong = 0, expected = 0;
    uint8_t *labels = (uint8_t *)malloc(2 * p->set.n_labels);
    assert_non_null(labels);
    unit_random(&g, __func__);
    for (size_t run = 0; run < RUNS; run++) {
        struct ternary *recipes = draw(p, &g);
        uint8_t key[32];
        int16_t s[LWE_PARAMS_N_MAX], h[LWE_PARAMS_N_MAX];
        prg_read(&g, key, sizeof key);
        cbd_secret(s, p->n, key);
        prg_read(&g, labels, 2 * p->m);
        for (size_t j = 0; j < p->n; j++) {
            int sum = D * s[j], weight = 1;
            for (size_t i = 0; i < p->m; i++) {
                sum += coefficient(recipes, i, j) * (int)load16_le(labels + 2 * i);
                weight += coefficient(recipes, i, j) != 0;
            }
            store16_le(labels + 2 * (p->m + j), (uint16_t)sum);
            expected += exp2(tail_log2(2.0 * ETA * weight, D / 2.0));
        }
        for (size_t t = 0; t < TIMES; t++) { /* CBD(a) and CBD(b) are CBD(a + b) together */
            prg_read(&g, key, sizeof key);
            cbd_noise(labels, p->set.n_labels, key, ETA / TIMES);
        }
        rounding_learn(h, recipes, labels);
        for (size_t j = 0; j < p->n; j++)
            wrong += h[j] != s[j];
        ternary_free(recipes);
    }
    printf("%.0f wrong coordinates, expected %.1f\n", wrong, expected);
    assert_true(expected > 80 && fabs(wrong - expected) <= 7 * sqrt(expected)); /* coordinates share plain errors */
    free(labels);
}

/* ---- the verdict: a whole task, without noise at first */

struct scene {
    const struct lwe_params *params;
    struct ternary *recipes;
    struct composer *composer;
    uint8_t key[32];
    int16_t s[LWE_PARAMS_N_MAX];
    uint8_t *labels;
};

static void scene_init(struct scene *t, const char *set, struct prg *g) {
    uint8_t key[32], *chunk;
    *t = (struct scene){.params = find(set)};
    const struct lwe_params *p = t->params;
    prg_read(g, t->key, 32);
    prg_read(g, key, 32);
    t->recipes = draw(p, g);
    t->labels = (uint8_t *)calloc(p->set.n_labels, 2);
    chunk = (uint8_t *)malloc(p->set.chunk_max);
    assert_true(t->labels && chunk);
    assert_int_equal(composer_new(&t->composer, t->recipes, t->key), 0);
    for (size_t n = 0; n < p->set.n_chunks;) {
        struct job *job = composer_work(t->composer, chunk);
        job->run(job);
        n += composer_done(t->composer, job);
    }
    cbd_secret(t->s, p->n, key);
    for (size_t part = 0; part < rows_label_parts(p->m, p->n); part++)
        rows_label_part(t->labels, t->key, p->m, p->n, t->s, part);
    uint16_t products[LWE_PARAMS_N_MAX] = {0};
    composer_dot(t->composer, products, t->s);
    for (size_t j = 0; j < p->n; j++)
        store16_le(t->labels + 2 * (p->m + j), products[j]);
    free(chunk);
}

static void scene_deinit(struct scene *t) {
    composer_free(t->composer);
    ternary_free(t->recipes);
    free(t->labels);
}

static void add(struct scene *t, size_t i, int e) {
    store16_le(t->labels + 2 * i, (uint16_t)(load16_le(t->labels + 2 * i) + e));
}

/* On any h. Products as in test_rows.c and test_combine.c, which have their twins. */
static struct verdict reach(const struct scene *t, const int16_t *h) {
    const struct lwe_params *p = t->params;
    struct verdict verdict;
    int16_t minus[LWE_PARAMS_N_MAX];
    uint16_t products[LWE_PARAMS_N_MAX] = {0};
    uint8_t *left = (uint8_t *)malloc(2 * p->set.n_labels);
    assert_non_null(left);
    memcpy(left, t->labels, 2 * p->set.n_labels);
    for (size_t j = 0; j < p->n; j++)
        minus[j] = (int16_t)-h[j];
    for (size_t part = 0; part < rows_label_parts(p->m, p->n); part++)
        rows_label_part(left, t->key, p->m, p->n, minus, part);
    composer_dot(t->composer, products, minus);
    for (size_t j = 0; j < p->n; j++)
        store16_le(left + 2 * (p->m + j), (uint16_t)(load16_le(left + 2 * (p->m + j)) + products[j]));
    verdict_reach(&verdict, p, left, h);
    free(left);
    return verdict;
}

/* The whole of A3, its jobs one by one. It finds s. */
static struct verdict learned(const struct scene *t) {
    struct learn *l;
    struct job *job;
    assert_int_equal(lwe_learning_new(&l, t->recipes, t->composer, t->key, t->labels), 0);
    do {
        job = lwe_learning_work(l);
        assert_non_null(job);
        job->run(job);
    } while (!lwe_learning_done(l, job));
    assert_null(lwe_learning_work(l));
    struct verdict verdict = lwe_learning_result(l)->verdict;
    assert_memory_equal(lwe_learning_result(l)->h, t->s, t->params->n * sizeof *t->s);
    lwe_learning_free(l);
    return verdict;
}

/* No noise at all is accepted, and found quiet; noise of eta passes, of eta + 1 does not, on either side, at any plain
 * label: the last ones too. */
static void acceptance_at_its_limits(void **state) {
    (void)state;
    static const char *const sets[] = {"l32", "l48", "l64", "l640"};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct scene t;
        scene_init(&t, sets[i], &g);
        int eta = (int)t.params->eta;
        size_t last = t.params->m - 1;
        struct verdict v = learned(&t);
        assert_true(v.accepted && !v.noisy && v.odd);
        assert_true(v.too_far == 0 && v.plain_noise == 0 && v.composed_noise == 0);
        add(&t, 511, eta);
        add(&t, last, -eta);
        v = learned(&t);
        assert_true(v.accepted && !v.noisy && v.plain_noise == 2 * t.params->eta && v.composed_noise == 0);
        add(&t, last, -1);
        v = learned(&t);
        assert_true(!v.accepted && v.too_far == 1);
        add(&t, last + 1, 1);
        v = learned(&t);
        assert_true(v.too_far == 1 && v.composed_noise == 1);
        add(&t, 511, 1);
        assert_int_equal(reach(&t, t.s).too_far, 2);
        add(&t, 512, eta + 1);
        add(&t, 0, -eta - 1);
        v = reach(&t, t.s);
        assert_true(v.too_far == 4 && v.plain_noise == 4 * (t.params->eta + 1));
        scene_deinit(&t);
    }
}

/* One odd entry is enough, wherever it is. */
static void an_odd_entry(void **state) {
    (void)state;
    struct prg g;
    struct scene t;
    int16_t h[LWE_PARAMS_N_MAX] = {0};
    unit_random(&g, __func__);
    scene_init(&t, "l80", &g);
    assert_false(reach(&t, h).odd);
    for (size_t j = 0; j < t.params->n; j++)
        h[j] = (int16_t)(2 * (int)(j % 3) - 2);
    assert_false(reach(&t, h).odd);
    for (size_t j = 0; j < t.params->n; j++)
        for (int16_t odd = -1; odd <= 1; odd += 2) {
            int16_t was = h[j];
            h[j] = odd;
            assert_true(reach(&t, h).odd);
            h[j] = was;
        }
    scene_deinit(&t);
}

/* A single entry that is wrong, by however much. */
static void wrong_hypotheses_are_refused(void **state) {
    (void)state;
    struct prg g;
    struct scene t;
    unit_random(&g, __func__);
    scene_init(&t, "l48", &g);
    for (size_t j = 0; j < t.params->n; j++)
        for (int16_t level = -2; level <= 2; level++) {
            int16_t h[LWE_PARAMS_N_MAX];
            memcpy(h, t.s, sizeof h);
            h[j] = level;
            struct verdict v = reach(&t, h);
            assert_int_equal(v.accepted, level == t.s[j]);
            assert_true(v.accepted || v.too_far > t.params->m / 2);
        }
    scene_deinit(&t);
}

/* Both sums at their least value, and one below it. */
static void noise_at_its_limits(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t place = 0; place < 2; place++) {
        struct scene t;
        scene_init(&t, "l64", &g);
        uint32_t sums[2] = {t.params->least_plain, t.params->least_composed};
        sums[place]--;
        for (size_t which = 0; which < 2; which++)
            for (size_t i = which ? t.params->m : 0; sums[which] > 0; i++) {
                int e = sums[which] < 30 ? (int)sums[which] : 30;
                add(&t, i, i % 2 ? e : -e);
                sums[which] -= (uint32_t)e;
            }
        struct verdict v = learned(&t);
        assert_true(v.accepted && !v.noisy);
        assert_int_equal(v.plain_noise, t.params->least_plain - (place == 0));
        assert_int_equal(v.composed_noise, t.params->least_composed - (place == 1));
        add(&t, place ? t.params->m + 63 : t.params->m - 1, 1);
        assert_true(learned(&t).noisy);
        scene_deinit(&t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),
        cmocka_unit_test(learner_equals_its_twin),
        cmocka_unit_test(fails_as_often_as_the_tail_says),
        cmocka_unit_test(acceptance_at_its_limits),
        cmocka_unit_test(an_odd_entry),
        cmocka_unit_test(wrong_hypotheses_are_refused),
        cmocka_unit_test(noise_at_its_limits),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
