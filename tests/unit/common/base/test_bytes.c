#include "common/base/bytes.h"
#include "tests/lib/unit.h"

#include <errno.h>

static void bits_are_least_significant_first(void **state) {
    (void)state;
    uint8_t bits[3] = {0x01, 0x80, 0x24};
    static const char expected[] = "100000000000000100100100";
    for (size_t i = 0; i < 24; i++)
        assert_int_equal(bit_get(bits, i), expected[i] - '0');
    for (size_t i = 0; i < 24; i++) {
        uint8_t before[3];
        memcpy(before, bits, 3);
        bit_xor(bits, i, 0);
        assert_memory_equal(bits, before, 3);
        bit_xor(bits, i, 1);
        for (size_t j = 0; j < 24; j++)
            assert_int_equal(bit_get(bits, j), bit_get(before, j) ^ (i == j));
        bit_xor(bits, i, 1);
    }
}

static void bits_take_whole_bytes(void **state) {
    (void)state;
    static const size_t cases[][2] = {{0, 0}, {1, 1}, {7, 1}, {8, 1}, {9, 2}, {63, 8}, {64, 8}, {65, 9}, {767, 96}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(bits_to_bytes(cases[i][0]), cases[i][1]);
}

static void numbers_have_fixed_byte_orders(void **state) {
    (void)state;
    static const uint8_t bytes[8] = {0x81, 0x02, 0x03, 0xf4, 0x05, 0x06, 0x07, 0x88};
    assert_int_equal(load32_le(bytes), 0xf4030281u);
    assert_int_equal(load32_be(bytes), 0x810203f4u);
    assert_true(load64_le(bytes) == UINT64_C(0x88070605f4030281));
    uint8_t out[8];
    store32_le(out, 0xf4030281u);
    assert_memory_equal(out, bytes, 4);
    store32_be(out, 0x810203f4u);
    assert_memory_equal(out, bytes, 4);
    store64_le(out, UINT64_C(0x88070605f4030281));
    assert_memory_equal(out, bytes, 8);
}

static void xor_is_bytewise_and_stays_inside(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    static const size_t sizes[] = {0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 5000};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        size_t n = sizes[k];
        uint8_t *a = (uint8_t *)malloc(n + 1), *b = (uint8_t *)malloc(n + 1);
        assert_true(a && b);
        prg_read(&g, a, n + 1);
        prg_read(&g, b, n + 1);
        uint8_t *sum = unit_copy(a, n + 1);
        bytes_xor(sum, b, n);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(sum[i], a[i] ^ b[i]);
        assert_int_equal(sum[n], a[n]);
        free(a);
        free(b);
        free(sum);
    }
}

static void hex_goes_both_ways(void **state) {
    (void)state;
    uint8_t bytes[256], back[256];
    char hex[513];
    for (size_t i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    bytes_to_hex(hex, bytes, 256);
    for (size_t i = 0; i < 256; i++) {
        char expected[3];
        snprintf(expected, sizeof expected, "%02x", (unsigned)i);
        assert_memory_equal(hex + 2 * i, expected, 2);
    }
    assert_int_equal(bytes_from_hex(back, 256, hex), 0);
    assert_memory_equal(back, bytes, 256);
    assert_int_equal(bytes_from_hex(back, 3, "0aFfA0"), 0);
    assert_memory_equal(back, "\x0a\xff\xa0", 3);
    assert_int_equal(bytes_from_hex(back, 0, ""), 0);
}

static void hex_is_refused_unless_exact(void **state) {
    (void)state;
    static const char *const bad[] = {"",     "0",    "000",  "00000", "000000", "00 0",
                                      " 000", "0x00", "00g0", "0:00",  "000\n"};
    uint8_t out[2];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(bytes_from_hex(out, 2, bad[i]), -EINVAL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_are_least_significant_first),
        cmocka_unit_test(bits_take_whole_bytes),
        cmocka_unit_test(numbers_have_fixed_byte_orders),
        cmocka_unit_test(xor_is_bytewise_and_stays_inside),
        cmocka_unit_test(hex_goes_both_ways),
        cmocka_unit_test(hex_is_refused_unless_exact),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
