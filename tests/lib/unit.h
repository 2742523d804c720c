/* What every unit test starts with: cmocka, and a seed that is printed, so that a failure can be run again. */
#ifndef PARLEY_TESTS_UNIT_H
#define PARLEY_TESTS_UNIT_H

#include "common/base/prg.h"

#include <inttypes.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A stream of random bytes for one test. PARLEY_TEST_SEED=<number> repeats a run. */
static inline void unit_random(struct prg *g, const char *name) {
    const char *given = getenv("PARLEY_TEST_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : randombytes_random();
    printf("%s: PARLEY_TEST_SEED=%" PRIu64 "\n", name, seed);
    uint8_t key[32] = {0};
    memcpy(key, &seed, sizeof seed);
    prg_init(g, key, 0);
}

/* Whether the exhaustive forms of the tests run: ./check --long. */
static inline bool unit_long(void) {
    return getenv("PARLEY_LONG") != NULL;
}

/* Whether an emulator runs this program (.ci/ports): it is slow, and has not all that a kernel has. */
static inline bool unit_emulated(void) {
    return getenv("PARLEY_EMULATED") != NULL;
}

/* A copy of exactly n bytes on the heap, so that a sanitizer sees a read beyond its end. free(). */
static inline uint8_t *unit_copy(const void *p, size_t n) {
    uint8_t *copy = (uint8_t *)malloc(n ? n : 1);
    assert_non_null(copy);
    if (n)
        memcpy(copy, p, n);
    return copy;
}

#endif
