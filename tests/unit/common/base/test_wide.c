/* Products of 128 bits: against shifting and adding, bit by bit. */
#include "common/base/wide.h"

#include "common/base/prg.h"
#include "tests/lib/unit.h"

static struct wide naive(uint64_t a, uint64_t b) {
    struct wide sum = {0, 0};
    for (int i = 63; i >= 0; i--) {
        sum.high = sum.high << 1 | sum.low >> 63;
        sum.low <<= 1;
        if (b >> i & 1) {
            sum.low += a;
            sum.high += sum.low < a;
        }
    }
    return sum;
}

static void check(uint64_t a, uint64_t b) {
    struct wide fast = wide_product(a, b), slow = naive(a, b);
    assert_true(fast.high == slow.high && fast.low == slow.low);
    assert_int_equal(wide_scale(a, (uint32_t)b), naive(a, (uint32_t)b).high);
}

static void edges(void **state) {
    (void)state;
    static const uint64_t numbers[] = {0,          1,           2,           0x7fffffff,        0x80000000,
                                       0xffffffff, 0x100000000, 0x100000001, UINT64_C(1) << 63, UINT64_MAX - 1,
                                       UINT64_MAX};
    enum { N = sizeof numbers / sizeof numbers[0] };
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            check(numbers[i], numbers[j]);
}

static void random_ones(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, __func__);
    for (int i = 0; i < 5000; i++) {
        uint64_t a = prg_u64(&random), b = prg_u64(&random);
        check(a >> (a & 63), b >> (b & 63)); /* of all lengths */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(edges), cmocka_unit_test(random_ones)};
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
