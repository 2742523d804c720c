/* Fits find the parameters from which times were drawn, with censored times too, and only if these are not left out. */
#include "common/base/prg.h"
#include "eve/lab/fit.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIZES = 11, EACH = 40, POINTS = SIZES * EACH, DRAWS = 200, COVERS = 120 };

static const double log_a = -9, b = 0.6, sigma = 0.8;

static double uniform(struct prg *g) {
    return ((double)(prg_u64(g) >> 11) + 0.5) * 0x1p-53;
}

static double normal(struct prg *g) {
    return sqrt(-2 * log(uniform(g))) * cos(2 * M_PI * uniform(g));
}

/* n = 64, 96, ... 384, x = sqrt n; times above the limit are censored there. */
static void draw(struct fit_point *points, enum fit_law law, double limit, uint64_t number) {
    static const uint8_t seed[32] = {4};
    struct prg g;
    prg_init(&g, seed, number);
    for (size_t i = 0; i < POINTS; i++) {
        double x = sqrt(64.0 + 32.0 * (double)(i / EACH)), line = log_a + b * x;
        double t = law == FIT_EXPONENTIAL ? -log(uniform(&g)) * exp(line) : exp(line + sigma * normal(&g));
        points[i] = (struct fit_point){x, fmin(t, limit), t > limit};
    }
    prg_deinit(&g);
}

static void test_exact(void **state) {
    (void)state;
    /* Without censoring the log-normal fit is least squares: here by hand. */
    struct fit_point points[] = {{1, exp(1), false}, {2, exp(4), false}, {3, exp(4), false}};
    struct fit_line line;
    assert_int_equal(fit_line(FIT_LOGNORMAL, points, 3, &line), 0);
    assert_true(fabs(line.b - 1.5) < 1e-6);
    assert_true(fabs(line.log_a) < 1e-6);
    assert_true(fabs(line.sigma - sqrt(0.5)) < 1e-6);
    assert_true(fabs(fit_log_at(&line, 4) - 6) < 1e-5);
    /* profile: n/2 log(1 + (b - 1.5)^2 2 / 1.5) = 1.92 */
    double half = sqrt((exp(1.9207294103470622 / 1.5) - 1) * 1.5 / 2);
    assert_true(fabs(line.b_low - (1.5 - half)) < 1e-6);
    assert_true(fabs(line.b_high - (1.5 + half)) < 1e-6);
    /* The exponential fit of two sizes goes through total time over events at each. */
    struct fit_point times[] = {{0, 1, false}, {0, 3, false}, {0, 2, true}, {1, 8, false}, {1, 10, true}};
    assert_int_equal(fit_line(FIT_EXPONENTIAL, times, 5, &line), 0);
    assert_true(fabs(line.log_a - log(3)) < 1e-6);
    assert_true(fabs(line.log_a + line.b - log(18)) < 1e-6);
    assert_int_equal(line.n_censored, 2);
}

static void test_none(void **state) {
    (void)state;
    struct fit_line line;
    struct fit_point points[] = {{1, 5, true}, {2, 5, true}, {3, 5, true}};
    assert_int_equal(fit_line(FIT_EXPONENTIAL, points, 3, &line), -ERANGE);
    points[0].censored = false; /* success at one size alone says nothing of growth */
    assert_int_equal(fit_line(FIT_EXPONENTIAL, points, 3, &line), -ERANGE);
    assert_int_equal(fit_line(FIT_LOGNORMAL, points, 3, &line), -ERANGE);
    points[1].censored = false;
    assert_int_equal(fit_line(FIT_EXPONENTIAL, points, 3, &line), 0);
    points[2].t = 0;
    assert_int_equal(fit_line(FIT_EXPONENTIAL, points, 3, &line), -ERANGE);
    assert_int_equal(fit_line(FIT_LOGNORMAL, NULL, 0, &line), -ERANGE);
}

/* Over many draws the interval holds the truth 95% of the time, with a third of the times censored as well as without.
 */
static void cover(enum fit_law law, double limit, double least, double most) {
    static struct fit_point points[POINTS];
    size_t holds = 0, censored = 0;
    double mean = 0, level = 0;
    for (uint64_t i = 0; i < COVERS; i++) {
        struct fit_line line;
        draw(points, law, limit, i);
        assert_int_equal(fit_line(law, points, POINTS, &line), 0);
        holds += line.b_low <= b && b <= line.b_high;
        censored += line.n_censored;
        mean += line.b / COVERS;
        level += fit_log_at(&line, 14) / COVERS;
        assert_true(line.b_low < line.b && line.b < line.b_high);
    }
    double share = (double)censored / COVERS / POINTS;
    assert_true(share >= least && share <= most);
    assert_in_range(holds, COVERS * 90 / 100, COVERS * 99 / 100); /* 3 standard deviations */
    assert_true(fabs(mean - b) < 0.005);
    assert_true(fabs(level - (log_a + 14 * b)) < 0.05);
}

