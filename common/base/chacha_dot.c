#include "common/base/chacha_dot.h"

#include "common/base/bytes.h"
#include "common/base/level.h"

#include <sodium.h>

enum { GROUP = 16, AT_A_TIME = 1024 };

/* A shift each way and an OR: what compilers know as a rotation, where a processor has one. */
#define ROTATE_BYTES(x, n) (*(x) = *(x) << 8 * (n) | *(x) >> (32 - 8 * (n)))

#define DOT        dot_portable
#define DOT_TARGET /* whatever there is */
#define DOT_LANES  4
#include "common/base/chacha_dot_lanes.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define VERSIONS 1

#define DOT        dot_avx512
#define DOT_TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx2")))
#define DOT_LANES  16
#include "common/base/chacha_dot_lanes.h"

#undef ROTATE_BYTES
typedef uint8_t eight_words __attribute__((vector_size(32)));

/* Without an instruction for rotations: byte b of each word is what was its byte b - n. */
#define FROM(word, n)                                                                                                  \
    4 * (word) + (4 - (n)) % 4, 4 * (word) + (5 - (n)) % 4, 4 * (word) + (6 - (n)) % 4, 4 * (word) + (7 - (n)) % 4
#define ROTATE_BYTES(x, n)                                                                                             \
    do {                                                                                                               \
        eight_words bytes_ = (eight_words) * (x);                                                                      \
        bytes_ = __builtin_shufflevector(bytes_, bytes_, FROM(0, n), FROM(1, n), FROM(2, n), FROM(3, n), FROM(4, n),   \
                                         FROM(5, n), FROM(6, n), FROM(7, n));                                          \
        memcpy((x), &bytes_, sizeof bytes_);                                                                           \
    } while (0)
#define DOT        dot_avx2
#define DOT_TARGET __attribute__((target("avx2")))
#define DOT_LANES  8
#include "common/base/chacha_dot_lanes.h"
#else
#define VERSIONS 0
#endif

typedef void (*dot_function)(uint16_t *out, const uint64_t *blocks, size_t n, const uint32_t start[static 12],
                             const uint32_t vec[static 16]);

static dot_function fastest(void) {
#if VERSIONS
    if (level_now() == LEVEL_AVX512)
        return dot_avx512;
    if (level_now() == LEVEL_AVX2)
        return dot_avx2;
#endif
    return dot_portable;
}

static void xor_bits(uint8_t *bits, const uint16_t *sums, size_t n) {
    for (size_t i = 0; i + 8 <= n; i += 8)
        bits[i / 8] ^= (uint8_t)(sums[i / GROUP] >> i % GROUP);
    for (size_t i = n / 8 * 8; i < n; i++)
        bit_xor(bits, i, sums[i / GROUP] >> i % GROUP & 1);
}

void chacha_dot(uint8_t *bits, const uint64_t *blocks, size_t n, const uint8_t key[static 32],
                const uint8_t vec[static CHACHA_DOT_BLOCK]) {
    dot_function dot = fastest();
    uint32_t start[12] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, words[16]; /* "expand 32-byte k" */
    uint16_t sums[AT_A_TIME / GROUP];
    for (size_t w = 0; w < 8; w++)
        start[4 + w] = load32_le(key + 4 * w);
    for (size_t w = 0; w < 16; w++)
        words[w] = load32_le(vec + 4 * w);
    while (n) {
        size_t now = n < AT_A_TIME ? n : AT_A_TIME, whole = now / GROUP * GROUP;
        dot(sums, blocks, whole, start, words);
        if (whole < now) { /* a last group that is not full is filled up with block 0 */
            uint64_t last[GROUP] = {0};
            memcpy(last, blocks + whole, (now - whole) * sizeof *last);
            dot(sums + whole / GROUP, last, GROUP, start, words);
        }
        xor_bits(bits, sums, now);
        bits += now / 8;
        blocks += now;
        n -= now;
    }
    sodium_memzero(start, sizeof start);
    sodium_memzero(words, sizeof words);
    sodium_memzero(sums, sizeof sums);
}
