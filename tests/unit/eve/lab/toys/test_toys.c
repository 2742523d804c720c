/* Toys of the laboratory: that with captions they are learned as they should be, strangers' pairs are right, and their
 * arithmetic agrees with a naive twin's. */
#include "eve/lab/toys/group.h"
#include "eve/lab/toys/resample.h"
#include "eve/lab/toys/toy.h"

#include "common/base/bytes.h"
#include "tests/lib/unit.h"

#include <errno.h>
#include <stdalign.h>

enum { N = 60 };

struct drawn {
    alignas(max_align_t) uint8_t task[TOY_TASK_MAX];
    uint8_t x[N * TOY_X_MAX], y[N * TOY_Y_MAX], z[N * TOY_Z_MAX];
};

static void draw(struct drawn *d, const struct toy *toy, size_t n, struct prg *g) {
    for (size_t i = 0; i < n; i++) {
        toy->draw(d->x + i * toy->x_bytes, d->y + i * toy->y_bytes, d->task, g);
        toy->label(d->z + i * toy->z_bytes, d->x + i * toy->x_bytes, d->task);
    }
}

/* The exact ones: no label is ever wrong. */
static void exact(void **state) {
    (void)state;
    const struct toy *exact[] = {&toy_qr, &toy_pke, &toy_prf};
    struct drawn *d = malloc(sizeof *d);
    struct prg g;
    unit_random(&g, "exact");
    for (size_t t = 0; t < sizeof exact / sizeof exact[0]; t++) {
        const struct toy *toy = exact[t];
        alignas(max_align_t) uint8_t published[TOY_TASK_MAX];
        uint8_t h[TOY_H_MAX];
        size_t ones = 0;
        if (toy->missing) {
            print_message("%s: %s\n", toy->name, toy->missing);
            continue;
        }
        assert_true(toy->x_bytes <= TOY_X_MAX && toy->y_bytes <= TOY_Y_MAX && toy->task_bytes <= TOY_TASK_MAX);
        assert_true(toy->h_bytes <= TOY_H_MAX && toy->linear_samples <= TOY_SAMPLES_MAX);
        toy->task(d->task, &g);
        draw(d, toy, N, &g);
        assert_true(toy->learn(h, toy, &(struct toy_data){N, d->x, d->y, d->z}));
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(toy->predict(h, d->x + i * toy->x_bytes), d->z[i]);
            ones += d->z[i];
        }
        assert_true(ones > 0 && ones < N); /* but for 2^-59 */
        memcpy(published, d->task, toy->task_bytes);
        if (toy->publish) {
            toy->publish(published);
            assert_memory_not_equal(published, d->task, toy->task_bytes);
        }
        for (size_t i = 0; toy->stranger && i < N; i++) {
            uint8_t x[TOY_X_MAX], z[TOY_Z_MAX];
            toy->stranger(x, z, published, &g);
            assert_int_equal(toy->predict(h, x), z[0]);
        }
        /* the slow learner finds the same without captions */
        assert_true(toy->unbounded(h, toy, &(struct toy_data){40, d->x, NULL, d->z}, published, &g));
        for (size_t i = 0; i < N; i++)
            assert_int_equal(toy->predict(h, d->x + i * toy->x_bytes), d->z[i]);
    }
    free(d);
}

/* x^2 = y^2 modulo N, since it is modulo each of its primes; x = y or -y in about half of them. */
static void roots(void **state) {
    (void)state;
    struct drawn *d = malloc(sizeof *d);
    struct prg g;
    unit_random(&g, "roots");
    if (!toy_qr.missing) {
        size_t trivial = 0;
        toy_qr.task(d->task, &g);
        uint64_t p = load64_le(d->task), q = load64_le(d->task + 8), n = load64_le(d->task + 16);
        assert_true(p >> 32 == 0 && q >> 32 == 0 && p != q && p * q == n);
        draw(d, &toy_qr, N, &g);
        for (size_t i = 0; i < N; i++) {
            uint64_t x = load64_le(d->x + 8 * i), y = load64_le(d->y + 8 * i);
            assert_true(x < n && y < n);
            assert_true((x % p) * (x % p) % p == (y % p) * (y % p) % p);
            assert_true((x % q) * (x % q) % q == (y % q) * (y % q) % q);
            trivial += x == y || x == n - y;
        }
        assert_true(trivial > 0 && trivial < N); /* but for 2^-59 */
    }
    free(d);
}

