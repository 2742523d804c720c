#include "common/base/hash_lanes.h"

#include "common/base/bytes.h"
#include "common/base/level.h"

#include <sodium.h>

#if defined(__x86_64__) && defined(__GNUC__)

enum { BLOCK = 128 };

typedef uint64_t lanes __attribute__((vector_size(8 * HASH_LANES)));

static const uint64_t iv[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                               0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

/* Rounds 10 and 11 are 0 and 1 again. */
static const uint8_t sigma[12][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}};

/* AVX-512 has an instruction for it, which compilers know by this form. */
#define HASH_NAME         compress_avx512
#define HASH_TARGET       __attribute__((target("avx512f,avx512vl,avx512bw,avx2")))
#define HASH_ROTATE(x, n) ((x) = (x) >> (n) | (x) << (64 - (n)))
#include "common/base/hash_lanes_body.h"

/* Without one, a rotation by whole bytes is a shuffle. */
typedef uint8_t lane_bytes __attribute__((vector_size(8 * HASH_LANES)));
#define WORD(w, n)                                                                                                     \
    8 * (w) + (n) % 8, 8 * (w) + ((n) + 1) % 8, 8 * (w) + ((n) + 2) % 8, 8 * (w) + ((n) + 3) % 8,                      \
        8 * (w) + ((n) + 4) % 8, 8 * (w) + ((n) + 5) % 8, 8 * (w) + ((n) + 6) % 8, 8 * (w) + ((n) + 7) % 8
#define HASH_NAME   compress_avx2
#define HASH_TARGET __attribute__((target("avx2")))
#define HASH_ROTATE(x, n)                                                                                              \
    ((x) = (lanes)__builtin_shufflevector((lane_bytes)(x), (lane_bytes)(x), WORD(0, (n) / 8), WORD(1, (n) / 8),        \
                                          WORD(2, (n) / 8), WORD(3, (n) / 8)))
#include "common/base/hash_lanes_body.h"

typedef void (*compress_function)(lanes h[static 8], const uint8_t *const messages[static HASH_LANES], size_t at,
                                  uint64_t t, bool final);

/* NULL: libsodium is faster. */
static compress_function fastest(void) {
    if (level_now() == LEVEL_AVX512)
        return compress_avx512;
    return level_now() == LEVEL_AVX2 ? compress_avx2 : NULL;
}

/* All of the same size, which is not 0. */
static void hash_equal(compress_function compress, uint8_t digests[HASH_LANES][32],
                       const uint8_t *const messages[static HASH_LANES], size_t size) {
    uint8_t last[HASH_LANES][BLOCK] = {{0}};
    const uint8_t *lasts[HASH_LANES];
    size_t whole = (size - 1) / BLOCK * BLOCK;
    lanes h[8];
    for (size_t i = 0; i < 8; i++)
        for (size_t l = 0; l < HASH_LANES; l++)
            h[i][l] = iv[i] ^ (i == 0 ? 0x01010000 ^ 32 : 0); /* no key, 32 bytes of output */
    for (size_t at = 0; at < whole; at += BLOCK)
        compress(h, messages, at, at + BLOCK, false);
    for (size_t l = 0; l < HASH_LANES; l++) {
        memcpy(last[l], messages[l] + whole, size - whole);
        lasts[l] = last[l];
    }
    compress(h, lasts, 0, size, true);
    for (size_t l = 0; l < HASH_LANES; l++)
        for (size_t i = 0; i < 4; i++)
            store64_le(digests[l] + 8 * i, h[i][l]);
}

/* The messages from `first` on that are of its size, in lanes; lanes that are left over repeat the first. Returns
 * whether there were two or more. */
static bool hash_alike(uint8_t digests[][32], const uint8_t *const messages[], const size_t sizes[], size_t n_messages,
                       size_t first, bool done[static HASH_LANES]) {
    compress_function compress = fastest();
    const uint8_t *alike[HASH_LANES];
    uint8_t out[HASH_LANES][32];
    size_t which[HASH_LANES], n = 0;
    for (size_t i = first; i < n_messages; i++)
        if (!done[i] && sizes[i] == sizes[first])
            which[n++] = i;
    if (!compress || n < 2 || sizes[first] == 0)
        return false;
    for (size_t l = 0; l < HASH_LANES; l++)
        alike[l] = messages[which[l < n ? l : 0]];
    hash_equal(compress, out, alike, sizes[first]);
    for (size_t l = 0; l < n; l++) {
        memcpy(digests[which[l]], out[l], 32);
        done[which[l]] = true;
    }
    return true;
}

#else

static bool hash_alike(uint8_t digests[][32], const uint8_t *const messages[], const size_t sizes[], size_t n_messages,
                       size_t first, bool done[static HASH_LANES]) {
    (void)digests, (void)messages, (void)sizes, (void)n_messages, (void)first, (void)done;
    return false;
}

#endif

void hash_lanes(uint8_t digests[][32], const uint8_t *const messages[], const size_t sizes[], size_t n_messages) {
    bool done[HASH_LANES] = {false};
    for (size_t i = 0; i < n_messages; i++)
        if (!done[i] && !hash_alike(digests, messages, sizes, n_messages, i, done))
            crypto_generichash(digests[i], 32, messages[i], sizes[i], NULL, 0);
}
