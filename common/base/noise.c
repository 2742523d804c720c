#include "common/base/noise.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"

#include <sodium.h>

/* 1 if a < b, by the borrow of a - b */
static unsigned below(uint64_t a, uint64_t b) {
    return (unsigned)(((~a & b) | ((~a | b) & (a - b))) >> 63);
}

void noise_add(uint8_t *bits, size_t n_bits, const uint8_t key[static 32], uint64_t theta64) {
    enum { PIECE = 8192 }; /* bytes, 1024 bits of noise */
    uint8_t draws[PIECE];
    for (size_t i = 0; i < n_bits;) {
        size_t n = n_bits - i < PIECE / 8 ? n_bits - i : PIECE / 8;
        prg_expand(draws, PIECE, key, 8 * (uint64_t)i);
        for (size_t j = 0; j < n; j++, i++)
            bit_xor(bits, i, below(load64_le(draws + 8 * j), theta64));
    }
    sodium_memzero(draws, sizeof draws);
}
