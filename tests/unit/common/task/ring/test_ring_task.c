/* Both sides through what the protocol calls: what is sent is what ring.h and blocks.h say, the labels of it have as
 * much noise as they say, and composed samples cannot be told from plain ones by a battery that tells them from worse
 * ones. */
#include "common/base/binomial.h"
#include "common/base/bytes.h"
#include "common/task/ring/accept.h"
#include "common/task/ring/blocks.h"
#include "common/task/ring/ring.h"
#include "common/task/ring/sparse.h"
#include "tests/lib/unit.h"

#include <math.h>

static void random_bytes(struct prg *g, uint8_t *p, size_t n) {
    prg_read(g, p, n);
}

/* Bit i of what both have: a twin that knows nothing of words. */
static unsigned coefficient(const uint64_t *a, size_t i) {
    return a[i / 64] >> i % 64 & 1;
}

static void teach_all(struct teach *t) {
    struct job *job;
    while (!ring_bob.teach_finished(t)) {
        job = ring_bob.teach_work(t);
        assert_non_null(job);
        job->run(job);
        ring_bob.teach_done(t, job);
    }
}

static void compose_all(struct compose *c, uint8_t *place) {
    struct job *job = ring_alice.compose_work(c, place);
    assert_non_null(job);
    job->run(job);
    assert_int_equal(ring_alice.compose_done(c, job), 1);
    assert_null(ring_alice.compose_work(c, place));
}

/* One attempt up to B2. */
struct attempt {
    uint8_t alice[32], seed[32], challenge_seed[32];
    struct teach_keys keys;
    uint8_t *sigma, *labels, *masked, *results;
    struct compose *compose;
    struct teach *teach;
};

static void attempt_new(struct attempt *a, const struct ring_params *p, struct prg *g) {
    size_t n_challenge = bits_to_bytes(set_challenges(&p->set));
    random_bytes(g, a->alice, 32);
    random_bytes(g, a->seed, 32);
    random_bytes(g, a->challenge_seed, 32);
    random_bytes(g, (uint8_t *)&a->keys, sizeof a->keys);
    a->sigma = malloc(blocks_bytes(p));
    a->labels = calloc(bits_to_bytes(p->set.n_labels), 1);
    a->masked = calloc(n_challenge, 1);
    a->results = calloc(n_challenge, 1);
    assert_true(a->sigma && a->labels && a->masked && a->results);
    memset(a->sigma, 0xff, blocks_bytes(p)); /* what is there before does not matter */
    assert_int_equal(ring_alice.compose_new(&a->compose, &p->set, a->alice), 0);
    assert_null(ring_alice.compose_work(a->compose, a->sigma));
    assert_int_equal(ring_alice.compose_seed(a->compose, a->seed), 0);
    assert_null(ring_alice.compose_work(a->compose, NULL));
    compose_all(a->compose, a->sigma);
    assert_int_equal(ring_bob.teach_new(&a->teach, &p->set, &a->keys), 0);
    ring_bob.teach_seed(a->teach, a->seed, a->labels);
    ring_bob.teach_chunk(a->teach, a->sigma);
    teach_all(a->teach);
}

static void attempt_free(struct attempt *a) {
    ring_alice.compose_free(a->compose);
    ring_bob.teach_free(a->teach);
    free(a->sigma);
    free(a->labels);
    free(a->masked);
    free(a->results);
}

static void challenge(struct attempt *a, const struct ring_params *p, const uint8_t *h) {
    size_t n_bytes = bits_to_bytes(set_challenges(&p->set));
    memset(a->masked, 0, n_bytes);
    memset(a->results, 0, n_bytes);
    ring_bob.teach_challenge(a->teach, a->challenge_seed, a->masked);
    teach_all(a->teach);
    for (size_t part = ring_alice.predict_parts(&p->set); part-- > 0;)
        ring_alice.predict(a->results, &p->set, h, a->challenge_seed, part);
}

static void learn(struct attempt *a, struct learned *out) {
    struct learn *l;
    struct job *job;
    assert_int_equal(ring_alice.learn_new(&l, a->compose, a->labels), 0);
    do {
        job = ring_alice.learn_work(l);
        assert_non_null(job);
        assert_null(ring_alice.learn_work(l));
        job->run(job);
    } while (!ring_alice.learn_done(l, job));
    ring_alice.learn_result(l, out);
    ring_alice.learn_free(l);
}

