/* Masking and majority against the same with one byte for each bit. */
#include "common/agree/distill.h"

#include "common/base/bytes.h"
#include "common/task/lpn/params.h"
#include "tests/lib/unit.h"

#include <math.h>

enum { D = SET_DISTILLATE, L_MAX = D * 75 };

static void masks_each_copy(void **state) {
    (void)state;
    struct prg g;
    size_t n_sets;
    unit_random(&g, __func__);
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++, p++) {
        size_t n = params_challenges(p);
        uint8_t before[L_MAX / 8], d[D / 8];
        assert_true(n <= L_MAX && n % 8 == 0);
        prg_read(&g, before, sizeof before);
        prg_read(&g, d, sizeof d);
        uint8_t *masked = unit_copy(before, n / 8);
        distill_mask(masked, d, &p->set);
        for (size_t b = 0; b < n; b++)
            assert_int_equal(bit_get(masked, b), bit_get(before, b) ^ bit_get(d, b / p->set.repeat));
        free(masked);
    }
}

/* Results with any number of ones in each group, the two next to the half more often than others. */
static void majority_equals_its_twin(void **state) {
    (void)state;
    struct prg g;
    size_t n_sets;
    unit_random(&g, __func__);
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++, p++)
        for (int run = 0; run < 20; run++) {
            uint8_t results[L_MAX / 8] = {0}, d[D / 8], expected[D / 8] = {0};
            uint32_t agreeing = 0;
            for (size_t j = 0; j < D; j++) {
                uint32_t ones =
                    prg_below(&g, 2) ? p->set.repeat / 2 + prg_below(&g, 2) : prg_below(&g, p->set.repeat + 1);
                for (uint32_t c = 0, left = ones; c < p->set.repeat; c++) /* `left` of the places that remain */
                    if (prg_below(&g, p->set.repeat - c) < left) {
                        bit_xor(results, j * p->set.repeat + c, 1);
                        left--;
                    }
                bool majority = 2 * ones > p->set.repeat;
                bit_xor(expected, j, majority);
                agreeing += majority ? ones : p->set.repeat - ones;
            }
            uint8_t *exact = unit_copy(results, params_challenges(p) / 8);
            prg_read(&g, d, sizeof d);
            assert_int_equal(distill_majority(d, exact, &p->set), agreeing);
            assert_memory_equal(d, expected, sizeof d);
            free(exact);
        }
}

/* What is masked comes back as long as fewer than half of the copies of each bit are wrong. */
static void takes_the_noise_off(void **state) {
    (void)state;
    struct prg g;
    size_t n_sets;
    unit_random(&g, __func__);
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++, p++) {
        uint8_t d[D / 8], got[D / 8], results[L_MAX / 8] = {0};
        prg_read(&g, d, sizeof d);
        distill_mask(results, d, &p->set);
        for (size_t j = 0; j < D; j++)
            for (uint32_t wrong = prg_below(&g, p->set.repeat / 2 + 1), c = 0; c < wrong; c++)
                bit_xor(results, j * p->set.repeat + c, 1);
        distill_majority(got, results, &p->set);
        assert_memory_equal(got, d, sizeof d);
        size_t j = prg_below(&g, D), half = p->set.repeat / 2 + 1;
        for (uint32_t c = 0; c < p->set.repeat; c++) { /* one more than half of one bit */
            unsigned is = bit_get(results, j * p->set.repeat + c), want = bit_get(d, j) ^ (c < half);
            bit_xor(results, j * p->set.repeat + c, is ^ want);
        }
        distill_majority(got, results, &p->set);
        bit_xor(got, j, 1);
        assert_memory_equal(got, d, sizeof d);
    }
}

static void failure_bound(void **state) {
    (void)state;
    size_t n_sets;
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++) {
        long double term = 1, sum = 0, theta = 1 / sqrtl(p[i].n);
        for (uint32_t c = 0; c < p[i].set.repeat; c++)
            term *= theta;
        for (uint32_t c = p[i].set.repeat; c > p[i].set.repeat / 2; c--) {
            sum += term;
            term *= (long double)c / (p[i].set.repeat - c + 1) * (1 - theta) / theta;
        }
        double bound = distill_failure_log2(&p[i].set);
        assert_true(bound <= -40);
        assert_true(fabsl(bound - log2l(D * sum)) < 1e-9L);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_each_copy),
        cmocka_unit_test(majority_equals_its_twin),
        cmocka_unit_test(takes_the_noise_off),
        cmocka_unit_test(failure_bound),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
