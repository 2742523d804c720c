/* Arithmetic modulo 2^16 against its definition: absolute values for every residue, products of rows entry by entry. */
#include "common/task/lwe/zq.h"

#include "tests/lib/unit.h"

static void absolute_values(void **state) {
    (void)state;
    for (int x = -32768; x < 32768; x++)
        assert_int_equal(zq_abs((uint16_t)x), x < 0 ? -x : x);
}

static void entries_are_little_endian(void **state) {
    (void)state;
    uint8_t vector[5] = {1, 2, 3, 4, 5};
    assert_int_equal(zq_load(vector + 1, 1), 0x0504);
    zq_store(vector + 1, 0, 0xfffe);
    zq_add(vector + 1, 0, 3);
    assert_memory_equal(vector, ((const uint8_t[]){1, 1, 0, 4, 5}), 5);
}

static void naive_dot(uint8_t *labels, const uint8_t *rows, size_t n_rows, size_t width, const int16_t *s) {
    for (size_t i = 0; i < n_rows; i++)
        for (size_t c = 0; c < width; c++) {
            int64_t x = rows[2 * (i * width + c)] + 256 * rows[2 * (i * width + c) + 1];
            int64_t sum = labels[2 * i] + 256 * labels[2 * i + 1] + x * s[c] + (INT64_C(1) << 32);
            labels[2 * i] = (uint8_t)(sum % 256);
            labels[2 * i + 1] = (uint8_t)(sum / 256 % 256);
        }
}

/* At any address, in memory of exactly the size, so that a sanitizer sees what reaches beyond it. */
static void dot_equals_its_twin(void **state) {
    (void)state;
    static const size_t row_counts[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 600};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t width = 1; width <= 80; width++)
        for (size_t r = 0; r < sizeof row_counts / sizeof row_counts[0]; r++) {
            size_t n = row_counts[r], skip = prg_below(&g, 3), n_rows = skip + 2 * n * width;
            uint8_t *rows = (uint8_t *)malloc(n_rows + 1), *labels = (uint8_t *)malloc(skip + 2 * n + 1);
            int16_t s[80];
            assert_true(rows && labels);
            prg_read(&g, rows, n_rows);
            prg_read(&g, labels, skip + 2 * n);
            for (size_t c = 0; c < width; c++)
                s[c] = (int16_t)(r % 2 ? prg_below(&g, 5) - 2 : prg_u32(&g));
            uint8_t *fit = unit_copy(rows, n_rows);
            uint8_t *fast = unit_copy(labels, skip + 2 * n), *portable = unit_copy(labels, skip + 2 * n);
            naive_dot(labels + skip, rows + skip, n, width, s);
            zq_dot_rows(fast + skip, fit + skip, n, width, s);
            zq_dot_rows_portable(portable + skip, fit + skip, n, width, s);
            assert_memory_equal(fast, labels, skip + 2 * n);
            assert_memory_equal(portable, labels, skip + 2 * n);
            free(rows);
            free(labels);
            free(fit);
            free(fast);
            free(portable);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absolute_values),
        cmocka_unit_test(entries_are_little_endian),
        cmocka_unit_test(dot_equals_its_twin),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
