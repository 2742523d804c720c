#include "common/task/lpn/compose_lanes.h"

#include "common/base/secret.h"
#include "common/task/lpn/chunks.h"
#include "common/task/lpn/matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_LANES = 3,
    SLICE_BYTES = 2 << 20, /* of A that one job expands and adds */
};

enum lane_state { LANE_FREE, LANE_SUMMING, LANE_COMPLETE };

struct lane {
    struct job job;
    struct compose_lanes *all;
    enum lane_state state;
    bool busy;
    size_t block, row, slice;
    uint8_t *sums; /* k rows of one block */
};

struct write_job {
    struct job job;
    struct compose_lanes *all;
    bool busy;
    const struct lane *lane; /* whose block the chunk is of: other lanes change meanwhile */
    uint8_t *place;
};

struct compose_lanes {
    const struct params *params;
    const struct code *code;
    const struct recipes *recipes;
    struct kept *kept;
    uint8_t key[32];
    size_t n_blocks, next_block;
    struct chunks chunk; /* the one to write next */
    struct lane lanes[N_LANES];
    struct write_job write;
};

static void run_lane(struct job *job) {
    struct lane *lane = (struct lane *)job;
    const struct compose_lanes *l = lane->all;
    if (lane->row == 0)
        compose_begin(lane->sums, l->code, lane->block);
    compose_rows(lane->sums, l->params, l->recipes, l->key, lane->block, lane->row, lane->slice);
}

/* Which lane has this block, N_LANES for none. */
static size_t lane_number(const struct compose_lanes *l, size_t block) {
    size_t i = 0;
    while (i < N_LANES && (l->lanes[i].state == LANE_FREE || l->lanes[i].block != block))
        i++;
    return i;
}

static struct lane *lane_of(struct compose_lanes *l, size_t block) {
    size_t i = lane_number(l, block);
    return i < N_LANES ? &l->lanes[i] : NULL;
}

static void run_write(struct job *job) {
    const struct write_job *w = (struct write_job *)job;
    const struct compose_lanes *l = w->all;
    const uint8_t *vectors = w->lane->sums + l->chunk.row * matrix_width(l->params->n, l->chunk.block);
    memcpy(w->place, vectors, chunks_bytes(&l->chunk));
    kept_take(l->kept, &l->chunk, vectors);
}

int compose_lanes_new(struct compose_lanes **lp, const struct params *params, const struct code *code,
                      const struct recipes *recipes, struct kept *kept, const uint8_t key[static 32]) {
    struct compose_lanes *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->params = params;
    l->code = code;
    l->recipes = recipes;
    l->kept = kept;
    memcpy(l->key, key, 32);
    l->n_blocks = matrix_blocks(params->n);
    chunks_init(&l->chunk, params);
    l->write = (struct write_job){.job.run = run_write, .all = l};
    for (size_t i = 0; i < N_LANES && i < l->n_blocks; i++) {
        l->lanes[i] = (struct lane){.job.run = run_lane, .all = l};
        l->lanes[i].sums = aligned_alloc(64, (params->k * matrix_width(params->n, 0) + 63) / 64 * 64);
        if (!l->lanes[i].sums) {
            compose_lanes_free(l);
            return -ENOMEM;
        }
    }
    *lp = l;
    return 0;
}

void compose_lanes_free(struct compose_lanes *l) {
    if (!l)
        return;
    for (size_t i = 0; i < N_LANES; i++)
        free(l->lanes[i].sums); /* all of it went over the wire */
    secret_free(l);
}

static struct job *next_slice(struct lane *lane) {
    const struct params *p = lane->all->params;
    size_t most = SLICE_BYTES / matrix_width(p->n, lane->block) / 64 * 64;
    lane->slice = p->m - lane->row < most ? p->m - lane->row : most;
    lane->busy = true;
    lane->job.micros = job_micros(lane->slice * matrix_width(p->n, lane->block), JOB_STREAM) +
                       job_micros((size_t)p->k * p->w * lane->slice / p->m, JOB_EDGES);
    return &lane->job;
}

bool compose_lanes_can_write(const struct compose_lanes *l) {
    size_t i = lane_number(l, l->chunk.block);
    return i < N_LANES && l->lanes[i].state == LANE_COMPLETE && !l->write.busy;
}

struct job *compose_lanes_next_job(struct compose_lanes *l, uint8_t *place) {
    struct lane *lane;
    if (place && compose_lanes_can_write(l)) {
        l->write.busy = true;
        l->write.lane = lane_of(l, l->chunk.block);
        l->write.place = place;
        l->write.job.micros = job_micros(chunks_bytes(&l->chunk), JOB_COPY);
        return &l->write.job;
    }
    /* the lowest block first: its chunks are the next to go */
    for (size_t b = l->chunk.block; b < l->next_block; b++) {
        lane = lane_of(l, b);
        if (lane && lane->state == LANE_SUMMING && !lane->busy)
            return next_slice(lane);
    }
    for (size_t i = 0; i < N_LANES && l->next_block < l->n_blocks; i++)
        if (l->lanes[i].state == LANE_FREE && l->lanes[i].sums) {
            l->lanes[i].state = LANE_SUMMING;
            l->lanes[i].block = l->next_block++;
            l->lanes[i].row = 0;
            return next_slice(&l->lanes[i]);
        }
    return NULL;
}

static void next_chunk(struct compose_lanes *l) {
    size_t block = l->chunk.block;
    chunks_next(&l->chunk);
    if (l->chunk.block != block)
        lane_of(l, block)->state = LANE_FREE;
}

bool compose_lanes_job_done(struct compose_lanes *l, struct job *job) {
    if (job == &l->write.job) {
        l->write.busy = false;
        next_chunk(l);
        return true;
    }
    struct lane *lane = (struct lane *)job;
    lane->busy = false;
    lane->row += lane->slice;
    if (lane->row == l->params->m)
        lane->state = LANE_COMPLETE;
    return false;
}

bool compose_lanes_finished(const struct compose_lanes *l) {
    return chunks_finished(&l->chunk);
}
