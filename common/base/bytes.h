/* Bytes, bits and fixed byte orders. Bit i of a packed string is bit i % 8 of byte i / 8 (least significant first),
 * everywhere in this project and on the wire. */
#ifndef PARLEY_BASE_BYTES_H
#define PARLEY_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline size_t bits_to_bytes(size_t n_bits) {
    return (n_bits + 7) / 8;
}

static inline unsigned bit_get(const uint8_t *bits, size_t i) {
    return (bits[i >> 3] >> (i & 7)) & 1u;
}

/* bits[i] ^= value, value 0 or 1 */
static inline void bit_xor(uint8_t *bits, size_t i, unsigned value) {
    bits[i >> 3] = (uint8_t)(bits[i >> 3] ^ (value << (i & 7)));
}

static inline uint16_t load16_le(const uint8_t *p) {
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t load32_le(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t load64_le(const uint8_t *p) {
    return (uint64_t)load32_le(p) | (uint64_t)load32_le(p + 4) << 32;
}

static inline void store16_le(uint8_t *p, uint16_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void store32_le(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static inline void store64_le(uint8_t *p, uint64_t v) {
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static inline uint32_t load32_be(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static inline void store32_be(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* dst ^= src, n bytes */
void bytes_xor(uint8_t *dst, const uint8_t *src, size_t n);

/* Lower-case hex of n bytes and a NUL: out has 2 n + 1 bytes. */
void bytes_to_hex(char *out, const uint8_t *bytes, size_t n);

/* Exactly n bytes from 2 n hex digits; -EINVAL on anything else. */
int bytes_from_hex(uint8_t *out, size_t n, const char *hex);

#endif
