#include "eve/f2/kernels.h"

#define KERNELS(level)                                                                                                 \
    {                                                                                                                  \
#level, elim_reduce_##level, elim_transpose64_##level, pivot_##level, collide_pairs_##level,                   \
            collide_join_##level, add_##level, doom_##level                                                            \
    }

static const struct kernels plain = KERNELS(plain);
#ifdef EVE_KERNELS_X86
static const struct kernels avx2 = KERNELS(avx2);
static const struct kernels avx512 = KERNELS(avx512);
#endif

static const struct kernels *forced;

size_t kernels_all(const struct kernels *all[static 3]) {
    size_t n = 0;
    all[n++] = &plain;
#ifdef EVE_KERNELS_X86
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) {
        all[n++] = &avx2;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vpopcntdq"))
            all[n++] = &avx512;
    }
#endif
    return n;
}

const struct kernels *kernels_best(void) {
    const struct kernels *all[3];
    size_t n = kernels_all(all);
    return forced ? forced : all[n - 1];
}

void kernels_force(const struct kernels *kernels) {
    forced = kernels;
}
