#include "eve/f2/pool.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "eve/f2/elim.h"
#include "eve/f2/kernels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t row_words(const struct view *view) {
    return (view->params->n + 63) / 64;
}

int pool_init(struct pool *pool, const struct view *view, const uint32_t *ids, size_t n_ids) {
    enum { PIECE = 512 };
    size_t words = row_words(view), n = view_samples(view), bytes = view_row_bytes(view);
    *pool = (struct pool){.view = view, .ids = ids, .n_ids = n_ids, .row_words = words};
    if (n * words * 8 > POOL_CACHE_MAX)
        return 0;
    pool->rows = malloc(n * words * 8);
    uint8_t *piece = malloc(PIECE * bytes);
    if (!pool->rows || !piece) {
        free(piece);
        pool_deinit(pool);
        return -ENOMEM;
    }
    if (bytes % 8 == 0) {
        view_rows(view, 0, n, (uint8_t *)pool->rows);
    } else {
        memset(pool->rows, 0, n * words * 8);
        for (size_t first = 0; first < n; first += PIECE) {
            size_t now = n - first < PIECE ? n - first : PIECE;
            view_rows(view, first, now, piece);
            for (size_t i = 0; i < now; i++)
                memcpy(pool->rows + (first + i) * words, piece + i * bytes, bytes);
        }
    }
    free(piece);
    return 0;
}

void pool_deinit(struct pool *pool) {
    free(pool->rows);
    pool->rows = NULL;
}

size_t pool_bytes(const struct pool *pool) {
    return pool->rows ? view_samples(pool->view) * pool->row_words * 8 : 0;
}

void pool_row(const struct pool *pool, uint32_t id, uint64_t *row) {
    if (pool->rows) {
        memcpy(row, pool->rows + id * pool->row_words, pool->row_words * 8);
    } else {
        row[pool->row_words - 1] = 0;
        view_row(pool->view, id, (uint8_t *)row);
    }
}

int pool_solve(const struct pool *pool, const uint32_t *ids, const uint8_t *errors, uint8_t *s) {
    size_t n = pool->view->params->n, stride = elim_stride(n + 1);
    uint64_t *rows = aligned_alloc(64, n * stride * 8), *scratch = aligned_alloc(64, elim_scratch_bytes(stride));
    uint32_t *pivots = malloc(n * sizeof *pivots);
    int result = -ENOMEM;
    if (rows && scratch && pivots) {
        memset(rows, 0, n * stride * 8);
        for (size_t i = 0; i < n; i++) {
            uint64_t *row = rows + i * stride;
            pool_row(pool, ids[i], row);
            bit_xor((uint8_t *)row, n, view_label(pool->view, ids[i]) ^ (errors ? bit_get(errors, i) : 0));
        }
        size_t rank = kernels_best()->reduce(rows, n, 0, stride, n, pivots, scratch, NULL, NULL);
        result = rank == n ? 0 : -ERANGE;
        memset(s, 0, n / 8);
        for (size_t i = 0; result == 0 && i < n; i++)
            bit_xor(s, i, bit_get((const uint8_t *)(rows + i * stride), n));
    }
    free(rows);
    free(scratch);
    free(pivots);
    return result;
}

void dice_init(struct dice *dice, const uint8_t seed[static 32], const char *label, uint64_t index) {
    uint8_t key[32];
    prg_subkey(key, seed, label, index);
    dice->state = load64_le(key);
}

void pool_draw(const struct pool *pool, uint32_t *deck, size_t n, struct dice *dice) {
    for (size_t i = 0; i < n; i++) {
        size_t other = i + dice_below(dice, (uint32_t)(pool->n_ids - i));
        uint32_t id = deck[i];
        deck[i] = deck[other];
        deck[other] = id;
    }
}
