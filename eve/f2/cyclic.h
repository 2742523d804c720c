/* The state of information-set decoding of a quasi-cyclic code in which every rotation of the word is a target.
 *
 * The ring is F2[X]/(X^n - 1). A codeword is (u, g_1 u, ..., g_(B-1) u), one block of n bits each; the word is
 * (0, r_1, ..., r_(B-1)), and it differs from a codeword by the error (u, e_1, ...), whose weight is small. Multiplying
 * all by X^t rotates each block and leaves weights as they are: so one word gives n of them, and finding the error of
 * any is as good (N. Sendrier, Decoding one out of many, PQCrypto 2011).
 *
 * Of the B n positions, n are the information set I and the others the redundancy R. For the matrix t with
 * c_(R_j) = sum over i of t_ij c_(I_i) for each codeword c, and for target k,
 *
 *     sigma_kj := r_(R_j) + sum over i of t_ij r_(I_i) = e_(R_j) + sum over i of t_ij e_(I_i),
 *
 * so that the errors in I are the few rows t_i whose sum is nearest to sigma_k. Rows 0 ... n-1 are the t_i, rows
 * n ... 2n-1 the sigma_k, (B-1) n bits each; bits behind them are zero. */
#ifndef PARLEY_EVE_CYCLIC_H
#define PARLEY_EVE_CYCLIC_H

#include "eve/f2/kernels.h"
#include "eve/f2/pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CYCLIC_BLOCKS = 3, /* at most */
    CYCLIC_GROUP = 8,  /* exchanges at a time */
};

/* A problem, borrowed. Polynomials are packed, bit i the coefficient of X^i, in (n+7)/8 bytes. */
struct cyclic_word {
    size_t n;          /* at least 128 */
    unsigned n_blocks; /* 2 or 3 */
    unsigned weight;   /* of the error, all blocks together */
    const uint8_t *generator[CYCLIC_BLOCKS],
        *received[CYCLIC_BLOCKS]; /* of blocks 1, ...; that of block 0 is not read */
};

struct cyclic {
    struct cyclic_word word;
    const struct kernels *kernels;
    size_t n_cols; /* (B - 1) n */
    size_t stride; /* 64-bit words of a row, a multiple of 8 */
    uint64_t *rows;
    uint32_t *info;       /* n positions: block b, coefficient i is b n + i */
    uint32_t *redundancy; /* n_cols positions */
    struct dice dice;
    uint64_t *table, *chosen; /* scratch of the exchanges */
    void *memory;
};

/* The information set is block 0. Randomness from seed and thread. -ENOMEM. */
int cyclic_init(struct cyclic *c, const struct cyclic_word *word, const uint8_t seed[static 32], unsigned thread);
void cyclic_deinit(struct cyclic *c);
size_t cyclic_bytes(const struct cyclic_word *word);

/* Exchanges CYCLIC_GROUP random positions of the information set with as many of the redundancy, as one at a time
 * would, with one addition to each row: the redundancy columns are those of one random byte. */
void cyclic_exchange(struct cyclic *c);

static inline uint64_t *cyclic_row(const struct cyclic *c, size_t row) {
    return c->rows + row * c->stride;
}

static inline unsigned cyclic_bit(const struct cyclic *c, size_t row, size_t column) {
    return (unsigned)(cyclic_row(c, row)[column / 64] >> (column % 64)) & 1;
}

#define CYCLIC_NONE UINT32_MAX

/* How many errors are left, in the information set and in the redundancy together, if these rows (CYCLIC_NONE: none)
 * are the errors of target k in the information set; or more than `most`, counted no further. n_rows <= 7. */
size_t cyclic_weight(const struct cyclic *c, size_t target, const uint32_t *rows, size_t n_rows, size_t most);

/* Of these errors the ones among redundancy columns 64 word ... 64 word + 63. */
size_t cyclic_weight_of(const struct cyclic *c, size_t target, const uint32_t *rows, size_t n_rows, size_t word);

/* These errors, of the word itself: B blocks of (n+7)/8 bytes one after the other. */
void cyclic_error(const struct cyclic *c, size_t target, const uint32_t *rows, size_t n_rows, uint8_t *error);

#endif
