#include "common/task/lpn/chunks.h"

#include "common/task/lpn/gf2.h"
#include "common/task/lpn/matrix.h"

/* Rows of a full chunk: a multiple of 64 that fills at most 256 KiB. */
static size_t full_rows(size_t width) {
    return 4096 / width * 64;
}

void chunks_init(struct chunks *c, const struct params *params) {
    *c = (struct chunks){.params = params};
    for (size_t b = 0; b < matrix_blocks(params->n); b++) {
        size_t full = full_rows(matrix_width(params->n, b));
        c->n_chunks += (uint32_t)((params->k + full - 1) / full);
    }
}

bool chunks_finished(const struct chunks *c) {
    return c->index == c->n_chunks;
}

size_t chunks_rows(const struct chunks *c) {
    size_t full = full_rows(matrix_width(c->params->n, c->block)), left = c->params->k - c->row;
    return left < full ? left : full;
}

size_t chunks_bytes(const struct chunks *c) {
    return chunks_rows(c) * matrix_width(c->params->n, c->block);
}

void chunks_next(struct chunks *c) {
    c->row += chunks_rows(c);
    c->index++;
    if (c->row == c->params->k) {
        c->row = 0;
        c->block++;
    }
}

void chunks_label(const struct chunks *c, uint8_t *labels, const uint8_t *vectors, const uint8_t *s) {
    gf2_dot_rows(labels, c->row, vectors, chunks_rows(c), matrix_width(c->params->n, c->block),
                 s + c->block * (MATRIX_BLOCK / 8));
}
