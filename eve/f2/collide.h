/* One pass over a tableau: which few rows sum to nearly sigma?
 *
 * Weight 1 + 1: all pairs of rows are tried, on 32 bits of one plane.
 *
 * Weight 2 + 2 (Stern 1988): all sums of at most two rows of the first half are stored by `bits` bits of the plane in
 * buckets of 8 keys, all sums of at most two rows of the second half, plus sigma, are looked up. Wanted are rows whose
 * `bits` redundancy samples have no error. A key is 32 further bits, so that a bucket is one vector, and a look-up lets
 * two bits differ in either half, by x & (x - 1) twice: what is compared exactly costs (1 - theta) a bit in
 * probability. Next to nothing passes by chance.
 *
 * Storing is one instruction that writes: a sum goes to the slot that the number of one of its rows modulo 8 says,
 * whatever was there. That loses as much as throwing balls into 8 bins for each bucket, (1 - exp(-x))/x are kept at x
 * sums for each slot, which costs less than a counter for each bucket. Nothing is stored beside the key: for the few
 * that pass, one row is known up to an eighth, and the other one comes from a table of the rows. Who is found is
 * compared in all 64 bits of the plane.
 *
 * Sums are made a vector at a time, in runs: rows i and i + d of a class of h, for all i modulo h and d up to h/2, so
 * that all runs are as long as each other, or a row with all rows of another class.
 *
 * Beyond 2^13 buckets, which stay in the second cache, they are made for one value of the upper bits at a time: rows
 * are sorted by these bits, and pairs of classes are enumerated. */
#ifndef PARLEY_EVE_COLLIDE_H
#define PARLEY_EVE_COLLIDE_H

#include "eve/f2/kernels.h"

#include <stddef.h>
#include <stdint.h>

enum {
    COLLIDE_SLOTS = 8,
    COLLIDE_KEY = 32,   /* bits of a key; bits 32 ... 32 + bits - 1 of the plane are the bucket's */
    COLLIDE_PLACE = 13, /* bits of a bucket's number among those that are there at once, at most */
    COLLIDE_GROUP = 8,  /* look-ups between two branches */
    COLLIDE_HITS = 4096,
};

#define COLLIDE_NO_ROW UINT32_MAX

struct collide_hit {
    uint32_t rows[4]; /* those of weight 1 + 1 fill two of them; the others are COLLIDE_NO_ROW */
};

/* The rows of a half, and "no row", which is the last of class 0, sorted by the class that their upper bits give. */
struct collide_half {
    size_t n;        /* with "no row" */
    uint64_t *word;  /* 64 bits of the plane */
    uint32_t *key;   /* each class twice: class v begins at 2 start[v] */
    uint32_t *at;    /* where the bucket is, in bytes; as key */
    uint32_t *id;    /* row, or COLLIDE_NO_ROW */
    uint32_t *start; /* class v is start[v] ... start[v + 1] - 1 */
};

struct collide {
    const struct kernels *kernels;
    size_t n;
    unsigned weight;  /* 1 or 2 */
    unsigned bits;    /* of a bucket's number in all */
    unsigned classes; /* of them, those that make a class */
    unsigned most;    /* errors: among the 32 bits compared, weight 1; among the 64, weight 2 */
    unsigned max_bits;

    /* weight 1: for each row its 32 bits to compare, followed by zeros, which stand for "no row" */
    uint32_t *pair_key;
    uint32_t sigma_key;

    /* weight 2 */
    struct collide_half first, second;
    uint32_t *keys, *at; /* of a run */
    uint64_t sigma;      /* 64 bits of the plane */
    uint32_t *slots;     /* what is old in it is filtered */
    uint16_t *head;      /* the first row of the first half whose key has this hash, plus one */
    uint16_t *next;      /* the next one with the same hash as row i, plus one */
    unsigned hash_bits;

    struct collide_hit *hits;
    size_t n_hits; /* what does not fit is lost */
};

/* Room for up to max_bits. -ENOMEM. */
int collide_init(struct collide *c, size_t n, unsigned max_bits);
void collide_deinit(struct collide *c);
size_t collide_bytes(size_t n, unsigned max_bits);

/* One pass on a plane of n rows and sigma, of which every row's word is turned left by `turn` bits before: so that one
 * plane is good for several passes. Then hits[0 ... n_hits - 1] are what is worth a closer look. */
void collide_pass(struct collide *c, const uint64_t *plane, unsigned turn);

/* How many sums go into the table. */
static inline double collide_list(size_t n) {
    double half = (double)(n / 2);
    return half * (half + 1) / 2 + 1;
}

/* Where the bucket of a word begins, in bytes, among those that are there at once; and the word's class. */
static inline uint32_t collide_at(const struct collide *c, uint64_t word) {
    return ((uint32_t)(word >> COLLIDE_KEY) & (((uint32_t)1 << (c->bits - c->classes)) - 1)) * (COLLIDE_SLOTS * 4);
}

static inline size_t collide_class(const struct collide *c, uint64_t word) {
    return (size_t)(word >> (COLLIDE_KEY + c->bits - c->classes)) & (((size_t)1 << c->classes) - 1);
}

static inline uint32_t collide_hash(const struct collide *c, uint32_t key) {
    return key * 0x9e3779b1u >> (32 - c->hash_bits);
}

#endif
