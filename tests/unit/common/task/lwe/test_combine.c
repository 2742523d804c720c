/* The kernels of ternary combinations against a twin that goes recipe by recipe, and composed vectors against the
 * formula, with jobs in any order. */
#include "common/task/lwe/combine.h"

#include "common/base/bytes.h"
#include "common/task/lwe/composer.h"
#include "common/task/lwe/rows.h"
#include "tests/lib/unit.h"

static int coefficient(const uint8_t *recipes, size_t n_sums, size_t i, size_t j) {
    unsigned said = recipes[i / 4 * n_sums + j];
    return (int)(said >> i % 4 & 1) - (int)(said >> (4 + i % 4) & 1);
}

static void naive_combine(uint16_t *sums, size_t n_sums, const uint8_t *rows, size_t n_rows, size_t width,
                          const uint8_t *recipes) {
    for (size_t c = 0; c < width; c++)
        for (size_t j = 0; j < n_sums; j++)
            for (size_t i = 0; i < n_rows; i++)
                sums[c * n_sums + j] = (uint16_t)(sums[c * n_sums + j] + coefficient(recipes, n_sums, i, j) *
                                                                             load16_le(rows + 2 * (i * width + c)));
}

/* Memory of exactly the size, so that a sanitizer sees what reaches beyond it. */
static void check_kernels(struct prg *g, size_t n_sums, size_t n_rows, size_t width, unsigned mask) {
    size_t n_recipes = (n_rows + 3) / 4 * n_sums, n_bytes = 2 * n_sums * width;
    uint8_t *rows = (uint8_t *)malloc(2 * n_rows * width), *recipes = (uint8_t *)malloc(n_recipes);
    uint16_t *naive = (uint16_t *)malloc(n_bytes);
    assert_true(rows && recipes && naive);
    prg_read(g, rows, 2 * n_rows * width);
    prg_read(g, recipes, n_recipes);
    for (size_t i = 0; i < n_recipes; i++)
        recipes[i] = (uint8_t)(recipes[i] | mask);
    prg_read(g, (uint8_t *)naive, n_bytes);
    void *fast = unit_copy(naive, n_bytes), *portable = unit_copy(naive, n_bytes);
    naive_combine(naive, n_sums, rows, n_rows, width, recipes);
    combine_rows((uint16_t *)fast, n_sums, rows, n_rows, width, recipes);
    combine_rows_portable((uint16_t *)portable, n_sums, rows, n_rows, width, recipes);
    assert_memory_equal(fast, naive, n_bytes);
    assert_memory_equal(portable, naive, n_bytes);
    free(rows);
    free(recipes);
    free(naive);
    free(fast);
    free(portable);
}

static void kernels_equal_their_twin(void **state) {
    (void)state;
    static const size_t sums[] = {16, 32, 48, 64, 112, 272},
                        row_counts[] = {1, 2, 3, 4, 5, 63, 64, 65, 127, 128, 129, 300};
    static const size_t widths[] = {2, 4, 16, 48, 64};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t s = 0; s < sizeof sums / sizeof sums[0]; s++)
        for (size_t r = 0; r < sizeof row_counts / sizeof row_counts[0]; r++)
            for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++)
                check_kernels(&g, sums[s], row_counts[r], widths[w], 0);
}

/* Sums of high bytes wrap, those of low bytes are as large as they can be: everything is added, or subtracted. */
static void largest_sums(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    check_kernels(&g, 32, 600, 2, 0x0f);
    check_kernels(&g, 32, 600, 2, 0xf0);
}

/* Runs what there is to run, in random order, and collects the chunks. */
static uint8_t *compose(struct composer *c, const struct lwe_params *p, struct prg *g) {
    uint8_t *all = (uint8_t *)malloc(2 * p->n * p->n), *place = all;
    struct job *out[8];
    size_t n_out = 0, chunk = 0;
    assert_non_null(all);
    while (chunk < p->set.n_chunks) {
        struct job *job;
        while (n_out < 8 && (job = composer_work(c, prg_below(g, 2) ? place : NULL)))
            out[n_out++] = job;
        if (n_out == 0)
            continue; /* no place was given */
        size_t which = prg_below(g, (uint32_t)n_out);
        job = out[which];
        out[which] = out[--n_out];
        job->run(job);
        if (composer_done(c, job))
            place += p->set.task->chunk_bytes(&p->set, (uint32_t)chunk++);
    }
    assert_int_equal(n_out, 0);
    assert_int_equal(place - all, 2 * p->n * p->n);
    assert_null(composer_work(c, all));
    return all;
}

static void composed_vectors_follow_the_formula(void **state) {
    (void)state;
    static const uint8_t nonce[8] = {0};
    struct prg g;
    const struct lwe_params *p;
    unit_random(&g, __func__);
    for (size_t set = 0; (p = lwe_params_at(set)) && p->n <= 256; set++) {
        uint8_t recipe_key[32], key[32], *a = (uint8_t *)malloc(2 * (size_t)p->m * p->n);
        size_t n = p->n, m = p->m, n_packed = (m + 3) / 4 * n;
        uint8_t *packed = (uint8_t *)malloc(n_packed);
        struct ternary *recipes;
        struct composer *composer;
        int16_t h[LWE_PARAMS_N_MAX];
        uint16_t products[LWE_PARAMS_N_MAX];
        assert_true(a && packed);
        prg_read(&g, recipe_key, 32);
        prg_read(&g, key, 32);
        crypto_stream_chacha20(a, 2 * m * n, nonce, key);
        crypto_stream_chacha20(packed, n_packed, nonce, recipe_key);
        assert_int_equal(ternary_new(&recipes, p, recipe_key), 0);
        for (size_t part = ternary_parts(recipes); part-- > 0;)
            ternary_draw(recipes, part);
        assert_memory_equal(recipes->packed, packed, n_packed);
        assert_int_equal(composer_new(&composer, recipes, key), 0);
        uint8_t *chunks = compose(composer, p, &g);
        for (size_t j = 0; j < n; j++)
            h[j] = (int16_t)(prg_below(&g, 5) - 2);
        prg_read(&g, (uint8_t *)products, sizeof products);
        uint16_t first = products[0];
        composer_dot(composer, products, h);
        for (size_t run = 0; run < 40; run++) {
            size_t j = run ? prg_below(&g, (uint32_t)n) : 0, product = first;
            for (size_t c = 0; c < n; c++) {
                size_t b = c / 64, w = n - 64 * b < 64 ? n - 64 * b : 64;
                long x = c == j ? 13107 : 0;
                if (run && c != j && c % 5) /* all entries of one vector, some of the others */
                    continue;
                for (size_t i = 0; i < m; i++)
                    x += coefficient(packed, n, i, j) * (long)load16_le(a + 128 * m * b + 2 * (i * w + c % 64));
                assert_int_equal(load16_le(chunks + 128 * n * b + 2 * (j * w + c % 64)), (uint16_t)x);
                product += (size_t)(x * h[c]);
            }
            if (run == 0)
                assert_int_equal(products[0], (uint16_t)product);
        }
        free(chunks);
        free(a);
        free(packed);
        composer_free(composer);
        ternary_free(recipes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_equal_their_twin),
        cmocka_unit_test(largest_sums),
        cmocka_unit_test(composed_vectors_follow_the_formula),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
