/* The numbers of the sets, written down a second time, and everything that they are said to guarantee, by the exact
 * distributions. */
#include "common/task/lwe/lwe.h"
#include "common/task/lwe/lwe_params.h"
#include "tests/lib/unit.h"

#include <math.h>

static const struct {
    const char *name;
    uint32_t n, m, eta, n_chunks;
    size_t n_labels, chunk_max;
} expected[] = {
    {"l32", 32, 549, 2528, 1, 581, 2048},           {"l48", 48, 731, 2528, 1, 779, 4608},
    {"l64", 64, 912, 2368, 1, 976, 8192},           {"l80", 80, 1094, 2016, 2, 1174, 10240},
    {"l96", 96, 1275, 1728, 2, 1371, 12288},        {"l112", 112, 1456, 1536, 2, 1568, 14336},
    {"l128", 128, 1637, 1376, 2, 1765, 16384},      {"l160", 160, 1999, 1120, 3, 2159, 20480},
    {"l256", 256, 3086, 736, 4, 3342, 32768},       {"l448", 448, 5258, 448, 7, 5706, 57344},
    {"l512", 512, 5982, 384, 8, 6494, 65536},       {"l640", 640, 7430, 320, 10, 8070, 81920},
    {"l1024", 1024, 11773, 192, 16, 12797, 131072},
};
enum { N_SETS = sizeof expected / sizeof expected[0], D = 13107 };

static void numbers(void **state) {
    (void)state;
    assert_null(lwe_params_at(N_SETS));
    assert_null(lwe_task.set(N_SETS));
    for (size_t i = 0; i < N_SETS; i++) {
        const struct lwe_params *p = lwe_params_at(i);
        const struct set *set = lwe_task.set(i);
        size_t a2 = 0;
        assert_ptr_equal(lwe_params_of(set), p);
        assert_ptr_equal(set->task, &lwe_task);
        assert_string_equal(set->name, expected[i].name);
        assert_true(p->n == expected[i].n && p->m == expected[i].m && p->eta == expected[i].eta);
        assert_true(set->modulus == 65536 && set->repeat == 1);
        assert_true(set->n_labels == expected[i].n_labels && set->chunk_max == expected[i].chunk_max);
        assert_int_equal(set->n_chunks, expected[i].n_chunks);
        for (uint32_t c = 0; c < set->n_chunks; c++) {
            assert_in_range(lwe_task.chunk_bytes(set, c), 1, set->chunk_max);
            a2 += lwe_task.chunk_bytes(set, c);
        }
        assert_int_equal(lwe_task.chunk_bytes(set, 0), set->chunk_max);
        assert_int_equal(lwe_task.chunk_bytes(set, set->n_chunks), 0);
        assert_int_equal(a2, 2 * p->n * p->n);
        assert_true(p->n % 16 == 0 && p->eta % 32 == 0 && p->m >= 512);
        assert_true(p->eta < 65536 / 4); /* so that no mask is ever read wrongly */
        assert_true(set->failure == FAILURE_BOUND && set->hiding == HIDING_STATISTICAL);
        assert_int_equal(set->toy != NULL, p->n < 256);
    }
    assert_int_equal(D, 65536 / 5);
}

static void words_fit(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SETS; i++) {
        char text[400], number[16];
        lwe_task.describe(lwe_task.set(i), text, 100);
        snprintf(number, sizeof number, "n = %u,", (unsigned)expected[i].n);
        assert_non_null(strstr(text, number));
        assert_in_range(strlen(text), 20, 98);
        lwe_task.secrecy(lwe_task.set(i), text, sizeof text);
        assert_in_range(strlen(text), 100, sizeof text - 2);
        assert_int_equal(text[strlen(text) - 1], '.');
        assert_non_null(strstr(text, "assumed, not proven"));
    }
    assert_true(lwe_task.experimental);
}

/* The same seed means something else in each set and for each kind of row. */
static void keys_differ(void **state) {
    (void)state;
    uint8_t seed[32] = {1}, keys[2 * N_SETS][32], label[32];
    for (size_t i = 0; i < N_SETS; i++) {
        lwe_params_key(keys[2 * i], lwe_params_at(i), "matrix", seed);
        lwe_params_key(keys[2 * i + 1], lwe_params_at(i), "challenge", seed);
    }
    for (size_t i = 0; i < 2 * N_SETS; i++)
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(keys[i], keys[j], 32);
    prg_derive(label, "parley/2 l32 matrix", seed, 32);
    assert_memory_equal(label, keys[0], 32);
}

/* ---- what the numbers guarantee */

static double add_log2(double a, double b) {
    double most = fmax(a, b);
    return most + log2(exp2(a - most) + exp2(b - most));
}

static double choose_log2(double n, double k) {
    return (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) / log(2);
}

/* log2 of P(|Bin(n, 1/2) - n/2| >= t), from its first term and the ratios of the following ones. */
static double tail_log2(double n, double t) {
    double k = ceil(n / 2 + t), sum = 1, term = 1;
    if (k > n)
        return -INFINITY;
    for (double j = k; j < n && term > 1e-18 * sum; j++)
        sum += term *= (n - j) / (j + 1);
    return choose_log2(n, k) - n + log2(sum) + 1;
}

/* n P(|e_(m+j) - sum of r_(j,i) e_i| >= D/2). Given that W entries of r_j are not 0, that noise is CBD(eta (W + 1)). */
static double wrong_log2(const struct lwe_params *p, double w) {
    return log2(p->n) + tail_log2(2.0 * p->eta * (w + 1), D / 2.0);
}

