#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "tests/lib/unit.h"

#include <math.h>

enum { STREAM = 10000 };

static void reads_the_chacha20_stream(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, __func__);
    for (int run = 0; run < 200; run++) {
        uint8_t key[32], nonce[8], expected[STREAM], got[STREAM];
        prg_read(&random, key, sizeof key);
        uint64_t number = prg_u64(&random);
        store64_le(nonce, number);
        crypto_stream_chacha20(expected, STREAM, nonce, key);
        struct prg g;
        prg_init(&g, key, number);
        for (size_t done = 0; done < STREAM;) { /* in pieces of any size, also empty ones and some over the buffer */
            size_t piece = prg_below(&random, prg_below(&random, 2) ? 5000 : 10);
            if (piece > STREAM - done)
                piece = STREAM - done;
            prg_read(&g, got + done, piece);
            done += piece;
        }
        assert_memory_equal(got, expected, STREAM);
        prg_deinit(&g);
        assert_true(sodium_is_zero(g.key, sizeof g.key) && sodium_is_zero(g.buffer, sizeof g.buffer));
    }
}

static void numbers_are_little_endian(void **state) {
    (void)state;
    static const uint8_t key[32] = {1};
    static const uint8_t nonce[8] = {0};
    uint8_t stream[12];
    crypto_stream_chacha20(stream, sizeof stream, nonce, key);
    struct prg g;
    prg_init(&g, key, 0);
    assert_true(prg_u32(&g) == load32_le(stream));
    assert_true(prg_u64(&g) == load64_le(stream + 4));
}

static void expands_from_any_block(void **state) {
    (void)state;
    static const uint8_t nonce[8] = {0};
    static const size_t sizes[] = {0, 1, 63, 64, 65, 127, 128, 129, 2048, 4000};
    uint8_t key[32], expected[STREAM];
    struct prg random;
    unit_random(&random, __func__);
    prg_read(&random, key, sizeof key);
    crypto_stream_chacha20(expected, STREAM, nonce, key);
    for (size_t offset = 0; offset < 5000; offset += 64)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            uint8_t *out = (uint8_t *)malloc(sizes[i] + 1);
            assert_non_null(out);
            out[sizes[i]] = 0xa5;
            prg_expand(out, sizes[i], key, offset);
            assert_memory_equal(out, expected + offset, sizes[i]);
            assert_int_equal(out[sizes[i]], 0xa5);
            free(out);
        }
}

static void derives_by_label(void **state) {
    (void)state;
    uint8_t out[32], expected[32];
    static const uint8_t text[] = "parley/1 matrix....";
    prg_derive(out, "parley/1 matrix", (const uint8_t *)"....", 4);
    crypto_generichash(expected, 32, text, sizeof text - 1, NULL, 0);
    assert_memory_equal(out, expected, 32);

    static const uint8_t key[32] = {7, 7, 7};
    static const uint8_t part[] = {'p', 'a', 'r', 't', 0x02, 0x01, 0, 0, 0, 0, 0, 0x80};
    prg_subkey(out, key, "part", UINT64_C(0x8000000000000102));
    crypto_generichash(expected, 32, part, sizeof part, key, 32);
    assert_memory_equal(out, expected, 32);
}

static void takes_any_text_for_a_seed(void **state) {
    (void)state;
    uint8_t out[32], expected[32];
    assert_int_equal(prg_seed(out, "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"), 0);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(out[i], i);
    static const char *const texts[] = {"42",
                                        "0",
                                        "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1",
                                        "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F0",
                                        "zz0102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F",
                                        "lecture hall 3"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(prg_seed(out, texts[i]), 0);
        prg_derive(expected, "parley seed", (const uint8_t *)texts[i], strlen(texts[i]));
        assert_memory_equal(out, expected, 32);
    }
    assert_true(prg_seed(out, "") < 0);
}

/* prg_below is exactly the rule that its header states, so that a second implementation draws the same. */
static void below_rejects_and_reduces(void **state) {
    (void)state;
    static const uint32_t bounds[] = {1, 2, 3, 7, 1000, 0x7fffffff, 0x80000000, 0x80000001, 0xc0000000, 0xffffffff};
    struct prg random;
    unit_random(&random, __func__);
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        uint8_t key[32];
        prg_read(&random, key, sizeof key);
        struct prg g, naive;
        prg_init(&g, key, 5);
        prg_init(&naive, key, 5);
        uint64_t rejected = (UINT64_C(1) << 32) % bounds[i];
        for (int draw = 0; draw < 2000; draw++) {
            uint32_t v = prg_u32(&naive);
            while (v < rejected)
                v = prg_u32(&naive);
            assert_true(prg_below(&g, bounds[i]) == v % bounds[i]);
        }
    }
}

/* The z = 6 point of chi-square with df degrees of freedom after Wilson and Hilferty (1931); its tail is at most 2e-9
 * for every df. */
static double chi_square_limit(double df) {
    double root = 1 - 2 / (9 * df) + 6 * sqrt(2 / (9 * df));
    return df * root * root * root;
}

/* Chi-square on 300,000 draws for each of eight bounds, large bounds cut into three equal parts: a right generator
 * fails with probability at most 8 * 2e-9 in a run. Without rejection, 3 * 2^30 would give the first third twice its
 * share. */
static void below_is_uniform(void **state) {
    (void)state;
    enum { DRAWS = 300000, CELLS_MAX = 1000 };
    static const struct {
        uint32_t bound, n_cells;
    } cases[] = {{2, 2}, {3, 3}, {7, 7}, {10, 10}, {255, 255}, {1000, 1000}, {0xc0000000, 3}, {0xbffffffd, 3}};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static uint32_t count[CELLS_MAX];
        memset(count, 0, sizeof count);
        uint32_t cell = cases[i].bound / cases[i].n_cells;
        for (int draw = 0; draw < DRAWS; draw++) {
            uint32_t v = prg_below(&g, cases[i].bound);
            assert_true(v < cases[i].bound);
            uint32_t c = v / cell;
            count[c < cases[i].n_cells ? c : cases[i].n_cells - 1]++;
        }
        double expected = (double)DRAWS / cases[i].n_cells, sum = 0;
        for (uint32_t c = 0; c < cases[i].n_cells; c++)
            sum += (count[c] - expected) * (count[c] - expected) / expected;
        assert_true(sum <= chi_square_limit(cases[i].n_cells - 1));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_chacha20_stream), cmocka_unit_test(numbers_are_little_endian),
        cmocka_unit_test(expands_from_any_block),    cmocka_unit_test(derives_by_label),
        cmocka_unit_test(takes_any_text_for_a_seed), cmocka_unit_test(below_rejects_and_reduces),
        cmocka_unit_test(below_is_uniform),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
