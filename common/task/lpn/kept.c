#include "common/task/lpn/kept.h"

#include "common/base/bytes.h"
#include "common/base/sample.h"
#include "common/task/lpn/gf2.h"
#include "common/task/lpn/matrix.h"

#include <errno.h>
#include <stdlib.h>

int kept_new(struct kept **keptp, const struct params *params, const uint8_t key[static 32]) {
    struct kept *kept = calloc(1, sizeof *kept);
    if (!kept)
        return -ENOMEM;
    kept->params = params;
    kept->n = params_kept(params);
    kept->rows = malloc(kept->n * sizeof *kept->rows);
    kept->vectors = aligned_alloc(64, ((size_t)kept->n * (params->n / 8) + 63) / 64 * 64);
    uint8_t *marks = calloc(bits_to_bytes(params->k), 1);
    if (!kept->rows || !kept->vectors || !marks) {
        free(marks);
        kept_free(kept);
        return -ENOMEM;
    }
    sample_draw(kept->rows, kept->n, params->k, key, marks);
    free(marks);
    *keptp = kept;
    return 0;
}

void kept_free(struct kept *kept) {
    if (!kept)
        return;
    free(kept->rows);
    free(kept->vectors);
    free(kept);
}

/* How many of them come before this row. */
static size_t n_before(const struct kept *kept, size_t row) {
    size_t low = 0, high = kept->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (kept->rows[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint8_t *block_of(const struct kept *kept, size_t b) {
    return kept->vectors + (size_t)kept->n * (MATRIX_BLOCK / 8) * b;
}

void kept_take(struct kept *kept, const struct chunks *chunk, const uint8_t *vectors) {
    size_t width = matrix_width(kept->params->n, chunk->block), end = n_before(kept, chunk->row + chunks_rows(chunk));
    uint8_t *block = block_of(kept, chunk->block);
    for (size_t i = n_before(kept, chunk->row); i < end; i++)
        memcpy(block + i * width, vectors + (kept->rows[i] - chunk->row) * width, width);
}

void kept_labels(const struct kept *kept, uint8_t *out, const uint8_t *composed) {
    memset(out, 0, bits_to_bytes(kept->n));
    for (size_t i = 0; i < kept->n; i++)
        bit_xor(out, i, bit_get(composed, kept->rows[i]));
}

void kept_label(const struct kept *kept, uint8_t *bits, const uint8_t *h) {
    for (size_t b = 0; b < matrix_blocks(kept->params->n); b++)
        gf2_dot_rows(bits, 0, block_of(kept, b), kept->n, matrix_width(kept->params->n, b), h + b * (MATRIX_BLOCK / 8));
}
