/* The second modality: n recipes, vectors r_j in {-1, 0, 1}^m, each entry CBD(1): the difference of two fair bits. */
#ifndef PARLEY_LWE_TERNARY_H
#define PARLEY_LWE_TERNARY_H

#include "common/task/lwe/lwe_params.h"

struct ternary {
    const struct lwe_params *params;
    uint8_t key[32];
    size_t n_bytes;
    uint8_t *packed; /* as combine.h has it: of each group of four plain samples, a byte for each recipe */
};

/* Nothing is drawn yet. params is borrowed, the key copied. -ENOMEM. */
int ternary_new(struct ternary **tp, const struct lwe_params *params, const uint8_t key[static 32]);
void ternary_free(struct ternary *t); /* NULL is fine. Wipes */

/* All of them, cut into parts that may run side by side; what comes out depends on the key alone. */
size_t ternary_parts(const struct ternary *t);
void ternary_draw(struct ternary *t, size_t part);

#endif
