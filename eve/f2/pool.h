/* The training samples as a pool from which tableaus draw. Up to a bound all rows are expanded once and shared by all
 * threads; above it each drawn row is expanded when it is drawn, so that memory does not grow with the session. */
#ifndef PARLEY_EVE_POOL_H
#define PARLEY_EVE_POOL_H

#include "eve/learn/view.h"

#include <stddef.h>
#include <stdint.h>

enum { POOL_CACHE_MAX = 96 << 20, POOL_INDEX_MAX = 32 << 20, POOL_ZEROS = 8 };

struct pool {
    const struct view *view;
    const uint32_t *ids; /* of the training samples */
    size_t n_ids;
    size_t row_words;  /* 64-bit words of a row, the last one padded with zeros */
    uint64_t *rows;    /* all samples by number, or NULL */
    uint64_t *columns; /* of the training samples, or NULL: bit k of column j is bit j of sample ids[k] */
    size_t column_words;
};

/* -ENOMEM */
int pool_init(struct pool *pool, const struct view *view, const uint32_t *ids, size_t n_ids);
void pool_deinit(struct pool *pool);
size_t pool_bytes(const struct pool *pool);

/* row = sample id, row_words words */
void pool_row(const struct pool *pool, uint32_t id, uint64_t *row);

/* Makes the columns, unless rows are not kept or it would take more than POOL_INDEX_MAX. -ENOMEM. */
int pool_index(struct pool *pool);

/* ids = the training samples that are zero at these coordinates, in order; room for all of them. Returns how many.
 * Without columns there must be no coordinates. */
size_t pool_vanishing(const struct pool *pool, const uint32_t *zeros, size_t n_zeros, uint32_t *ids);

/* s from n - n_zeros samples that are zero at these coordinates, and their errors: bit i of errors is that of sample
 * ids[i]. NULL errors: none. What these samples do not say, s at these coordinates, is chosen by other training
 * samples. n_zeros <= POOL_ZEROS. 0, -ERANGE when the samples are dependent, -ENOMEM. */
int pool_solve(const struct pool *pool, const uint32_t *ids, const uint8_t *errors, const uint32_t *zeros,
               size_t n_zeros, uint8_t *s);

/* A small fast generator for choices that need not be secret: splitmix64 (Steele, Lea, Flood 2014). */
struct dice {
    uint64_t state;
};

void dice_init(struct dice *dice, const uint8_t seed[static 32], const char *label, uint64_t index);

static inline uint64_t dice_u64(struct dice *dice) {
    uint64_t z = dice->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* 0 ... bound - 1, bound < 2^32; the bias is below 2^-32 bound. */
static inline uint32_t dice_below(struct dice *dice, uint32_t bound) {
    return (uint32_t)((dice_u64(dice) >> 32) * bound >> 32);
}

/* Draws n of n_deck sample numbers without repeats: deck is shuffled as far as needed; the drawn ones are
 * deck[0 ... n - 1]. */
void pool_draw(uint32_t *deck, size_t n_deck, size_t n, struct dice *dice);

#endif
