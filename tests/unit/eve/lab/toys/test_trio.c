/* Two halves of captions: together they leave D u_j of the vectors and the secret of the labels, alone nothing; and the
 * numbers that this rests on, computed once more. */
#include "eve/lab/toys/trio.h"
#include "tests/lib/unit.h"

#include <math.h>

enum { D = LWE_PARAMS_DISTANCE };

static void halves(void **state) {
    (void)state;
    struct prg g;
    uint8_t seed[32];
    unit_random(&g, "halves");
    prg_read(&g, seed, 32);
    for (size_t set = 0; set < 3; set++) {
        struct trio_params p;
        struct trio t;
        trio_params_of(&p, lwe_params_at(set));
        assert_int_equal(trio_make(&t, &p, (struct trio_fault){.noise = 1}, seed), 0);
        size_t n = p.n, m = p.m, high[4] = {0};
        uint16_t *rows = malloc(n * n * sizeof *rows), y[256], w[256], naive;
        int16_t h[256];
        for (unsigned which = 0; which < 4; which++) {
            trio_left(rows, &t, which & 1, which & 2);
            for (size_t i = 0; i < n * n; i++) {
                high[which] += rows[i] >> 15;
                if (which == 3)
                    assert_int_equal(rows[i], i / n == i % n ? D : 0);
            }
        }
        for (unsigned which = 0; which < 3; which++) /* six deviations: once in 10^8 */
            assert_true(fabs((double)high[which] - (double)(n * n) / 2) < 3 * (double)n);
        /* a composed vector and a sum of labels, added up one by one */
        trio_sums(y, t.y, t.z_a, &p);
        trio_sums(w, t.w, t.z_b, &p);
        for (size_t j = 0; j < n; j += 7) {
            for (size_t c = 0; c < n; c += 5) {
                naive = j == c ? D : 0;
                for (size_t i = 0; i < m; i++)
                    naive = (uint16_t)(naive + t.y[j * m + i] * t.a[i * n + c] + t.w[j * m + i] * t.b[i * n + c]);
                assert_int_equal(t.x[j * n + c], naive);
            }
            naive = 0;
            for (size_t i = 0; i < m; i++)
                naive = (uint16_t)(naive + t.w[j * m + i] * t.z_b[i]);
            assert_int_equal(w[j], naive);
        }
        trio_learn(h, t.z_x, y, w, n);
        assert_memory_equal(h, t.s, n * sizeof *h);
        assert_true(trio_accepts(&t, h));
        h[n / 2] = (int16_t)(h[n / 2] == 2 ? 1 : h[n / 2] + 1);
        assert_false(trio_accepts(&t, h));
        trio_learn(h, t.z_x, y, NULL, n);
        assert_false(trio_accepts(&t, h));
        trio_learn(h, t.z_x, NULL, w, n);
        assert_false(trio_accepts(&t, h));
        free(rows);
        trio_free(&t);
    }
    prg_deinit(&g);
}

/* Without captions vectors show what they are; with too much noise nobody learns. */
static void faults(void **state) {
    (void)state;
    struct trio_params p;
    struct trio t;
    int16_t h[32];
    uint16_t y[32], w[32];
    trio_params_of(&p, lwe_params_at(0));
    assert_int_equal(trio_make(&t, &p, (struct trio_fault){.no_captions = true, .noise = 1}, (const uint8_t[32]){1}),
                     0);
    trio_learn(h, t.z_x, NULL, NULL, p.n);
    assert_memory_equal(h, t.s, sizeof h);
    trio_free(&t);
    assert_int_equal(trio_make(&t, &p, (struct trio_fault){.noise = 64}, (const uint8_t[32]){1}), 0);
    trio_sums(y, t.y, t.z_a, &p);
    trio_sums(w, t.w, t.z_b, &p);
    trio_learn(h, t.z_x, y, w, p.n);
    assert_memory_not_equal(h, t.s, sizeof h);
    trio_free(&t);
}

static void parameters(void **state) {
    (void)state;
    for (size_t i = 0; i < LWE_PARAMS_SETS; i++) {
        struct trio_params p;
        const struct lwe_params *set = lwe_params_at(i);
        trio_params_of(&p, set);
        assert_true(p.n == set->n && p.m > set->m && p.m < set->m + 14);
        assert_true(p.eta % 32 == 0 && 2 * p.eta <= set->eta && 2 * p.eta + 64 > set->eta);
        assert_true(trio_hide_log2(&p) <= -128 && trio_hide_log2(&p) > -130);
        assert_true(trio_failure_log2(&p) < -40);
        /* the mean of |e|, added up */
        double mean = 0;
        for (double e = 1; e <= p.eta; e++)
            mean +=
                2 * e * exp(lgamma(2.0 * p.eta + 1) - lgamma(p.eta + e + 1) - lgamma(p.eta - e + 1) - p.eta * log(4));
        assert_true(fabs(trio_risk(&p) - 2 * mean / 65536) < 1e-8);
    }
}

/* Predictions by the secret are wrong as often as the risk says, those by another vector half of the time. */
static void fresh(void **state) {
    (void)state;
    enum { N = 200000 };
    struct prg g;
    uint8_t seed[32];
    struct trio_params p;
    struct trio t;
    unit_random(&g, "fresh labels");
    prg_read(&g, seed, 32);
    trio_params_of(&p, lwe_params_at(0));
    assert_int_equal(trio_make(&t, &p, (struct trio_fault){.noise = 1}, seed), 0);
    double risk = trio_risk(&p), errors = (double)trio_fresh_errors(&t, t.s, N, seed);
    assert_true(fabs(errors - N * risk) < 6 * sqrt(N * risk));
    t.s[3] = (int16_t)(t.s[3] + 1);
    int16_t other[32];
    memcpy(other, t.s, sizeof other);
    other[7] = (int16_t)(other[7] + 1);
    errors = (double)trio_fresh_errors(&t, other, N, seed);
    assert_true(fabs(errors - N / 2.0) < 6 * sqrt(N / 4.0));
    trio_free(&t);
    prg_deinit(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(halves), cmocka_unit_test(faults), cmocka_unit_test(parameters),
                                       cmocka_unit_test(fresh)};
    return cmocka_run_group_tests_name("trio", tests, NULL, NULL);
}
