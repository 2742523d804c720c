/* The composed vectors that Alice keeps, and their labels, against whole rows. */
#include "common/task/lpn/kept.h"

#include "common/base/bytes.h"
#include "tests/lib/unit.h"

static void check(uint32_t dimension, struct prg *g) {
    struct params params;
    struct kept *kept;
    uint8_t key[32];
    assert_int_equal(params_make(&params, dimension), 0);
    prg_read(g, key, sizeof key);
    assert_int_equal(kept_new(&kept, &params, key), 0);
    size_t n = params.n, k = params.k;
    assert_int_equal(kept->n, k < 4096 ? k : 4096);
    uint8_t *x = (uint8_t *)malloc(k * n / 8), *h = (uint8_t *)malloc(n / 8); /* row by row, whole rows */
    uint8_t *labels = (uint8_t *)malloc(k / 8), *bits = (uint8_t *)malloc(k / 8), *vectors = (uint8_t *)malloc(1 << 18);
    assert_true(x && h && labels && bits && vectors);
    prg_read(g, x, k * n / 8);
    prg_read(g, h, n / 8);
    prg_read(g, labels, k / 8);
    struct chunks c;
    for (chunks_init(&c, &params); !chunks_finished(&c); chunks_next(&c)) {
        size_t width = chunks_bytes(&c) / chunks_rows(&c);
        for (size_t r = 0; r < chunks_rows(&c); r++)
            memcpy(vectors + r * width, x + (c.row + r) * n / 8 + 64 * c.block, width);
        uint8_t *exact = unit_copy(vectors, chunks_bytes(&c));
        kept_take(kept, &c, exact);
        free(exact);
    }
    kept_labels(kept, bits, labels);
    kept_label(kept, bits, h);
    for (size_t i = 0; i < kept->n; i++) {
        size_t j = kept->rows[i];
        unsigned sum = bit_get(labels, j);
        assert_true(j < k && (i == 0 || j > kept->rows[i - 1]));
        for (size_t column = 0; column < n; column++)
            sum ^= bit_get(x, j * n + column) & bit_get(h, column);
        assert_int_equal(bit_get(bits, i), sum);
    }
    free(x);
    free(h);
    free(labels);
    free(bits);
    free(vectors);
    kept_free(kept);
}

static void equal_whole_rows(void **state) {
    (void)state;
    static const uint32_t dimensions[] = {32, 64, 96, 384, 480, 512, 544, 1024};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t d = 0; d < sizeof dimensions / sizeof dimensions[0]; d++)
        check(dimensions[d], &g);
    kept_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(equal_whole_rows)};
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
