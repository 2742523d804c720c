#include "tests/lib/planted.h"

#include "common/base/bytes.h"

#include <stdlib.h>
#include <string.h>

static uint8_t *zeros(size_t n) {
    uint8_t *p = calloc(n, 1);
    if (!p)
        abort();
    return p;
}

static void draw_sparse(uint8_t *p, size_t n, unsigned weight, struct dice *dice) {
    while (weight) {
        size_t i = dice_below(dice, (uint32_t)n);
        weight -= !bit_get(p, i);
        if (!bit_get(p, i))
            bit_xor(p, i, 1);
    }
}

/* out += a b; a is sparse */
static void add_product(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; bit_get(a, i) && j < n; j++)
            bit_xor(out, (i + j) % n, bit_get(b, j));
}

void planted_make(struct planted *p, size_t n, unsigned n_blocks, const unsigned *weights, uint64_t seed) {
    struct dice dice = {seed};
    *p = (struct planted){.word = {.n = n, .n_blocks = n_blocks}, .bytes = (n + 7) / 8};
    p->error = zeros(n_blocks * p->bytes);
    for (unsigned b = 0; b < n_blocks; b++) {
        uint8_t *error = p->error + b * p->bytes;
        p->generator[b] = zeros(p->bytes);
        p->received[b] = zeros(p->bytes);
        draw_sparse(error, n, weights[b], &dice);
        p->word.weight += weights[b];
        for (size_t i = 0; b && i < n; i++)
            bit_xor(p->generator[b], i, (unsigned)(dice_u64(&dice) >> 63));
        memcpy(p->received[b], error, p->bytes);
        if (b)
            add_product(p->received[b], p->error, p->generator[b], n);
        p->word.generator[b] = p->generator[b];
        p->word.received[b] = p->received[b];
    }
}

void planted_free(struct planted *p) {
    for (unsigned b = 0; b < CYCLIC_BLOCKS; b++) {
        free(p->generator[b]);
        free(p->received[b]);
    }
    free(p->error);
    *p = (struct planted){0};
}
