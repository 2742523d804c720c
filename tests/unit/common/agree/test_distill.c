/* Masking and unmasking against the same with one number for each label, and for bits against the majority. */
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
            struct distilled got = distill_unmask(d, exact, &p->set);
            assert_int_equal(got.agreeing, agreeing);
            assert_int_equal(got.noise, params_challenges(p) - agreeing);
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
        distill_unmask(got, results, &p->set);
        assert_memory_equal(got, d, sizeof d);
        size_t j = prg_below(&g, D), half = p->set.repeat / 2 + 1;
        for (uint32_t c = 0; c < p->set.repeat; c++) { /* one more than half of one bit */
            unsigned is = bit_get(results, j * p->set.repeat + c), want = bit_get(d, j) ^ (c < half);
            bit_xor(results, j * p->set.repeat + c, is ^ want);
        }
        distill_unmask(got, results, &p->set);
        bit_xor(got, j, 1);
        assert_memory_equal(got, d, sizeof d);
    }
}

/* ---- any modulus */

static uint32_t get(const struct set *set, const uint8_t *labels, size_t i) {
    return set->modulus == 2 ? bit_get(labels, i) : load16_le(labels + 2 * i);
}

static void put(const struct set *set, uint8_t *labels, size_t i, uint32_t value) {
    if (set->modulus == 2)
        bit_xor(labels, i, bit_get(labels, i) ^ value);
    else
        store16_le(labels + 2 * i, (uint16_t)value);
}

static uint32_t naive_distance(uint32_t a, uint32_t b, uint32_t modulus) {
    uint32_t up = (a + modulus - b) % modulus, down = (b + modulus - a) % modulus;
    return up < down ? up : down;
}

/* With |.| spelt out, for labels anywhere and close to where the two answers are as far. */
static void any_modulus_equals_its_twin(void **state) {
    (void)state;
    static const uint32_t moduli[] = {2, 3, 4, 5, 256, 65535, 65536};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t m = 0; m < sizeof moduli / sizeof moduli[0]; m++)
        for (uint32_t run = 0; run < 12; run++) {
            const uint32_t Q = moduli[m], half = Q / 2;
            const struct set set = {.modulus = Q, .repeat = 1 + 2 * (run / 2)};
            const size_t n = set_label_bytes(&set, set_challenges(&set));
            uint8_t labels[2 * D * 11] = {0}, d[D / 8], got[D / 8], expected[D / 8] = {0};
            struct distilled counted = {0};
            prg_read(&g, d, sizeof d);
            for (size_t i = 0; i < set_challenges(&set); i++)
                put(&set, labels, i, (run % 2 ? prg_below(&g, Q) : Q / 4 + prg_below(&g, 3)) % Q);
            uint8_t *exact = unit_copy(labels, n), *masked = unit_copy(labels, n);
            distill_mask(masked, d, &set);
            for (size_t j = 0; j < D; j++) {
                uint32_t from[2] = {0}, ones = 0;
                for (size_t i = j * set.repeat; i < (j + 1) * set.repeat; i++) {
                    uint32_t z = get(&set, labels, i);
                    uint32_t to[2] = {naive_distance(z, 0, Q), naive_distance(z, half, Q)};
                    assert_int_equal(get(&set, masked, i), (z + (bit_get(d, j) ? half : 0)) % Q);
                    from[0] += to[0];
                    from[1] += to[1];
                    ones += to[1] < to[0];
                }
                bool bit = from[1] < from[0];
                bit_xor(expected, j, bit);
                counted.noise += from[bit];
                counted.agreeing += bit ? ones : set.repeat - ones;
            }
            struct distilled is = distill_unmask(got, exact, &set);
            assert_memory_equal(got, expected, sizeof got);
            assert_int_equal(is.noise, counted.noise);
            assert_int_equal(is.agreeing, counted.agreeing);
            free(exact);
            free(masked);
        }
}

/* Noise below Q/4 is never too much, with one label to a bit. */
static void small_noise_is_never_wrong(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    const struct set set = {.modulus = 65536, .repeat = 1, .least_masked = 1000};
    uint8_t labels[2 * D], d[D / 8], got[D / 8];
    uint32_t noise = 0;
    prg_read(&g, d, sizeof d);
    for (size_t i = 0; i < D; i++) {
        uint32_t size = i % 2 ? 16383 : prg_below(&g, 16384);
        put(&set, labels, i, prg_below(&g, 2) ? size : (65536 - size) % 65536);
        noise += size;
    }
    distill_mask(labels, d, &set);
    struct distilled is = distill_unmask(got, labels, &set);
    assert_memory_equal(got, d, sizeof got);
    assert_int_equal(is.noise, noise);
    assert_int_equal(is.agreeing, D);
    assert_true(distill_noisy(1000, &set) && !distill_noisy(999, &set));
    assert_true(isinf(distill_failure_log2(&set)));
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
        cmocka_unit_test(any_modulus_equals_its_twin),
        cmocka_unit_test(small_noise_is_never_wrong),
        cmocka_unit_test(failure_bound),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
