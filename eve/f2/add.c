/* To each row what its byte says of a table of 256 rows: eight exchanges in one addition. */
#include "eve/f2/kernels.h"

typedef uint64_t some __attribute__((vector_size(KERNEL_BYTES), may_alias));

void KERNEL(add)(uint64_t *rows, size_t n_rows, size_t stride, size_t word, unsigned shift, const uint64_t *table) {
    size_t n_vectors = stride * sizeof(uint64_t) / KERNEL_BYTES;
    for (size_t i = 0; i < n_rows; i++) {
        uint64_t *row = rows + i * stride;
        const some *from = (const some *)(table + (row[word] >> shift & 255) * stride);
        some *to = (some *)row;
        for (size_t l = 0; l < n_vectors; l++)
            to[l] ^= from[l];
    }
}
