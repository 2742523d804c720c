/* Which of the kernels run here. */
#include "common/base/level.h"
#include "common/task/lpn/learner_kernels.h"

extern const struct learner_kernels learner_kernels_plain;
#ifdef LEARNER_KERNELS_X86
extern const struct learner_kernels learner_kernels_avx2, learner_kernels_avx512;
#endif

size_t learner_kernels_all(const struct learner_kernels *all[static N_LEVELS]) {
    size_t n = 0;
    all[n++] = &learner_kernels_plain;
#ifdef LEARNER_KERNELS_X86
    if (level_now() >= LEVEL_AVX2)
        all[n++] = &learner_kernels_avx2;
    if (level_now() >= LEVEL_AVX512)
        all[n++] = &learner_kernels_avx512;
#endif
    return n;
}

const struct learner_kernels *learner_kernels_best(void) {
    const struct learner_kernels *all[N_LEVELS];
    return all[learner_kernels_all(all) - 1];
}