/* The counterexample: with g^k the labels of those x alone whose captions one has. */
static void no_learner(void **state) {
    (void)state;
    struct drawn *d = malloc(sizeof *d);
    struct prg g;
    uint8_t h[TOY_H_MAX];
    size_t right = 0;
    unit_random(&g, "no_learner");
    toy_ddh.task(d->task, &g);
    draw(d, &toy_ddh, N, &g);
    assert_true(toy_ddh.learn(h, &toy_ddh, &(struct toy_data){1, d->x, d->y, d->z}));
    for (size_t i = 0; i < N; i++) {
        unsigned z = toy_bit(&toy_ddh, d->z + 32 * i);
        assert_int_equal(toy_ddh.predict_captioned(h, d->x + 32 * i, d->y + 32 * i), z);
        right += toy_ddh.predict(h, d->x + 32 * i) == z;
    }
    assert_true(right > N / 2 - 22 && right < N / 2 + 22); /* a coin: but for 10^-8 */
    free(d);
}

static void logarithms(void **state) {
    (void)state;
    struct prg g;
    uint8_t exponent[2], found[2], element[32], base[32], scalar[32];
    unit_random(&g, "logarithms");
    group_scalar(scalar, &g);
    group_power(base, NULL, scalar, 32);
    for (unsigned i = 0; i < 8; i++) {
        static const uint8_t edges[][2] = {{1, 0}, {255, 0}, {0, 1}, {1, 1}, {255, 255}};
        if (i < 5)
            memcpy(exponent, edges[i], 2);
        else
            group_secret(exponent, &g);
        group_power(element, i % 2 ? base : NULL, exponent, 2);
        assert_true(group_logarithm(found, i % 2 ? base : NULL, element));
        assert_memory_equal(found, exponent, 2);
    }
    /* the naive twin: one addition after the other */
    uint8_t sum[32] = {0};
    exponent[0] = 19, exponent[1] = 0;
    for (int i = 0; i < 19; i++)
        assert_int_equal(crypto_core_ristretto255_add(sum, sum, base), 0);
    group_power(element, base, exponent, 2);
    assert_memory_equal(element, sum, 32);
    group_power(element, NULL, scalar, 32); /* of base: its logarithm has 252 bits */
    assert_false(group_logarithm(found, NULL, element));
}

static bool never(void) {
    return false;
}

static bool at_once(void) {
    return true;
}

static void drawn_captions(void **state) {
    (void)state;
    struct prg g;
    uint8_t seed[32];
    struct resampled one;
    unit_random(&g, "drawn_captions");
    size_t right = 0, anyhow = 0;
    for (size_t i = 0; i < 10; i++) {
        prg_read(&g, seed, 32);
        assert_int_equal(resample_parity(&one, 6, false, seed, never), 0);
        assert_true(one.captions == 606 && one.samples == 256 + 606 && one.tries >= one.captions);
        assert_true(one.tries < 100 * one.captions); /* 64 each: but for 10^-10 */
        right += one.right[RESAMPLE_TRUE] && one.right[RESAMPLE_DRAWN];
        anyhow += one.right[RESAMPLE_ANYHOW];
        assert_int_equal(resample_lwe(&one, 1, false, seed, never), 0);
        assert_true(one.right[RESAMPLE_TRUE] && one.right[RESAMPLE_DRAWN]); /* the noise is 51 at most, but for 10^-9 */
    }
    assert_true(right >= 5 && anyhow <= 5);
    assert_int_equal(resample_parity(&one, 0, false, seed, never), -EINVAL);
    assert_int_equal(resample_parity(&one, RESAMPLE_PARITY_MAX + 1, false, seed, never), -EINVAL);
    assert_int_equal(resample_lwe(&one, RESAMPLE_LWE_MAX + 1, false, seed, never), -EINVAL);
    assert_int_equal(resample_parity(&one, 6, false, seed, at_once), -EINTR);
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact),      cmocka_unit_test(roots),          cmocka_unit_test(no_learner),
        cmocka_unit_test(logarithms), cmocka_unit_test(drawn_captions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
