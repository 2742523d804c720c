/* Composed vectors against their definition, x_(m+j) = u_j + sum of a_i over the recipe, one vector and bit at a time.
 */
#include "common/task/lpn/compose.h"

#include "common/base/bytes.h"
#include "common/task/lpn/matrix.h"
#include "tests/lib/unit.h"

static const uint32_t dimensions[] = {32, 64, 96, 512, 544, 1024};

struct instance {
    struct params params;
    struct code *code;
    struct recipes *recipes;
    uint8_t key[32]; /* of A */
    uint8_t *a;      /* all of it, row by row */
};

static void task_init(struct instance *t, uint32_t n, struct prg *g) {
    uint8_t key[32];
    assert_int_equal(params_make(&t->params, n), 0);
    assert_int_equal(code_new(&t->code, &t->params), 0);
    prg_read(g, key, sizeof key);
    assert_int_equal(recipes_new(&t->recipes, &t->params, key), 0);
    recipes_run_all(t->recipes);
    prg_read(g, t->key, sizeof t->key);
    t->a = (uint8_t *)malloc((size_t)t->params.m * n / 8);
    assert_non_null(t->a);
    uint8_t row[64];
    for (size_t b = 0; b < matrix_blocks(n); b++)
        for (size_t i = 0; i < t->params.m; i++) { /* rows 64 at a time is what matrix_expand can start at */
            size_t width = matrix_width(n, b);
            static uint8_t rows[64 * 64];
            if (i % 64 == 0)
                matrix_expand(rows, t->key, t->params.m, n, b, i, t->params.m - i < 64 ? t->params.m - i : 64);
            memcpy(row, rows + i % 64 * width, width);
            memcpy(t->a + i * n / 8 + 64 * b, row, width);
        }
}

static void task_deinit(struct instance *t) {
    code_free(t->code);
    recipes_free(t->recipes);
    free(t->a);
}

/* u_j = u_(j-16) + unit(pi_j) */
static void add_code_row(uint8_t *x, const struct code *code, size_t j) {
    for (size_t i = j % CODE_LANES; i <= j; i += CODE_LANES)
        bit_xor(x, code->pi[i], 1);
}

static void naive_vector(uint8_t *x, const struct instance *t, size_t j) {
    size_t n_bytes = t->params.n / 8;
    memset(x, 0, n_bytes);
    add_code_row(x, t->code, j);
    for (size_t i = 0; i < t->params.w; i++)
        bytes_xor(x, t->a + recipes_index(t->recipes, j, i) * n_bytes, n_bytes);
}

/* Block by block, the rows of A in slices of random lengths. */
static void vectors_equal_their_definition(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t d = 0; d < sizeof dimensions / sizeof dimensions[0]; d++) {
        struct instance t;
        task_init(&t, dimensions[d], &g);
        uint8_t x[128];
        for (size_t b = 0; b < matrix_blocks(t.params.n); b++) {
            size_t width = matrix_width(t.params.n, b);
            uint8_t *sums = (uint8_t *)malloc(t.params.k * width);
            assert_non_null(sums);
            compose_begin(sums, t.code, b);
            for (size_t row = 0; row < t.params.m;) {
                size_t slice = 64 * (1 + prg_below(&g, 300));
                slice = slice < t.params.m - row ? slice : t.params.m - row;
                compose_rows(sums, &t.params, t.recipes, t.key, b, row, slice);
                row += slice;
            }
            for (size_t j = 0; j < t.params.k; j++) {
                naive_vector(x, &t, j);
                assert_memory_equal(sums + j * width, x + 64 * b, width);
            }
            free(sums);
        }
        task_deinit(&t);
    }
}

static void syndrome_equals_its_definition(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t d = 0; d < sizeof dimensions / sizeof dimensions[0]; d++) {
        struct instance t;
        task_init(&t, dimensions[d], &g);
        size_t m = t.params.m, k = t.params.k, n_z = bits_to_bytes(m + k);
        uint8_t *random = (uint8_t *)malloc(n_z), *v = (uint8_t *)malloc(bits_to_bytes(k));
        assert_true(random && v);
        prg_read(&g, random, n_z);
        prg_read(&g, v, bits_to_bytes(k)); /* what is there before does not matter */
        uint8_t *z = unit_copy(random, n_z);
        for (size_t j = 0; j < k;) {
            size_t slice = 16 * (1 + prg_below(&g, 100));
            slice = slice < k - j ? slice : k - j;
            compose_syndrome(v, t.recipes, z, j, slice);
            j += slice;
        }
        for (size_t j = 0; j < k; j++) {
            unsigned sum = bit_get(z, m + j);
            for (size_t i = 0; i < t.params.w; i++)
                sum ^= bit_get(z, recipes_index(t.recipes, j, i));
            assert_int_equal(bit_get(v, j), sum);
        }
        free(random);
        free(v);
        free(z);
        task_deinit(&t);
    }
}

/* What it is all for: with noiseless labels the syndrome is the codeword of s. */
static void syndrome_is_the_codeword(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t d = 0; d < sizeof dimensions / sizeof dimensions[0]; d++) {
        struct instance t;
        task_init(&t, dimensions[d], &g);
        size_t m = t.params.m, k = t.params.k, n = t.params.n;
        uint8_t s[128], x[128];
        uint8_t *z = (uint8_t *)calloc(1, bits_to_bytes(m + k)), *v = (uint8_t *)calloc(1, bits_to_bytes(k));
        uint8_t *codeword = (uint8_t *)malloc(bits_to_bytes(k));
        assert_true(z && v && codeword);
        prg_read(&g, s, sizeof s);
        for (size_t i = 0; i < m + k; i++) {
            if (i < m)
                memcpy(x, t.a + i * n / 8, n / 8);
            else
                naive_vector(x, &t, i - m);
            for (size_t c = 0; c < n; c++)
                bit_xor(z, i, bit_get(x, c) & bit_get(s, c));
        }
        compose_syndrome(v, t.recipes, z, 0, k);
        code_encode(t.code, codeword, s);
        assert_memory_equal(v, codeword, bits_to_bytes(k));
        free(z);
        free(v);
        free(codeword);
        task_deinit(&t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_equal_their_definition),
        cmocka_unit_test(syndrome_equals_its_definition),
        cmocka_unit_test(syndrome_is_the_codeword),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
