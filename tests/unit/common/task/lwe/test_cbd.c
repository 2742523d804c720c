/* Noise and secrets against their definition, bit by bit of the stream, and against their distribution. */
#include "common/task/lwe/cbd.h"

#include "common/base/bytes.h"
#include "common/task/lwe/lwe_params.h"
#include "common/task/lwe/rows.h"
#include "common/task/lwe/zq.h"
#include "tests/lib/unit.h"

#include <math.h>

enum { Z_MAX = 6 }; /* |z| > 6 has probability below 3e-9 for an honest run; some 60 comparisons are made */

static uint8_t *stream(const uint8_t key[static 32], size_t n) {
    static const uint8_t nonce[8] = {0};
    uint8_t *out = (uint8_t *)malloc(n);
    assert_non_null(out);
    crypto_stream_chacha20(out, n, nonce, key);
    return out;
}

static int count(const uint8_t *bits, size_t first, size_t n) {
    int ones = 0;
    for (size_t i = first; i < first + n; i++)
        ones += (int)bit_get(bits, i);
    return ones;
}

/* On both sides of a piece, and with what was there before. */
static void noise_follows_the_formula(void **state) {
    (void)state;
    static const uint32_t parameters[] = {32, 64, 192, 320, 448, 1504, 2528, 4096};
    static const size_t counts[] = {0, 1, 7, 8, 9, 63, 64, 65, 700};
    struct prg g;
    uint8_t key[32];
    unit_random(&g, __func__);
    for (size_t p = 0; p < sizeof parameters / sizeof parameters[0]; p++)
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            size_t n = counts[c], a = parameters[p];
            prg_read(&g, key, sizeof key);
            uint8_t *bits = stream(key, n * a / 4 + 1), *before = (uint8_t *)malloc(2 * n + 1);
            assert_non_null(before);
            prg_read(&g, before, 2 * n);
            uint8_t *labels = unit_copy(before, 2 * n);
            cbd_noise(labels, n, key, (uint32_t)a);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(load16_le(labels + 2 * i),
                                 (uint16_t)(load16_le(before + 2 * i) + count(bits, 2 * a * i, 2 * a) - (int)a));
            free(bits);
            free(before);
            free(labels);
        }
}

/* Mean 0, variance eta/2, and neighbours independent, for each set. */
static void noise_is_as_wide_as_the_sets_say(void **state) {
    (void)state;
    enum { N = 40000 };
    static uint8_t labels[2 * N];
    struct prg g;
    uint8_t key[32];
    const struct lwe_params *p;
    unit_random(&g, __func__);
    for (size_t i = 0; (p = lwe_params_at(i)); i++) {
        double sum = 0, squares = 0, products = 0, variance = p->eta / 2.0, last = 0;
        memset(labels, 0, sizeof labels);
        prg_read(&g, key, sizeof key);
        cbd_noise(labels, N, key, p->eta);
        for (size_t j = 0; j < N; j++) {
            double e = (int16_t)load16_le(labels + 2 * j);
            assert_true(fabs(e) <= p->eta);
            sum += e;
            squares += e * e;
            products += e * last;
            last = e;
        }
        double mean_z = sum / sqrt(N * variance), variance_z = (squares / variance - N) / sqrt(2.0 * N);
        double neighbours_z = products / variance / sqrt(N);
        printf("%s: z = %.2f, %.2f, %.2f\n", p->set.name, mean_z, variance_z, neighbours_z);
        assert_true(fabs(mean_z) <= Z_MAX && fabs(variance_z) <= Z_MAX && fabs(neighbours_z) <= Z_MAX);
    }
}

static void naive_draw(int *s, size_t n, const uint8_t *bits) {
    for (size_t i = 0; i < n; i++)
        s[i] = count(bits, 4 * i, 4) - 2;
}

static bool has_odd(const int *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s[i] % 2)
            return true;
    return false;
}

