#include "common/agree/toeplitz.h"

#include "common/base/bytes.h"

#include <sodium.h>

/* With d reversed, y_i is the inner product of d' and the 512 bits of t from bit i on: t is shifted down by one bit
 * for each i. */
void toeplitz_hash(uint8_t y[static 32], const uint8_t d[static 64], const uint8_t t[static 96]) {
    uint64_t window[13] = {0}, reversed[8] = {0};
    for (size_t i = 0; i < 12; i++)
        window[i] = load64_le(t + 8 * i);
    for (size_t j = 0; j < TOEPLITZ_IN; j++)
        reversed[(511 - j) / 64] |= (uint64_t)bit_get(d, j) << ((511 - j) % 64);
    memset(y, 0, 32);
    for (size_t i = 0; i < TOEPLITZ_OUT; i++) {
        uint64_t sum = 0;
        for (size_t v = 0; v < 8; v++)
            sum ^= window[v] & reversed[v];
        bit_xor(y, i, (unsigned)__builtin_parityll(sum));
        for (size_t v = 0; v < 12; v++)
            window[v] = window[v] >> 1 | window[v + 1] << 63;
    }
    sodium_memzero(reversed, sizeof reversed);
}