static void test_covers(void **state) {
    (void)state;
    cover(FIT_EXPONENTIAL, INFINITY, 0, 0);
    cover(FIT_EXPONENTIAL, 1, 0.1, 0.5);
    cover(FIT_LOGNORMAL, INFINITY, 0, 0);
    cover(FIT_LOGNORMAL, 1, 0.1, 0.5);
}

/* The two usual mistakes: dropping what did not end, and taking the limit for its time. */
static void test_mistakes(void **state) {
    (void)state;
    static struct fit_point points[POINTS], wrong[POINTS];
    struct fit_line line;
    for (int law = FIT_EXPONENTIAL; law <= FIT_LOGNORMAL; law++) {
        size_t n = 0;
        draw(points, (enum fit_law)law, 0.5, 2);
        for (size_t i = 0; i < POINTS; i++)
            if (!points[i].censored)
                wrong[n++] = points[i];
        assert_true(n < POINTS * 9 / 10);
        assert_int_equal(fit_line((enum fit_law)law, points, POINTS, &line), 0);
        assert_true(line.b_low < b && b < line.b_high);
        assert_int_equal(fit_line((enum fit_law)law, wrong, n, &line), 0);
        assert_true(line.b_high < b);
        memcpy(wrong, points, sizeof wrong);
        for (size_t i = 0; i < POINTS; i++)
            wrong[i].censored = false;
        assert_int_equal(fit_line((enum fit_law)law, wrong, POINTS, &line), 0);
        assert_true(line.b_high < b);
    }
}

static void test_bootstrap(void **state) {
    (void)state;
    static struct fit_point points[POINTS];
    static struct fit_line lines[DRAWS], again[DRAWS];
    static const uint8_t seed[32] = {7}, other[32] = {8};
    double slopes[DRAWS];
    struct fit_line line;
    draw(points, FIT_EXPONENTIAL, 1, 3);
    assert_int_equal(fit_line(FIT_EXPONENTIAL, points, POINTS, &line), 0);
    assert_int_equal(fit_bootstrap(FIT_EXPONENTIAL, points, POINTS, seed, DRAWS, lines), DRAWS);
    assert_int_equal(fit_bootstrap(FIT_EXPONENTIAL, points, POINTS, seed, DRAWS, again), DRAWS);
    assert_memory_equal(lines, again, sizeof lines);
    assert_int_equal(fit_bootstrap(FIT_EXPONENTIAL, points, POINTS, other, DRAWS, again), DRAWS);
    assert_memory_not_equal(lines, again, sizeof lines);
    for (size_t i = 0; i < DRAWS; i++)
        slopes[i] = lines[i].b;
    double low = fit_quantile(slopes, DRAWS, 0.025), high = fit_quantile(slopes, DRAWS, 0.975);
    /* both are intervals of the same thing */
    assert_true(low < line.b && line.b < high);
    assert_true((high - low) / (line.b_high - line.b_low) > 0.7 && (high - low) / (line.b_high - line.b_low) < 1.4);
}

static void test_crossing(void **state) {
    (void)state;
    struct fit_line power = {.log_a = log(1e-5), .b = 1.2}, curve = {.log_a = log(1e-6), .b = 0.7};
    double n = fit_crossing(&power, &curve);
    assert_true(n > 0 && fabs(1e-5 * pow(n, 1.2) / (1e-6 * exp(0.7 * sqrt(n))) - 1) < 1e-9);
    assert_true(fit_log_at(&curve, sqrt(2 * n)) > fit_log_at(&power, log(2 * n))); /* above from there on */
    curve.log_a = log(1e3);
    assert_true(isnan(fit_crossing(&power, &curve))); /* above everywhere */
    curve.b = 0;
    assert_true(isnan(fit_crossing(&power, &curve)));
}

