/* Products in the ring against twins that go bit by bit, on both sides of word edges and at every set's n. */
#include "common/base/bytes.h"
#include "common/task/ring/clmul.h"
#include "common/task/ring/poly.h"
#include "common/task/ring/ring_params.h"
#include "tests/lib/unit.h"

#include <pthread.h>

static unsigned coefficient(const uint64_t *a, size_t i) {
    return a[i / 64] >> i % 64 & 1;
}

static void flip_coefficient(uint64_t *a, size_t i, unsigned value) {
    a[i / 64] ^= (uint64_t)value << i % 64;
}

static void random_string(struct prg *g, uint64_t *a, size_t n) {
    memset(a, 0, poly_words(n) * 8);
    for (size_t i = 0; i < n; i++)
        flip_coefficient(a, i, prg_u32(g) & 1);
}

static void naive_product(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n) {
    memset(out, 0, poly_words(n) * 8);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; coefficient(a, i) && j < n; j++)
            flip_coefficient(out, (i + j) % n, coefficient(b, j));
}

/* Without X^n = 1, on whole words. */
static void kernels_equal_their_twin(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t words = 2; words <= CLMUL_WORDS; words += 2)
        for (int run = 0; run < 5; run++) {
            uint64_t a[CLMUL_WORDS], b[CLMUL_WORDS], naive[2 * CLMUL_WORDS] = {0};
            prg_read(&g, (uint8_t *)a, 8 * words);
            prg_read(&g, (uint8_t *)b, 8 * words);
            if (run == 0) /* as many carries as there can be */
                memset(a, 0xff, 8 * words), memset(b, 0xff, 8 * words);
            for (size_t i = 0; i < 64 * words; i++)
                for (size_t j = 0; coefficient(a, i) && j < 64 * words; j++)
                    flip_coefficient(naive, i + j, coefficient(b, j));
            uint64_t *fast = malloc(16 * words), *portable = malloc(16 * words);
            assert_true(fast && portable);
            clmul_best()(fast, a, b, words);
            clmul_portable(portable, a, b, words);
            assert_memory_equal(fast, naive, 16 * words);
            assert_memory_equal(portable, naive, 16 * words);
            free(fast);
            free(portable);
        }
}

static void check_product(struct prg *g, size_t n) {
    size_t n_bytes = poly_words(n) * 8;
    static uint64_t a[POLY_WORDS], b[POLY_WORDS], naive[POLY_WORDS];
    uint64_t *out = malloc(n_bytes); /* so that a sanitizer sees a word beyond it */
    assert_non_null(out);
    random_string(g, a, n);
    random_string(g, b, n);
    naive_product(naive, a, b, n);
    poly_mul(out, a, b, n);
    assert_memory_equal(out, naive, n_bytes);
    poly_mul_portable(out, a, b, n);
    assert_memory_equal(out, naive, n_bytes);
    memcpy(out, a, n_bytes); /* in place */
    poly_mul(out, out, b, n);
    assert_memory_equal(out, naive, n_bytes);
    free(out);
}

static void products_equal_their_twin(void **state) {
    (void)state;
    static const size_t sizes[] = {65, 67, 127, 129, 191, 193, 255, 257, 1023, 1025, 2047, 2049, 4095, 4097};
    const struct ring_params *p;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        check_product(&g, sizes[i]);
    for (size_t i = 0; (p = ring_params_at(i)) && (unit_long() || p->n < 5000); i++)
        check_product(&g, p->n);
}

/* X^i X^j = X^((i + j) mod n), at the largest n too. */
static void monomials(void **state) {
    (void)state;
    const struct ring_params *p;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t set = 0; (p = ring_params_at(set)); set++)
        for (int run = 0; run < 50; run++) {
            static uint64_t a[POLY_WORDS], b[POLY_WORDS], out[POLY_WORDS];
            size_t i = run ? prg_below(&g, p->n) : p->n - 1, j = run > 1 ? prg_below(&g, p->n) : p->n - 1;
            memset(a, 0, sizeof a);
            memset(b, 0, sizeof b);
            flip_coefficient(a, i, 1);
            flip_coefficient(b, j, 1);
            poly_mul(out, a, b, p->n);
            assert_int_equal(poly_weight(out, p->n), 1);
            assert_int_equal(coefficient(out, (i + j) % p->n), 1);
        }
}

