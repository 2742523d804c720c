/* Counters for bit flipping: for each j < n, how many of the bits j + at[0], j + at[1], ... (modulo n) of a string
 * are 1.
 *
 * The counters are bit-sliced: plane p holds bit p of all n of them, and a string is added to all at once. Neither
 * branches nor addresses depend on the string or on `at`: a string is rotated by all powers of two that there are, and
 * each rotation is kept or not (as Drucker, Gueron and Kostic do it for BIKE, ePrint 2019/1423). */
#ifndef PARLEY_RING_COUNTERS_H
#define PARLEY_RING_COUNTERS_H

#include "common/task/ring/poly.h"

enum {
    COUNTERS_PLANES = 7, /* counts up to 127 */
    COUNTERS_WORDS = (POLY_WORDS + 3) / 4 * 4,
};

struct counters {
    size_t n;
    uint32_t n_planes;
    uint64_t planes[COUNTERS_PLANES][COUNTERS_WORDS]; /* those below n_planes hold something; bits beyond n do not */
};

/* What the calls below write on the way: it knows what they know. */
struct counters_scratch {
    uint64_t twice[4 * COUNTERS_WORDS]; /* the string, and once more behind it */
    uint64_t rotated[2][4 * COUNTERS_WORDS];
};

/* at: weight places below n, weight < 128. v: n bits. */
void counters_sum(struct counters *c, const uint64_t *v, const uint32_t *at, uint32_t weight, size_t n,
                  struct counters_scratch *scratch);
/* The twin for any processor. */
void counters_sum_portable(struct counters *c, const uint64_t *v, const uint32_t *at, uint32_t weight, size_t n,
                           struct counters_scratch *scratch);

/* The largest counter of both. */
uint32_t counters_max(const struct counters *a, const struct counters *b);

/* out_j = 1 if counter j is at least `least`, else 0. */
void counters_reach(uint64_t *out, const struct counters *c, uint32_t least);

#endif
