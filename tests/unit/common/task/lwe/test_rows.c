/* Expansion and labels against the formula, row by row and entry by entry. */
#include "common/task/lwe/rows.h"

#include "common/base/bytes.h"
#include "tests/lib/unit.h"

static const size_t dimensions[] = {16, 32, 48, 64, 80, 112, 128, 640, 1024};
static const size_t heights[] = {1, 63, 64, 65, 511, 512, 513, 1094, 1456, 3000};
enum { N_DIMENSIONS = sizeof dimensions / sizeof dimensions[0], N_HEIGHTS = sizeof heights / sizeof heights[0] };

/* Entry c of row i: block b = floor(c / 64) of width w begins at byte 128 m b of the stream, row i in it at 2 w i. */
static uint16_t entry(const uint8_t *stream, size_t m, size_t n, size_t i, size_t c) {
    size_t b = c / 64, w = n - 64 * b < 64 ? n - 64 * b : 64;
    return load16_le(stream + 128 * m * b + 2 * w * i + 2 * (c % 64));
}

static uint8_t *stream(const uint8_t key[static 32], size_t n) {
    static const uint8_t nonce[8] = {0};
    uint8_t *out = (uint8_t *)malloc(n);
    assert_non_null(out);
    crypto_stream_chacha20(out, n, nonce, key);
    return out;
}

static void rows_follow_the_formula(void **state) {
    (void)state;
    struct prg g;
    uint8_t key[32];
    unit_random(&g, __func__);
    for (size_t d = 0; d < N_DIMENSIONS; d++) {
        size_t n = dimensions[d], m = 2 * (100 + prg_below(&g, 300)) - d % 2;
        prg_read(&g, key, sizeof key);
        uint8_t *whole = stream(key, 2 * m * n);
        for (size_t b = 0; b < rows_blocks(n); b++) {
            size_t first = 2 * prg_below(&g, 50), n_rows = 1 + prg_below(&g, (uint32_t)(m - first));
            size_t width = rows_width(n, b);
            uint8_t *rows = (uint8_t *)malloc(2 * n_rows * width);
            assert_non_null(rows);
            rows_expand(rows, key, m, n, b, first, n_rows);
            for (size_t i = 0; i < n_rows; i++)
                for (size_t c = 0; c < width; c++)
                    assert_int_equal(load16_le(rows + 2 * (i * width + c)), entry(whole, m, n, first + i, 64 * b + c));
            free(rows);
        }
        free(whole);
    }
}

/* The parts cover each row once, in any order, and none beyond the last. */
static void labels_equal_their_twin(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t d = 0; d < N_DIMENSIONS; d++)
        for (size_t h = 0; h < N_HEIGHTS; h++) {
            size_t n = dimensions[d], m = heights[h];
            uint8_t key[32], *before = (uint8_t *)malloc(2 * m);
            int16_t s[1024];
            assert_non_null(before);
            prg_read(&g, key, sizeof key);
            prg_read(&g, before, 2 * m);
            for (size_t c = 0; c < n; c++)
                s[c] = (int16_t)(prg_below(&g, 5) - 2);
            uint8_t *whole = stream(key, 2 * m * n), *labels = unit_copy(before, 2 * m);
            for (size_t part = rows_label_parts(m, n); part-- > 0;)
                rows_label_part(labels, key, m, n, s, part);
            for (size_t i = 0; i < m; i += 1 + prg_below(&g, 20)) {
                long sum = load16_le(before + 2 * i);
                for (size_t c = 0; c < n; c++)
                    sum += (long)entry(whole, m, n, i, c) * s[c];
                assert_int_equal(load16_le(labels + 2 * i), (uint16_t)sum);
            }
            free(whole);
            free(before);
            free(labels);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_follow_the_formula),
        cmocka_unit_test(labels_equal_their_twin),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