/* n = 16 is small enough to meet draws without an odd entry: one in 2^16. Then the next draw is taken. */
static void secrets_have_an_odd_entry(void **state) {
    (void)state;
    enum { N = 16, RUNS = 1200000 };
    static const uint8_t nonce[8] = {0};
    struct prg g;
    size_t n_even = 0;
    uint8_t key[32], first[8];
    unit_random(&g, __func__);
    prg_read(&g, key, sizeof key);
    for (uint64_t run = 0; run < RUNS; run++) {
        int16_t s[N];
        int expected[N];
        store64_le(key, run);
        crypto_stream_chacha20(first, sizeof first, nonce, key);
        uint64_t parity = load64_le(first);
        parity ^= parity >> 1;
        parity ^= parity >> 2;
        bool odd = (parity & 0x1111111111111111) != 0; /* some four bits have an odd number of ones */
        if (odd && run % 64)
            continue;
        n_even += !odd;
        uint8_t *bits = stream(key, 4 * 512);
        naive_draw(expected, N, bits);
        assert_int_equal(has_odd(expected, N), odd);
        for (size_t draw = 1; draw < 4 && !has_odd(expected, N); draw++)
            naive_draw(expected, N, bits + 512 * draw);
        cbd_secret(s, N, key);
        for (size_t i = 0; i < N; i++)
            assert_int_equal(s[i], expected[i]);
        free(bits);
    }
    printf("%zu first draws without an odd entry\n", n_even);
    assert_true(n_even > 0); /* 18 are expected: none with probability 10^-8 */
}

/* 1, 4, 6, 4, 1 sixteenths of -2 ... 2. */
static void secrets_have_their_distribution(void **state) {
    (void)state;
    enum { N = 1024, RUNS = 100 };
    static const double share[] = {1 / 16., 4 / 16., 6 / 16., 4 / 16., 1 / 16.};
    double counts[5] = {0};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t run = 0; run < RUNS; run++) {
        uint8_t key[32];
        int16_t s[N];
        prg_read(&g, key, sizeof key);
        cbd_secret(s, N, key);
        for (size_t i = 0; i < N; i++) {
            assert_in_range(s[i] + 2, 0, 4);
            counts[s[i] + 2]++;
        }
    }
    for (size_t v = 0; v < 5; v++) {
        double n = (double)N * RUNS, z = (counts[v] - n * share[v]) / sqrt(n * share[v] * (1 - share[v]));
        assert_true(fabs(z) <= Z_MAX);
    }
}

/* What the sets say of risk: that the top bit of a fresh label is not that of its product. */
static void risk_is_as_the_sets_say(void **state) {
    (void)state;
    enum { N = 1 << 18 };
    uint8_t *products = (uint8_t *)calloc(N, 2), *labels = (uint8_t *)malloc(2 * N);
    struct prg g;
    const struct lwe_params *p;
    assert_true(products && labels);
    unit_random(&g, __func__);
    for (size_t i = 0; (p = lwe_params_at(i)) && p->n <= 64; i += 2) {
        uint8_t key[32];
        int16_t s[LWE_PARAMS_N_MAX];
        size_t wrong = 0;
        prg_read(&g, key, sizeof key);
        cbd_secret(s, p->n, key);
        prg_read(&g, key, sizeof key);
        memset(products, 0, 2 * N);
        for (size_t part = 0; part < rows_label_parts(N, p->n); part++)
            rows_label_part(products, key, N, p->n, s, part);
        memcpy(labels, products, 2 * N);
        prg_read(&g, key, sizeof key);
        cbd_noise(labels, N, key, p->eta);
        for (size_t j = 0; j < N; j++)
            wrong += (size_t)(load16_le(labels + 2 * j) ^ load16_le(products + 2 * j)) >> 15;
        double z = ((double)wrong - N * p->set.risk) / sqrt(N * p->set.risk);
        printf("%s: %zu of %d top bits, z = %.2f\n", p->set.name, wrong, N, z);
        assert_true(fabs(z) <= Z_MAX);
    }
    free(products);
    free(labels);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_follows_the_formula), cmocka_unit_test(noise_is_as_wide_as_the_sets_say),
        cmocka_unit_test(secrets_have_an_odd_entry), cmocka_unit_test(secrets_have_their_distribution),
        cmocka_unit_test(risk_is_as_the_sets_say),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
