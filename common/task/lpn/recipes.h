/* The second modality: k recipes, uniform w-subsets of the m plain samples, and who uses which plain sample.
 *
 * Recipes are made in stages; the parts of a stage are independent and may run on several threads at once, and the
 * result depends on the key alone:
 *
 *     for (stage = 0; stage < RECIPES_N_STAGES; stage++)
 *         for (part = 0; part < recipes_n_parts(recipes, stage); part++)
 *             recipes_run(recipes, stage, part);
 *
 * A part takes a few milliseconds at most. */
#ifndef PARLEY_BIMODAL_RECIPES_H
#define PARLEY_BIMODAL_RECIPES_H

#include "common/task/lpn/params.h"

#include <stddef.h>
#include <stdint.h>

enum {
    RECIPES_ROWS = 16,  /* rows are stored in blocks of 16, index by index */
    RECIPES_W_MAX = 64, /* largest w */
};

enum recipes_stage { RECIPES_SAMPLE, RECIPES_SUM, RECIPES_SORT, RECIPES_PLACE, RECIPES_N_STAGES };

struct recipes {
    uint32_t m, w, k;
    uint32_t n_blocks; /* ceil(k / 16) */
    uint8_t key[32];
    uint32_t *index;   /* index t of recipe j at [(j / 16 * w + t) * 16 + j % 16]; the rows from k on are all zero */
    uint32_t *offsets; /* m + 1: recipes that use plain sample i are edges[offsets[i]] .. edges[offsets[i + 1] - 1] */
    uint32_t *edges;   /* k w, as gf2_scatter takes them: (i mod 2^15) 2^17 + j; ascending in i, then j */
    uint32_t *counts;  /* for the stages that invert: of each part, for each bucket of plain samples */
    uint32_t *sorted;  /* likewise: the edges by bucket */
};

/* All recipes of one session from one secret key. Memory is wiped when freed. -ENOMEM, or -EINVAL if
 * w > 64 or k > 2^17. */
int recipes_new(struct recipes **recipesp, const struct params *params, const uint8_t key[static 32]);
void recipes_free(struct recipes *recipes); /* NULL is fine */

size_t recipes_n_parts(const struct recipes *recipes, enum recipes_stage stage);
void recipes_run(struct recipes *recipes, enum recipes_stage stage, size_t part);

/* All stages, here and now. */
void recipes_run_all(struct recipes *recipes);

/* The recipe of an edge. */
static inline uint32_t recipes_edge_row(uint32_t edge) {
    return edge & ((1u << 17) - 1);
}

static inline uint32_t recipes_index(const struct recipes *recipes, size_t j, size_t t) {
    return recipes->index[(j / RECIPES_ROWS * recipes->w + t) * RECIPES_ROWS + j % RECIPES_ROWS];
}

#endif
