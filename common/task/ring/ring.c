#include "common/task/ring/ring.h"

#include "common/task/ring/blocks.h"

#include <stdio.h>

static const struct set *set(size_t i) {
    const struct ring_params *p = ring_params_at(i);
    return p ? &p->set : NULL;
}

static size_t chunk_bytes(const struct set *set, uint32_t index) {
    return index == 0 ? blocks_bytes(ring_params_of(set)) : 0;
}

/* n is no multiple of 8: some bits of the last byte are beyond it. */
static bool chunk_fits(const struct set *set, uint32_t index, const uint8_t *chunk) {
    const struct ring_params *p = ring_params_of(set);
    (void)index;
    return chunk[blocks_bytes(p) - 1] >> p->n % 8 == 0;
}

/* Products are nearly all there is to do. */
static bool is_brief(const struct set *set) {
    (void)set;
    return poly_is_fast();
}

static void describe(const struct set *set, char *text, size_t size) {
    const struct ring_params *p = ring_params_of(set);
    snprintf(text, size, "n = %u, w = %u, noise %u of n", (unsigned)p->n, (unsigned)p->w, (unsigned)p->w_e);
}

static void secrecy(const struct set *set, char *text, size_t size) {
    const struct ring_params *p = ring_params_of(set);
    snprintf(text, size,
             "Who only listens has the same samples and labels, but not the recipe. To learn s without it is LPN "
             "with structure, decoding of quasi-cyclic codes of length %u: by estimates between 2^%u and 2^%u bit "
             "operations. That it is hard is assumed, not proven.",
             (unsigned)p->n, (unsigned)p->low, (unsigned)p->high);
}

const struct task ring_task = {.name = "ring",
                               .assumption = "LPN with structure (decoding of quasi-cyclic codes, 2-QCSD)",
                               .experimental = true,
                               .words = &ring_words,
                               .alice = &ring_alice,
                               .bob = &ring_bob,
                               .set = set,
                               .chunk_bytes = chunk_bytes,
                               .chunk_fits = chunk_fits,
                               .is_brief = is_brief,
                               .describe = describe,
                               .secrecy = secrecy};
