/* The body of chacha_dot.c for one width of vectors. No guard: it is included once for each, after
 *     DOT           the function's name
 *     DOT_TARGET    its attribute, which says what instructions the compiler may use
 *     DOT_LANES     blocks side by side: 4, 8 or 16
 * All helpers take pointers: a vector as an argument would depend on what the processor passes in registers. */
#define JOIN_(a, b) a##_##b
#define JOIN(a, b)  JOIN_(a, b)
#define OWN(name)   JOIN(DOT, name)

typedef uint32_t OWN(words) __attribute__((vector_size(4 * DOT_LANES)));

/* ChaCha's quarter round (Bernstein 2008). Rotations by whole bytes are shuffles where that is faster. */
static inline __attribute__((always_inline)) void OWN(quarter)(OWN(words) * a, OWN(words) * b, OWN(words) * c,
                                                               OWN(words) * d) {
    *a += *b;
    *d ^= *a;
    ROTATE_BYTES(d, 2);
    *c += *d;
    *b ^= *c;
    *b = *b << 12 | *b >> 20;
    *a += *b;
    *d ^= *a;
    ROTATE_BYTES(d, 1);
    *c += *d;
    *b ^= *c;
    *b = *b << 7 | *b >> 25;
}

/* Word w of each lane's block is x[w]; what the rounds began with is added once more at the end. */
static inline __attribute__((always_inline)) void
OWN(group)(OWN(words) * sum, const uint64_t *blocks, const uint32_t start[static 12], const uint32_t vec[static 16]) {
    OWN(words) x[16] = {{0}}, low = {0}, high = {0};
    for (size_t l = 0; l < DOT_LANES; l++) {
        low[l] = (uint32_t)blocks[l];
        high[l] = (uint32_t)(blocks[l] >> 32);
    }
    for (size_t w = 0; w < 12; w++)
        x[w] += start[w];
    x[12] = low;
    x[13] = high;
    for (int round = 0; round < 20; round += 2) {
        OWN(quarter)(&x[0], &x[4], &x[8], &x[12]);
        OWN(quarter)(&x[1], &x[5], &x[9], &x[13]);
        OWN(quarter)(&x[2], &x[6], &x[10], &x[14]);
        OWN(quarter)(&x[3], &x[7], &x[11], &x[15]);
        OWN(quarter)(&x[0], &x[5], &x[10], &x[15]);
        OWN(quarter)(&x[1], &x[6], &x[11], &x[12]);
        OWN(quarter)(&x[2], &x[7], &x[8], &x[13]);
        OWN(quarter)(&x[3], &x[4], &x[9], &x[14]);
    }
    *sum = ((x[12] + low) & vec[12]) ^ ((x[13] + high) & vec[13]) ^ (x[14] & vec[14]) ^ (x[15] & vec[15]);
    for (size_t w = 0; w < 12; w++)
        *sum ^= (x[w] + start[w]) & vec[w];
}

/* The parity of each lane, lane 0 in bit 0. */
static inline __attribute__((always_inline)) uint32_t OWN(parities)(const OWN(words) * sum) {
    OWN(words) x = *sum;
    uint32_t bits = 0;
    for (int shift = 16; shift > 0; shift /= 2)
        x ^= x >> shift;
    x &= 1;
    for (size_t l = 0; l < DOT_LANES; l++)
        bits |= x[l] << l;
    return bits;
}

/* n is a multiple of 16. */
DOT_TARGET static void DOT(uint16_t *out, const uint64_t *blocks, size_t n, const uint32_t start[static 12],
                           const uint32_t vec[static 16]) {
    for (size_t i = 0; i < n; i += 16) {
        uint32_t bits = 0;
        for (size_t l = 0; l < 16; l += DOT_LANES) {
            OWN(words) sum;
            OWN(group)(&sum, blocks + i + l, start, vec);
            bits |= OWN(parities)(&sum) << l;
        }
        *out++ = (uint16_t)bits;
    }
}

#undef OWN
#undef JOIN
#undef JOIN_
#undef DOT
#undef DOT_TARGET
#undef DOT_LANES