/* Times that grow as exp(b sqrt n), some of them censored: they tell that from a power of n if they scatter little. */
static void test_compare(void **state) {
    (void)state;
    enum { N = POINTS / 4 };
    static struct fit_point points[POINTS], swapped[N];
    static double others[N], roots[N];
    static const uint8_t seed[32] = {9};
    struct fit_interval by, back;
    struct fit_line line, power;
    draw(points, FIT_LOGNORMAL, 30, 5);
    for (size_t i = 0; i < N; i++) {
        points[i] = points[4 * i];
        points[i].t = exp(0.75 * (log_a + b * points[i].x)) * pow(points[i].t, 0.25);
        roots[i] = points[i].x;
        others[i] = 2 * log(points[i].x);
        swapped[i] = points[i];
        swapped[i].x = others[i];
    }
    assert_int_equal(fit_compare(FIT_LOGNORMAL, points, others, N, seed, &by), 0);
    assert_int_equal(fit_line(FIT_LOGNORMAL, points, N, &line), 0);
    assert_int_equal(fit_line(FIT_LOGNORMAL, swapped, N, &power), 0);
    assert_true(fabs(by.value - (line.log_likelihood - power.log_likelihood)) < 1e-9);
    assert_true(0 < by.low && by.low < by.value && by.value < by.high);
    assert_int_equal(fit_compare(FIT_LOGNORMAL, swapped, roots, N, seed, &back), 0);
    assert_true(back.value == -by.value && back.low < back.value && back.value < back.high && back.high < 0);
    for (size_t i = 0; i < N; i++)
        others[i] = 1 + 2 * roots[i]; /* the same line */
    assert_int_equal(fit_compare(FIT_EXPONENTIAL, points, others, N, seed, &by), 0);
    assert_true(fabs(by.value) < 1e-5 && by.low > -1e-4 && by.high < 1e-4);
    struct fit_point few[] = {{1, 5, false}, {2, 6, true}, {2, 7, false}}; /* some draws have one size that ended */
    assert_int_equal(fit_compare(FIT_EXPONENTIAL, few, (double[]){1, 3, 3}, 3, seed, &by), -ERANGE);
}

static void test_widening(void **state) {
    (void)state;
    static const uint8_t seed[32] = {10};
    static struct fit_point points[4][EACH];
    struct fit_times slow[2] = {{points[0], EACH}, {points[1], EACH}},
                     quick[2] = {{points[2], EACH}, {points[3], EACH}};
    struct fit_interval by, again;
    struct prg g;
    prg_init(&g, seed, 1);
    static const double means[] = {10, 600, 1, 3};
    for (size_t s = 0; s < 4; s++)
        for (size_t i = 0; i < EACH; i++)
            points[s][i] = (struct fit_point){0, -means[s] * log(uniform(&g)), false};
    fit_widening(slow, quick, seed, &by);
    /* by hand */
    double mean[4] = {0};
    for (size_t s = 0; s < 4; s++)
        for (size_t i = 0; i < EACH; i++)
            mean[s] += points[s][i].t / EACH;
    assert_true(fabs(by.value / (mean[1] / mean[3] / (mean[0] / mean[2])) - 1) < 1e-9);
    /* the logarithm of a ratio of four such means has deviation 2/sqrt(EACH) */
    double half = log(by.high / by.low) / 2 / (1.96 * 2 / sqrt(EACH));
    assert_true(half > 0.6 && half < 1.5);
    assert_true(1 < by.low && by.low < by.value && by.value < by.high);
    fit_widening(slow, quick, seed, &again);
    assert_memory_equal(&by, &again, sizeof by);
    slow[1] = slow[0];
    quick[1] = quick[0];
    fit_widening(slow, quick, seed, &by);
    assert_true(fabs(by.value - 1) < 1e-9 && by.low < 1 && by.high > 1); /* nothing grows: that is not told */
    struct fit_point few[] = {{0, 3, true}, {0, 5, false}};
    assert_true(fit_mean(&(struct fit_times){few, 2}) == 8 && isinf(fit_mean(&(struct fit_times){few, 1})));
}

static void test_quantile(void **state) {
    (void)state;
    double values[] = {5, 1, NAN, 3, 2, 4};
    assert_true(fit_quantile(values, 6, 0.5) == 3);
    assert_true(fit_quantile(values, 6, 0) == 1);
    assert_true(isnan(fit_quantile(values, 0, 0.5)));
    double two[] = {1, 2};
    assert_true(fit_quantile(two, 2, 0.25) == 1.25);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),    cmocka_unit_test(test_none),      cmocka_unit_test(test_covers),
        cmocka_unit_test(test_mistakes), cmocka_unit_test(test_bootstrap), cmocka_unit_test(test_crossing),
        cmocka_unit_test(test_compare),  cmocka_unit_test(test_widening),  cmocka_unit_test(test_quantile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
