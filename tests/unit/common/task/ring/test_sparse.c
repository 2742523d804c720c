/* Strings of a fixed weight: exact weights, and every set of places equally likely. */
#include "common/task/ring/poly.h"
#include "common/task/ring/ring_params.h"
#include "common/task/ring/sparse.h"
#include "tests/lib/unit.h"

#include <math.h>

/* A right program has |z| > 6 with probability below 4e-9 in each of the four comparisons below, by Wilson and
 * Hilferty's approximation of chi square. */
enum { Z_MAX = 6 };

static unsigned coefficient(const uint64_t *a, size_t i) {
    return a[i / 64] >> i % 64 & 1;
}

static void random_key(struct prg *g, uint8_t *key) {
    prg_read(g, key, 32);
}

static void weights_are_exact(void **state) {
    (void)state;
    static const size_t sizes[] = {64, 65, 67, 127, 128, 129, 509, 17669};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (uint32_t weight = 0; weight <= SPARSE_MAX && weight <= sizes[i]; weight++) {
            size_t n = sizes[i];
            uint8_t key[32];
            uint32_t *at = malloc(weight ? weight * sizeof *at : 1);
            uint64_t *bits = malloc(poly_words(n) * 8);
            assert_true(at && bits);
            random_key(&g, key);
            sparse_draw(bits, at, weight, n, key, 0);
            assert_int_equal(poly_weight(bits, n), weight);
            for (uint32_t j = 0; j < weight; j++) {
                assert_in_range(at[j], 0, n - 1);
                assert_int_equal(coefficient(bits, at[j]), 1);
            }
            free(at);
            free(bits);
        }
}

/* Another key or another nonce is another string, the same the same one. */
static void streams_are_told_apart(void **state) {
    (void)state;
    uint64_t a[2][POLY_WORDS], b[POLY_WORDS];
    uint32_t at[80];
    uint8_t key[32] = {1};
    for (uint64_t nonce = 0; nonce < 2; nonce++)
        sparse_draw(a[nonce], at, 80, 13109, key, nonce);
    assert_memory_not_equal(a[0], a[1], poly_words(13109) * 8);
    sparse_draw(b, at, 80, 13109, key, 1);
    assert_memory_equal(a[1], b, poly_words(13109) * 8);
    key[31] = 1;
    sparse_draw(b, at, 80, 13109, key, 1);
    assert_memory_not_equal(a[1], b, poly_words(13109) * 8);
}

static void check_chi_square(const uint32_t *counts, size_t n, double expected) {
    double chi = 0;
    for (size_t i = 0; i < n; i++)
        chi += (counts[i] - expected) * (counts[i] - expected) / expected;
    double freedom = (double)n - 1, k = 2 / 9.0 / freedom, z = (cbrt(chi / freedom) - (1 - k)) / sqrt(k);
    printf("chi square of %zu cells: z = %.2f\n", n, z);
    assert_true(fabs(z) < Z_MAX);
}

/* All sets of two places, and of those of weight 3 and of n - 2 all that are left out or not. */
static void all_sets_are_equally_likely(void **state) {
    (void)state;
    enum { N = 67, DRAWS = 400000 };
    struct prg g;
    unit_random(&g, __func__);
    static uint32_t pairs[N * N], places[N], out[N * N];
    uint8_t key[32];
    uint64_t bits[2];
    uint32_t at[N];
    memset(pairs, 0, sizeof pairs);
    memset(places, 0, sizeof places);
    memset(out, 0, sizeof out);
    random_key(&g, key);
    for (uint64_t i = 0; i < DRAWS; i++) {
        sparse_draw(bits, at, 2, N, key, 2 * i);
        pairs[at[0] < at[1] ? at[0] * N + at[1] : at[1] * N + at[0]]++;
        if (i < DRAWS / 20) {
            uint32_t zeros[2], n_zeros = 0;
            sparse_draw(bits, at, N - 2, N, key, 2 * i + 1);
            for (uint32_t j = 0; j < N; j++)
                if (!coefficient(bits, j))
                    zeros[n_zeros++] = j;
            assert_int_equal(n_zeros, 2);
            out[zeros[0] * N + zeros[1]]++;
            sparse_draw(bits, at, 3, N, key, DRAWS * 2 + i);
            for (uint32_t j = 0; j < 3; j++)
                places[at[j]]++;
        }
    }
    static uint32_t cells[2][N * (N - 1) / 2];
    size_t n_cells = 0;
    for (size_t i = 0; i < N; i++)
        for (size_t j = i + 1; j < N; j++, n_cells++) {
            cells[0][n_cells] = pairs[i * N + j];
            cells[1][n_cells] = out[i * N + j];
        }
    check_chi_square(cells[0], n_cells, (double)DRAWS / (double)n_cells);
    check_chi_square(cells[1], n_cells, DRAWS / 20.0 / (double)n_cells);
    check_chi_square(places, N, DRAWS / 20.0 * 3 / N);
}

/* No place of a set is left out or preferred. */
static void places_are_equally_likely(void **state) {
    (void)state;
    enum { N = 509, WEIGHT = 10, DRAWS = 50000 };
    struct prg g;
    unit_random(&g, __func__);
    static uint32_t places[N];
    uint8_t key[32];
    uint64_t bits[POLY_WORDS];
    uint32_t at[WEIGHT];
    memset(places, 0, sizeof places);
    random_key(&g, key);
    for (uint64_t i = 0; i < DRAWS; i++) {
        sparse_draw(bits, at, WEIGHT, N, key, i);
        for (uint32_t j = 0; j < WEIGHT; j++)
            places[at[j]]++;
    }
    check_chi_square(places, N, (double)DRAWS * WEIGHT / N);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_exact),
        cmocka_unit_test(streams_are_told_apart),
        cmocka_unit_test(all_sets_are_equally_likely),
        cmocka_unit_test(places_are_equally_likely),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
