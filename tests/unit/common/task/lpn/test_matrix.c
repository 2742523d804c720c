/* Expansion and labels against the formula of WIRE.md, section 5, row by row and bit by bit. */
#include "common/task/lpn/matrix.h"

#include "common/base/bytes.h"
#include "tests/lib/unit.h"

static const size_t dimensions[] = {32, 64, 96, 384, 480, 512, 544, 1024, 1056};
static const size_t heights[] = {1, 63, 64, 65, 127, 128, 129, 1000};
enum { N_DIMENSIONS = sizeof dimensions / sizeof dimensions[0], N_HEIGHTS = sizeof heights / sizeof heights[0] };

/* The piece of row i in block b: bytes 64 m b + i W/8 ... of the stream. */
static void naive_piece(uint8_t out[static 64], const uint8_t key[static 32], size_t m, size_t n, size_t b, size_t i) {
    static const uint8_t nonce[8] = {0};
    static const uint8_t zeros[128] = {0};
    size_t width = (n - 512 * b < 512 ? n - 512 * b : 512) / 8;
    uint64_t from = 64 * (uint64_t)m * b + (uint64_t)i * width;
    uint8_t two[128]; /* from may stand anywhere in a ChaCha20 block */
    crypto_stream_chacha20_xor_ic(two, zeros, sizeof two, nonce, from / 64, key);
    memcpy(out, two + from % 64, width);
}

static unsigned naive_label(const uint8_t key[static 32], size_t m, size_t n, size_t i, const uint8_t *s) {
    unsigned sum = 0;
    for (size_t b = 0; 512 * b < n; b++) {
        uint8_t piece[64];
        naive_piece(piece, key, m, n, b, i);
        for (size_t c = 0; c < 512 && 512 * b + c < n; c++)
            sum ^= bit_get(piece, c) & bit_get(s, 512 * b + c);
    }
    return sum;
}

static void blocks_and_widths(void **state) {
    (void)state;
    assert_int_equal(matrix_blocks(64), 1);
    assert_int_equal(matrix_blocks(512), 1);
    assert_int_equal(matrix_blocks(544), 2);
    assert_int_equal(matrix_blocks(8192), 16);
    assert_int_equal(matrix_width(96, 0), 12);
    assert_int_equal(matrix_width(544, 0), 64);
    assert_int_equal(matrix_width(544, 1), 4);
    for (size_t width = 4; width <= 64; width += 4) {
        assert_int_equal(matrix_piece_rows(width) % 64, 0);
        assert_in_range(matrix_piece_rows(width) * width, 1, MATRIX_PIECE);
    }
}

static void rows_follow_the_formula(void **state) {
    (void)state;
    struct prg g;
    uint8_t key[32], expected[64];
    unit_random(&g, __func__);
    for (size_t d = 0; d < N_DIMENSIONS; d++)
        for (size_t run = 0; run < 20; run++) {
            size_t n = dimensions[d], m = 3000 + prg_below(&g, 1000), b = prg_below(&g, (uint32_t)matrix_blocks(n));
            size_t width = matrix_width(n, b), first = 64 * prg_below(&g, 40);
            size_t most = matrix_piece_rows(width) < m - first ? matrix_piece_rows(width) : m - first;
            size_t n_rows = 1 + prg_below(&g, (uint32_t)(most < 300 ? most : 300));
            uint8_t *rows = (uint8_t *)malloc(n_rows * width);
            assert_non_null(rows);
            prg_read(&g, key, sizeof key);
            matrix_expand(rows, key, m, n, b, first, n_rows);
            for (size_t i = 0; i < n_rows; i++) {
                naive_piece(expected, key, m, n, b, first + i);
                assert_memory_equal(rows + i * width, expected, width);
            }
            free(rows);
        }
}

static void labels_equal_their_twin(void **state) {
    (void)state;
    struct prg g;
    uint8_t key[32], s[132], bits[128], before[128];
    unit_random(&g, __func__);
    for (size_t d = 0; d < N_DIMENSIONS; d++)
        for (size_t h = 0; h < N_HEIGHTS; h++) {
            size_t n = dimensions[d], m = heights[h], first = 64 * prg_below(&g, (uint32_t)(m / 64 + 1));
            prg_read(&g, key, sizeof key);
            prg_read(&g, s, sizeof s);
            prg_read(&g, before, sizeof before);
            memcpy(bits, before, sizeof bits);
            matrix_label(bits, key, m, n, first, m - first, s);
            for (size_t i = 0; i < 8 * sizeof bits; i++)
                assert_int_equal(bit_get(bits, i),
                                 bit_get(before, i) ^ (i >= first && i < m ? naive_label(key, m, n, i, s) : 0));
        }
}

/* Rows here and there, near each other and far apart. */
static void chosen_rows_equal_their_twin(void **state) {
    (void)state;
    struct prg g;
    uint8_t key[32], s[132], bits[128], before[128];
    unit_random(&g, __func__);
    for (size_t d = 0; d < N_DIMENSIONS; d++)
        for (size_t h = 0; h < N_HEIGHTS; h++) {
            size_t n = dimensions[d], m = 1 + prg_below(&g, 1 << prg_below(&g, 18)), n_rows = 0;
            uint32_t rows[1000], step = 1 + (uint32_t)(2 * m / heights[h]);
            for (size_t i = prg_below(&g, step); i < m && n_rows < heights[h]; i += 1 + prg_below(&g, step))
                rows[n_rows++] = (uint32_t)i;
            prg_read(&g, key, sizeof key);
            prg_read(&g, s, sizeof s);
            prg_read(&g, before, sizeof before);
            memcpy(bits, before, sizeof bits);
            matrix_label_chosen(bits, key, m, n, rows, n_rows, s);
            for (size_t i = 0; i < 8 * sizeof bits; i++)
                assert_int_equal(bit_get(bits, i),
                                 bit_get(before, i) ^ (i < n_rows ? naive_label(key, m, n, rows[i], s) : 0));
        }
}

/* The parts cover each row once, in any order, and none beyond the last. */
static void parts_make_the_whole(void **state) {
    (void)state;
    static const size_t cases[][2] = {{64, 1}, {64, 2048}, {96, 200000}, {512, 70001}, {544, 65536}, {1024, 32768}};
    struct prg g;
    uint8_t key[32], s[128];
    unit_random(&g, __func__);
    prg_read(&g, key, sizeof key);
    prg_read(&g, s, sizeof s);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        size_t n = cases[c][0], m = cases[c][1], n_parts = matrix_label_parts(m, n);
        uint8_t *whole = (uint8_t *)calloc(1, bits_to_bytes(m)), *parts = (uint8_t *)calloc(1, bits_to_bytes(m));
        assert_true(whole && parts);
        matrix_label(whole, key, m, n, 0, m, s);
        for (size_t part = n_parts; part-- > 0;)
            matrix_label_part(parts, key, m, n, s, part);
        assert_memory_equal(parts, whole, bits_to_bytes(m));
        for (size_t run = 0; run < 50; run++) {
            size_t i = prg_below(&g, (uint32_t)m);
            assert_int_equal(bit_get(whole, i), naive_label(key, m, n, i, s));
        }
        free(whole);
        free(parts);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_and_widths),       cmocka_unit_test(rows_follow_the_formula),
        cmocka_unit_test(labels_equal_their_twin), cmocka_unit_test(chosen_rows_equal_their_twin),
        cmocka_unit_test(parts_make_the_whole),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