/* Only of optimised builds, since otherwise each small function has a frame for its arguments. */
#ifdef __OPTIMIZE__
struct product {
    void (*multiply)(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n);
    uint64_t a[POLY_WORDS], b[POLY_WORDS], out[POLY_WORDS];
    size_t n;
};

static void *run_product(void *context) {
    struct product *p = context;
    p->multiply(p->out, p->a, p->b, p->n);
    return NULL;
}

static void run_on_stack(uint8_t *stack, size_t n_stack, struct product *p) {
    pthread_t thread;
    pthread_attr_t attributes;
    memset(stack, 0, n_stack);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, n_stack), 0);
    assert_int_equal(pthread_create(&thread, &attributes, run_product, p), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
}

static void multiply_nothing(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n) {
    (void)out;
    (void)a;
    (void)b;
    (void)n;
}

/* Factors and products are secrets, and the stack is that of a thread which lives on: no word of theirs is left there.
 * One factor is 1, so that what is multiplied on the way are words of the other. */
static void nothing_stays_on_the_stack(void **state) {
    (void)state;
    static const size_t sizes[] = {129, 509, 1019, 13109};
    enum { STACK = 1 << 20 };
    uint8_t *stack = aligned_alloc(1 << 16, STACK);
    struct product *p = calloc(1, sizeof *p);
    struct prg g;
    unit_random(&g, __func__);
    assert_true(stack && p);
    /* Looking up a function of a library at its first call leaves registers on the stack (aarch64). What we call is
     * looked up at the start, not what libc calls of its own at the end of its first thread. */
    p->multiply = multiply_nothing;
    run_on_stack(stack, STACK, p);
    for (size_t run = 0; run < 2 * sizeof sizes / sizeof sizes[0]; run++) {
        p->n = sizes[run / 2];
        p->multiply = run % 2 ? poly_mul_portable : poly_mul;
        memset(p->a, 0, sizeof p->a);
        p->a[poly_words(p->n) - 2] = 1; /* the last that are multiplied */
        random_string(&g, p->b, p->n);
        run_on_stack(stack, STACK, p);
        for (size_t i = 0; i + 1 < poly_words(p->n); i++) {
            assert_null(memmem(stack, STACK, &p->b[i], 8));
            assert_null(memmem(stack, STACK, &p->out[i], 8));
        }
    }
    free(p);
    free(stack);
}
#endif

static void weights(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t n = 1; n < 400; n++) {
        uint64_t a[7];
        uint32_t naive = 0;
        random_string(&g, a, n);
        for (size_t i = 0; i < n; i++)
            naive += coefficient(a, i);
        assert_int_equal(poly_weight(a, n), naive);
    }
}

/* At every place in a byte; what lies around the bits stays. */
static void strings_in_bytes(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 509};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t first = 0; first < 20; first++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
            for (size_t count = sizes[i]; count + 3 > sizes[i] && count > 0; count--) {
                size_t n = sizes[i], n_bytes = bits_to_bytes(first + n), used = bits_to_bytes(first + count);
                uint64_t a[8], back[8];
                random_string(&g, a, n);
                uint8_t before[80];
                prg_read(&g, before, n_bytes);
                uint8_t *bits = unit_copy(before, used);
                poly_xor_into(bits, first, a, count);
                for (size_t j = 0; j < 8 * used; j++) {
                    bool inside = j >= first && j < first + count;
                    assert_int_equal(bit_get(bits, j) ^ bit_get(before, j), inside ? coefficient(a, j - first) : 0);
                }
                free(bits);
                bits = unit_copy(before, n_bytes);
                poly_read(back, bits, first, n);
                for (size_t j = 0; j < 64 * poly_words(n); j++)
                    assert_int_equal(coefficient(back, j), j < n ? bit_get(before, first + j) : 0);
                free(bits);
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_equal_their_twin),
        cmocka_unit_test(products_equal_their_twin),
        cmocka_unit_test(monomials),
#ifdef __OPTIMIZE__
        cmocka_unit_test(nothing_stays_on_the_stack),
#endif
        cmocka_unit_test(weights),
        cmocka_unit_test(strings_in_bytes),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