/* The constant is the bound by the W that is exceeded with probability exp(-50) at most (Hoeffding), rounded up; the
 * exact sum over W, which has the distribution Bin(m, 1/2), is below it. */
static void failure_is_bounded(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SETS; i++) {
        const struct lwe_params *p = lwe_params_at(i);
        double bound = add_log2(wrong_log2(p, floor(p->m / 2.0 + 5 * sqrt(p->m))), log2(p->n) - 50 / log(2));
        double exact = -INFINITY;
        for (uint32_t w = 0; w <= p->m; w++) {
            double weight = choose_log2(p->m, w) - p->m;
            if (weight > -120)
                exact = add_log2(exact, weight + wrong_log2(p, w));
        }
        printf("%s: fails with 2^%.2f, bound 2^%.2f\n", p->set.name, exact, bound);
        assert_true(exact <= bound && bound <= p->set.failure_log2);
        assert_true(p->set.failure_log2 <= -40 && p->set.failure_log2 < bound + 0.11);
    }
}

/* Leftover hash lemma, for each of the n composed vectors: half the square root of q^n times the probability that two
 * independent recipes collide. That is P(r = r') = (3/8)^m by q^n, and where all differences are even, P = 2^-m, 2
 * being no unit, by 2^n more. */
static void composed_vectors_are_close_to_uniform(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SETS; i++) {
        const struct lwe_params *p = lwe_params_at(i);
        double n = p->n, m = p->m;
        double distance = log2(n) - 1 + add_log2(16 * n - m * log2(8.0 / 3), n - m) / 2;
        printf("%s: all within 2^%.2f of uniform\n", p->set.name, distance);
        assert_true(distance <= p->set.hide_log2);
        assert_true(p->set.hide_log2 == -128 && distance > -129); /* one plain sample less would not do, or nearly so */
    }
}

/* A hypothesis that is not s, and differs from it by multiples of 4 at the most, passes a row with probability
 * 4 (2 eta + 1) / q at the most; there are 5^n. */
static void no_other_hypothesis_is_accepted(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SETS; i++) {
        const struct lwe_params *p = lwe_params_at(i);
        double log2_all = p->n * log2(5) + p->m * log2(4 * (2.0 * p->eta + 1) / 65536);
        assert_true(log2_all < -128);
    }
}

/* P(|CBD(eta)| = x), x = 0 ... eta. */
static double *sizes(uint32_t eta) {
    double *p = (double *)malloc((eta + 1) * sizeof *p);
    assert_non_null(p);
    for (uint32_t x = 0; x <= eta; x++)
        p[x] = exp2(choose_log2(2.0 * eta, eta + x) - 2.0 * eta + (x > 0));
    return p;
}

static void risks(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SETS; i++) {
        const struct lwe_params *p = lwe_params_at(i);
        double *size = sizes(p->eta), mean = 0;
        for (uint32_t x = 0; x <= p->eta; x++)
            mean += x * size[x];
        assert_true(fabs(2 * mean / 65536 / p->set.risk - 1) < 1e-9);
        free(size);
    }
}

/* c = a * b, cut off at n. What is below 10^-30 is nothing against 2^-40, and is left out. */
static void convolve(double *c, const double *a, const double *b, size_t n) {
    enum { RARE = 30 };
    double *sum = (double *)calloc(n, sizeof *sum), least = pow(10, -RARE);
    size_t first = 0, end = n;
    assert_non_null(sum);
    while (first < end && b[first] < least)
        first++;
    while (end > first && b[end - 1] < least)
        end--;
    for (size_t i = 0; i < n; i++)
        if (a[i] > least)
            for (size_t j = first; j < end && j < n - i; j++)
                sum[i + j] += a[i] * b[j];
    memcpy(c, sum, n * sizeof *c);
    free(sum);
}

/* P(S < x) for the sum S of `count` independent sizes, for x = least and least + 1: on either side of 2^-40. */
static void check_least(uint32_t eta, uint32_t count, uint32_t least) {
    size_t n = least + 1;
    double *size = sizes(eta), *power = (double *)calloc(n, sizeof *power), *sum = (double *)calloc(n, sizeof *sum);
    double below = 0;
    assert_true(power && sum);
    memcpy(power, size, (n < eta + 1 ? n : eta + 1) * sizeof *power);
    sum[0] = 1;
    for (; count; count >>= 1) {
        if (count & 1)
            convolve(sum, power, sum, n);
        if (count > 1)
            convolve(power, power, power, n);
    }
    for (size_t x = 0; x < least; x++)
        below += sum[x];
    assert_true(below <= exp2(-40));
    assert_true(below + sum[least] > exp2(-40));
    free(size);
    free(power);
    free(sum);
}

static void least_noise_is_the_exact_quantile(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SETS; i++) {
        const struct lwe_params *p = lwe_params_at(i);
        if (unit_long() || i % 3 == 0) { /* a second each */
            check_least(p->eta, p->m, p->least_plain);
            check_least(p->eta, p->n, p->least_composed);
            check_least(p->eta, 512, p->set.least_masked);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(words_fit),
        cmocka_unit_test(keys_differ),
        cmocka_unit_test(failure_is_bounded),
        cmocka_unit_test(composed_vectors_are_close_to_uniform),
        cmocka_unit_test(no_other_hypothesis_is_accepted),
        cmocka_unit_test(risks),
        cmocka_unit_test(least_noise_is_the_exact_quantile),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
