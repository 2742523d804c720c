/* Box and Muller, 1958: two uniform numbers give two independent normal ones. With 32 bits each, no deviate is larger
 * than 6.7, which one in 2^36 would be. */
#include "eve/lab/toys/normal.h"

#include <math.h>

void normal_init(struct normal *g, const uint8_t key[static 32], uint64_t nonce) {
    prg_init(&g->prg, key, nonce);
}

double normal_uniform(struct normal *g) {
    return (prg_u32(&g->prg) + 0.5) * 0x1p-32;
}

void normal_fill(struct normal *g, double *out, size_t n) {
    for (size_t i = 0; i < n; i += 2) {
        double radius = sqrt(-2 * log(normal_uniform(g))), angle = 2 * M_PI * normal_uniform(g);
        out[i] = radius * cos(angle);
        if (i + 1 < n)
            out[i + 1] = radius * sin(angle);
    }
}

double normal_below(double t) {
    return erfc(-t * M_SQRT1_2) / 2;
}
