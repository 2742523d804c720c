/* One exchange in all rows, branch-free: eight rows at a time, plane by plane. */
#include "eve/f2/kernels.h"

#include <string.h>

typedef uint64_t eight __attribute__((vector_size(64), may_alias));

void KERNEL(pivot)(uint64_t *const planes[static 4], size_t n_rows, size_t p, size_t r) {
    uint64_t old[4];
    eight add[4];
    for (size_t q = 0; q < 4; q++) {
        old[q] = planes[q][p];
        uint64_t word = q == r / 64 ? old[q] & ~((uint64_t)1 << (r % 64)) : old[q];
        add[q] = (eight){word, word, word, word, word, word, word, word};
    }
    eight *plane[4] = {(eight *)planes[0], (eight *)planes[1], (eight *)planes[2], (eight *)planes[3]};
    const eight *column = plane[r / 64];
    int up = 63 - (int)(r % 64);
    for (size_t i = 0; i < n_rows / 8; i++) {
        typedef int64_t eight_signed __attribute__((vector_size(64)));
        eight mask = (eight)((eight_signed)(column[i] << up) >> 63);
        for (size_t q = 0; q < 4; q++)
            plane[q][i] ^= mask & add[q];
    }
    for (size_t q = 0; q < 4; q++)
        planes[q][p] = old[q];
}
