/* Schoolbook on pairs of words: four 64-bit products for each two pairs, of which two lie on pairs of the result and
 * two between them. */
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

TARGET static inline pair crossed(pair a, pair b) {
    return _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x01), _mm_clmulepi64_si128(a, b, 0x10));
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

TARGET static inline pair crossed(pair a, pair b) {
    return add(multiply(vgetq_lane_u64(a, 0), vgetq_lane_u64(b, 1)),
               multiply(vgetq_lane_u64(a, 1), vgetq_lane_u64(b, 0)));
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
TARGET static void clmul_native(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n) {
    struct {
        pair sums[CLMUL_WORDS], between[CLMUL_WORDS]; /* pair i of the result; what lies half on it, half on the next */
        uint64_t words[2];
    } w;
    size_t pairs = n / 2;
    memset(&w, 0, sizeof w);
    for (size_t i = 0; i < pairs; i++) {
        pair x = load(a + 2 * i);
        for (size_t j = 0; j < pairs; j++) {
            pair y = load(b + 2 * j);
            w.sums[i + j] = add(w.sums[i + j], low(x, y));
            w.sums[i + j + 1] = add(w.sums[i + j + 1], high(x, y));
            w.between[i + j] = add(w.between[i + j], crossed(x, y));
        }
    }
    for (size_t i = 0; i < n; i++)
        store(out + 2 * i, w.sums[i]);
    for (size_t i = 0; i + 1 < n; i++) {
        store(w.words, w.between[i]);
        out[2 * i + 1] ^= w.words[0];
        out[2 * i + 2] ^= w.words[1];
    }
    sodium_memzero(&w, sizeof w);
}

clmul_fn *clmul_best(void) {
    return has() ? clmul_native : clmul_portable;
}
#else
clmul_fn *clmul_best(void) {
    return clmul_portable;
}
#endif
