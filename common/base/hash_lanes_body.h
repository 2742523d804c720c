/* The body of hash_lanes.c for one kind of processor. No guard: it is included once for each, after
 *     HASH_NAME      the function's name
 *     HASH_TARGET    its attribute, which says what instructions the compiler may use
 *     HASH_ROTATE    how lanes are rotated to the right, by 32, 24 or 16 places
 * BLAKE2b is RFC 7693; names are its own. */
#define HASH_G(r, i, a, b, c, d)                                                                                       \
    do {                                                                                                               \
        (a) += (b) + m[sigma[r][2 * (i)]];                                                                             \
        (d) ^= (a);                                                                                                    \
        HASH_ROTATE(d, 32);                                                                                            \
        (c) += (d);                                                                                                    \
        (b) ^= (c);                                                                                                    \
        HASH_ROTATE(b, 24);                                                                                            \
        (a) += (b) + m[sigma[r][2 * (i) + 1]];                                                                         \
        (d) ^= (a);                                                                                                    \
        HASH_ROTATE(d, 16);                                                                                            \
        (c) += (d);                                                                                                    \
        (b) ^= (c);                                                                                                    \
        (b) = (b) >> 63 | (b) << 1;                                                                                    \
    } while (0)
#define HASH_ROUND(r)                                                                                                  \
    do {                                                                                                               \
        HASH_G(r, 0, v[0], v[4], v[8], v[12]);                                                                         \
        HASH_G(r, 1, v[1], v[5], v[9], v[13]);                                                                         \
        HASH_G(r, 2, v[2], v[6], v[10], v[14]);                                                                        \
        HASH_G(r, 3, v[3], v[7], v[11], v[15]);                                                                        \
        HASH_G(r, 4, v[0], v[5], v[10], v[15]);                                                                        \
        HASH_G(r, 5, v[1], v[6], v[11], v[12]);                                                                        \
        HASH_G(r, 6, v[2], v[7], v[8], v[13]);                                                                         \
        HASH_G(r, 7, v[3], v[4], v[9], v[14]);                                                                         \
    } while (0)

/* h <- F(h, block of each message, t, final): what stands at `at` bytes of each. */
HASH_TARGET static void HASH_NAME(lanes h[static 8], const uint8_t *const messages[static HASH_LANES], size_t at,
                                  uint64_t t, bool final) {
    lanes m[16], v[16];
    for (size_t w = 0; w < 16; w += 4) { /* four words of each of four messages, turned */
        lanes x0, x1, x2, x3;
        memcpy(&x0, messages[0] + at + 8 * w, sizeof x0);
        memcpy(&x1, messages[1] + at + 8 * w, sizeof x1);
        memcpy(&x2, messages[2] + at + 8 * w, sizeof x2);
        memcpy(&x3, messages[3] + at + 8 * w, sizeof x3);
        lanes even01 = __builtin_shufflevector(x0, x1, 0, 4, 2, 6), odd01 = __builtin_shufflevector(x0, x1, 1, 5, 3, 7);
        lanes even23 = __builtin_shufflevector(x2, x3, 0, 4, 2, 6), odd23 = __builtin_shufflevector(x2, x3, 1, 5, 3, 7);
        m[w] = __builtin_shufflevector(even01, even23, 0, 1, 4, 5);
        m[w + 1] = __builtin_shufflevector(odd01, odd23, 0, 1, 4, 5);
        m[w + 2] = __builtin_shufflevector(even01, even23, 2, 3, 6, 7);
        m[w + 3] = __builtin_shufflevector(odd01, odd23, 2, 3, 6, 7);
    }
    for (size_t i = 0; i < 8; i++) {
        v[i] = h[i];
        v[8 + i] = (h[0] ^ h[0]) + iv[i];
    }
    v[12] ^= t;
    if (final)
        v[14] = ~v[14];
#ifdef HASH_ROLLED /* a sanitizer's checks of twelve rounds one after the other take a compiler more than a minute */
    for (size_t r = 0; r < 12; r++)
        HASH_ROUND(r);
#else
    HASH_ROUND(0);
    HASH_ROUND(1);
    HASH_ROUND(2);
    HASH_ROUND(3);
    HASH_ROUND(4);
    HASH_ROUND(5);
    HASH_ROUND(6);
    HASH_ROUND(7);
    HASH_ROUND(8);
    HASH_ROUND(9);
    HASH_ROUND(10);
    HASH_ROUND(11);
#endif
    for (size_t i = 0; i < 8; i++)
        h[i] ^= v[i] ^ v[8 + i];
}

#undef HASH_G
#undef HASH_ROUND
#undef HASH_NAME
#undef HASH_TARGET
#undef HASH_ROTATE
