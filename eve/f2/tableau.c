/* Single exchanges instead of an elimination for each try: Canteaut, Chabaud, IEEE Trans. IT 44, 1998, and Bernstein,
 * Lange, Peters, PQCrypto 2008. A narrow tableau and a fresh one every few passes, drawn from the whole pool, instead
 * of all samples as redundancy: the labels are many more than the search can look at. */
#include "eve/f2/tableau.h"

#include "eve/f2/elim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t n_rows(size_t n) {
    return (n + 1 + 7) / 8 * 8;
}

static size_t aligned(size_t bytes) {
    return (bytes + 63) / 64 * 64;
}

/* Columns of a matrix of so many blocks, and samples that the pool had better have for them. */
static size_t columns(size_t n, size_t n_blocks) {
    return n + n_blocks * TABLEAU_BITS;
}

static bool is_enough(size_t n_samples, size_t n, size_t n_blocks) {
    return n_samples >= columns(n, n_blocks) + columns(n, n_blocks) / 14;
}

/* A walk by exchanges stays within its n + 128 samples, and if these have few errors, it succeeds again and again:
 * worth no more than once. So it is short, and the next one starts anew with other redundancy samples, which costs a
 * copy. An elimination makes at least four blocks where the pool has as many samples; of pools that have more, samples
 * are taken that vanish at as many coordinates as possible. */
static void choose_shape(struct tableau *t, const struct pool *pool) {
    enum { LEAST = 4 };
    size_t n = pool->view->params->n;
    while (pool->columns && t->n_zeros < POOL_ZEROS && is_enough(pool->n_ids >> (t->n_zeros + 1), n, LEAST))
        t->n_zeros++;
    t->n_blocks = TABLEAU_BLOCKS;
    while (t->n_blocks > 1 && !is_enough(pool->n_ids >> t->n_zeros, n, t->n_blocks))
        t->n_blocks--;
    t->n = n - t->n_zeros;
    t->n_rows = n_rows(t->n);
    t->stride = elim_stride(columns(t->n, t->n_blocks));
}

struct layout {
    size_t planes, matrix, table, samples, info, pivots, deck, all;
};

static struct layout lay_out(const struct tableau *t, const struct pool *pool) {
    size_t n = t->n, stride = t->stride;
    struct layout l = {
        .planes = aligned(TABLEAU_PLANES * n_rows(n) * 8),
        .matrix = aligned((n + 1) * stride * 8),
        .table = aligned(elim_scratch_bytes(stride)),
        .samples = aligned(64 * pool->row_words * 8),
        .info = aligned(n * 4),
        .pivots = aligned(n * 4),
        .deck = aligned(pool->n_ids * 4),
    };
    l.all = l.planes + l.matrix + l.table + l.samples + l.info + l.pivots + l.deck;
    return l;
}

size_t tableau_bytes(const struct pool *pool) {
    struct tableau t = {0};
    choose_shape(&t, pool);
    return lay_out(&t, pool).all;
}

int tableau_init(struct tableau *t, const struct pool *pool, const uint8_t seed[static 32], unsigned thread) {
    *t = (struct tableau){.pool = pool, .kernels = kernels_best()};
    choose_shape(t, pool);
    if (pool->n_ids < t->n + TABLEAU_BITS)
        return -ERANGE;
    struct layout l = lay_out(t, pool);
    uint8_t *p = t->memory = aligned_alloc(64, l.all);
    if (!p)
        return -ENOMEM;
    for (size_t q = 0; q < TABLEAU_PLANES; q++)
        t->planes[q] = (uint64_t *)p + q * t->n_rows;
    memset(p, 0, l.planes);
    t->matrix = (uint64_t *)(p += l.planes);
    t->table = (uint64_t *)(p += l.matrix);
    t->samples = (uint64_t *)(p += l.table);
    t->info = (uint32_t *)(p += l.samples);
    t->pivots = (uint32_t *)(p += l.info);
    t->deck = (uint32_t *)(p += l.pivots);
    dice_init(&t->dice, seed, "eve/1 tableau", thread);
    return 0;
}

void tableau_deinit(struct tableau *t) {
    free(t->memory);
    t->memory = NULL;
}

/* Fresh coordinates, ascending. */
static void draw_zeros(struct tableau *t) {
    size_t n = t->pool->view->params->n;
    for (size_t z = 0; z < t->n_zeros; z++) {
        uint32_t at = dice_below(&t->dice, (uint32_t)(n - z));
        size_t i = 0;
        for (; i < z && t->zeros[i] <= at; i++) /* the at-th of those that are not chosen yet */
            at++;
        memmove(t->zeros + i + 1, t->zeros + i, (z - i) * sizeof *t->zeros);
        t->zeros[i] = at;
    }
}

