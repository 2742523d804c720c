/* Noise at the rate of every set, fresh for every key, and a threshold that is exact to the last bit. */
#include "common/base/noise.h"

#include "common/base/bytes.h"
#include "common/task/lpn/params.h"
#include "tests/lib/unit.h"

#include <math.h>

enum { BITS = 1 << 20, Z_MAX = 6 };
/* A right program has |z| > 5 with probability below 6e-7 in each comparison (normal approximation). About 60 are made
 * in a run: a false alarm in fewer than one of 25,000 runs. */

static uint8_t *noise(struct prg *g, uint64_t theta64) {
    uint8_t key[32];
    prg_read(g, key, sizeof key);
    uint8_t *bits = (uint8_t *)calloc(1, BITS / 8);
    assert_non_null(bits);
    noise_add(bits, BITS, key, theta64);
    return bits;
}

/* How far the number of ones is from theta BITS, in standard deviations. */
static double rate_z(const uint8_t *bits, double theta) {
    double ones = 0;
    for (size_t i = 0; i < BITS / 8; i++)
        ones += __builtin_popcount(bits[i]);
    return (ones - BITS * theta) / sqrt(BITS * theta * (1 - theta));
}

/* How far the number of places where both are 1 is from what independence gives; b is read from `shift` bits on. */
static double correlation_z(const uint8_t *a, const uint8_t *b, size_t shift, double theta) {
    double both = 0, n = (double)(BITS - shift), p = theta * theta;
    for (size_t i = 0; i < BITS - shift; i++)
        both += bit_get(a, i) & bit_get(b, i + shift);
    return (both - n * p) / sqrt(n * p * (1 - p));
}

static void has_the_rate_of_each_set(void **state) {
    (void)state;
    struct prg g;
    size_t n_sets;
    unit_random(&g, __func__);
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++, p++) {
        uint8_t *bits = noise(&g, p->theta64);
        double z = rate_z(bits, p->theta);
        printf("%s: z = %.2f\n", p->set.name, z);
        assert_true(fabs(z) <= Z_MAX);
        free(bits);
    }
}

/* Five per cent off, the statistic has to see it. */
static void a_wrong_rate_is_caught(void **state) {
    (void)state;
    struct prg g;
    size_t n_sets;
    unit_random(&g, __func__);
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++, p++) {
        if (p->theta * 0.05 * 0.05 * BITS <
            144) /* the rarer the ones, the more bits this needs: 12 deviations are sure */
            continue;
        uint8_t *more = noise(&g, p->theta64 + p->theta64 / 20), *less = noise(&g, p->theta64 - p->theta64 / 20);
        assert_true(rate_z(more, p->theta) > Z_MAX);
        assert_true(rate_z(less, p->theta) < -Z_MAX);
        free(more);
        free(less);
    }
}

static void is_independent(void **state) {
    (void)state;
    static const size_t shifts[] = {1, 2, 7, 8, 64, 1023, 1024, 1025, 8192};
    static const char *const sets[] = {"n64", "n256", "n2048"};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
        const struct params *p = params_find(sets[s]);
        uint8_t *a = noise(&g, p->theta64), *b = noise(&g, p->theta64);
        assert_true(fabs(correlation_z(a, b, 0, p->theta)) <= Z_MAX); /* of another key */
        for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++) /* of another place */
            assert_true(fabs(correlation_z(a, a, shifts[i], p->theta)) <= Z_MAX);
        free(a);
        free(b);
    }
}

/* A noise bit used twice: all of them, one in twenty, or the same piece again further down. */
static void noise_used_twice_is_caught(void **state) {
    (void)state;
    const struct params *p = params_find("n64");
    struct prg g;
    unit_random(&g, __func__);
    uint8_t *a = noise(&g, p->theta64), *b = noise(&g, p->theta64), *twice = unit_copy(b, BITS / 8);
    assert_true(correlation_z(a, a, 0, p->theta) > Z_MAX);
    for (size_t i = 0; i < BITS; i += 20)
        bit_xor(twice, i, bit_get(twice, i) ^ bit_get(a, i));
    assert_true(correlation_z(a, twice, 0, p->theta) > Z_MAX);
    for (size_t i = 1024; i < BITS; i += 2048)
        memcpy(b + i / 8, b + i / 8 - 1024 / 8, 1024 / 8);
    assert_true(correlation_z(b, b, 1024, p->theta) > Z_MAX);
    free(a);
    free(b);
    free(twice);
}

/* Bit i is 1 exactly when the i-th number of the stream is below the threshold: tried at each number, one below and one
 * above it. */
static void threshold_is_exact(void **state) {
    (void)state;
    enum { N = 3000 };
    static uint8_t stream[8 * N];
    static const uint8_t nonce[8] = {0};
    uint8_t key[32];
    struct prg g;
    unit_random(&g, __func__);
    prg_read(&g, key, sizeof key);
    crypto_stream_chacha20(stream, sizeof stream, nonce, key);
    for (size_t i = 0; i < N; i += 1 + prg_below(&g, 40)) {
        uint64_t draw = load64_le(stream + 8 * i);
        const uint64_t thresholds[] = {draw - 1, draw, draw + 1, 0, 1, UINT64_MAX, UINT64_C(1) << 63};
        for (size_t t = 0; t < sizeof thresholds / sizeof thresholds[0]; t++) {
            uint8_t bits[N / 8] = {0};
            noise_add(bits, N, key, thresholds[t]);
            for (size_t j = 0; j < N; j++)
                assert_int_equal(bit_get(bits, j), load64_le(stream + 8 * j) < thresholds[t]);
        }
    }
}

static void adds_to_what_is_there(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 5000};
    struct prg g;
    uint8_t key[32];
    unit_random(&g, __func__);
    prg_read(&g, key, sizeof key);
    uint8_t whole[640] = {0};
    noise_add(whole, 8 * sizeof whole, key, UINT64_C(1) << 62);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t n_bytes = bits_to_bytes(sizes[i]);
        uint8_t before[640];
        prg_read(&g, before, sizeof before);
        uint8_t *bits = unit_copy(before, n_bytes);
        noise_add(bits, sizes[i], key, UINT64_C(1) << 62);
        for (size_t j = 0; j < 8 * n_bytes; j++)
            assert_int_equal(bit_get(bits, j), bit_get(before, j) ^ (j < sizes[i] ? bit_get(whole, j) : 0));
        free(bits);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_rate_of_each_set), cmocka_unit_test(a_wrong_rate_is_caught),
        cmocka_unit_test(is_independent),           cmocka_unit_test(noise_used_twice_is_caught),
        cmocka_unit_test(threshold_is_exact),       cmocka_unit_test(adds_to_what_is_there),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
