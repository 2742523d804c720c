/* What both sides expand from public seeds: strings of n bits, bit i of a string bit i % 8 of byte i / 8, padded with
 * zero bits to whole bytes. Derivations carry the name of the set, so that no two sets share a stream.
 *
 *   h            the first ceil(n/8) bytes of the stream of H("parley/2 r13109 h" || seed of A2)
 *   x*_b         ceil(n/8) bytes of the stream of H("parley/2 r13109 challenge" || seed of B3), from byte 64 b
 *                ceil(ceil(n/8)/64) on
 *   challenge j  asks for coefficient j % B of x*_b s, b = floor(j/B), B = 8 floor((n-1)/8)
 *
 * Of the last byte of a string the bits beyond n are taken for zero. H is prg_derive, the stream prg_expand. */
#ifndef PARLEY_RING_BLOCKS_H
#define PARLEY_RING_BLOCKS_H

#include "common/task/ring/poly.h"
#include "common/task/ring/ring_params.h"

/* A string as it goes over the wire, ceil(n/8) bytes. */
static inline size_t blocks_bytes(const struct ring_params *p) {
    return bits_to_bytes(p->n);
}

/* The plain sample of Alice's seed. */
void blocks_h(uint64_t *h, const struct ring_params *p, const uint8_t seed[static 32]);

/* Block b < ring_params_blocks of Bob's seed. */
void blocks_challenge(uint64_t *x, const struct ring_params *p, const uint8_t seed[static 32], size_t b);

/* bits ^= those of the L labels of the challenges that block b gives, under s. Other blocks may run side by side. */
void blocks_label(uint8_t *bits, const struct ring_params *p, const uint8_t seed[static 32], const uint64_t *s,
                  size_t b);

#endif
