/* Recipes: sets of the right size, uniform, inverted correctly, the same whatever the order of the parts. */
#include "common/task/lpn/recipes.h"

#include "tests/lib/unit.h"

#include <math.h>

static void random_key(struct prg *random, uint8_t key[static 32]) {
    prg_read(random, key, 32);
}

static struct params shape(uint32_t m, uint32_t w, uint32_t k) {
    return (struct params){.set.name = "test", .n = 32, .m = m, .w = w, .k = k};
}

static void check_sets(const struct recipes *r) {
    for (size_t j = 0; j < r->k; j++)
        for (size_t t = 0; t < r->w; t++) {
            assert_true(recipes_index(r, j, t) < r->m);
            for (size_t u = 0; u < t; u++)
                assert_true(recipes_index(r, j, t) != recipes_index(r, j, u));
        }
    for (size_t j = r->k; j < (size_t)r->n_blocks * RECIPES_ROWS; j++)
        for (size_t t = 0; t < r->w; t++)
            assert_int_equal(recipes_index(r, j, t), 0);
}

static void check_inverse(const struct recipes *r) {
    uint32_t *uses = calloc(r->m, sizeof *uses);
    assert_non_null(uses);
    for (size_t j = 0; j < r->k; j++)
        for (size_t t = 0; t < r->w; t++)
            uses[recipes_index(r, j, t)]++;
    assert_int_equal(r->offsets[0], 0);
    assert_int_equal(r->offsets[r->m], r->k * r->w);
    for (uint32_t i = 0; i < r->m; i++) {
        assert_int_equal(r->offsets[i + 1] - r->offsets[i], uses[i]);
        for (uint32_t u = r->offsets[i]; u < r->offsets[i + 1]; u++) {
            uint32_t j = recipes_edge_row(r->edges[u]), found = 0;
            assert_int_equal(r->edges[u] >> 17, i & 0x7fff);
            assert_true(j < r->k);
            if (u > r->offsets[i])
                assert_true(recipes_edge_row(r->edges[u - 1]) < j);
            for (size_t t = 0; t < r->w; t++)
                found += recipes_index(r, j, t) == i;
            assert_int_equal(found, 1);
        }
    }
    free(uses);
}

static void are_sets_with_inverse(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, "are_sets_with_inverse");
    const struct params shapes[] = {
        shape(1, 1, 1),          shape(2, 1, 15),       shape(4, 4, 16),         shape(5, 3, 17),
        shape(4096, 64, 33),     shape(4095, 17, 4095), shape(4096, 16, 4096),   shape(4097, 15, 4097),
        shape(12288, 6, 3456),   shape(32769, 2, 8193), shape(131072, 33, 9000), shape(262144, 27, 8192),
        shape(100000, 32, 5000),
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        uint8_t key[32];
        struct recipes *r;
        random_key(&random, key);
        assert_int_equal(recipes_new(&r, &shapes[i], key), 0);
        recipes_run_all(r);
        check_sets(r);
        check_inverse(r);
        recipes_free(r);
    }
    recipes_free(NULL);
}

static void too_large_is_refused(void **state) {
    (void)state;
    uint8_t key[32] = {0};
    struct recipes *r;
    struct params wide = shape(1000, 65, 10), long_ = shape(1000, 3, (1 << 17) + 1);
    assert_true(recipes_new(&r, &wide, key) < 0);
    assert_true(recipes_new(&r, &long_, key) < 0);
}

static void order_of_parts_does_not_matter(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, "order_of_parts_does_not_matter");
    uint8_t key[32];
    random_key(&random, key);
    struct params p = shape(65536, 14, 12288 + 5);
    struct recipes *forward, *backward;
    assert_int_equal(recipes_new(&forward, &p, key), 0);
    assert_int_equal(recipes_new(&backward, &p, key), 0);
    recipes_run_all(forward);
    for (enum recipes_stage stage = RECIPES_SAMPLE; stage < RECIPES_N_STAGES; stage++)
        for (size_t part = recipes_n_parts(backward, stage); part-- > 0;)
            recipes_run(backward, stage, part);
    assert_memory_equal(forward->index, backward->index,
                        (size_t)forward->n_blocks * RECIPES_ROWS * p.w * sizeof(uint32_t));
    assert_memory_equal(forward->offsets, backward->offsets, (p.m + 1) * sizeof(uint32_t));
    assert_memory_equal(forward->edges, backward->edges, (size_t)p.k * p.w * sizeof(uint32_t));
    recipes_free(forward);
    recipes_free(backward);
}

