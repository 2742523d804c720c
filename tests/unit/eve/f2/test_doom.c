/* Quasi-cyclic tableaus and the search with many targets against their definitions, at every vector width. */
#include "common/base/bytes.h"
#include "eve/f2/doom.h"
#include "eve/learners/doom_plan.h"
#include "tests/lib/planted.h"
#include "tests/lib/unit.h"

#include <math.h>

static const uint8_t key[32] = {7};

static uint64_t given_seed(const char *name) {
    struct prg g;
    unit_random(&g, name);
    uint64_t seed = prg_u64(&g);
    prg_deinit(&g);
    return seed;
}

/* Bit of the error of target k (the word times X^k) at a position. */
static unsigned error_at(const struct planted *p, size_t k, uint32_t position) {
    size_t n = p->word.n, block = position / n, i = position % n;
    return bit_get(p->error + block * p->bytes, (i + n - k) % n);
}

/* sigma_k = e_R + sum of e_I t for every target: what the header says of the rows. */
static void check_rows(const struct cyclic *c, const struct planted *p) {
    size_t n = c->word.n;
    uint64_t *sum = malloc(c->stride * 8);
    for (size_t k = 0; k < n; k++) {
        memcpy(sum, cyclic_row(c, n + k), c->stride * 8);
        for (size_t i = 0; i < n; i++)
            for (size_t w = 0; error_at(p, k, c->info[i]) && w < c->stride; w++)
                sum[w] ^= cyclic_row(c, i)[w];
        for (size_t j = 0; j < c->n_cols; j++)
            bit_xor((uint8_t *)&sum[j / 64] + j % 64 / 8, j % 8, error_at(p, k, c->redundancy[j]));
        for (size_t w = 0; w < c->stride; w++)
            assert_true(sum[w] == 0);
    }
    free(sum);
}

static void check_positions(const struct cyclic *c) {
    size_t n_all = c->word.n + c->n_cols;
    uint8_t *seen = calloc(n_all, 1);
    for (size_t i = 0; i < n_all; i++)
        seen[i < c->word.n ? c->info[i] : c->redundancy[i - c->word.n]]++;
    for (size_t i = 0; i < n_all; i++)
        assert_int_equal(seen[i], 1);
    free(seen);
}

static void test_exchange(void **state) {
    (void)state;
    static const size_t sizes[] = {128, 129, 131, 191, 193, 257};
    const struct kernels *all[3];
    size_t n_all = kernels_all(all);
    uint64_t seed = given_seed("exchange");
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (unsigned blocks = 2; blocks <= 3; blocks++) {
            struct planted p;
            uint64_t *first = NULL;
            planted_make(&p, sizes[s], blocks, (const unsigned[]){5, 6, 7}, seed + s);
            for (size_t k = 0; k < n_all; k++) {
                struct cyclic c;
                kernels_force(all[k]);
                assert_int_equal(cyclic_init(&c, &p.word, key, 3), 0);
                check_rows(&c, &p);
                for (unsigned i = 0; i < 40; i++)
                    cyclic_exchange(&c);
                check_rows(&c, &p);
                check_positions(&c);
                size_t moved = 0, bytes = 2 * sizes[s] * c.stride * 8;
                for (size_t i = 0; i < sizes[s]; i++)
                    moved += c.info[i] >= sizes[s];
                assert_true(moved > 30);
                if (!first)
                    memcpy(first = malloc(bytes), c.rows, bytes);
                assert_memory_equal(first, c.rows, bytes);
                cyclic_deinit(&c);
            }
            kernels_force(NULL);
            free(first);
            planted_free(&p);
        }
}

static int ascending(const void *a, const void *b) {
    return memcmp(a, b, sizeof(struct doom_hit));
}

static struct doom_hit hit(uint32_t target, uint32_t v, uint32_t a, uint32_t b) {
    if (a > b) {
        uint32_t other = a;
        a = b;
        b = other;
    }
    return (struct doom_hit){target, {v, a, b}};
}

static uint64_t word_of(const struct cyclic *c, size_t w, uint32_t row) {
    return row == CYCLIC_NONE ? 0 : cyclic_row(c, row)[w];
}

/* All of them, from the definition. U is order[0 ... n_u - 1]. */
static size_t naive(const struct doom *d, const struct cyclic *c, size_t w, struct doom_hit *hits) {
    size_t n_hits = 0, n = d->n;
    uint64_t place = (((uint64_t)1 << d->bits) - 1) << 16;
    for (size_t a = 0; a <= d->n_u; a++)
        for (size_t b = 0; b <= a; b++) { /* b < a < n_u: two rows; a = n_u: one, or none */
            uint32_t row_a = a < d->n_u ? d->order[a] : CYCLIC_NONE, row_b = b < d->n_u ? d->order[b] : CYCLIC_NONE;
            if (a == b && a < d->n_u)
                continue;
            uint64_t pair = word_of(c, w, row_a) ^ word_of(c, w, row_b);
            for (size_t v = d->n_u; v <= n; v++) {
                uint32_t row_v = v < n ? d->order[v] : CYCLIC_NONE;
                uint64_t three = pair ^ word_of(c, w, row_v);
                for (size_t t = 0; t < n; t++) {
                    uint64_t sum = three ^ word_of(c, w, (uint32_t)(n + t));
                    if (sum & place || __builtin_popcountll(sum & 0xffff) > 1 ||
                        (unsigned)__builtin_popcountll(sum) > d->most)
                        continue;
                    assert_true(n_hits < DOOM_HITS);
                    hits[n_hits++] = hit((uint32_t)t, row_v, row_a, row_b);
                }
            }
        }
    return n_hits;
}

