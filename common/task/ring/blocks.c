#include "common/task/ring/blocks.h"

#include "common/base/prg.h"

#include <sodium.h>
#include <stdio.h>

enum { STRIDE_MAX = (POLY_N_MAX + 511) / 512 * 64 };

static void expand(uint64_t *out, const struct ring_params *p, const char *what, const uint8_t seed[static 32],
                   size_t index) {
    char label[64];
    uint8_t key[32], bytes[STRIDE_MAX];
    size_t stride = (size_t)(p->n + 511) / 512 * 64;
    snprintf(label, sizeof label, "parley/2 %s %s", p->set.name, what);
    prg_derive(key, label, seed, 32);
    prg_expand(bytes, stride, key, (uint64_t)index * stride);
    poly_read(out, bytes, 0, p->n);
}

void blocks_h(uint64_t *h, const struct ring_params *p, const uint8_t seed[static 32]) {
    expand(h, p, "h", seed, 0);
}

void blocks_challenge(uint64_t *x, const struct ring_params *p, const uint8_t seed[static 32], size_t b) {
    expand(x, p, "challenge", seed, b);
}

void blocks_label(uint8_t *bits, const struct ring_params *p, const uint8_t seed[static 32], const uint64_t *s,
                  size_t b) {
    uint64_t product[POLY_WORDS];
    size_t block = ring_params_block(p), first = b * block, left = set_challenges(&p->set) - first;
    blocks_challenge(product, p, seed, b);
    poly_mul(product, product, s, p->n);
    poly_xor_into(bits, first, product, left < block ? left : block);
    sodium_memzero(product, sizeof product);
}
