/* Which vector instructions the inner loops use: the widest that the processor has, unless a test or a benchmark asks
 * for less. Every level gives the same bits. */
#ifndef PARLEY_BASE_LEVEL_H
#define PARLEY_BASE_LEVEL_H

#include <stdbool.h>

enum level {
    LEVEL_PLAIN,  /* what the compiler may take for granted: SSE2 on x86-64, NEON on aarch64 */
    LEVEL_AVX2,   /* AVX2, BMI and POPCNT */
    LEVEL_AVX512, /* and AVX-512 F, VL and BW */
    N_LEVELS,
};

/* "plain", "avx2", "avx512". */
const char *level_name(enum level level);

/* The level of that name. Returns false if there is none. */
bool level_find(enum level *levelp, const char *name);

/* The widest that this processor has. */
enum level level_widest(void);

/* The one to use. */
enum level level_now(void);

/* For tests and benchmarks: nothing wider than this from now on; not while anything runs. What the processor does not
 * have it does not get: level_now is never beyond level_widest. */
void level_limit(enum level most);

#endif
