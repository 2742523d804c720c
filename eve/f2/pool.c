#include "eve/f2/pool.h"

#include "common/base/prg.h"

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
    free(pool->columns);
    pool->rows = pool->columns = NULL;
}

size_t pool_bytes(const struct pool *pool) {
    return (pool->rows ? view_samples(pool->view) * pool->row_words * 8 : 0) +
           (pool->columns ? pool->view->params->n * pool->column_words * 8 : 0);
}

void pool_row(const struct pool *pool, uint32_t id, uint64_t *row) {
    if (pool->rows) {
        memcpy(row, pool->rows + id * pool->row_words, pool->row_words * 8);
    } else {
        row[pool->row_words - 1] = 0;
        view_row(pool->view, id, (uint8_t *)row);
    }
}

void dice_init(struct dice *dice, const uint8_t seed[static 32], const char *label, uint64_t index) {
    uint8_t key[32];
    prg_subkey(key, seed, label, index);
    dice->state = load64_le(key);
}

void pool_draw(uint32_t *deck, size_t n_deck, size_t n, struct dice *dice) {
    for (size_t i = 0; i < n; i++) {
        size_t other = i + dice_below(dice, (uint32_t)(n_deck - i));
        uint32_t id = deck[i];
        deck[i] = deck[other];
        deck[other] = id;
    }
}
