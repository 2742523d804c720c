/* The code: the sequence pi as WIRE.md states it, and the encoder against the generator matrix. */
#include "common/task/lpn/code.h"

#include "common/base/bytes.h"
#include "tests/lib/unit.h"

static const uint32_t sizes[] = {32, 64, 96, 128, 256, 384, 1024};

static void set_shape(struct params *p, uint32_t n, uint32_t low, uint32_t share, uint32_t high, uint32_t candidate) {
    assert_int_equal(params_make(p, n), 0);
    p->code_low = low;
    p->code_share = share;
    p->code_high = high;
    p->candidate = candidate;
    p->q = (low * share + high * (32 - share)) / 32;
    p->k = p->q * n;
}

/* The same sequence, step by step from the document, with nothing of ours. */
static uint32_t *naive_pi(const struct params *p) {
    uint32_t *pi = calloc(p->k, sizeof *pi);
    assert_non_null(pi);
    size_t j = 0;
    for (uint32_t i = 0; i < p->n; i++)
        for (uint32_t r = 0; r < (i < p->n / 32 * p->code_share ? p->code_low : p->code_high); r++)
            pi[j++] = i;
    assert_int_equal(j, p->k);

    uint8_t text[13 + 8] = "parley/1 code", key[32];
    const uint8_t nonce[8] = {0};
    for (int b = 0; b < 4; b++) {
        text[13 + b] = (uint8_t)(p->n >> 8 * b);
        text[17 + b] = (uint8_t)(p->candidate >> 8 * b);
    }
    crypto_generichash(key, 32, text, sizeof text, NULL, 0);
    size_t n_stream = 16 * (size_t)p->k, at = 0; /* four times what no rejection needs */
    uint8_t *stream = malloc(n_stream);
    assert_non_null(stream);
    crypto_stream_chacha20(stream, n_stream, nonce, key);
    for (size_t i = p->k - 1; i >= 1; i--) {
        uint64_t v, bound = i + 1;
        do {
            assert_true(at + 4 <= n_stream);
            v = stream[at] | (uint64_t)stream[at + 1] << 8 | (uint64_t)stream[at + 2] << 16 |
                (uint64_t)stream[at + 3] << 24;
            at += 4;
        } while (v < 0x100000000 % bound);
        uint32_t other = pi[v % bound];
        pi[v % bound] = pi[i];
        pi[i] = other;
    }
    free(stream);
    return pi;
}

static void check_pi(const struct params *p) {
    struct code *code;
    assert_int_equal(code_new(&code, p), 0);
    assert_int_equal(code->n, p->n);
    assert_int_equal(code->k, p->k);
    uint32_t *pi = naive_pi(p);
    assert_memory_equal(code->pi, pi, p->k * sizeof *pi);
    free(pi);
    code_free(code);
}

static void sequence_is_as_documented(void **state) {
    (void)state;
    size_t n_sets;
    const struct params *sets = params_table(&n_sets);
    for (size_t i = 0; i < n_sets; i++) {
        assert_int_equal(sets[i].code_low * sets[i].code_share + sets[i].code_high * (32 - sets[i].code_share),
                         32 * sets[i].q);
        assert_int_equal(sets[i].k, sets[i].q * sets[i].n);
        check_pi(&sets[i]);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct params p;
        set_shape(&p, sizes[i], 3, 24, 15, (uint32_t)i);
        check_pi(&p);
        set_shape(&p, sizes[i], 7, 32, 0, 0xffffffff);
        check_pi(&p);
        set_shape(&p, sizes[i], 0, 0, 5, 1);
        check_pi(&p);
    }
}

static void candidates_differ(void **state) {
    (void)state;
    struct params p;
    struct code *one, *two;
    set_shape(&p, 64, 3, 24, 15, 1);
    assert_int_equal(code_new(&one, &p), 0);
    p.candidate = 2;
    assert_int_equal(code_new(&two, &p), 0);
    assert_memory_not_equal(one->pi, two->pi, p.k * sizeof one->pi[0]);
    code_free(one);
    code_free(two);
    code_free(NULL);
}

/* Row j of the generator matrix is row j - 16 plus a unit vector; c = G s. */
static void encoder_is_the_matrix(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, "encoder_is_the_matrix");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct params p;
        struct code *code;
        set_shape(&p, sizes[i], 3, 24, 15, 0);
        assert_int_equal(code_new(&code, &p), 0);
        uint8_t *rows = calloc(p.k, p.n), *s = malloc(p.n / 8), *codeword = malloc(bits_to_bytes(p.k));
        assert_true(rows && s && codeword);
        for (size_t j = 0; j < p.k; j++) {
            if (j >= 16)
                memcpy(rows + j * p.n, rows + (j - 16) * p.n, p.n);
            rows[j * p.n + code->pi[j]] ^= 1;
        }
        for (int trial = 0; trial < 4; trial++) {
            prg_read(&random, s, p.n / 8);
            if (trial == 0)
                memset(s, 0, p.n / 8);
            if (trial == 1)
                memset(s, 0xff, p.n / 8);
            memset(codeword, 0xa5, bits_to_bytes(p.k)); /* what was there does not matter */
            code_encode(code, codeword, s);
            for (size_t j = 0; j < p.k; j++) {
                unsigned sum = 0;
                for (size_t b = 0; b < p.n; b++)
                    sum ^= rows[j * p.n + b] & bit_get(s, b);
                assert_int_equal(bit_get(codeword, j), sum);
            }
        }
        free(rows);
        free(s);
        free(codeword);
        code_free(code);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequence_is_as_documented),
        cmocka_unit_test(candidates_differ),
        cmocka_unit_test(encoder_is_the_matrix),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
