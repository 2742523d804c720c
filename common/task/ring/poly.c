/* Products by Karatsuba's method down to CLMUL_WORDS words, then by the processor's carry-less multiplication. */
#include "common/task/ring/poly.h"

#include "common/base/bytes.h"
#include "common/task/ring/clmul.h"

#include <sodium.h>

enum { PADDED = 320 }; /* words of the longest string that Karatsuba halves evenly: padded() of POLY_WORDS */

/* The least number of words, n at least, that is 2^i times an even number of at most CLMUL_WORDS. */
static size_t padded(size_t n) {
    unsigned halvings = 0;
    for (; n > CLMUL_WORDS; n = (n + 1) / 2)
        halvings++;
    return (n + n % 2) << halvings;
}

/* out = a b, 2 n words. scratch has 4 n. */
static void karatsuba(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n, uint64_t *scratch,
                      clmul_fn *multiply) {
    if (n <= CLMUL_WORDS) {
        multiply(out, a, b, n);
        return;
    }
    size_t half = n / 2;
    uint64_t *sum_a = scratch, *sum_b = scratch + half, *middle = scratch + n, *rest = scratch + 2 * n;
    for (size_t i = 0; i < half; i++) {
        sum_a[i] = a[i] ^ a[half + i];
        sum_b[i] = b[i] ^ b[half + i];
    }
    karatsuba(out, a, b, half, rest, multiply);
    karatsuba(out + n, a + half, b + half, half, rest, multiply);
    karatsuba(middle, sum_a, sum_b, half, rest, multiply);
    for (size_t i = 0; i < n; i++)
        middle[i] ^= out[i] ^ out[n + i];
    for (size_t i = 0; i < n; i++)
        out[half + i] ^= middle[i];
}

static uint64_t last_mask(size_t n) {
    return UINT64_MAX >> (63 - (n - 1) % 64);
}

static void mul(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n, clmul_fn *multiply) {
    struct {
        uint64_t a[PADDED], b[PADDED], product[2 * PADDED], scratch[4 * PADDED];
    } w;
    size_t words = poly_words(n), all = padded(words), whole = n / 64;
    unsigned shift = n % 64; /* not 0: n is odd */
    memset(&w.a[words], 0, (all - words) * 8);
    memset(&w.b[words], 0, (all - words) * 8);
    memcpy(w.a, a, words * 8);
    memcpy(w.b, b, words * 8);
    karatsuba(w.product, w.a, w.b, all, w.scratch, multiply);
    for (size_t i = 0; i < words; i++) /* X^n = 1 */
        out[i] = w.product[i] ^ (w.product[whole + i] >> shift | w.product[whole + i + 1] << (64 - shift));
    out[words - 1] &= last_mask(n);
    sodium_memzero(&w, sizeof w);
}

void poly_mul(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n) {
    mul(out, a, b, n, clmul_best());
}

bool poly_is_fast(void) {
    return clmul_best() != clmul_portable;
}

void poly_mul_portable(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n) {
    mul(out, a, b, n, clmul_portable);
}

void poly_add(uint64_t *a, const uint64_t *b, size_t n) {
    for (size_t i = 0; i < poly_words(n); i++)
        a[i] ^= b[i];
}

/* Not __builtin_popcountll, which looks bytes up in a table where the processor cannot count. */
static uint64_t ones(uint64_t v) {
    v -= v >> 1 & 0x5555555555555555;
    v = (v & 0x3333333333333333) + (v >> 2 & 0x3333333333333333);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return v * 0x0101010101010101 >> 56;
}

uint32_t poly_weight(const uint64_t *a, size_t n) {
    uint64_t weight = 0;
    for (size_t i = 0; i < poly_words(n); i++)
        weight += ones(a[i]);
    return (uint32_t)weight;
}

/* Bytes of a word at a time: words of a string need not begin with a byte's first bit. */
static uint8_t byte_of(const uint64_t *a, size_t i) {
    return (uint8_t)(a[i / 8] >> 8 * (i % 8));
}

void poly_read(uint64_t *out, const uint8_t *bits, size_t first, size_t n) {
    const uint8_t *p = bits + first / 8;
    unsigned shift = first % 8;
    size_t n_bytes = bits_to_bytes(n), n_given = bits_to_bytes(shift + n);
    memset(out, 0, poly_words(n) * 8);
    for (size_t i = 0; i < n_bytes; i++) {
        unsigned two = p[i] | (i + 1 < n_given ? (unsigned)p[i + 1] << 8 : 0);
        out[i / 8] |= (uint64_t)(uint8_t)(two >> shift) << 8 * (i % 8);
    }
    out[poly_words(n) - 1] &= last_mask(n);
}

void poly_xor_into(uint8_t *bits, size_t first, const uint64_t *a, size_t count) {
    uint8_t *p = bits + first / 8;
    unsigned shift = first % 8, carry = 0;
    size_t n_bytes = bits_to_bytes(shift + count), n_source = bits_to_bytes(count);
    for (size_t i = 0; i < n_bytes; i++) {
        unsigned byte = i < n_source ? byte_of(a, i) : 0;
        if (i + 1 == n_source && count % 8)
            byte &= (1u << count % 8) - 1;
        p[i] = (uint8_t)(p[i] ^ ((byte << shift | carry) & 0xff));
        carry = byte >> (8 - shift);
    }
}
