/* Tails by other means: in whole numbers where they fit, else in long double, term by term from the other end. */
#include "common/base/binomial.h"

#include "tests/lib/unit.h"

#include <math.h>
#include <stdlib.h>

static void assert_near(double a, double b, double share) {
    if (!(fabs(a - b) <= share * fabs(b)))
        fail_msg("%.17g is not %.17g", a, b);
}

/* p = 1/2: sums of binomial coefficients over 2^n. */
static void whole_numbers(void **state) {
    (void)state;
    for (uint64_t n = 1; n <= 60; n++) {
        uint64_t coefficient = 1, below = 0;
        for (uint64_t x = 0; x <= n; x++) {
            assert_near(binomial_below(x, n, 0.5), ldexp((double)below, -(int)n), 1e-12);
            below += coefficient;
            uint64_t above = (UINT64_C(1) << n) - below;
            assert_near(binomial_above(x, n, 0.5), ldexp((double)above, -(int)n), 1e-12);
            coefficient = coefficient / (x + 1) * (n - x) + coefficient % (x + 1) * (n - x) / (x + 1);
        }
        assert_true(binomial_below(n + 1, n, 0.5) == 1 && binomial_above(n + 7, n, 0.5) == 0);
    }
}

static void term_by_term(void **state) {
    (void)state;
    static const struct {
        uint64_t n;
        double p;
    } cases[] = {{1, 0.3}, {25, 0.022}, {75, 0.125}, {1152, 0.125}, {2048, 0.99}, {40960, 0.01}, {262144, 0.011}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t n = cases[i].n, step = n / 97 + 1;
        long double p = cases[i].p, *terms = malloc((size_t)(n + 1) * sizeof *terms), sum = 0;
        assert_non_null(terms);
        terms[0] = powl(1 - p, (long double)n);
        for (uint64_t x = 1; x <= n; x++)
            terms[x] = terms[x - 1] * (long double)(n - x + 1) / (long double)x * p / (1 - p);
        for (uint64_t x = 0; x <= n; sum += terms[x++])
            if (x % step == 0 && sum > 1e-290L)
                assert_near(binomial_below(x, n, cases[i].p), (double)sum, 1e-8);
        sum = 0;
        for (uint64_t x = n + 1; x-- > 0; sum += terms[x])
            if (x % step == 0 && sum > 1e-290L)
                assert_near(binomial_above(x, n, cases[i].p), (double)sum, 1e-8);
        free(terms);
    }
}

static void least(void **state) {
    (void)state;
    const double tails[] = {0.5, 0.01, 1e-12, 1e-100};
    for (uint64_t n = 1; n <= 300; n += 13)
        for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
            uint64_t x = binomial_least(n, 0.2, tails[i]);
            assert_true(binomial_below(x, n, 0.2) <= tails[i]);
            assert_true(x == n || binomial_below(x + 1, n, 0.2) > tails[i]);
        }
}

/* Two groups of three with p = 1/4: each has a minority of 0 with 28/64 and of 1 with 36/64. */
static void minority_by_hand(void **state) {
    (void)state;
    double none = 28.0 * 28 / 4096, one = 2 * 28.0 * 36 / 4096;
    assert_int_equal(binomial_least_minority(1, 3, 0.25, none * 0.999), 0);
    assert_int_equal(binomial_least_minority(1, 3, 0.25, none * 1.001), 1);
    assert_int_equal(binomial_least_minority(1, 3, 0.25, (none + one) * 0.999), 1);
    assert_int_equal(binomial_least_minority(1, 3, 0.25, (none + one) * 1.001), 2);
    assert_int_equal(binomial_least_minority(0, 1, 0.25, 0.5), 0); /* one of one is never a minority */
}

/* Where the majority is nearly always right, the sum of minorities is the number of errors. */
static void minority_of_many(void **state) {
    (void)state;
    for (unsigned groups = 0; groups <= 9; groups++)
        assert_int_equal(binomial_least_minority(groups, 75, 0.125, 1e-9),
                         binomial_least(UINT64_C(75) << groups, 0.125, 1e-9));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers),    cmocka_unit_test(term_by_term),     cmocka_unit_test(least),
        cmocka_unit_test(minority_by_hand), cmocka_unit_test(minority_of_many),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
