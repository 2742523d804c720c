/* Composed vectors that Alice keeps as she writes them, a uniform choice of params_kept out of k: by them she counts
 * the noise of their labels, z + <x, h>, once she knows h. They have gone over the wire and are no secret. */
#ifndef PARLEY_LPN_KEPT_H
#define PARLEY_LPN_KEPT_H

#include "common/task/lpn/chunks.h"

struct kept {
    const struct params *params;
    uint32_t n;
    uint32_t *rows;   /* ascending */
    uint8_t *vectors; /* block by block, n rows each */
};

/* key: of the choice. -ENOMEM. */
int kept_new(struct kept **keptp, const struct params *params, const uint8_t key[static 32]);
void kept_free(struct kept *kept); /* NULL is fine */

/* A chunk of A2 is written: vectors is what it holds. */
void kept_take(struct kept *kept, const struct chunks *chunk, const uint8_t *vectors);

/* out = the n labels that belong to the kept vectors, of all k composed ones. */
void kept_labels(const struct kept *kept, uint8_t *out, const uint8_t *composed);

/* bits[i] ^= <kept vector i, h>, all chunks taken. */
void kept_label(const struct kept *kept, uint8_t *bits, const uint8_t *h);

#endif
