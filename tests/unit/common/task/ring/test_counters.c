/* Bit-sliced counters against twins that count one by one. */
#include "common/task/ring/counters.h"
#include "common/task/ring/ring_params.h"
#include "tests/lib/unit.h"

static unsigned coefficient(const uint64_t *a, size_t i) {
    return a[i / 64] >> i % 64 & 1;
}

static uint32_t counter(const struct counters *c, size_t j) {
    uint32_t value = 0;
    for (uint32_t plane = 0; plane < COUNTERS_PLANES; plane++)
        value |= coefficient(c->planes[plane], j) << plane;
    return value;
}

static void check(struct prg *g, size_t n, uint32_t weight, bool ends) {
    static struct counters fast, portable, other;
    static struct counters_scratch scratch;
    static uint64_t v[POLY_WORDS], reach[POLY_WORDS];
    uint32_t *at = malloc(weight ? weight * sizeof *at : 1), max = 0;
    assert_non_null(at);
    memset(v, 0, sizeof v);
    for (size_t i = 0; i < n; i++)
        v[i / 64] |= (uint64_t)(prg_u32(g) & 1) << i % 64;
    for (uint32_t i = 0; i < weight; i++) /* the same place twice is no error here */
        at[i] = !ends ? prg_below(g, (uint32_t)n) : i % 2 ? (uint32_t)n - 1 : 0;
    counters_sum(&fast, v, at, weight, n, &scratch);
    memset(&scratch, 0xff, sizeof scratch); /* what is left of the last time does not matter */
    counters_sum_portable(&portable, v, at, weight, n, &scratch);
    assert_memory_equal(&fast, &portable, sizeof fast);
    for (size_t j = 0; j < n; j++) {
        uint32_t naive = 0;
        for (uint32_t i = 0; i < weight; i++)
            naive += coefficient(v, (j + at[i]) % n);
        assert_int_equal(counter(&fast, j), naive);
        max = naive > max ? naive : max;
    }
    for (size_t j = n; j < 64 * COUNTERS_WORDS; j++)
        assert_int_equal(counter(&fast, j), 0);
    counters_sum(&other, v, at, 0, n, &scratch);
    other.n_planes = fast.n_planes;
    assert_int_equal(counters_max(&fast, &other), max);
    assert_int_equal(counters_max(&other, &fast), max);
    for (uint32_t least = 0; least <= max; least += 1 + weight / 8) {
        counters_reach(reach, &fast, least);
        for (size_t j = 0; j < 64 * poly_words(n); j++)
            assert_int_equal(coefficient(reach, j), j < n && counter(&fast, j) >= least);
    }
    free(at);
}

static void counters_equal_their_twin(void **state) {
    (void)state;
    static const size_t sizes[] = {65, 67, 127, 129, 191, 193, 255, 257, 319, 321, 511, 513, 1025};
    const struct ring_params *p;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (uint32_t weight = 0; weight < 128; weight = weight < 5 ? weight + 1 : weight * 3 - 1)
            for (int ends = 0; ends < 2; ends++)
                check(&g, sizes[i], weight, ends);
    check(&g, 65, 127, true); /* the largest count that there is room for */
    for (size_t i = 0; (p = ring_params_at(i)); i++)
        for (int ends = 0; ends < 2; ends++)
            check(&g, p->n, p->w, ends);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(counters_equal_their_twin)};
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
