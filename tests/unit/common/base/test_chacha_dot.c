/* Products of blocks of a stream against libsodium's stream, block by block and bit by bit. */
#include "common/base/chacha_dot.h"

#include "common/base/bytes.h"
#include "common/base/level.h"
#include "tests/lib/unit.h"

static const size_t counts[] = {0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2500};
enum { N_COUNTS = sizeof counts / sizeof counts[0], N_MAX = 2500 };

static unsigned naive(uint64_t block, const uint8_t key[static 32], const uint8_t vec[static 64]) {
    static const uint8_t nonce[8] = {0}, zeros[64] = {0};
    uint8_t stream[64];
    unsigned sum = 0;
    crypto_stream_chacha20_xor_ic(stream, zeros, sizeof stream, nonce, block, key);
    for (size_t i = 0; i < 512; i++)
        sum ^= bit_get(stream, i) & bit_get(vec, i);
    return sum;
}

static void check(struct prg *g, size_t n) {
    uint8_t key[32], vec[64], bits[N_MAX / 8 + 2], before[N_MAX / 8 + 2];
    static uint64_t blocks[N_MAX];
    prg_read(g, key, sizeof key);
    prg_read(g, vec, sizeof vec);
    prg_read(g, before, sizeof before);
    for (size_t i = 0; i < n; i++)
        blocks[i] = prg_u64(g) >> prg_below(g, 64); /* also near 0, and over 2^32 */
    if (n > 2) {
        blocks[0] = UINT32_MAX; /* where the low word of the counter ends */
        blocks[n - 1] = (uint64_t)UINT32_MAX + 1;
    }
    memcpy(bits, before, sizeof bits);
    chacha_dot(bits, blocks, n, key, vec);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(bit_get(bits, i), bit_get(before, i) ^ naive(blocks[i], key, vec));
    for (size_t i = n; i < 8 * sizeof bits; i++) /* left alone */
        assert_int_equal(bit_get(bits, i), bit_get(before, i));
}

static void of_any_blocks(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (enum level level = LEVEL_PLAIN; level <= level_widest(); level++) {
        level_limit(level);
        for (size_t i = 0; i < N_COUNTS; i++)
            check(&g, counts[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_any_blocks)};
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
