#include "eve/f2/collide.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t padded(size_t n) {
    return (n + 1 + 15) / 16 * 16;
}

size_t collide_bytes(size_t n, unsigned max_bits) {
    return ((size_t)1 << max_bits) * (COLLIDE_SLOTS * 4 + 1) + 8 * (2 * padded(n / 2 + 1) + padded(n));
}

int collide_init(struct collide *c, size_t n, unsigned max_bits) {
    size_t n_rows = 2 * padded(n / 2 + 1) + padded(n);
    *c = (struct collide){.kernels = kernels_best(), .n = n, .weight = 1, .bits = max_bits, .max_bits = max_bits};
    c->key = aligned_alloc(64, n_rows * 4);
    c->place = aligned_alloc(64, n_rows * 4);
    c->slots = aligned_alloc(64, ((size_t)COLLIDE_SLOTS * 4) << max_bits);
    c->counts = calloc((size_t)1 << max_bits, 1);
    c->hits = malloc(COLLIDE_HITS * sizeof *c->hits);
    if (!c->key || !c->place || !c->slots || !c->counts || !c->hits) {
        collide_deinit(c);
        return -ENOMEM;
    }
    memset(c->key, 0, n_rows * 4);
    memset(c->place, 0, n_rows * 4);
    memset(c->slots, 0, ((size_t)COLLIDE_SLOTS * 4) << max_bits);
    return 0;
}

void collide_deinit(struct collide *c) {
    free(c->key);
    free(c->place);
    free(c->slots);
    free(c->counts);
    free(c->hits);
    *c = (struct collide){0};
}

static void load(struct collide *c, size_t at, const uint64_t *plane, size_t n) {
    uint32_t mask = ((uint32_t)1 << c->bits) - 1;
    for (size_t i = 0; i < n; i++) {
        c->key[at + i] = (uint32_t)plane[i];
        c->place[at + i] = (uint32_t)(plane[i] >> 32) & mask;
    }
    memset(c->key + at + n, 0, (padded(n) - n) * 4);
    memset(c->place + at + n, 0, (padded(n) - n) * 4);
}

void collide_pass(struct collide *c, const uint64_t *plane) {
    c->n_hits = 0;
    c->sigma_key = (uint32_t)plane[c->n];
    c->sigma_place = (uint32_t)(plane[c->n] >> 32) & (((uint32_t)1 << c->bits) - 1);
    c->first = 0;
    c->n_first = c->weight == 1 ? c->n : c->n / 2;
    load(c, 0, plane, c->n_first);
    if (c->weight == 1) {
        c->kernels->pairs(c);
        return;
    }
    c->second = padded(c->n_first);
    c->n_second = c->n - c->n_first;
    load(c, c->second, plane + c->n_first, c->n_second);
    c->kernels->join(c);
}