/* h as blocks.h says it, byte by byte. */
static void naive_h(uint64_t *h, const struct ring_params *p, const uint8_t seed[static 32]) {
    char label[40];
    uint8_t key[32], bytes[(POLY_N_MAX + 7) / 8];
    snprintf(label, sizeof label, "parley/2 r%u h", (unsigned)p->n);
    prg_derive(key, label, seed, 32);
    prg_expand(bytes, (p->n + 7) / 8, key, 0);
    memset(h, 0, poly_words(p->n) * 8);
    for (size_t i = 0; i < p->n; i++)
        h[i / 64] |= (uint64_t)bit_get(bytes, i) << i % 64;
}

/* sum of a_i b_(j - i): coefficient j of the product */
static unsigned naive_coefficient(const uint64_t *a, const uint64_t *b, size_t n, size_t j) {
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++)
        sum ^= coefficient(a, i) & coefficient(b, (j + n - i) % n);
    return sum;
}

static void what_is_sent(void **state) {
    (void)state;
    const struct ring_params *p;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        struct attempt a;
        static uint64_t h[POLY_WORDS], x[POLY_WORDS], y[POLY_WORDS], s[POLY_WORDS], e[2][POLY_WORDS], sigma[POLY_WORDS];
        uint32_t at[RING_WEIGHT_MAX];
        attempt_new(&a, p, &g);
        naive_h(h, p, a.seed);
        sparse_draw(x, at, p->w, p->n, a.alice, 0);
        sparse_draw(y, at, p->w, p->n, a.alice, 1);
        sparse_draw(s, at, p->w_s, p->n, a.keys.task, 0);
        poly_read(sigma, a.sigma, 0, p->n);
        for (uint64_t which = 0; which < 2; which++)
            sparse_draw(e[which], at, p->w_e, p->n, a.keys.label_noise, which);
        for (size_t j = 0; j < p->n; j += 1 + p->n / 512) {
            assert_int_equal(bit_get(a.sigma, j), coefficient(x, j) ^ naive_coefficient(h, y, p->n, j));
            assert_int_equal(bit_get(a.labels, j), coefficient(e[0], j) ^ naive_coefficient(h, s, p->n, j));
            assert_int_equal(bit_get(a.labels, p->n + j), coefficient(e[1], j) ^ naive_coefficient(sigma, s, p->n, j));
        }
        assert_true(ring_task.chunk_fits(&p->set, 0, a.sigma));
        for (unsigned bit = p->n % 8; bit < 8; bit++) {
            a.sigma[blocks_bytes(p) - 1] ^= (uint8_t)(1u << bit);
            assert_false(ring_task.chunk_fits(&p->set, 0, a.sigma));
            a.sigma[blocks_bytes(p) - 1] ^= (uint8_t)(1u << bit);
        }
        attempt_free(&a);
    }
}

/* Predictions are coefficients of x*_b s as blocks.h says it. */
static void predictions(void **state) {
    (void)state;
    const struct ring_params *p;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        uint8_t seed[32], key[32], h[(POLY_N_MAX + 7) / 8] = {0}, bytes[4096];
        uint64_t s[POLY_WORDS], x[POLY_WORDS];
        uint32_t at[RING_WEIGHT_MAX];
        char label[40];
        size_t all = set_challenges(&p->set), block = (p->n - 1) / 8 * 8, n_bytes = (p->n + 7) / 8;
        size_t stride = (n_bytes + 63) / 64 * 64;
        uint8_t *results = calloc(all / 8, 1), *again = calloc(all / 8, 1);
        assert_true(results && again);
        random_bytes(&g, seed, 32);
        random_bytes(&g, key, 32);
        sparse_draw(s, at, p->w_s, p->n, key, 0);
        for (size_t j = 0; j < p->n; j++)
            bit_xor(h, j, coefficient(s, j));
        for (size_t part = 0; part < ring_alice.predict_parts(&p->set); part++)
            ring_alice.predict(results, &p->set, h, seed, part);
        snprintf(label, sizeof label, "parley/2 r%u challenge", (unsigned)p->n);
        prg_derive(key, label, seed, 32);
        for (size_t j = 0; j < all; j += 1 + p->n / 512) {
            prg_expand(bytes, n_bytes, key, j / block * stride);
            poly_read(x, bytes, 0, p->n);
            assert_int_equal(bit_get(results, j), naive_coefficient(x, s, p->n, j % block));
        }
        assert_true(block < p->n);
        for (size_t part = ring_alice.predict_parts(&p->set); part-- > 0;) /* in any order, added */
            ring_alice.predict(again, &p->set, h, seed, part);
        assert_memory_equal(again, results, all / 8);
        free(results);
        free(again);
    }
}

