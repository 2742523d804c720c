/* One pass over a tableau: which few rows sum to nearly sigma?
 *
 * Weight 1 + 1: all pairs of rows are tried, on 32 bits of one plane.
 *
 * Weight 2 + 2 (Stern 1988): all sums of at most two rows of the first half go into a table by `bits` other bits of the
 * plane, 16 to a bucket of one cache line, the latest replacing the earliest; each such sum of the second half, plus
 * sigma, is compared with the 16 of its bucket at once. Wanted are rows whose `bits` redundancy samples have no error
 * and whose 32 have at most `most`. A bucket that is one vector makes a look-up cost little more than its load, so that
 * buckets may be full and `bits`, which cost (1 - theta) each in probability, few. */
#ifndef PARLEY_EVE_COLLIDE_H
#define PARLEY_EVE_COLLIDE_H

#include "eve/f2/kernels.h"

#include <stddef.h>
#include <stdint.h>

enum {
    COLLIDE_SLOTS = 16,
    COLLIDE_GROUP = 8, /* rows are padded to a multiple of this */
    COLLIDE_HITS = 4096,
};

#define COLLIDE_NO_ROW UINT32_MAX

struct collide_hit {
    uint32_t rows[4]; /* those of weight 1 + 1 fill two of them; the others are COLLIDE_NO_ROW */
};

struct collide {
    const struct kernels *kernels;
    size_t n;
    unsigned weight; /* 1 or 2 */
    unsigned bits;   /* of a bucket's number */
    unsigned most;   /* errors among the 32 bits compared */

    /* For each row its 32 bits to compare and its bucket's number; each half (weight 2) or the whole is followed by
     * zeros, which stand for "no row": at least one, up to a multiple of 16. */
    uint32_t *key, *place;
    size_t first, second; /* where the halves begin; second = rows and zeros of the first */
    size_t n_first, n_second;
    uint32_t sigma_key, sigma_place;
    uint32_t *slots; /* 2^bits buckets of 16 */
    uint8_t *counts; /* insertions so far, modulo 256; never reset: what is old is overwritten or filtered */
    size_t max_bits;

    struct collide_hit *hits;
    size_t n_hits; /* what does not fit is lost */
};

/* Room for up to max_bits. -ENOMEM. */
int collide_init(struct collide *c, size_t n, unsigned max_bits);
void collide_deinit(struct collide *c);
size_t collide_bytes(size_t n, unsigned max_bits);

/* One pass on a plane of n rows and sigma. Then hits[0 ... n_hits - 1] are what is worth a closer look. */
void collide_pass(struct collide *c, const uint64_t *plane);

/* How many sums go into the table. */
static inline double collide_list(size_t n) {
    double half = (double)(n / 2);
    return half * (half + 1) / 2 + 1;
}

#endif
