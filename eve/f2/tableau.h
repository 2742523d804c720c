/* The state of information-set decoding on the label side.
 *
 * n independent samples I_0 ... I_(n-1), the information set (n is a few less than the task has coordinates: vanish.c),
 * and TABLEAU_BITS others, the redundancy. Every redundancy sample is a sum of information samples, x_(R_j) = sum over
 * i of t_ij x_(I_i), hence, as labels are linear up to their errors e,
 *
 *     sigma_j := z_(R_j) + sum over i of t_ij z_(I_i) = e_(R_j) + sum over i of t_ij e_(I_i).
 *
 * So the errors of the information set are the few rows t_i whose sum is nearest to sigma. Row i is 128 bits; row n is
 * sigma. Rows lie in planes, bits 64 q ... 64 q + 63 of all rows together, which is the order that pivots and searches
 * read. */
#ifndef PARLEY_EVE_TABLEAU_H
#define PARLEY_EVE_TABLEAU_H

#include "eve/f2/kernels.h"
#include "eve/f2/pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TABLEAU_BITS = 128, TABLEAU_PLANES = TABLEAU_BITS / 64, TABLEAU_BLOCKS = 8 };

struct tableau {
    const struct pool *pool;
    const struct kernels *kernels;
    size_t n;                   /* information samples, rows but sigma */
    uint32_t zeros[POOL_ZEROS]; /* all samples of the tableau are zero at these coordinates, ascending */
    size_t n_zeros;
    size_t n_rows; /* n + 1 rounded up to a multiple of 8; the last ones are zero */
    uint64_t *planes[TABLEAU_PLANES];
    uint32_t *info;                    /* n sample numbers */
    uint32_t redundancy[TABLEAU_BITS]; /* sample numbers */
    struct dice dice;
    uint32_t next_bit; /* redundancy samples take their turns */
    size_t n_blocks;   /* of redundancy samples that one elimination makes */
    size_t block;      /* the one at hand */

    uint32_t *deck; /* the pool's samples, for drawing */
    size_t stride;  /* the eliminated matrix: n + 1 rows of n + 128 n_blocks columns */
    uint64_t *matrix, *table;
    uint32_t *pivots;
    uint64_t *samples; /* 64 rows of the pool */
    void *memory;
};

/* -ENOMEM, -ERANGE if the pool has fewer samples than one block needs. */
int tableau_init(struct tableau *t, const struct pool *pool, const uint8_t seed[static 32], unsigned thread);
void tableau_deinit(struct tableau *t);
size_t tableau_bytes(const struct pool *pool);

/* From n + 128 n_blocks fresh samples of the pool that vanish at n_zeros fresh coordinates; opens block 0. False if
 * stop said so, or if the pool's samples do not span the space. */
bool tableau_build(struct tableau *t, bool (*stop)(void *context), void *context);

/* The next block: the information set as it was built, with other redundancy samples. False if there is none left. */
bool tableau_next(struct tableau *t);

/* One random exchange of an information sample with a redundancy sample. */
void tableau_step(struct tableau *t);

static inline unsigned tableau_bit(const struct tableau *t, size_t row, size_t bit) {
    return (unsigned)(t->planes[bit / 64][row] >> (bit % 64)) & 1;
}

#endif
