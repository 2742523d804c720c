#include "common/task/lwe/cbd.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/task/lwe/zq.h"

#include <sodium.h>
#include <string.h>

/* Ones in a word, by sums within it: a compiler's own function may look bytes up in a table. */
static uint32_t count_ones(uint64_t x) {
    x -= x >> 1 & 0x5555555555555555;
    x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return (uint32_t)(x * 0x0101010101010101 >> 56);
}

void cbd_noise(uint8_t *labels, size_t n, const uint8_t key[static 32], uint32_t a) {
    enum { PIECE = 16384, TOGETHER = 8 }; /* so that a piece begins at a block of the stream */
    uint8_t bits[PIECE];
    size_t each = a / 4, most = PIECE / each / TOGETHER * TOGETHER;
    for (size_t i = 0; i < n;) {
        size_t now = n - i < most ? n - i : most;
        prg_expand(bits, now * each, key, (uint64_t)i * each);
        for (const uint8_t *p = bits; p < bits + now * each; i++) {
            uint32_t ones = 0;
            for (const uint8_t *end = p + each; p < end; p += 8)
                ones += count_ones(load64_le(p));
            zq_add(labels, i, (uint16_t)(ones - a));
        }
    }
    sodium_memzero(bits, sizeof bits);
}

void cbd_secret(int16_t *s, size_t n, const uint8_t key[static 32]) {
    enum { DRAWS = 4, BYTES_MAX = 512 };
    uint8_t bits[BYTES_MAX];
    unsigned taken = 0; /* all ones once there is an odd entry */
    memset(s, 0, n * sizeof *s);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        unsigned odd = 0;
        prg_expand(bits, n / 2, key, draw * BYTES_MAX);
        for (size_t i = 0; i < n; i++) {
            int16_t drawn = (int16_t)(count_ones(bits[i / 2] >> 4 * (i % 2) & 15) - 2);
            s[i] = (int16_t)((s[i] & (int)taken) | (drawn & (int)~taken));
            odd |= (unsigned)drawn & 1;
        }
        taken |= 0 - odd;
    }
    sodium_memzero(bits, sizeof bits);
}
