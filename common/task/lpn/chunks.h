/* How the composed vectors are cut into the frames of A2: by column blocks, within a block by rows. WIRE.md section 5.
 */
#ifndef PARLEY_LPN_CHUNKS_H
#define PARLEY_LPN_CHUNKS_H

#include "common/task/lpn/params.h"

#include <stdbool.h>

/* The place of one chunk. */
struct chunks {
    const struct params *params;
    uint32_t index;    /* number of the chunk */
    uint32_t n_chunks; /* of the whole step */
    size_t block;      /* its column block */
    size_t row;        /* its first row, a multiple of 64 */
};

/* Chunk 0. */
void chunks_init(struct chunks *c, const struct params *params);
bool chunks_finished(const struct chunks *c);
size_t chunks_rows(const struct chunks *c);
size_t chunks_bytes(const struct chunks *c);
void chunks_next(struct chunks *c);

/* labels[j] ^= <row j, s> restricted to the chunk's columns, for its rows; vectors: its chunks_bytes bytes; labels: k
 * bits. */
void chunks_label(const struct chunks *c, uint8_t *labels, const uint8_t *vectors, const uint8_t *s);

#endif