/* With at least as many buckets as pairs, more than 16 in one are not seen in 10^10 runs: a pass finds what there is,
 * and nothing else. Of so many random words, 5 to 20 hits a pass are expected with 2^12 buckets. */
static void test_pass(void **state) {
    (void)state;
    const struct kernels *all[3];
    size_t n_all = kernels_all(all), found = 0;
    uint64_t seed = given_seed("pass");
    struct doom_hit *expected = malloc(DOOM_HITS * sizeof *expected);
    for (size_t round = 0; round < 6; round++) {
        struct planted p;
        struct cyclic c;
        size_t n = 191 - round;
        unsigned bits = 12 + (unsigned)round / 2; /* 2, 4 and 8 parts */
        planted_make(&p, n, 2 + round % 2, (const unsigned[]){3, 3, 3}, seed + round);
        assert_int_equal(cyclic_init(&c, &p.word, key, 0), 0);
        for (unsigned i = 0; i < 50; i++)
            cyclic_exchange(&c);
        for (size_t k = 0; k < n_all; k++) {
            struct doom d;
            kernels_force(all[k]);
            assert_int_equal(doom_init(&d, n, n / 2, bits, 22), 0);
            doom_pass(&d, &c, round % (c.n_cols / 64));
            size_t n_expected = naive(&d, &c, round % (c.n_cols / 64), expected);
            for (size_t i = 0; i < d.n_hits; i++)
                d.hits[i] = hit(d.hits[i].target, d.hits[i].rows[0], d.hits[i].rows[1], d.hits[i].rows[2]);
            qsort(d.hits, d.n_hits, sizeof *d.hits, ascending);
            qsort(expected, n_expected, sizeof *expected, ascending);
            assert_int_equal(d.n_hits, n_expected);
            assert_memory_equal(d.hits, expected, n_expected * sizeof *expected);
            found += n_expected;
            doom_deinit(&d);
        }
        kernels_force(NULL);
        cyclic_deinit(&c);
        planted_free(&p);
    }
    print_message("%zu hits\n", found);
    assert_true(found > 0);
    free(expected);
}

/* Passes until the planted error is found. */
static size_t solve(const struct planted *p, const struct doom_plan *plan, unsigned thread) {
    struct cyclic c;
    struct doom d;
    uint8_t *error = malloc(p->word.n_blocks * p->bytes);
    size_t n_passes = 0;
    bool solved = false;
    assert_int_equal(cyclic_init(&c, &p->word, key, thread), 0);
    assert_int_equal(doom_init(&d, p->word.n, plan->n_u, plan->bits, plan->most), 0);
    for (size_t i = 0; i < p->word.n / 4; i++)
        cyclic_exchange(&c);
    while (!solved) {
        for (unsigned i = 0; i < plan->groups; i++)
            cyclic_exchange(&c);
        doom_pass(&d, &c, dice_below(&c.dice, (uint32_t)(c.n_cols / 64)));
        n_passes++;
        for (size_t h = 0; h < d.n_hits && !solved; h++)
            if (cyclic_weight(&c, d.hits[h].target, d.hits[h].rows, 3, p->word.weight) == p->word.weight) {
                cyclic_error(&c, d.hits[h].target, d.hits[h].rows, 3, error);
                solved = true;
            }
    }
    assert_memory_equal(error, p->error, p->word.n_blocks * p->bytes);
    cyclic_deinit(&c);
    doom_deinit(&d);
    free(error);
    return n_passes;
}

/* Finds what was planted, in as many passes as the model says: their mean over 40 runs, of a variance of at most an
 * exponential one's, is outside 0.3 to 2.4 times what is expected less than once in 10^8. */
static void test_solve(void **state) {
    (void)state;
    uint64_t seed = given_seed("solve");
    for (unsigned blocks = 2; blocks <= 3; blocks++) {
        enum { RUNS = 40 };
        double passes = 0;
        struct doom_plan plan;
        for (unsigned run = 0; run < RUNS; run++) {
            struct planted p;
            planted_make(&p, 509, blocks, (const unsigned[]){11, 12, 12}, seed + run);
            doom_plan(&plan, &p.word);
            passes += (double)solve(&p, &plan, run);
            planted_free(&p);
        }
        /* a pass may succeed more than once: the mean number of passes is that of a geometric distribution */
        double expected = 1 / -expm1(-plan.success * plan.independence);
        print_message("%u blocks: %.2f passes each, %.2f expected\n", blocks, passes / RUNS, expected);
        assert_true(passes / RUNS > 0.3 * expected && passes / RUNS < 2.4 * expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exchange),
        cmocka_unit_test(test_pass),
        cmocka_unit_test(test_solve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