/* The hypothesis is s, and misses fresh labels at the rate that the set says: within an interval that a right program
 * leaves once in 10^9 times on either side, on 10^6 labels in the long form. */
static void risk(void **state) {
    (void)state;
    const struct ring_params *p;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        uint64_t n_labels = 0, wrong = 0;
        while (n_labels < (unit_long() ? 1000000 : 50000)) {
            struct attempt a;
            struct learned learned;
            attempt_new(&a, p, &g);
            learn(&a, &learned);
            if (learned.accepted) { /* the smallest fails in 5 of 10^5 */
                size_t all = set_challenges(&p->set);
                assert_int_equal(learned.numbers.disagreements, 2 * p->w_e);
                assert_null(learned.quiet.what);
                challenge(&a, p, learned.h);
                for (size_t j = 0; j < all; j++)
                    wrong += bit_get(a.masked, j) ^ bit_get(a.results, j);
                n_labels += all;
            }
            attempt_free(&a);
        }
        printf("%s: %" PRIu64 " of %" PRIu64 " fresh labels missed, risk %.5f\n", p->set.name, wrong, n_labels,
               p->set.risk);
        assert_true(binomial_below(wrong + 1, n_labels, p->set.risk) > 1e-9);
        assert_true(binomial_above(wrong ? wrong - 1 : 0, n_labels, p->set.risk) > 1e-9 || wrong == 0);
    }
}

/* What the learner starts from has the share of ones that users are told to expect. */
static void symbol_error(void **state) {
    (void)state;
    const struct ring_params *p;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        enum { RUNS = 30 };
        double sum = 0;
        for (int run = 0; run < RUNS; run++) {
            struct attempt a;
            struct learned learned;
            attempt_new(&a, p, &g);
            learn(&a, &learned);
            assert_true(learned.numbers.figures[0].expected == p->p);
            sum += learned.numbers.figures[0].measured / RUNS;
            attempt_free(&a);
        }
        /* Over 4,000 sessions the variance of the weight was 0.6 to 0.9 of a binomial's, which is taken here. */
        double z = (sum - p->p) / sqrt(p->p * (1 - p->p) / p->n / RUNS);
        printf("%s: z = %.2f\n", p->set.name, z);
        assert_true(fabs(z) < 7);
    }
}

/* ---- acceptance */

static void flip_coefficient(uint64_t *a, size_t i) {
    a[i / 64] ^= (uint64_t)1 << i % 64;
}

static size_t place_of(const uint64_t *a, unsigned value) {
    size_t i = 0;
    while (coefficient(a, i) != value)
        i++;
    return i;
}

