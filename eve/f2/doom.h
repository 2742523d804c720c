/* One pass over a tableau with many targets (cyclic.h): which at most three rows sum to nearly one of the sigmas?
 *
 * Stern's collision search (1988) with the targets merged into one list (Sendrier 2011): rows fall at random into a
 * part U and a part V. Sums of at most two rows of U go into buckets by `bits` bits of one word of each row; each sum
 * of a target and at most one row of V is looked up. An error pattern of three in the information set is covered if two
 * of them are in U: u^2/2 sums stored and n (n - u) looked up for n targets at once.
 *
 * A bucket is 16 keys of 16 bits, one vector. A look-up compares all of them and lets one differing bit pass,
 * x & (x - 1) = 0, so that the bits that are compared cost little probability. Who passes is compared in all 64 bits of
 * the word. The buckets are made for one value of the upper bits at a time, so that they stay in the cache: rows and
 * targets are sorted by these bits once, and pairs of classes are enumerated. */
#ifndef PARLEY_EVE_DOOM_H
#define PARLEY_EVE_DOOM_H

#include "eve/f2/cyclic.h"
#include "eve/f2/kernels.h"

#include <stddef.h>
#include <stdint.h>

enum {
    DOOM_SLOTS = 16,
    DOOM_KEY = 16,   /* bits of a key; bits 16 ... 16 + bits - 1 of the word are the bucket's */
    DOOM_PLACE = 11, /* bits of a bucket's number within a part, at most */
    DOOM_BITS_MAX = 26,
    DOOM_HITS = 4096,
};

struct doom_hit {
    uint32_t target;
    uint32_t rows[3]; /* CYCLIC_NONE: none */
};

/* Rows or targets, sorted by the class that their upper bits give. The last row of U, and of V, is no row. */
struct doom_list {
    size_t n;
    uint64_t *word;
    uint32_t *packed; /* key << 16 | number of a bucket within a part */
    uint32_t *id;     /* row, or target */
    uint32_t *start;  /* class v is start[v] ... start[v + 1] - 1 */
};

struct doom {
    const struct kernels *kernels;
    size_t n, n_u;          /* rows in all, and in U */
    unsigned bits, classes; /* of a bucket's number in all; of them, those that make a class */
    unsigned most;          /* bits of the word that a hit may leave */
    struct doom_list u, v, t;
    uint16_t *slots;  /* of the part at hand */
    uint32_t *owners; /* which pair of U: index | index << 16 */
    uint8_t *counts;  /* insertions so far, modulo 256: the latest replaces the earliest, and what is old is filtered */
    uint32_t *order;  /* scratch */

    struct doom_hit *hits;
    size_t n_hits; /* what does not fit is lost */

    bool (*stop)(void *context); /* asked once for each part; NULL: never */
    void *context;
};

/* For n rows and n targets, n_u >= 2 rows in U. -ENOMEM. */
int doom_init(struct doom *d, size_t n, size_t n_u, unsigned bits, unsigned most);
void doom_deinit(struct doom *d);
size_t doom_bytes(size_t n, size_t n_u, unsigned bits);

/* One pass on word `w` of the rows, which all lies within the columns. Then hits[0 ... n_hits - 1] are what is worth a
 * closer look. */
void doom_pass(struct doom *d, struct cyclic *c, size_t w);

#endif