/* matrix = the drawn samples as columns, without the coordinates where all are zero, their labels as row n */
static void load_samples(struct tableau *t) {
    size_t n = t->n, all = n + t->n_zeros, n_cols = columns(n, t->n_blocks), words = t->pool->row_words;
    memset(t->matrix + n * t->stride, 0, t->stride * 8);
    for (size_t c = 0; c < n_cols; c += 64) {
        size_t now = n_cols - c < 64 ? n_cols - c : 64;
        for (size_t i = 0; i < now; i++) {
            pool_row(t->pool, t->deck[c + i], t->samples + i * words);
            t->matrix[n * t->stride + c / 64] |= (uint64_t)view_label(t->pool->view, t->deck[c + i]) << i;
        }
        memset(t->samples + now * words, 0, (64 - now) * words * 8);
        for (size_t w = 0, skipped = 0; w < words; w++) {
            uint64_t block[64];
            for (size_t i = 0; i < 64; i++)
                block[i] = t->samples[i * words + w];
            t->kernels->transpose64(block);
            for (size_t i = 64 * w; i < all && i < 64 * w + 64; i++) {
                if (skipped < t->n_zeros && t->zeros[skipped] == i)
                    skipped++;
                else
                    t->matrix[(i - skipped) * t->stride + c / 64] = block[i % 64];
            }
        }
    }
    /* the rest of the last line is read, never used */
    size_t used = (n_cols + 63) / 64;
    for (size_t i = 0; i < n && used < t->stride; i++)
        memset(t->matrix + i * t->stride + used, 0, (t->stride - used) * 8);
}

/* Planes, info and redundancy of this block from the reduced matrix. Nearly always the pivots are nearly the first n
 * columns: a block is 128 of the columns behind them, in which those that are pivots give way to the columns before
 * that are none. */
static void open_block(struct tableau *t, size_t block) {
    size_t n = t->n, begin = n + block * TABLEAU_BITS, shift = begin % 64, word = begin / 64;
    for (size_t i = 0; i <= n; i++) {
        const uint64_t *row = t->matrix + i * t->stride + word;
        for (size_t q = 0; q < TABLEAU_PLANES; q++)
            t->planes[q][i] = shift ? row[q] >> shift | row[q + 1] << (64 - shift) : row[q];
    }
    for (size_t j = 0; j < TABLEAU_BITS; j++)
        t->redundancy[j] = t->deck[begin + j];
    for (size_t i = 0; i < n; i++)
        t->info[i] = t->deck[t->pivots[i]];

    size_t free_column = 0, p = 0; /* pivots ascend: walk both */
    for (size_t late = 0; late < n; late++) {
        if (t->pivots[late] < n)
            continue;
        while (p < n && t->pivots[p] == free_column)
            p++, free_column++;
        size_t j = t->pivots[late] - begin;
        for (size_t i = 0; i <= n && j < TABLEAU_BITS; i++) {
            uint64_t bit = t->matrix[i * t->stride + free_column / 64] >> (free_column % 64) & 1;
            t->planes[j / 64][i] = (t->planes[j / 64][i] & ~((uint64_t)1 << (j % 64))) | bit << (j % 64);
        }
        if (j < TABLEAU_BITS)
            t->redundancy[j] = t->deck[free_column];
        free_column++;
    }
    t->block = block;
}

bool tableau_next(struct tableau *t) {
    if (t->block + 1 >= t->n_blocks)
        return false;
    open_block(t, t->block + 1);
    return true;
}

bool tableau_build(struct tableau *t, bool (*stop)(void *context), void *context) {
    enum { ATTEMPTS = 32 };
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        size_t n_cols = columns(t->n, t->n_blocks);
        draw_zeros(t);
        size_t n_deck = pool_vanishing(t->pool, t->zeros, t->n_zeros, t->deck);
        if (n_deck < n_cols)
            continue;
        pool_draw(t->deck, n_deck, n_cols, &t->dice);
        load_samples(t);
        size_t rank = t->kernels->reduce(t->matrix, t->n, 1, t->stride, n_cols, t->pivots, t->table, stop, context);
        if (rank == SIZE_MAX)
            return false;
        if (rank == t->n) {
            open_block(t, 0);
            return true;
        }
    }
    return false;
}

/* Exchanges information sample p with redundancy sample r, whose bit in row p is 1. Row i becomes row i + t_ir (row p
 * without bit r), for every i but p, sigma too: substitute x_(I_p) = x_(R_r) + the other rows of column r. */
static void exchange(struct tableau *t, size_t p, size_t r) {
    t->kernels->pivot(t->planes, t->n_rows, p, r);
    uint32_t id = t->info[p];
    t->info[p] = t->redundancy[r];
    t->redundancy[r] = id;
}

void tableau_step(struct tableau *t) {
    /* A redundancy sample whose column is zero is a zero vector: pass it over. */
    for (size_t turn = 0; turn < TABLEAU_BITS; turn++) {
        size_t r = t->next_bit++ % TABLEAU_BITS;
        size_t start = dice_below(&t->dice, (uint32_t)t->n);
        for (size_t i = 0; i < t->n; i++) {
            size_t p = start + i < t->n ? start + i : start + i - t->n;
            if (tableau_bit(t, p, r)) {
                exchange(t, p, r);
                return;
            }
        }
    }
}