static void acceptance(void **state) {
    (void)state;
    const struct ring_params *p;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        static struct accept_data d;
        struct attempt a;
        uint64_t s[POLY_WORDS], e[2][POLY_WORDS];
        uint32_t at[RING_WEIGHT_MAX], plain, composed;
        attempt_new(&a, p, &g);
        naive_h(d.h, p, a.seed);
        poly_read(d.sigma, a.sigma, 0, p->n);
        poly_read(d.z_h, a.labels, 0, p->n);
        poly_read(d.z_sigma, a.labels, p->n, p->n);
        sparse_draw(s, at, p->w_s, p->n, a.keys.task, 0);
        for (uint64_t which = 0; which < 2; which++)
            sparse_draw(e[which], at, p->w_e, p->n, a.keys.label_noise, which);
        assert_int_equal(accept_check(&plain, &composed, p, &d, s), ACCEPT_YES);
        assert_int_equal(plain, p->w_e);
        assert_int_equal(composed, p->w_e);
        size_t one[2] = {place_of(e[0], 1), place_of(e[1], 1)}, zero[2] = {place_of(e[0], 0), place_of(e[1], 0)};
        flip_coefficient(d.z_h, one[0]); /* one wrong label less */
        assert_int_equal(accept_check(&plain, &composed, p, &d, s), ACCEPT_QUIET_PLAIN);
        assert_int_equal(plain, p->w_e - 1);
        flip_coefficient(d.z_sigma, one[1]);
        assert_int_equal(accept_check(&plain, &composed, p, &d, s), ACCEPT_QUIET_PLAIN);
        flip_coefficient(d.z_h, one[0]);
        assert_int_equal(accept_check(&plain, &composed, p, &d, s), ACCEPT_QUIET_COMPOSED);
        assert_int_equal(composed, p->w_e - 1);
        flip_coefficient(d.z_sigma, one[1]);
        flip_coefficient(d.z_h, zero[0]); /* one more */
        assert_int_equal(accept_check(&plain, &composed, p, &d, s), ACCEPT_NO);
        flip_coefficient(d.z_sigma, one[1]); /* and one less elsewhere makes that no better */
        assert_int_equal(accept_check(&plain, &composed, p, &d, s), ACCEPT_NO);
        flip_coefficient(d.z_h, zero[0]);
        flip_coefficient(d.z_sigma, one[1]);
        flip_coefficient(d.z_sigma, zero[1]);
        assert_int_equal(accept_check(&plain, &composed, p, &d, s), ACCEPT_NO);
        flip_coefficient(d.z_sigma, zero[1]);
        size_t from = place_of(s, 1), to = place_of(s, 0);
        flip_coefficient(s, from); /* another string of as many ones */
        flip_coefficient(s, to);
        assert_int_equal(accept_check(&plain, &composed, p, &d, s), ACCEPT_NO);
        attempt_free(&a);
    }
}

/* Labels of another s than the learner could find: it gives up, and says no. */
static void noise_is_not_learned(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    static const char *const sets[] = {"r509", "r13109"};
    for (size_t i = 0; i < 2; i++) {
        const struct ring_params *p = ring_params_find(sets[i]);
        struct attempt a;
        struct learned learned;
        attempt_new(&a, p, &g);
        random_bytes(&g, a.labels, 2 * p->n / 8);
        learn(&a, &learned);
        assert_false(learned.accepted);
        assert_null(learned.quiet.what);
        assert_in_range(learned.numbers.disagreements, learned.numbers.most + 1, 2 * p->n);
        attempt_free(&a);
    }
}

/* ---- composed samples against plain ones */

enum { LAGS = 40, Z_MAX = 7 };
/* Each of the 2 + 2 LAGS sums below is one of fair bits: a right program has |z| > 7 with probability below 3 10^-12
 * each, by the normal approximation (for chi square after Wilson and Hilferty), and some 700 of them are made. */

/* The largest |z| over: all bits; bits at some distance of each other; bits and those of h at some distance; bits at
 * one place, over all strings, by chi square. */
static double battery(const struct ring_params *p, size_t n_strings, uint64_t (*strings)[POLY_WORDS],
                      uint64_t (*hs)[POLY_WORDS]) {
    double max = 0, total = (double)n_strings * p->n, n_ones = 0, chi = 0;
    for (size_t j = 0; j < p->n; j++) {
        double ones = 0;
        for (size_t i = 0; i < n_strings; i++)
            ones += coefficient(strings[i], j);
        n_ones += ones;
        chi += (2 * ones - (double)n_strings) * (2 * ones - (double)n_strings) / (double)n_strings;
    }
    double k = 2.0 / 9 / p->n;
    max = fmax(fabs(2 * n_ones - total) / sqrt(total), fabs(cbrt(chi / p->n) - (1 - k)) / sqrt(k));
    for (size_t lag = 0; lag < LAGS; lag++) {
        double same = 0, same_h = 0;
        size_t distance = lag < LAGS / 2 ? lag : (lag * 7919) % p->n;
        for (size_t i = 0; i < n_strings; i++)
            for (size_t j = 0; j < p->n; j++) {
                unsigned bit = coefficient(strings[i], j);
                same += bit == coefficient(strings[i], (j + distance + 1) % p->n);
                same_h += bit == coefficient(hs[i], (j + distance) % p->n);
            }
        max = fmax(max, fmax(fabs(2 * same - total), fabs(2 * same_h - total)) / sqrt(total));
    }
    return max;
}

