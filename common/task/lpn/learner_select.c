/* Which of the kernels run here. */
#include "common/task/lpn/learner_kernels.h"

extern const struct learner_kernels learner_kernels_plain;
#ifdef LEARNER_KERNELS_X86
extern const struct learner_kernels learner_kernels_avx512;
#endif

size_t learner_kernels_all(const struct learner_kernels *all[static 2]) {
    size_t n = 0;
    all[n++] = &learner_kernels_plain;
#ifdef LEARNER_KERNELS_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f"))
        all[n++] = &learner_kernels_avx512;
#endif
    return n;
}

const struct learner_kernels *learner_kernels_best(void) {
    const struct learner_kernels *all[2];
    return all[learner_kernels_all(all) - 1];
}
