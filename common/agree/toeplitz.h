/* Privacy amplification by a Toeplitz hash (Carter, Wegman 1979; Krawczyk 1994). WIRE.md section 6. */
#ifndef PARLEY_AGREE_TOEPLITZ_H
#define PARLEY_AGREE_TOEPLITZ_H

#include <stdint.h>

enum {
    TOEPLITZ_IN = 512,                              /* bits of d */
    TOEPLITZ_OUT = 256,                             /* bits of y */
    TOEPLITZ_BITS = TOEPLITZ_IN + TOEPLITZ_OUT - 1, /* bits of t, 767 */
};

/* y_i = sum over j of t_(i + 511 - j) d_j. Without secret-dependent branches or addresses. */
void toeplitz_hash(uint8_t y[static 32], const uint8_t d[static 64], const uint8_t t[static 96]);

#endif
