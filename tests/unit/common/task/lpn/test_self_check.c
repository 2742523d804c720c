/* What the self-check promises (DESIGN.md section 2), with exact tails. A candidate was chosen by the labels that it is
 * checked against, so two steps are needed: over all parities, one that is wrong misses at least some share of *all*
 * plain labels; and of a uniform sample of these it then misses too few hardly ever. */
#include "common/task/lpn/params.h"

#include "tests/lib/unit.h"

#include <math.h>

enum { PROPOSALS = 8 }; /* that a learner makes at most: its rejected ones and the last */

/* log2 of n over k */
static double choose(double n, double k) {
    return (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) / log(2);
}

/* log2 P(X <= most) of X ~ Binomial(n, 1/2), from the largest term down. */
static double coins_at_most(double n, double most) {
    double quotient = 1, sum = 1;
    for (double x = most; x > 0 && quotient > 1e-18 * sum; x--)
        sum += quotient *= x / (n - x + 1);
    return choose(n, most) - n + log2(sum);
}

/* log2 P(X <= most), X the marked ones among `drawn` out of n, of which `marked` are marked. */
static double sample_at_most(double n, double marked, double drawn, double most) {
    double quotient = 1, sum = 1;
    for (double x = most; x > 0 && quotient > 1e-18 * sum; x--)
        sum += quotient *= x * (n - marked - drawn + x) / ((marked - x + 1) * (drawn - x + 1));
    return choose(marked, most) + choose(n - marked, drawn - most) - choose(n, drawn) + log2(sum);
}

/* log2 P(X >= least) of X ~ Binomial(n, p), least above the mean. */
static double at_least(double n, double p, double least) {
    double quotient = 1, sum = 1;
    for (double x = least; x < n && quotient > 1e-18 * sum; x++)
        sum += quotient *= (n - x) / (x + 1) * p / (1 - p);
    return choose(n, least) + least * log2(p) + (n - least) * log2(1 - p) + log2(sum);
}

static double log2_sum(double a, double b) {
    return fmax(a, b) + log2(1 + exp2(-fabs(a - b)));
}

/* log2 of the bound on: a wrong parity passes. share: what of the m labels it may miss without being counted in the
 * second step; the best one is found here. */
static double wrong_passes(const struct params *p) {
    double limit = params_self_check_limit(p, params_checked(p)), m = p->m, drawn = params_checked(p);
    if (drawn == m)
        return p->n + coins_at_most(m, limit);
    double low = ceil(limit * m / drawn), high = m / 2; /* the first step's part grows with it, the second's falls */
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (p->n + coins_at_most(m, middle - 1) < log2(PROPOSALS) + sample_at_most(m, middle, drawn, limit))
            low = middle;
        else
            high = middle;
    }
    return log2_sum(p->n + coins_at_most(m, low - 1), log2(PROPOSALS) + sample_at_most(m, low, drawn, limit));
}

static void wrong_parities_are_refused(void **state) {
    (void)state;
    size_t n_sets;
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++) {
        double wrong = wrong_passes(&p[i]);
        printf("%s: %u of %u labels, a wrong parity passes with 2^%.0f\n", p[i].set.name,
               (unsigned)params_checked(&p[i]), (unsigned)p[i].m, wrong);
        assert_true(wrong < (p[i].n == 64 ? -148 : p[i].n == 128 ? -390 : -430));
    }
}

static void the_right_one_passes(void **state) {
    (void)state;
    size_t n_sets;
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++) {
        double drawn = params_checked(&p[i]), limit = params_self_check_limit(&p[i], params_checked(&p[i]));
        assert_true(at_least(drawn, p[i].theta, limit + 1) < -350);
    }
}

/* The tails above on what can be counted out: 3 marked ones among 10, 4 drawn; 10 coins. */
static void tails_are_right(void **state) {
    (void)state;
    assert_true(fabs(exp2(sample_at_most(10, 3, 4, 0)) - 35 / 210.0) < 1e-12);
    assert_true(fabs(exp2(sample_at_most(10, 3, 4, 1)) - 140 / 210.0) < 1e-12);
    assert_true(fabs(exp2(sample_at_most(10, 3, 4, 2)) - 203 / 210.0) < 1e-12);
    assert_true(fabs(exp2(coins_at_most(10, 2)) - 56 / 1024.0) < 1e-12);
    assert_true(fabs(exp2(at_least(10, 0.5, 8)) - 56 / 1024.0) < 1e-12);
    assert_true(fabs(exp2(at_least(3, 0.25, 2)) - 10 / 64.0) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tails_are_right),
        cmocka_unit_test(wrong_parities_are_refused),
        cmocka_unit_test(the_right_one_passes),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
