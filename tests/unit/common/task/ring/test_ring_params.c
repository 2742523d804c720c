/* The sets' constants, computed again from the formulas that ring_params.h, flip.c and proto/DESIGN.md give. */
#include "common/base/binomial.h"
#include "common/task/ring/poly.h"
#include "common/task/ring/ring.h"
#include "common/task/ring/ring_params.h"
#include "common/task/ring/sparse.h"
#include "tests/lib/unit.h"

#include <math.h>

static const struct {
    const char *name;
    uint32_t n, w, w_e, repeat;
} expected[] = {
    {"r509", 509, 10, 10, 25},     {"r1019", 1019, 15, 17, 23},   {"r1493", 1493, 19, 21, 21},
    {"r2053", 2053, 22, 25, 21},   {"r4099", 4099, 32, 36, 19},   {"r8219", 8219, 46, 51, 17},
    {"r13109", 13109, 70, 80, 17}, {"r17669", 17669, 66, 75, 15},
};

static void numbers(void **state) {
    (void)state;
    for (size_t i = 0; i < RING_SETS; i++) {
        const struct ring_params *p = ring_params_find(expected[i].name);
        assert_ptr_equal(p, ring_params_at(i));
        assert_ptr_equal(ring_task.set(i), &p->set);
        assert_int_equal(p->n, expected[i].n);
        assert_int_equal(p->w, expected[i].w);
        assert_int_equal(p->w_s, expected[i].w_e);
        assert_int_equal(p->w_e, expected[i].w_e);
        assert_int_equal(p->set.repeat, expected[i].repeat);
        assert_in_range(p->n, 65, POLY_N_MAX);
        assert_in_range(p->w_e, 1, RING_WEIGHT_MAX);
        assert_in_range(p->w, 1, RING_WEIGHT_MAX);
        assert_int_equal(p->set.n_labels, 2 * p->n);
        assert_int_equal(p->set.n_chunks, 1);
        assert_int_equal(p->set.chunk_max, (p->n + 7) / 8);
        assert_int_equal(ring_task.chunk_bytes(&p->set, 0), p->set.chunk_max);
        assert_int_equal(ring_task.chunk_bytes(&p->set, 1), 0);
        assert_in_range((p->n + 7) / 8, 1, TASK_HYPOTHESIS_MAX);
    }
    assert_null(ring_params_at(RING_SETS));
    assert_null(ring_task.set(RING_SETS));
    assert_null(ring_params_find("r523"));
    assert_int_equal(SPARSE_MAX, RING_WEIGHT_MAX);
}

/* X^n - 1 = (X - 1)(X^(n-1) + ... + 1), and the second factor is irreducible. */
static void n_is_a_prime_with_root_2(void **state) {
    (void)state;
    const struct ring_params *p;
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        uint32_t order = 1, power = 2;
        for (uint32_t d = 2; d < p->n; d++)
            assert_int_not_equal(p->n % d, 0);
        for (; power != 1; power = power * 2 % p->n)
            order++;
        assert_int_equal(order, p->n - 1);
    }
}

static void noise(void **state) {
    (void)state;
    const struct ring_params *p;
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        double risk = (double)p->w_e / p->n;
        uint64_t above = ((uint64_t)p->w_e << 32) / p->n, rest = ((uint64_t)p->w_e << 32) % p->n;
        assert_true(p->theta64 == (above << 32 | (rest << 32) / p->n)); /* 2^64 w_e / n */
        assert_true(p->set.risk == risk);
        assert_int_equal(p->set.least_masked,
                         binomial_least_minority(SET_DISTILLATE_LOG2, p->set.repeat, risk, ldexp(1, -40)));
        /* N is the least that will do, but for the sets of which it was chosen with some to spare */
        double fails = SET_DISTILLATE * binomial_above(p->set.repeat / 2, p->set.repeat, risk);
        assert_true(log2(fails) < -40);
        fails = SET_DISTILLATE * binomial_above(p->set.repeat / 2 - 1, p->set.repeat - 2, risk);
        assert_true(log2(fails) >= -40);
    }
}

/* C(n, k) as a logarithm */
static double choose(double n, double k) {
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* P that two random sets of a and b of n places have an odd number in common: a coefficient of a product of strings of
 * these weights is 1. */
static double odd(uint32_t n, uint32_t a, uint32_t b) {
    double sum = 0;
    for (uint32_t k = 1; k <= a && k <= b; k += 2)
        sum += exp(choose(a, k) + choose(n - a, b - k) - choose(n, b));
    return sum;
}

static void share_of_ones(void **state) {
    (void)state;
    const struct ring_params *p;
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        double product = 1 - 2 * odd(p->n, p->w, p->w_s), e = 1 - 2 * odd(p->n, p->w, p->w_e);
        double expect = (1 - product * e * (1 - 2.0 * p->w_e / p->n)) / 2;
        assert_true(fabs(expect - p->p) < 1e-9);
    }
}

/* The threshold as flip.c has it, from logarithms. */
static uint32_t threshold(const struct ring_params *p, uint32_t residue) {
    double n = p->n, w = p->w, density = residue / n;
    double wrong = fmax(1, log(1 - 2 * density) / log(1 - 2 * w / n));
    double others = (1 - pow(1 - 2 * w / n, wrong - 1) * (1 - 2.0 * p->w_e / n)) / 2;
    double ratio = log((1 - others) / others), prior = log(wrong / (2 * n));
    return (uint32_t)fmax(ceil((w * ratio - prior) / (2 * ratio)), (p->w + 1) / 2);
}

static void steps(void **state) {
    (void)state;
    const struct ring_params *p;
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        uint32_t last = p->steps[RING_STEPS - 1];
        assert_true(last < p->n / 2);
        for (uint32_t residue = 1; residue <= last; residue++) {
            uint32_t least = p->reach;
            for (size_t s = 0; s < RING_STEPS; s++)
                least += residue >= p->steps[s];
            assert_int_equal(least, threshold(p, residue));
        }
    }
}

/* Whole bytes of a block's labels, and never all n of them. */
static void blocks(void **state) {
    (void)state;
    const struct ring_params *p;
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        size_t block = ring_params_block(p), n_blocks = ring_params_blocks(p), all = set_challenges(&p->set);
        assert_int_equal(block % 8, 0);
        assert_true(block < p->n && block + 8 >= p->n);
        assert_true(n_blocks * block >= all && (n_blocks - 1) * block < all);
    }
}

static void words(void **state) {
    (void)state;
    char text[400];
    const struct ring_params *p = ring_params_find("r13109");
    ring_task.describe(&p->set, text, sizeof text);
    assert_non_null(strstr(text, "13109"));
    ring_task.secrecy(&p->set, text, sizeof text);
    assert_non_null(strstr(text, "between 2^139 and 2^145"));
    assert_non_null(strstr(text, "assumed"));
    assert_true(strlen(text) + 1 < sizeof text);
    assert_true(ring_task.experimental);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers), cmocka_unit_test(n_is_a_prime_with_root_2),
        cmocka_unit_test(noise),   cmocka_unit_test(share_of_ones),
        cmocka_unit_test(steps),   cmocka_unit_test(blocks),
        cmocka_unit_test(words),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