static unsigned parity(const uint64_t *a, size_t n) {
    return poly_weight(a, n) & 1;
}

enum { STRINGS = 64 };

static void composed_as_plain(void **state) {
    (void)state;
    static const char *const sets[] = {"r509", "r1019", "r4099", "r17669"};
    static uint64_t composed[STRINGS][POLY_WORDS], plain[STRINGS][POLY_WORDS], h[STRINGS][POLY_WORDS];
    struct prg g;
    unit_random(&g, __func__);
    for (size_t set = 0; set < sizeof sets / sizeof sets[0]; set++) {
        const struct ring_params *p = ring_params_find(sets[set]);
        unsigned seen[2] = {0};
        for (size_t i = 0; i < STRINGS; i++) {
            struct attempt a;
            uint8_t bytes[(POLY_N_MAX + 7) / 8];
            attempt_new(&a, p, &g);
            naive_h(h[i], p, a.seed);
            poly_read(composed[i], a.sigma, 0, p->n);
            /* X - 1 divides X^n - 1: this is known of a composed sample, and of no plain one */
            assert_int_equal(parity(composed[i], p->n), p->w & (1 ^ parity(h[i], p->n)) & 1);
            random_bytes(&g, bytes, sizeof bytes);
            poly_read(plain[i], bytes, 0, p->n);
            seen[parity(plain[i], p->n)]++;
            if (parity(plain[i], p->n) != parity(composed[i], p->n))
                flip_coefficient(plain[i], 0); /* uniform among those of equal parity */
            attempt_free(&a);
        }
        assert_true(seen[0] && seen[1]); /* but once in 2^63 times */
        double z = battery(p, STRINGS, composed, h), of_plain = battery(p, STRINGS, plain, h);
        printf("%s: largest |z| of composed samples %.2f, of plain ones of equal parity %.2f\n", p->set.name, z,
               of_plain);
        assert_true(z < Z_MAX);
        assert_true(of_plain < Z_MAX);
    }
}

/* The battery can fail: a recipe that is thrown in openly, or h itself shifted, is found. */
static void worse_ones_are_found(void **state) {
    (void)state;
    static uint64_t worse[STRINGS][POLY_WORDS], h[STRINGS][POLY_WORDS];
    const struct ring_params *p = ring_params_find("r1019");
    struct prg g;
    unit_random(&g, __func__);
    for (unsigned how = 0; how < 3; how++) {
        for (size_t i = 0; i < STRINGS; i++) {
            uint8_t key[32];
            uint32_t at[RING_WEIGHT_MAX];
            uint64_t y[POLY_WORDS], x[POLY_WORDS];
            random_bytes(&g, key, 32);
            blocks_h(h[i], p, key);
            sparse_draw(x, at, p->w, p->n, key, 0);
            sparse_draw(y, at, how == 0 ? 0 : how == 1 ? 1 : p->w, p->n, key, 1);
            if (how == 1) /* of one place, near the lags */
                memset(y, 0, sizeof y), y[0] = 1 << 3;
            poly_mul(worse[i], h[i], y, p->n);
            poly_add(worse[i], x, p->n);
            for (size_t j = 0; how == 2 && j < p->n; j += 50) /* 21 bits of 1019 that are always 0 */
                worse[i][j / 64] &= ~((uint64_t)1 << j % 64);
        }
        assert_true(battery(p, STRINGS, worse, h) > Z_MAX);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent),
        cmocka_unit_test(predictions),
        cmocka_unit_test(risk),
        cmocka_unit_test(symbol_error),
        cmocka_unit_test(acceptance),
        cmocka_unit_test(noise_is_not_learned),
        cmocka_unit_test(composed_as_plain),
        cmocka_unit_test(worse_ones_are_found),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
