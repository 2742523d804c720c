#include "eve/lab/toys/group.h"

#include <sodium.h>
#include <string.h>

enum { STEPS = 256 };

void group_secret(uint8_t exponent[static GROUP_EXPONENT], struct prg *g) {
    do
        prg_read(g, exponent, GROUP_EXPONENT);
    while (exponent[0] == 0 && exponent[1] == 0);
}

void group_scalar(uint8_t scalar[static 32], struct prg *g) {
    uint8_t wide[64];
    prg_read(g, wide, sizeof wide);
    crypto_core_ristretto255_scalar_reduce(scalar, wide);
}

void group_power(uint8_t out[static GROUP_ELEMENT], const uint8_t *base, const uint8_t *exponent, size_t n) {
    uint8_t scalar[32] = {0};
    memcpy(scalar, exponent, n);
    memset(out, 0, GROUP_ELEMENT); /* the neutral element, where libsodium gives no other */
    if (base)
        (void)!crypto_scalarmult_ristretto255(out, scalar, base);
    else
        (void)!crypto_scalarmult_ristretto255_base(out, scalar);
}

/* element = base^(256 i + j): j from a table, i by division. */
bool group_logarithm(uint8_t exponent[static GROUP_EXPONENT], const uint8_t *base,
                     const uint8_t element[static GROUP_ELEMENT]) {
    uint8_t table[STEPS][GROUP_ELEMENT], step[GROUP_ELEMENT], at[GROUP_ELEMENT], one = 1, giant[2] = {0, 1};
    group_power(table[1], base, &one, 1);
    group_power(step, base, giant, 2);
    memset(table[0], 0, GROUP_ELEMENT);
    for (size_t j = 2; j < STEPS; j++)
        crypto_core_ristretto255_add(table[j], table[j - 1], table[1]);
    memcpy(at, element, GROUP_ELEMENT);
    for (unsigned i = 0; i < STEPS; i++) {
        for (unsigned j = 0; j < STEPS; j++)
            if (memcmp(at, table[j], GROUP_ELEMENT) == 0) {
                exponent[0] = (uint8_t)j;
                exponent[1] = (uint8_t)i;
                return true;
            }
        if (crypto_core_ristretto255_sub(at, at, step) < 0)
            return false;
    }
    return false;
}

unsigned group_bit(const uint8_t element[static GROUP_ELEMENT]) {
    uint8_t out[32];
    prg_derive(out, "lab toy group", element, GROUP_ELEMENT);
    return out[0] & 1;
}
