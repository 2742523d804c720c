/* One exchange in all rows, branch-free: a vector of rows at a time, plane by plane. */
#include "eve/f2/kernels.h"

typedef uint64_t some __attribute__((vector_size(KERNEL_BYTES), may_alias));

void KERNEL(pivot)(uint64_t *const planes[static 2], size_t n_rows, size_t p, size_t r) {
    uint64_t old[2] = {planes[0][p], planes[1][p]}, without[2] = {old[0], old[1]};
    without[r / 64] &= ~((uint64_t)1 << (r % 64));
    const some add[2] = {(some){0} + without[0], (some){0} + without[1]};
    some *plane[2] = {(some *)planes[0], (some *)planes[1]};
    const some *column = plane[r / 64];
#pragma GCC unroll 4
    for (size_t i = 0; i < n_rows * sizeof(uint64_t) / KERNEL_BYTES; i++) {
        some mask = (some){0} - (column[i] >> r % 64 & 1);
        plane[0][i] ^= mask & add[0];
        plane[1][i] ^= mask & add[1];
    }
    planes[0][p] = old[0];
    planes[1][p] = old[1];
}
