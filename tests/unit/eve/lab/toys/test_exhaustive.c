/* The exhaustive learner of parities against its naive twin, parity by parity. */
#include "eve/lab/toys/exhaustive.h"

#include "common/base/bytes.h"
#include "tests/lib/unit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static size_t agreeing_with(uint32_t s, const uint32_t *rows, const uint8_t *labels, size_t n_rows) {
    size_t sum = 0;
    for (size_t i = 0; i < n_rows; i++)
        sum += (unsigned)__builtin_parity(rows[i] & s) == bit_get(labels, i);
    return sum;
}

static void against_brute_force(void **state) {
    (void)state;
    struct prg g;
    uint8_t labels[64];
    uint32_t rows[512];
    unit_random(&g, "against_brute_force");
    for (unsigned n = 0; n <= 10; n++)
        for (size_t n_rows = 0; n_rows <= 512; n_rows += n_rows < 4 ? 1 : 127) {
            uint32_t best, naive = 0;
            size_t agreeing, most = 0;
            prg_read(&g, labels, sizeof labels);
            for (size_t i = 0; i < n_rows; i++)
                rows[i] = prg_u32(&g) & ((1u << n) - 1);
            for (uint32_t s = 0; s < 1u << n; s++) {
                size_t sum = agreeing_with(s, rows, labels, n_rows);
                if (s == 0 || sum > most) {
                    most = sum;
                    naive = s;
                }
            }
            assert_int_equal(exhaustive_parity(&best, &agreeing, rows, labels, n_rows, n), 0);
            assert_int_equal(best, naive);
            assert_int_equal(agreeing, most);
        }
}

static void finds_a_parity(void **state) {
    (void)state;
    struct prg g;
    uint8_t labels[128] = {0};
    uint32_t rows[1000], secret, best;
    size_t agreeing;
    unit_random(&g, "finds_a_parity");
    secret = prg_u32(&g) & 0xfffff;
    for (size_t i = 0; i < 1000; i++) {
        rows[i] = prg_u32(&g) & 0xfffff;
        bit_xor(labels, i, (unsigned)__builtin_parity(rows[i] & secret) ^ (i % 10 == 0));
    }
    assert_int_equal(exhaustive_parity(&best, &agreeing, rows, labels, 1000, 20), 0);
    assert_int_equal(best, secret); /* another parity agrees with 900 of 1000 once in 10^160 */
    assert_int_equal(agreeing, 900);
    assert_int_equal(exhaustive_parity(&best, &agreeing, rows, labels, 1000, EXHAUSTIVE_BITS_MAX + 1), -EINVAL);
}

static void bound(void **state) {
    (void)state;
    assert_true(fabs(exhaustive_bound(16, 0.25) - 16 / 0.18872187554086717) < 1e-9);
    assert_true(fabs(exhaustive_bound(100, 0.11) - 100 / 0.5000842) < 1e-3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_brute_force),
        cmocka_unit_test(finds_a_parity),
        cmocka_unit_test(bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
