#include "common/base/level.h"

#include <string.h>

static const char *const names[N_LEVELS] = {"plain", "avx2", "avx512"};
static enum level limit = N_LEVELS - 1;

const char *level_name(enum level level) {
    return names[level];
}

bool level_find(enum level *levelp, const char *name) {
    for (int level = 0; level < N_LEVELS; level++)
        if (strcmp(name, names[level]) == 0) {
            *levelp = (enum level)level;
            return true;
        }
    return false;
}

#if defined(__x86_64__) && defined(__GNUC__)
enum level level_widest(void) {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("popcnt") || !__builtin_cpu_supports("bmi"))
        return LEVEL_PLAIN;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") ||
        !__builtin_cpu_supports("avx512bw"))
        return LEVEL_AVX2;
    return LEVEL_AVX512;
}
#else
enum level level_widest(void) {
    return LEVEL_PLAIN;
}
#endif

enum level level_now(void) {
    enum level widest = level_widest();
    return widest < limit ? widest : limit;
}

void level_limit(enum level most) {
    limit = most;
}
