/* Elimination, exchanges and collisions against their definitions, at every vector width. */
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "eve/f2/collide.h"
#include "eve/f2/elim.h"
#include "eve/f2/kernels.h"
#include "eve/f2/tableau.h"
#include "tests/lib/instance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t dice_state = 1;

static uint64_t random64(void) {
    struct dice dice = {dice_state++};
    return dice_u64(&dice);
}

static void test_elimination(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 2, 7, 8, 63, 64, 65, 127, 128, 129, 300};
    enum { N_SIZES = sizeof sizes / sizeof sizes[0] };
    const struct kernels *all[3];
    size_t n_all = kernels_all(all);
    for (size_t r = 0; r < N_SIZES; r++)
        for (size_t c = 0; c < N_SIZES; c++)
            for (int sparse = 0; sparse < 2; sparse++) {
                size_t n_rows = sizes[r], n_cols = sizes[c], stride = elim_stride(n_cols),
                       words = (n_rows + 1) * stride;
                uint64_t *from = aligned_alloc(64, words * 8), *a = aligned_alloc(64, words * 8),
                         *b = aligned_alloc(64, words * 8), *scratch = aligned_alloc(64, elim_scratch_bytes(stride));
                uint32_t *pa = malloc(n_rows * 4), *pb = malloc(n_rows * 4);
                memset(from, 0, words * 8);
                for (size_t i = 0; i <= n_rows; i++)
                    for (size_t j = 0; j < n_cols; j++)
                        bit_xor((uint8_t *)(from + i * stride), j, sparse ? random64() % 40 == 0 : random64() & 1);
                memcpy(a, from, words * 8);
                size_t rank = elim_reduce_naive(a, n_rows, 1, stride, n_cols, pa);
                for (size_t k = 0; k < n_all; k++) {
                    memcpy(b, from, words * 8);
                    assert_int_equal(all[k]->reduce(b, n_rows, 1, stride, n_cols, pb, scratch, NULL, NULL), rank);
                    assert_memory_equal(pa, pb, rank * 4);
                    assert_memory_equal(a, b, words * 8);
                }
                free(from);
                free(a);
                free(b);
                free(scratch);
                free(pa);
                free(pb);
            }
}

static void test_transpose(void **state) {
    (void)state;
    const struct kernels *all[3];
    size_t n_all = kernels_all(all);
    for (size_t k = 0; k < n_all; k++) {
        uint64_t from[64], to[64];
        for (size_t i = 0; i < 64; i++)
            from[i] = to[i] = random64();
        all[k]->transpose64(to);
        for (size_t i = 0; i < 64; i++)
            for (size_t j = 0; j < 64; j++)
                assert_int_equal(from[i] >> j & 1, to[j] >> i & 1);
    }
}

/* Every redundancy sample is the sum of information samples that its column says, and so is its label. */
static void check(const struct tableau *t) {
    const struct view *v = t->pool->view;
    uint64_t sum[PARAMS_N_MAX / 64], row[PARAMS_N_MAX / 64];
    for (size_t j = 0; j < TABLEAU_BITS; j++) {
        pool_row(t->pool, t->redundancy[j], sum);
        unsigned sigma = view_label(v, t->redundancy[j]);
        for (size_t i = 0; i < t->n; i++)
            if (tableau_bit(t, i, j)) {
                pool_row(t->pool, t->info[i], row);
                for (size_t w = 0; w < t->pool->row_words; w++)
                    sum[w] ^= row[w];
                sigma ^= view_label(v, t->info[i]);
            }
        for (size_t w = 0; w < t->pool->row_words; w++)
            assert_int_equal(sum[w], 0);
        assert_int_equal(tableau_bit(t, t->n, j), sigma);
    }
}

static void test_exchanges(void **state) {
    (void)state;
    static const uint32_t sizes[] = {32, 64, 96, 128, 160};
    const struct kernels *all[3];
    size_t n_all = kernels_all(all);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (size_t k = 0; k < n_all; k++) {
            struct params params;
            struct instance in;
            struct split split;
            struct pool pool;
            struct tableau t;
            kernels_force(all[k]);
            assert_int_equal(params_make(&params, sizes[s]), 0);
            instance_make(&in, &params, INSTANCE_SESSION, s);
            assert_int_equal(split_init(&split, &in.view, SPLIT_SAMPLES, in.seed), 0);
            assert_int_equal(pool_init(&pool, &in.view, split.train, split.n_train), 0);
            assert_int_equal(tableau_init(&t, &pool, in.seed, 0), 0);
            for (int builds = 0; builds < 2; builds++) {
                assert_true(tableau_build(&t, NULL, NULL));
                check(&t);
                for (int steps = 0; steps < 40; steps++) {
                    tableau_step(&t);
                    check(&t);
                }
            }
            tableau_deinit(&t);
            pool_deinit(&pool);
            split_deinit(&split);
            instance_free(&in);
        }
    kernels_force(NULL);
}

/* The same hits at every width; and a sum that was planted is among them. */
static void test_collisions(void **state) {
    (void)state;
    enum { N = 96 };
    const struct kernels *all[3];
    size_t n_all = kernels_all(all);
    for (unsigned weight = 1; weight <= 2; weight++)
        for (int turn = 0; turn < 20; turn++) {
            uint64_t plane[N + 1];
            for (size_t i = 0; i < N; i++)
                plane[i] = random64();
            uint32_t rows[4] = {40, (uint32_t)(turn % 30), 60, 90};
            plane[N] = plane[rows[0]] ^ plane[rows[1]];
            if (weight == 2)
                plane[N] ^= plane[rows[2]] ^ plane[rows[3]];
            plane[N] ^= 0x3; /* two errors among the bits compared */
            struct collide_hit *before = NULL;
            size_t n_before = 0;
            for (size_t k = 0; k < n_all; k++) {
                kernels_force(all[k]);
                struct collide c;
                assert_int_equal(collide_init(&c, N, 8), 0);
                c.weight = weight;
                c.most = 4;
                collide_pass(&c, plane);
                bool planted = false;
                for (size_t h = 0; h < c.n_hits; h++) {
                    uint64_t sum = 0;
                    for (size_t i = 0; i < 4; i++)
                        sum ^= c.hits[h].rows[i] == COLLIDE_NO_ROW ? 0 : plane[c.hits[h].rows[i]];
                    planted |= (sum ^ plane[N]) == 0x3;
                }
                assert_true(planted);
                if (k == 0) {
                    n_before = c.n_hits;
                    before = malloc(n_before * sizeof *before);
                    memcpy(before, c.hits, n_before * sizeof *before);
                } else {
                    assert_int_equal(c.n_hits, n_before);
                    assert_memory_equal(c.hits, before, n_before * sizeof *before);
                }
                collide_deinit(&c);
            }
            free(before);
        }
    kernels_force(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elimination),
        cmocka_unit_test(test_transpose),
        cmocka_unit_test(test_exchanges),
        cmocka_unit_test(test_collisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
