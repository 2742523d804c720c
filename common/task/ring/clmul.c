/* Schoolbook on pairs of words, Karatsuba's method within a pair: three 64-bit products for each two pairs. */
#include "common/task/ring/clmul.h"

#include <sodium.h>
#include <string.h>

/* ---- any processor */

/* Bits that stand four apart leave room for the carries of eight ones: of the 64 bits of an integer product every
 * fourth is the parity that is asked for (as BearSSL's ghash_ctmul32 does it). */
static uint64_t product_32(uint32_t a, uint32_t b) {
    const uint64_t mask = 0x1111111111111111;
    uint64_t product = 0;
    for (int shift = 0; shift < 4; shift++) {
        uint64_t sum = 0;
        for (int i = 0; i < 4; i++) {
            int j = (shift - i) & 3;
            sum ^= (a & (mask << i)) * (b & (mask << j));
        }
        product |= sum & (mask << shift);
    }
    return product;
}

/* Karatsuba over two halves. */
static void product_64(uint64_t out[2], uint64_t a, uint64_t b) {
    uint32_t a1 = (uint32_t)(a >> 32), b1 = (uint32_t)(b >> 32);
    uint64_t low = product_32((uint32_t)a, (uint32_t)b), high = product_32(a1, b1);
    uint64_t middle = product_32((uint32_t)a ^ a1, (uint32_t)b ^ b1) ^ low ^ high;
    out[0] = low ^ middle << 32;
    out[1] = high ^ middle >> 32;
}

void clmul_portable(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n) {
    memset(out, 0, 2 * n * sizeof *out);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            uint64_t product[2];
            product_64(product, a[i], b[j]);
            out[i + j] ^= product[0];
            out[i + j + 1] ^= product[1];
        }
}

/* ---- processors that can do it */

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define TARGET __attribute__((target("pclmul,sse2")))

typedef __m128i pair;

TARGET static inline pair load(const uint64_t *p) {
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

TARGET static inline void store(uint64_t *p, pair v) {
    _mm_storeu_si128((__m128i *)(void *)p, v);
}

TARGET static inline pair add(pair a, pair b) {
    return _mm_xor_si128(a, b);
}

TARGET static inline pair low(pair a, pair b) {
    return _mm_clmulepi64_si128(a, b, 0x00);
}

TARGET static inline pair high(pair a, pair b) {
    return _mm_clmulepi64_si128(a, b, 0x11);
}

/* A word up or down; what comes in is 0. */
TARGET static inline pair up(pair v) {
    return _mm_slli_si128(v, 8);
}

TARGET static inline pair down(pair v) {
    return _mm_srli_si128(v, 8);
}

static int has(void) {
    return __builtin_cpu_supports("pclmul");
}

#elif defined(__aarch64__) && (defined(__linux__) || defined(__ARM_FEATURE_AES))
#include <arm_neon.h>
#if !defined(__ARM_FEATURE_AES)
#include <sys/auxv.h>
#endif

#if defined(__clang__)
#define TARGET __attribute__((target("aes")))
#else
#define TARGET __attribute__((target("+crypto")))
#endif

typedef uint64x2_t pair;

TARGET static inline pair load(const uint64_t *p) {
    return vld1q_u64(p);
}

TARGET static inline void store(uint64_t *p, pair v) {
    vst1q_u64(p, v);
}

TARGET static inline pair add(pair a, pair b) {
    return veorq_u64(a, b);
}

TARGET static inline pair multiply(uint64_t a, uint64_t b) {
    return vreinterpretq_u64_p128(vmull_p64((poly64_t)a, (poly64_t)b));
}

TARGET static inline pair low(pair a, pair b) {
    return multiply(vgetq_lane_u64(a, 0), vgetq_lane_u64(b, 0));
}

TARGET static inline pair high(pair a, pair b) {
    return multiply(vgetq_lane_u64(a, 1), vgetq_lane_u64(b, 1));
}

TARGET static inline pair up(pair v) {
    return vextq_u64(vdupq_n_u64(0), v, 1);
}

TARGET static inline pair down(pair v) {
    return vextq_u64(v, vdupq_n_u64(0), 1);
}

static int has(void) {
#if defined(__ARM_FEATURE_AES)
    return 1;
#else
    return (getauxval(AT_HWCAP) & (1UL << 4)) != 0; /* HWCAP_PMULL */
#endif
}
#endif

#ifdef TARGET
/* Pair by pair of the result, each a sum over pairs of a and of b; what reaches into the next pair is carried there. */
TARGET static void clmul_native(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n) {
    struct {
        pair a[CLMUL_WORDS / 2], b[CLMUL_WORDS / 2]; /* the sum of both words, in the lower one */
    } sums;
    size_t pairs = n / 2;
    pair carry = {0};
    for (size_t i = 0; i < pairs; i++) {
        sums.a[i] = add(load(a + 2 * i), down(load(a + 2 * i)));
        sums.b[i] = add(load(b + 2 * i), down(load(b + 2 * i)));
    }
    for (size_t k = 0; k + 1 < n; k++) {
        pair lows = {0}, highs = {0}, middle = {0};
        size_t last = k < pairs ? k : pairs - 1;
        for (size_t i = k - (k < pairs ? k : pairs - 1); i <= last; i++) {
            pair x = load(a + 2 * i), y = load(b + 2 * (k - i));
            lows = add(lows, low(x, y));
            highs = add(highs, high(x, y));
            middle = add(middle, low(sums.a[i], sums.b[k - i]));
        }
        middle = add(middle, add(lows, highs));
        store(out + 2 * k, add(add(carry, lows), up(middle)));
        carry = add(highs, down(middle));
    }
    store(out + 2 * (n - 1), carry);
    sodium_memzero(&sums, sizeof sums);
}

clmul_fn *clmul_best(void) {
    return has() ? clmul_native : clmul_portable;
}
#else
clmul_fn *clmul_best(void) {
    return clmul_portable;
}
#endif
