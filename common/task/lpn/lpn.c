#include "common/task/lpn/lpn.h"

#include "common/task/lpn/chunks.h"
#include "common/task/lpn/params.h"

#include <stdio.h>

static const struct set *set(size_t i) {
    size_t n_sets;
    const struct params *table = params_table(&n_sets);
    return i < n_sets ? &table[i].set : NULL;
}

static size_t chunk_bytes(const struct set *set, uint32_t index) {
    struct chunks chunks;
    chunks_init(&chunks, params_of(set));
    if (index >= chunks.n_chunks)
        return 0;
    while (chunks.index < index)
        chunks_next(&chunks);
    return chunks_bytes(&chunks);
}

static void describe(const struct set *set, char *text, size_t size) {
    const struct params *p = params_of(set);
    snprintf(text, size, "n = %u, theta = %.4f", (unsigned)p->n, p->theta);
}

/* log2 of the bit operations of the best attack on the labels, as proto/DESIGN.md section 5 has them. */
static unsigned attack_bits(const struct params *p) {
    return p->n <= 1024 ? 59 : p->n <= 2048 ? 78 : p->n <= 4096 ? 105 : 144;
}

static void secrecy(const struct set *set, char *text, size_t size) {
    const struct params *p = params_of(set);
    snprintf(text, size,
             "Who only listens has the same vectors and labels, but not the recipes. To learn the parity without "
             "them is LPN with noise 1/sqrt(%u): by estimate 2^%u bit operations. That it is hard is assumed, not "
             "proven.",
             (unsigned)p->n, attack_bits(p));
}

const struct task lpn_task = {.name = "lpn",
                              .assumption = "LPN with noise 1/sqrt(n)",
                              .words = &lpn_words,
                              .alice = &lpn_alice,
                              .bob = &lpn_bob,
                              .set = set,
                              .chunk_bytes = chunk_bytes,
                              .describe = describe,
                              .secrecy = secrecy};
