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

struct layout {
    size_t planes, matrix, table, samples, info, pivots, deck, all;
};

static struct layout lay_out(const struct pool *pool) {
    size_t n = pool->view->params->n, stride = elim_stride(n + TABLEAU_BITS);
    struct layout l = {
        .planes = aligned(4 * n_rows(n) * 8),
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
    return lay_out(pool).all;
}

int tableau_init(struct tableau *t, const struct pool *pool, const uint8_t seed[static 32], unsigned thread) {
    size_t n = pool->view->params->n;
    *t = (struct tableau){.pool = pool, .kernels = kernels_best(), .n = n, .n_rows = n_rows(n)};
    if (pool->n_ids < n + TABLEAU_BITS)
        return -ERANGE;
    struct layout l = lay_out(pool);
    uint8_t *p = t->memory = aligned_alloc(64, l.all);
    if (!p)
        return -ENOMEM;
    t->stride = elim_stride(n + TABLEAU_BITS);
    for (size_t q = 0; q < 4; q++)
        t->planes[q] = (uint64_t *)p + q * n_rows(n);
    memset(p, 0, l.planes);
    t->matrix = (uint64_t *)(p += l.planes);
    t->table = (uint64_t *)(p += l.matrix);
    t->samples = (uint64_t *)(p += l.table);
    t->info = (uint32_t *)(p += l.samples);
    t->pivots = (uint32_t *)(p += l.info);
    t->deck = (uint32_t *)(p += l.pivots);
    memcpy(t->deck, pool->ids, pool->n_ids * sizeof *t->deck);
    dice_init(&t->dice, seed, "eve/1 tableau", thread);
    return 0;
}

void tableau_deinit(struct tableau *t) {
    free(t->memory);
    t->memory = NULL;
}

/* matrix = the drawn samples as columns, their labels as row n */
static void load_samples(struct tableau *t) {
    size_t n = t->n, n_cols = n + TABLEAU_BITS, words = t->pool->row_words;
    memset(t->matrix + n * t->stride, 0, t->stride * 8);
    for (size_t c = 0; c < n_cols; c += 64) {
        size_t now = n_cols - c < 64 ? n_cols - c : 64;
        for (size_t i = 0; i < now; i++) {
            pool_row(t->pool, t->deck[c + i], t->samples + i * words);
            t->matrix[n * t->stride + c / 64] |= (uint64_t)view_label(t->pool->view, t->deck[c + i]) << i;
        }
        memset(t->samples + now * words, 0, (64 - now) * words * 8);
        for (size_t w = 0; w < words; w++) {
            uint64_t block[64];
            for (size_t i = 0; i < 64; i++)
                block[i] = t->samples[i * words + w];
            t->kernels->transpose64(block);
            size_t rows = n - 64 * w < 64 ? n - 64 * w : 64;
            for (size_t i = 0; i < rows; i++)
                t->matrix[(64 * w + i) * t->stride + c / 64] = block[i];
        }
    }
    /* the rest of the last line is read, never used */
    size_t used = (n_cols + 63) / 64;
    for (size_t i = 0; i < n && used < t->stride; i++)
        memset(t->matrix + i * t->stride + used, 0, (t->stride - used) * 8);
}

/* Planes, info and redundancy from the reduced matrix. Nearly always the pivots are nearly the first n columns: the
 * planes are the last 256 columns, in which those that are pivots give way to the columns before that are none. */
static void take_planes(struct tableau *t) {
    size_t n = t->n, shift = n % 64, word = n / 64;
    for (size_t i = 0; i <= n; i++) {
        const uint64_t *row = t->matrix + i * t->stride + word;
        for (size_t q = 0; q < 4; q++)
            t->planes[q][i] = shift ? row[q] >> shift | row[q + 1] << (64 - shift) : row[q];
    }
    for (size_t j = 0; j < TABLEAU_BITS; j++)
        t->redundancy[j] = t->deck[n + j];
    for (size_t i = 0; i < n; i++)
        t->info[i] = t->deck[t->pivots[i]];

    size_t free_column = 0, p = 0; /* pivots ascend: walk both */
    for (size_t late = 0; late < n; late++) {
        if (t->pivots[late] < n)
            continue;
        while (p < n && t->pivots[p] == free_column)
            p++, free_column++;
        size_t j = t->pivots[late] - n;
        for (size_t i = 0; i <= n; i++) {
            uint64_t bit = t->matrix[i * t->stride + free_column / 64] >> (free_column % 64) & 1;
            t->planes[j / 64][i] = (t->planes[j / 64][i] & ~((uint64_t)1 << (j % 64))) | bit << (j % 64);
        }
        t->redundancy[j] = t->deck[free_column];
        free_column++;
    }
}

bool tableau_build(struct tableau *t, bool (*stop)(void *context), void *context) {
    enum { ATTEMPTS = 8 };
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        pool_draw(t->pool, t->deck, t->n + TABLEAU_BITS, &t->dice);
        load_samples(t);
        size_t rank =
            t->kernels->reduce(t->matrix, t->n, 1, t->stride, t->n + TABLEAU_BITS, t->pivots, t->table, stop, context);
        if (rank == SIZE_MAX)
            return false;
        if (rank == t->n) {
            take_planes(t);
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