/* Uniformity: all 20 subsets of 3 out of 6, 60,000 times. Chi-square with 19 degrees of freedom is above 83.4 with
 * probability 1e-9 when the sampler is uniform (Wilson-Hilferty); m = 6 also needs draws that are rejected. */
enum { SUBSETS = 20, TRIALS = 60000 };
#define ALARM 83.4

static double chi_square(const uint8_t (*sets)[3]) {
    size_t seen[64] = {0};
    for (size_t j = 0; j < TRIALS; j++)
        seen[1 << sets[j][0] | 1 << sets[j][1] | 1 << sets[j][2]]++;
    double sum = 0, expected = (double)TRIALS / SUBSETS;
    for (int mask = 0; mask < 64; mask++)
        if (__builtin_popcount((unsigned)mask) == 3)
            sum += ((double)seen[mask] - expected) * ((double)seen[mask] - expected) / expected;
    return sum;
}

static void are_uniform(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, "are_uniform (false alarm: 1 in 10^9)");
    static uint8_t sets[TRIALS][3];
    uint8_t key[32];
    random_key(&random, key);
    struct params p = shape(6, 3, TRIALS);
    struct recipes *r;
    assert_int_equal(recipes_new(&r, &p, key), 0);
    recipes_run_all(r);
    for (size_t j = 0; j < TRIALS; j++)
        for (size_t t = 0; t < 3; t++)
            sets[j][t] = (uint8_t)recipes_index(r, j, t);
    assert_true(chi_square((const uint8_t(*)[3])sets) < ALARM);
    recipes_free(r);
}

/* The test above would notice: duplicates moved on to the next free index, and draws reduced instead of rejected. */
static void bias_is_noticed(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, "bias_is_noticed");
    static uint8_t sets[TRIALS][3];
    for (size_t j = 0; j < TRIALS; j++) {
        uint8_t *x = sets[j];
        for (size_t t = 0; t < 3; t++)
            x[t] = (uint8_t)prg_below(&random, 6);
        while (x[1] == x[0])
            x[1] = (uint8_t)((x[1] + 1) % 6);
        while (x[2] == x[0] || x[2] == x[1])
            x[2] = (uint8_t)((x[2] + 1) % 6);
    }
    assert_true(chi_square((const uint8_t(*)[3])sets) > ALARM);
    for (size_t j = 0; j < TRIALS; j++) {
        uint8_t *x = sets[j];
        do
            for (size_t t = 0; t < 3; t++)
                x[t] = (uint8_t)(prg_below(&random, 8) % 6);
        while (x[0] == x[1] || x[0] == x[2] || x[1] == x[2]);
    }
    assert_true(chi_square((const uint8_t(*)[3])sets) > ALARM);
}

/* At the size of a real set: how often each plain sample is used, by chi-square with m - 1 degrees of freedom. The
 * number of uses per sample is hypergeometric, a little narrower than the Poisson that the quantile assumes. */
static void plain_samples_are_used_alike(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, "plain_samples_are_used_alike (false alarm: below 1 in 10^9)");
    uint8_t key[32];
    random_key(&random, key);
    struct params p = shape(12288, 6, 100000);
    struct recipes *r;
    assert_int_equal(recipes_new(&r, &p, key), 0);
    recipes_run_all(r);
    double sum = 0, expected = (double)p.k * p.w / p.m, freedom = p.m - 1;
    for (size_t i = 0; i < p.m; i++) {
        double d = r->offsets[i + 1] - r->offsets[i] - expected;
        sum += d * d / expected;
    }
    double wide = 4.753 * sqrt(2 / (9 * freedom)), middle = 1 - 2 / (9 * freedom);
    assert_true(sum < freedom * pow(middle + wide, 3));
    assert_true(sum > freedom * pow(middle - 1.1 * wide, 3));
    recipes_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_sets_with_inverse),
        cmocka_unit_test(too_large_is_refused),
        cmocka_unit_test(order_of_parts_does_not_matter),
        cmocka_unit_test(are_uniform),
        cmocka_unit_test(bias_is_noticed),
        cmocka_unit_test(plain_samples_are_used_alike),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
