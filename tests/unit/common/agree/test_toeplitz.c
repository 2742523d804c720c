/* The hash against its double sum. */
#include "common/agree/toeplitz.h"

#include "common/base/bytes.h"
#include "tests/lib/unit.h"

/* y_i = sum over j of t_(i + 511 - j) d_j */
static void naive_hash(uint8_t y[static 32], const uint8_t d[static 64], const uint8_t t[static 96]) {
    memset(y, 0, 32);
    for (size_t i = 0; i < TOEPLITZ_OUT; i++)
        for (size_t j = 0; j < TOEPLITZ_IN; j++)
            bit_xor(y, i, bit_get(t, i + 511 - j) & bit_get(d, j));
}

static void check(const uint8_t d[static 64], const uint8_t t[static 96]) {
    uint8_t y[32], expected[32], *exact_d = unit_copy(d, 64), *exact_t = unit_copy(t, 96);
    toeplitz_hash(y, exact_d, exact_t);
    naive_hash(expected, d, t);
    assert_memory_equal(y, expected, sizeof y);
    free(exact_d);
    free(exact_t);
}

static void equals_the_double_sum(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (int run = 0; run < 200; run++) {
        uint8_t d[64], t[96];
        prg_read(&g, d, sizeof d);
        prg_read(&g, t, sizeof t);
        t[95] &= run % 2 ? 0x7f : 0xff; /* bit 767 does not count */
        check(d, t);
    }
}

/* Bit j of d and bit c of t meet in y_i for i = c + j - 511 alone. */
static void single_bits(void **state) {
    (void)state;
    for (size_t j = 0; j < TOEPLITZ_IN; j += 7)
        for (size_t c = 0; c < 768; c++) {
            uint8_t d[64] = {0}, t[96] = {0}, y[32], expected[32] = {0};
            bit_xor(d, j, 1);
            bit_xor(t, c, 1);
            if (c + j >= 511 && c + j - 511 < TOEPLITZ_OUT)
                bit_xor(expected, c + j - 511, 1);
            toeplitz_hash(y, d, t);
            assert_memory_equal(y, expected, sizeof y);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_double_sum),
        cmocka_unit_test(single_bits),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
