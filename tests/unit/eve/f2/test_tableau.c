/* Elimination, exchanges and collisions against their definitions, at every vector width. */
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "eve/f2/collide.h"
#include "eve/f2/elim.h"
#include "eve/f2/kernels.h"
#include "eve/f2/tableau.h"
#include "tests/lib/instance.h"

#include <errno.h>
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

/* All samples vanish where they should; every redundancy sample is the sum of information samples that its column says,
 * and so is its label. */
static void check(const struct tableau *t) {
    const struct view *v = t->pool->view;
    uint64_t sum[PARAMS_N_MAX / 64], row[PARAMS_N_MAX / 64];
    for (size_t i = 0; i < t->n; i++) {
        pool_row(t->pool, t->info[i], row);
        for (size_t z = 0; z < t->n_zeros; z++)
            assert_int_equal(row[t->zeros[z] / 64] >> t->zeros[z] % 64 & 1, 0);
    }
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

struct pooled {
    struct instance in;
    struct split split;
    struct pool pool;
};

static void pooled_make(struct pooled *p, uint32_t n, uint64_t seed) {
    struct params params;
    assert_int_equal(params_make(&params, n), 0);
    instance_make(&p->in, &params, INSTANCE_SESSION, seed);
    assert_int_equal(split_init(&p->split, &p->in.view, SPLIT_SAMPLES, p->in.seed), 0);
    assert_int_equal(pool_init(&p->pool, &p->in.view, p->split.train, p->split.n_train), 0);
}

static void pooled_free(struct pooled *p) {
    pool_deinit(&p->pool);
    split_deinit(&p->split);
    instance_free(&p->in);
}

static void test_exchanges(void **state) {
    (void)state;
    static const uint32_t sizes[] = {32, 64, 96, 128, 160, 256};
    const struct kernels *all[3];
    size_t n_all = kernels_all(all);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (size_t k = 0; k < n_all; k++) {
            struct pooled p;
            struct tableau t;
            kernels_force(all[k]);
            pooled_make(&p, sizes[s], s);
            if (s % 2)
                assert_int_equal(pool_index(&p.pool), 0);
            assert_int_equal(tableau_init(&t, &p.pool, p.in.seed, 0), 0);
            assert_int_equal(t.n, sizes[s] - t.n_zeros);
            assert_true(s % 2 ? sizes[s] < 128 || t.n_zeros > 0 : t.n_zeros == 0);
            for (int builds = 0; builds < 2; builds++) {
                size_t blocks = 1;
                assert_true(tableau_build(&t, NULL, NULL));
                do {
                    check(&t);
                    for (int steps = 0; steps < 10; steps++)
                        tableau_step(&t);
                    check(&t);
                } while (tableau_next(&t) && ++blocks);
                assert_int_equal(blocks, t.n_blocks);
            }
            tableau_deinit(&t);
            pooled_free(&p);
        }
    kernels_force(NULL);
}

/* Samples that vanish somewhere, looked for one by one; and the secret from such samples, once their errors are known.
 */
static void test_vanishing(void **state) {
    (void)state;
    struct pooled p;
    uint32_t ids[20000];
    uint64_t row[PARAMS_N_MAX / 64];
    uint8_t errors[16] = {0}, secret[16];
    pooled_make(&p, 128, 3);
    assert_int_equal(pool_index(&p.pool), 0);
    for (uint32_t n_zeros = 0; n_zeros <= 4; n_zeros++) {
        uint32_t zeros[] = {3, 64, 90, 127};
        size_t n = pool_vanishing(&p.pool, zeros, n_zeros, ids), found = 0;
        for (size_t k = 0; k < p.pool.n_ids; k++) {
            bool vanishes = true;
            pool_row(&p.pool, p.pool.ids[k], row);
            for (size_t z = 0; z < n_zeros; z++)
                vanishes &= !(row[zeros[z] / 64] >> zeros[z] % 64 & 1);
            if (vanishes)
                assert_int_equal(ids[found++], p.pool.ids[k]);
        }
        assert_int_equal(found, n);
        int solved = -ERANGE;
        for (size_t first = 0; solved == -ERANGE; first++) { /* until they are independent */
            assert_true(first + 128 <= n);
            for (size_t i = 0; i < 128 - n_zeros; i++) {
                unsigned label = 0;
                pool_row(&p.pool, ids[first + i], row);
                for (size_t j = 0; j < 16; j++)
                    label ^= (unsigned)__builtin_parity(((uint8_t *)row)[j] & p.in.secret[j]);
                bit_xor(errors, i, bit_get(errors, i) ^ label ^ view_label(&p.in.view, ids[first + i]));
            }
            solved = pool_solve(&p.pool, ids + first, errors, zeros, n_zeros, secret);
        }
        assert_int_equal(solved, 0);
        assert_memory_equal(secret, p.in.secret, 16);
    }
    pooled_free(&p);
}

/* ---- collisions */

enum { N = 64 };

static uint64_t word_of(const uint64_t *plane, uint32_t row, unsigned turn) {
    uint64_t word = row == COLLIDE_NO_ROW ? 0 : plane[row];
    return turn ? word << turn | word >> (64 - turn) : word;
}

static bool is_near(uint32_t x) {
    return __builtin_popcount(x & 0xffff) <= 2 && __builtin_popcount(x >> 16) <= 2;
}

static bool is_wanted(const struct collide *c, const uint64_t *plane, unsigned turn, const uint32_t rows[4]) {
    uint64_t sum = word_of(plane, N, turn);
    for (size_t i = 0; i < 4; i++)
        sum ^= word_of(plane, rows[i], turn);
    if (c->weight == 1)
        return __builtin_popcount((uint32_t)sum) <= (int)c->most;
    return (sum >> COLLIDE_KEY & (((uint64_t)1 << c->bits) - 1)) == 0 && is_near((uint32_t)sum) &&
           __builtin_popcountll(sum) <= (int)c->most;
}

/* How many sums of at most two rows of each half, or at most two of all, are wanted: all are tried. */
static size_t count_wanted(const struct collide *c, const uint64_t *plane, unsigned turn) {
    size_t n = 0, first = c->weight == 1 ? N : N / 2;
    for (size_t i = 0; i <= first; i++)
        for (size_t j = i == first ? i : i + 1; j <= first; j++) {
            uint32_t rows[4] = {i < first ? (uint32_t)i : COLLIDE_NO_ROW, j < first ? (uint32_t)j : COLLIDE_NO_ROW,
                                COLLIDE_NO_ROW, COLLIDE_NO_ROW};
            if (c->weight == 1)
                n += is_wanted(c, plane, turn, rows);
            for (size_t k = first; c->weight == 2 && k <= N; k++)
                for (size_t l = k == N ? k : k + 1; l <= N; l++) {
                    rows[2] = k < N ? (uint32_t)k : COLLIDE_NO_ROW;
                    rows[3] = l < N ? (uint32_t)l : COLLIDE_NO_ROW;
                    n += is_wanted(c, plane, turn, rows);
                }
        }
    return n;
}

static bool is_half(uint32_t a, uint32_t b, uint32_t from, uint32_t end) {
    return (a == COLLIDE_NO_ROW || (a >= from && a < end)) && (b == COLLIDE_NO_ROW || (b >= from && b < end)) &&
           (a != b || a == COLLIDE_NO_ROW);
}

/* One sum may be found by either of its rows. */
static size_t n_different(const struct collide_hit *hits, size_t n) {
    size_t different = 0;
    for (size_t i = 0; i < n; i++) {
        bool again = false;
        const uint32_t *a = hits[i].rows;
        for (size_t j = 0; j < i && !again; j++) {
            const uint32_t *b = hits[j].rows;
            again = ((a[0] == b[0] && a[1] == b[1]) || (a[0] == b[1] && a[1] == b[0])) &&
                    ((a[2] == b[2] && a[3] == b[3]) || (a[2] == b[3] && a[3] == b[2]));
        }
        different += !again;
    }
    return different;
}

/* Every hit is one that trying all finds, and they are most of them: what is written over is lost. The same hits at
 * every width, whether or not the buckets are made in parts. */
static void test_collisions(void **state) {
    (void)state;
    static const unsigned sizes[] = {5, 8, 14, 15, 17};
    const struct kernels *all[3];
    size_t n_all = kernels_all(all), wanted[2][3] = {{0}}, found[2][3] = {{0}};
    dice_state = 1u << 20; /* the same draws however many levels the tests before went through */
    for (unsigned weight = 1; weight <= 2; weight++)
        for (unsigned number = 0; number < 48; number++) {
            uint64_t plane[N + 1];
            unsigned turn = number % 2 * 32;
            bool light = number % 4 < 2; /* much is wanted, and much of it is for the same buckets */
            for (size_t i = 0; i < N; i++)
                plane[i] = light ? random64() & random64() & random64() & random64() : random64();
            uint32_t rows[4] = {20, (uint32_t)(number % 20), 40, 60};
            plane[N] = plane[rows[0]] ^ plane[rows[1]];
            if (weight == 2 && number % 3)
                plane[N] ^= plane[rows[2]] ^ plane[rows[3]];
            plane[N] ^= (uint64_t)0x30001 << (64 - turn) % 64; /* errors in both halves of the key */
            struct collide_hit *before = NULL;
            size_t n_before = 0;
            for (size_t k = 0; k < n_all; k++) {
                kernels_force(all[k]);
                struct collide c;
                assert_int_equal(collide_init(&c, N, 17), 0);
                c.weight = weight;
                c.bits = sizes[number % 5];
                c.most = weight == 1 ? 4 : 8;
                collide_pass(&c, plane, turn);
                for (size_t h = 0; h < c.n_hits; h++) {
                    const uint32_t *r = c.hits[h].rows;
                    assert_true(is_wanted(&c, plane, turn, r) || (weight == 1 && r[0] == COLLIDE_NO_ROW));
                    assert_true(weight == 1 || (is_half(r[0], r[1], 0, N / 2) && is_half(r[2], r[3], N / 2, N)));
                }
                if (k == 0) {
                    n_before = c.n_hits;
                    before = malloc((n_before + 1) * sizeof *before);
                    memcpy(before, c.hits, n_before * sizeof *before);
                    wanted[light][weight] += count_wanted(&c, plane, turn);
                    found[light][weight] += n_different(before, n_before);
                } else {
                    assert_int_equal(c.n_hits, n_before);
                    assert_memory_equal(c.hits, before, n_before * sizeof *before);
                }
                collide_deinit(&c);
            }
            free(before);
        }
    kernels_force(NULL);
    for (unsigned light = 0; light < 2; light++) {
        print_message("found of wanted: %zu of %zu, %zu of %zu\n", found[light][1], wanted[light][1], found[light][2],
                      wanted[light][2]);
        assert_true(wanted[light][1] >= 24 && found[light][1] >= wanted[light][1]);
        assert_true(wanted[light][2] >= 24 && found[light][2] <= wanted[light][2]);
    }
    /* light ones are written over most: from one draw to the next an eighth to a third of them is found */
    assert_true(4 * found[0][2] >= 3 * wanted[0][2] && 16 * found[1][2] >= wanted[1][2]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elimination), cmocka_unit_test(test_transpose),  cmocka_unit_test(test_exchanges),
        cmocka_unit_test(test_vanishing),   cmocka_unit_test(test_collisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
