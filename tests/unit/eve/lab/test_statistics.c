/* Intervals and fits against values that are known by other means. */
#include "eve/lab/statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_near(double a, double b, double share) {
    if (!(fabs(a - b) <= share * fabs(b)))
        print_error("%.12g is not %.12g\n", a, b);
    assert_true(fabs(a - b) <= share * fabs(b));
}

static void exact_bounds(void **state) {
    (void)state;
    double low, high;
    /* none in n: 1 - 0.05^(1/n) */
    assert_near(statistics_upper95(0, 30000), -expm1(log(0.05) / 30000), 1e-9);
    assert_near(statistics_upper95(2, 100000), 6.2957e-5, 1e-4);
    assert_true(statistics_upper95(3, 3) == 1 && statistics_upper95(0, 0) == 1);
    /* the table of Clopper and Pearson: 3 of 10 */
    statistics_exact(&low, &high, 3, 10, 0.95);
    assert_near(low, 0.06674, 1e-3);
    assert_near(high, 0.65245, 1e-3);
    statistics_exact(&low, &high, 0, 10, 0.95);
    assert_true(low == 0);
    statistics_exact(&low, &high, 125000, 1000000, 0.9999999);
    assert_near(low, 0.125 - 5.3267 * sqrt(0.125 * 0.875 / 1e6), 1e-3);
    assert_near(high, 0.125 + 5.3267 * sqrt(0.125 * 0.875 / 1e6), 1e-3);
}

static void means(void **state) {
    (void)state;
    double mean, error;
    statistics_mean(&mean, &error, (double[]){1, 2, 3, 4}, 4);
    assert_near(mean, 2.5, 1e-12);
    assert_near(error, sqrt(5.0 / 3 / 4), 1e-12);
}

static void medians(void **state) {
    (void)state;
    assert_true(isnan(statistics_median(NULL, 0)));
    assert_near(statistics_median((double[]){7}, 1), 7, 1e-12);
    assert_near(statistics_median((double[]){9, 1}, 2), 5, 1e-12);
    double values[] = {8, -2, 3, 100, 3};
    assert_near(statistics_median(values, 5), 3, 1e-12);
    for (size_t i = 1; i < 5; i++)
        assert_true(values[i - 1] <= values[i]);
}

static void lines(void **state) {
    (void)state;
    struct statistics_line line;
    assert_near(statistics_student95(1), 12.7062, 1e-4);
    assert_near(statistics_student95(10), 2.22814, 1e-4);
    assert_near(statistics_student95(1000), 1.96234, 1e-4);
    statistics_line(&line, (double[]){0, 1, 2, 3}, (double[]){1, 3.1, 4.9, 7}, 4);
    assert_near(line.slope, 1.98, 1e-9);
    assert_near(line.intercept, 1.03, 1e-9);
    assert_near(line.slope_high - line.slope, 4.30265 * sqrt(0.018 / 2 / 5), 1e-4);
    /* its band: narrowest over the mean, and there that of a mean */
    assert_near(line.half / sqrt(line.n), 4.30265 * sqrt(0.018 / 2 / 4), 1e-4);
    assert_near(line.mean, 1.5, 1e-12);
    assert_near(line.squares, 5, 1e-12);
    assert_near(line.least, 0, 0);
    assert_near(line.most, 3, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_bounds),
        cmocka_unit_test(means),
        cmocka_unit_test(medians),
        cmocka_unit_test(lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
