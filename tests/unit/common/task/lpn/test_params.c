/* Every constant of every set from its definition: in integers, or in long double without the functions that the code
 * uses. */
#include "common/task/lpn/params.h"

#include "tests/lib/unit.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Whether t^2 n <= 2^128, in limbs of 32 bits. */
static bool square_fits(uint64_t t, uint32_t n) {
    uint32_t factors[3][2] = {{(uint32_t)t, (uint32_t)(t >> 32)}, {(uint32_t)t, (uint32_t)(t >> 32)}, {n, 0}};
    uint32_t product[6] = {1};
    for (int f = 0; f < 3; f++) {
        uint32_t next[6] = {0};
        for (int j = 0; j < 2; j++) {
            uint64_t carry = 0;
            for (int i = 0; i + j < 6; i++) {
                carry += (uint64_t)product[i] * factors[f][j] + next[i + j];
                next[i + j] = (uint32_t)carry;
                carry >>= 32;
            }
        }
        memcpy(product, next, sizeof product);
    }
    bool below = product[4] == 0 && product[5] == 0;
    bool equal = product[4] == 1 && product[5] == 0 && !product[3] && !product[2] && !product[1] && !product[0];
    return below || equal;
}

/* D P(Binomial(N, theta) > N / 2), by the terms' quotients, upwards from the smallest. */
static long double failure(uint32_t repeat, long double theta) {
    long double term = 1, sum = 0;
    for (uint32_t i = 0; i < repeat; i++)
        term *= theta; /* all N wrong */
    for (uint32_t i = repeat; i > repeat / 2; i--) {
        sum += term;
        term *= (long double)i / (repeat - i + 1) * (1 - theta) / theta;
    }
    return SET_DISTILLATE * sum;
}

/* The largest c for which at most 2^-40 of a distribution lies below c. */
static uint32_t quantile(const long double *p) {
    long double below = 0;
    uint32_t c = 0;
    while (below + p[c] <= ldexpl(1, -40))
        below += p[c++];
    return c;
}

/* The first n_values of Binomial(n, theta), upwards from none. */
static void binomial(long double *p, uint32_t n_values, uint32_t n, long double theta) {
    memset(p, 0, n_values * sizeof *p);
    p[0] = powl(1 - theta, n);
    for (uint32_t x = 1; x < n_values && x <= n; x++)
        p[x] = p[x - 1] * (n - x + 1) / x * theta / (1 - theta);
}

/* One group after the other. */
static void minorities(long double *p, uint32_t n_values, uint32_t repeat, long double theta) {
    long double one[129], few[129];
    assert_true(repeat <= 128);
    binomial(one, repeat + 1, repeat, theta);
    for (uint32_t x = 0; x <= repeat / 2; x++)
        few[x] = one[x] + one[repeat - x];
    memset(p, 0, n_values * sizeof *p);
    p[0] = 1;
    for (int group = 0; group < SET_DISTILLATE; group++)
        for (uint32_t x = n_values; x-- > 0;) {
            long double sum = 0;
            for (uint32_t i = 0; i <= x && i <= repeat / 2; i++)
                sum += p[x - i] * few[i];
            p[x] = sum;
        }
}

static void check_least_noise(const struct params *p) {
    long double theta = ldexpl((long double)p->theta64, -64);
    uint32_t n_values = (uint32_t)(p->m * theta) + (uint32_t)(params_challenges(p) * theta);
    long double *values = malloc(n_values * sizeof *values);
    assert_non_null(values);
    binomial(values, n_values, p->m <= 16384 ? p->m : 8192, theta);
    assert_int_equal(p->least_plain, quantile(values));
    binomial(values, n_values, p->k < 4096 ? p->k : 4096, theta);
    assert_int_equal(p->least_composed, quantile(values));
    minorities(values, (uint32_t)(params_challenges(p) * theta), p->set.repeat, theta);
    assert_int_equal(p->set.least_masked, quantile(values));
    free(values);
}

