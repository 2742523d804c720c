/* The kernels at every level that is here against twins that go bit by bit, at every width and at rows around word
 * edges. */
#include "common/task/lpn/gf2.h"

#include "common/base/bytes.h"
#include "common/base/level.h"
#include "tests/lib/unit.h"

static const size_t row_counts[] = {0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 1000, 4099};
enum { N_COUNTS = sizeof row_counts / sizeof row_counts[0], EDGES_MAX = 3000 };

/* In memory of exactly n bytes, so that a sanitizer sees a kernel reach beyond it. */
static uint8_t *random_bytes(struct prg *g, size_t n) {
    uint8_t *p = (uint8_t *)malloc(n ? n : 1);
    assert_non_null(p);
    prg_read(g, p, n);
    return p;
}

static void naive_dot(uint8_t *bits, size_t first, const uint8_t *rows, size_t n_rows, size_t width,
                      const uint8_t *vec) {
    for (size_t i = 0; i < n_rows; i++)
        for (size_t c = 0; c < 8 * width; c++)
            bit_xor(bits, first + i, bit_get(rows, 8 * width * i + c) & bit_get(vec, c));
}

static void dot_equals_its_twin(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t width = 4; width <= GF2_WIDTH_MAX; width += 4)
        for (size_t i = 0; i < N_COUNTS; i++) {
            size_t n = row_counts[i], first = 8 * prg_below(&g, 5), n_bytes = bits_to_bytes(first + n);
            uint8_t *rows = random_bytes(&g, n * width), *vec = random_bytes(&g, width);
            uint8_t *bits = random_bytes(&g, n_bytes); /* the bits beyond the last row have to stay */
            uint8_t *naive = unit_copy(bits, n_bytes), *portable = unit_copy(bits, n_bytes);
            naive_dot(naive, first, rows, n, width, vec);
            for (enum level level = LEVEL_PLAIN; level <= level_widest(); level++) {
                uint8_t *here = unit_copy(bits, n_bytes);
                level_limit(level);
                gf2_dot_rows(here, first, rows, n, width, vec);
                assert_memory_equal(here, naive, n_bytes);
                free(here);
            }
            gf2_dot_rows_portable(portable, first, rows, n, width, vec);
            assert_memory_equal(portable, naive, n_bytes);
            free(rows);
            free(vec);
            free(bits);
            free(naive);
            free(portable);
        }
}

/* One bit in, one bit out, at every place of a row. */
static void dot_sees_each_bit(void **state) {
    (void)state;
    uint8_t row[GF2_WIDTH_MAX] = {0}, vec[GF2_WIDTH_MAX] = {0};
    for (size_t c = 0; c < 8 * GF2_WIDTH_MAX; c++) {
        uint8_t bits = 0;
        bit_xor(row, c, 1);
        gf2_dot_rows(&bits, 0, row, 1, GF2_WIDTH_MAX, vec);
        assert_int_equal(bits, 0);
        bit_xor(vec, c, 1);
        gf2_dot_rows(&bits, 0, row, 1, GF2_WIDTH_MAX, vec);
        assert_int_equal(bits, 1);
        bit_xor(vec, c, 1);
        bit_xor(row, c, 1);
    }
}

static void naive_scatter(uint8_t *sums, const uint8_t *rows, size_t width, const uint32_t *row_of,
                          const uint32_t *target_of, size_t n_edges) {
    for (size_t e = 0; e < n_edges; e++)
        for (size_t c = 0; c < 8 * width; c++)
            bit_xor(sums, 8 * width * target_of[e] + c, bit_get(rows, 8 * width * row_of[e] + c));
}

/* Many edges, repeated ones and repeated targets among them, on rows that stand anywhere in a large matrix. */
static void scatter_equals_its_twin(void **state) {
    (void)state;
    static uint32_t edges[EDGES_MAX], row_of[EDGES_MAX], target_of[EDGES_MAX];
    struct prg g;
    unit_random(&g, __func__);
    for (size_t width = 4; width <= GF2_WIDTH_MAX; width += 4)
        for (size_t i = 1; i < N_COUNTS; i++) {
            size_t n_rows = width <= 8 && i == N_COUNTS - 1 ? 1 << 15 : row_counts[i]; /* all that an edge can name */
            size_t n_sums = row_counts[1 + prg_below(&g, N_COUNTS - 1)];
            size_t base = prg_below(&g, 1 << 20); /* beyond 2^15: only its low bits count */
            size_t n_edges = i == 1 ? 0 : prg_below(&g, EDGES_MAX) + 1;
            for (size_t e = 0; e < n_edges; e++) {
                row_of[e] = prg_below(&g, (uint32_t)n_rows);
                target_of[e] = prg_below(&g, (uint32_t)n_sums);
                edges[e] = (uint32_t)((base + row_of[e]) & 0x7fff) << 17 | target_of[e];
            }
            uint8_t *rows = random_bytes(&g, n_rows * width), *sums = random_bytes(&g, n_sums * width);
            uint8_t *naive = unit_copy(sums, n_sums * width), *portable = unit_copy(sums, n_sums * width);
            naive_scatter(naive, rows, width, row_of, target_of, n_edges);
            for (enum level level = LEVEL_PLAIN; level <= level_widest(); level++) {
                uint8_t *here = unit_copy(sums, n_sums * width);
                level_limit(level);
                gf2_scatter(here, rows, width, base, edges, n_edges);
                assert_memory_equal(here, naive, n_sums * width);
                free(here);
            }
            gf2_scatter_portable(portable, rows, width, base, edges, n_edges);
            assert_memory_equal(portable, naive, n_sums * width);
            free(rows);
            free(sums);
            free(naive);
            free(portable);
        }
}

/* The largest target that 17 bits can name. */
static void scatter_reaches_the_last_target(void **state) {
    (void)state;
    enum { WIDTH = 64, TARGETS = 1 << 17 };
    uint8_t *sums = (uint8_t *)calloc(TARGETS, WIDTH), row[WIDTH];
    assert_non_null(sums);
    memset(row, 0x5a, WIDTH);
    uint32_t edge = TARGETS - 1;
    gf2_scatter(sums, row, WIDTH, 1 << 15, &edge, 1);
    assert_memory_equal(sums + (size_t)(TARGETS - 1) * WIDTH, row, WIDTH);
    assert_true(sodium_is_zero(sums, (size_t)(TARGETS - 1) * WIDTH));
    free(sums);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dot_equals_its_twin),
        cmocka_unit_test(dot_sees_each_bit),
        cmocka_unit_test(scatter_equals_its_twin),
        cmocka_unit_test(scatter_reaches_the_last_target),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
