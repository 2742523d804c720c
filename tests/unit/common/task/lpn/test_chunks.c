/* How A2 is cut, against the list that WIRE.md section 5 describes; and the labels of chunks. */
#include "common/task/lpn/chunks.h"

#include "common/base/bytes.h"
#include "tests/lib/unit.h"

/* Walks through both lists side by side. */
static void check_list(const struct params *params) {
    const struct set *set = &params->set;
    struct chunks c;
    chunks_init(&c, params);
    uint32_t index = 0;
    size_t longest = 0;
    for (size_t b = 0; 512 * b < params->n; b++) {
        size_t columns = params->n - 512 * b < 512 ? params->n - 512 * b : 512;
        size_t rows_b = 64 * (4096 / (columns / 8));
        for (size_t row = 0; row < params->k; row += rows_b, index++) {
            size_t rows = params->k - row < rows_b ? params->k - row : rows_b;
            assert_false(chunks_finished(&c));
            assert_int_equal(c.index, index);
            assert_int_equal(c.block, b);
            assert_int_equal(c.row, row);
            assert_int_equal(chunks_rows(&c), rows);
            assert_int_equal(chunks_bytes(&c), rows * columns / 8);
            assert_in_range(chunks_bytes(&c), 1, 256 * 1024);
            assert_int_equal(set->task->chunk_bytes(set, index), rows * columns / 8);
            longest = rows * columns / 8 > longest ? rows * columns / 8 : longest;
            chunks_next(&c);
        }
    }
    assert_true(chunks_finished(&c));
    assert_int_equal(c.n_chunks, index);
    assert_int_equal(set->n_chunks, index);
    assert_int_equal(set->task->chunk_bytes(set, index), 0);
    assert_int_equal(set->chunk_max, longest);
    assert_int_equal(set->n_labels, params->m + params->k);
}

static void lists_of_all_sets(void **state) {
    (void)state;
    size_t n_sets;
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++)
        check_list(&p[i]);
    for (uint32_t n = 32; n <= PARAMS_N_MAX; n += 32) {
        struct params made;
        assert_int_equal(params_make(&made, n), 0);
        check_list(&made);
    }
}

/* All chunks together give <x_j, s> for every composed vector j, whatever their order. */
static void labels_of_chunks(void **state) {
    (void)state;
    static const uint32_t dimensions[] = {32, 64, 96, 384, 512, 544, 1024};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t d = 0; d < sizeof dimensions / sizeof dimensions[0]; d++) {
        struct params params;
        assert_int_equal(params_make(&params, dimensions[d]), 0);
        size_t n = params.n, k = params.k;
        uint8_t *x = (uint8_t *)malloc(k * n / 8), *s = (uint8_t *)malloc(n / 8); /* row by row, whole rows */
        uint8_t *labels = (uint8_t *)calloc(1, bits_to_bytes(k)), *vectors = (uint8_t *)malloc(256 * 1024);
        assert_true(x && s && labels && vectors);
        prg_read(&g, x, k * n / 8);
        prg_read(&g, s, n / 8);
        struct chunks c;
        for (chunks_init(&c, &params); !chunks_finished(&c); chunks_next(&c)) {
            size_t width = chunks_bytes(&c) / chunks_rows(&c);
            for (size_t r = 0; r < chunks_rows(&c); r++)
                memcpy(vectors + r * width, x + (c.row + r) * n / 8 + 64 * c.block, width);
            uint8_t *exact = unit_copy(vectors, chunks_bytes(&c));
            chunks_label(&c, labels, exact, s);
            free(exact);
        }
        for (size_t j = 0; j < k; j++) {
            unsigned sum = 0;
            for (size_t i = 0; i < n; i++)
                sum ^= bit_get(x, j * n + i) & bit_get(s, i);
            assert_int_equal(bit_get(labels, j), sum);
        }
        free(x);
        free(s);
        free(labels);
        free(vectors);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_all_sets),
        cmocka_unit_test(labels_of_chunks),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