static void check_set(const struct params *p) {
    long double theta = 1 / sqrtl(p->n), limit = ldexpl(1, -40), power = 1;
    char name[32];
    snprintf(name, sizeof name, "n%u", (unsigned)p->n);
    assert_string_equal(p->set.name, name);
    assert_int_equal(p->m, 32 * p->n);
    assert_int_equal(p->k, p->q * p->n);
    /* w is the integer next to 0.3 sqrt n: (2 w - 1)^2 <= 0.36 n < (2 w + 1)^2 */
    uint64_t w = p->w;
    assert_true((2 * w - 1) * (2 * w - 1) * 100 <= UINT64_C(36) * p->n);
    assert_true((2 * w + 1) * (2 * w + 1) * 100 > UINT64_C(36) * p->n);
    assert_true(square_fits(p->theta64, p->n));
    assert_false(square_fits(p->theta64 + 1, p->n));
    assert_true(fabsl(p->theta - theta) < 1e-16L);
    for (uint32_t i = 0; i <= p->w; i++)
        power *= 1 - 2 * theta;
    assert_true(fabsl(p->p - (1 - power) / 2) < 1e-15L);
    assert_true(p->set.repeat % 2 == 1);
    assert_true(failure(p->set.repeat, theta) <= limit);
    assert_true(p->set.repeat == 1 || failure(p->set.repeat - 2, theta) > limit);
    assert_int_equal(params_challenges(p), 512 * p->set.repeat);
    /* the code: every secret bit occurs, all together k times */
    uint64_t low = p->n / 32 * p->code_share;
    assert_true(p->code_share <= 32 && (p->code_share == 0 || p->code_low > 0) &&
                (p->code_share == 32 || p->code_high > 0));
    assert_int_equal(low * p->code_low + (p->n - low) * p->code_high, p->k);
}

/* floor((1/4 + theta/2) 32 n) = 8 n + floor(16 sqrt n), and of 8192 labels 2048 + floor(4096 / sqrt n). */
static void check_self_check_limit(const struct params *p) {
    uint64_t extra = params_self_check_limit(p, p->m) - UINT64_C(8) * p->n;
    assert_true(extra * extra <= UINT64_C(256) * p->n);
    assert_true((extra + 1) * (extra + 1) > UINT64_C(256) * p->n);
    if (p->m < 8192)
        return;
    extra = params_self_check_limit(p, 8192) - 2048;
    assert_true(extra * extra * p->n <= 4096 * 4096);
    assert_true((extra + 1) * (extra + 1) * p->n > 4096 * 4096);
}

static void sets_of_the_table(void **state) {
    (void)state;
    static const uint32_t dimensions[] = {64, 128, 256, 384, 512, 1024, 2048, 4096, 8192};
    size_t n_sets;
    const struct params *p = params_table(&n_sets);
    assert_int_equal(n_sets, sizeof dimensions / sizeof dimensions[0]);
    for (size_t i = 0; i < n_sets; i++) {
        assert_int_equal(p[i].n, dimensions[i]);
        check_set(&p[i]);
        check_self_check_limit(&p[i]);
        check_least_noise(&p[i]);
        assert_ptr_equal(params_find(p[i].set.name), &p[i]);
    }
    assert_int_equal(PARAMS_N_MAX, p[n_sets - 1].n);
}

static void names(void **state) {
    (void)state;
    static const char *const wrong[] = {"", "n", "64", "n65", "N64", "n64 ", "n640", "n6", "n2048x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_null(params_find(wrong[i]));
}

static void any_multiple_of_32(void **state) {
    (void)state;
    size_t n_sets;
    const struct params *table = params_table(&n_sets);
    for (uint32_t n = 0; n <= PARAMS_N_MAX + 64; n++) {
        struct params p;
        int r = params_make(&p, n);
        if (n < 32 || n > PARAMS_N_MAX || n % 32) {
            assert_int_equal(r, -EINVAL);
            continue;
        }
        assert_int_equal(r, 0);
        assert_int_equal(p.n, n);
        check_set(&p);
        check_self_check_limit(&p);
        if (n % 1024 == 32 * 17) /* others than those of the table */
            check_least_noise(&p);
        const struct params *below = &table[0];
        for (size_t i = 0; i < n_sets; i++)
            below = table[i].n <= n ? &table[i] : below;
        assert_int_equal(p.q, below->q);
        assert_int_equal(p.candidate, below->candidate);
        if (below->n == n)
            assert_memory_equal(&p, below, sizeof p);
    }
}

/* The checks above are able to fail. */
static void a_wrong_threshold_is_caught(void **state) {
    (void)state;
    size_t n_sets;
    const struct params *p = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++) {
        assert_true(square_fits(p[i].theta64 - 1, p[i].n));
        assert_false(square_fits(p[i].theta64 + 2, p[i].n));
    }
    assert_true(square_fits(UINT64_C(1) << 61, 64)); /* equality: 2^122 2^6 */
    assert_false(square_fits((UINT64_C(1) << 61) + 1, 64));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_of_the_table),
        cmocka_unit_test(names),
        cmocka_unit_test(any_multiple_of_32),
        cmocka_unit_test(a_wrong_threshold_is_caught),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
