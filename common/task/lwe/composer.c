#include "common/task/lwe/composer.h"

#include "common/base/secret.h"
#include "common/task/lwe/combine.h"
#include "common/task/lwe/rows.h"
#include "common/task/lwe/zq.h"

#include <errno.h>
#include <string.h>

enum {
    N_LANES = 3,
    SLICE_ROWS = 8 * ROWS_PIECE, /* of A that one job expands and adds */
    MAX_BLOCKS = (LWE_PARAMS_N_MAX + ROWS_BLOCK - 1) / ROWS_BLOCK,
};

struct lane {
    struct job job;
    struct composer *all;
    bool used, busy;
    size_t block, row, slice; /* rows that are added, and that are being added */
};

struct write_job {
    struct job job;
    const struct composer *all;
    bool busy;
    uint8_t *place;
};

struct composer {
    const struct lwe_params *params;
    const struct ternary *recipes;
    uint8_t key[32];
    size_t n_blocks, next_block, chunk; /* not begun yet; to be written next */
    bool complete[MAX_BLOCKS];
    struct lane lanes[N_LANES];
    struct write_job write;
    uint16_t *sums; /* without D u_j; column by column, as combine.h has it */
};

static uint16_t *sums_of(const struct composer *c, size_t block) {
    return c->sums + block * ROWS_BLOCK * c->params->n;
}

static void run_lane(struct job *job) {
    _Alignas(64) uint8_t rows[2 * ROWS_BLOCK * ROWS_PIECE];
    const struct lane *lane = (struct lane *)job;
    const struct composer *c = lane->all;
    size_t n = c->params->n, end = lane->row + lane->slice;
    for (size_t i = lane->row; i < end; i += ROWS_PIECE) {
        size_t now = end - i < ROWS_PIECE ? end - i : ROWS_PIECE;
        rows_expand(rows, c->key, c->params->m, n, lane->block, i, now);
        combine_rows(sums_of(c, lane->block), n, rows, now, rows_width(n, lane->block),
                     c->recipes->packed + i / COMBINE_GROUP * n);
    }
}

/* Turns the block's columns into rows, and adds D u_j. */
static void run_write(struct job *job) {
    const struct write_job *write = (struct write_job *)job;
    const struct composer *c = write->all;
    const uint16_t *sums = sums_of(c, c->chunk);
    size_t n = c->params->n, width = rows_width(n, c->chunk), first = c->chunk * ROWS_BLOCK;
    for (size_t j = 0; j < n; j++)
        for (size_t column = 0; column < width; column++)
            zq_store(write->place, j * width + column, sums[column * n + j]);
    for (size_t column = 0; column < width; column++)
        zq_add(write->place, (first + column) * width + column, LWE_PARAMS_DISTANCE);
}

int composer_new(struct composer **cp, const struct ternary *recipes, const uint8_t key[static 32]) {
    struct composer *c = secret_new(sizeof *c);
    if (!c)
        return -ENOMEM;
    c->params = recipes->params;
    c->recipes = recipes;
    memcpy(c->key, key, 32);
    c->n_blocks = rows_blocks(c->params->n);
    c->write = (struct write_job){.job.run = run_write, .all = c};
    for (size_t i = 0; i < N_LANES; i++)
        c->lanes[i] = (struct lane){.job.run = run_lane, .all = c};
    c->sums = secret_new((size_t)c->params->n * c->params->n * sizeof *c->sums);
    if (!c->sums) {
        composer_free(c);
        return -ENOMEM;
    }
    *cp = c;
    return 0;
}

void composer_free(struct composer *c) {
    if (!c)
        return;
    secret_free(c->sums);
    secret_free(c);
}

static struct job *next_slice(struct lane *lane) {
    size_t left = lane->all->params->m - lane->row;
    lane->slice = left < SLICE_ROWS ? left : SLICE_ROWS;
    lane->busy = true;
    return &lane->job;
}

struct job *composer_work(struct composer *c, uint8_t *place) {
    if (place && c->chunk < c->n_blocks && c->complete[c->chunk] && !c->write.busy) {
        c->write.busy = true;
        c->write.place = place;
        return &c->write.job;
    }
    struct lane *lowest = NULL, *unused = NULL; /* the lowest block's chunk is the next to go */
    for (size_t i = 0; i < N_LANES; i++) {
        struct lane *lane = &c->lanes[i];
        if (!lane->used)
            unused = lane;
        else if (!lane->busy && (!lowest || lane->block < lowest->block))
            lowest = lane;
    }
    if (lowest)
        return next_slice(lowest);
    if (!unused || c->next_block == c->n_blocks)
        return NULL;
    unused->used = true;
    unused->block = c->next_block++;
    unused->row = 0;
    return next_slice(unused);
}

bool composer_done(struct composer *c, struct job *job) {
    if (job == &c->write.job) {
        c->write.busy = false;
        c->chunk++;
        return true;
    }
    struct lane *lane = (struct lane *)job;
    lane->busy = false;
    lane->row += lane->slice;
    if (lane->row == c->params->m) {
        c->complete[lane->block] = true;
        lane->used = false;
    }
    return false;
}

void composer_dot(const struct composer *c, uint16_t *products, const int16_t *h) {
    size_t n = c->params->n;
    for (size_t column = 0; column < n; column++)
        for (size_t j = 0; j < n; j++)
            products[j] = (uint16_t)(products[j] + c->sums[column * n + j] * h[column]);
    for (size_t j = 0; j < n; j++)
        products[j] = (uint16_t)(products[j] + LWE_PARAMS_DISTANCE * h[j]);
}

const struct lwe_params *composer_params(const struct composer *c) {
    return c->params;
}
