/* After Sendrier, Secure Sampling of Constant-Weight Words (ePrint 2021/1631): from the last place to the first, place
 * i is drawn from i ... n - 1, and becomes i if a later one has it already. As Floyd found (Bentley, Floyd 1987), that
 * makes every set of places equally likely. No draw is thrown away, so there is none to wait for that could tell; all
 * pairs are compared, and every word is looked at for every place. */
#include "common/task/ring/sparse.h"

#include "common/base/prg.h"
#include "common/base/wide.h"
#include "common/task/ring/poly.h"

/* All ones if a == b, else 0. */
static uint32_t equal_mask(uint32_t a, uint32_t b) {
    uint32_t d = a ^ b;
    return ((d | (0 - d)) >> 31) - 1;
}

static void draw_places(uint32_t *at, uint32_t weight, size_t n, const uint8_t key[static 32], uint64_t nonce) {
    struct prg g;
    prg_init(&g, key, nonce);
    for (uint32_t i = weight; i-- > 0;) {
        uint32_t place = i + wide_scale(prg_u64(&g), (uint32_t)n - i), taken = 0;
        for (uint32_t j = i + 1; j < weight; j++)
            taken |= equal_mask(at[j], place);
        at[i] = (i & taken) | (place & ~taken);
    }
    prg_deinit(&g);
}

void sparse_draw(uint64_t *out, uint32_t *at, uint32_t weight, size_t n, const uint8_t key[static 32], uint64_t nonce) {
    draw_places(at, weight, n, key, nonce);
    for (size_t word = 0; word < poly_words(n); word++) {
        uint64_t bits = 0;
        for (uint32_t i = 0; i < weight; i++)
            bits |= (uint64_t)(equal_mask(at[i] / 64, (uint32_t)word) & 1) << at[i] % 64;
        out[word] = bits;
    }
}
