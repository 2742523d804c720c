/* The order of a Bob's work who labels many samples: noise first, so that the labels only ever hold sums with noise;
 * then parts of the samples that he expands himself, and chunks of those that come from outside, side by side. */
#ifndef PARLEY_BASE_LABELLING_H
#define PARLEY_BASE_LABELLING_H

#include "common/base/batch.h"

struct labelling;

struct labelling_job {
    struct job job;
    struct labelling *all;
    void (*run)(void *context);
    bool due, busy;
};

struct labelling {
    struct labelling_job noise, chunk;
    void (*run_rows)(void *context, size_t part);
    void *context; /* of all three */
    struct batch rows;
    bool rows_done;
};

void labelling_init(struct labelling *l, void (*noise)(void *context), void (*rows)(void *context, size_t part),
                    void (*chunk)(void *context), void *context);

/* Labels that are all 0 are to be filled: noise, then n_parts parts of rows. No work may be out. */
void labelling_start(struct labelling *l, size_t n_parts);
/* What noise, a part of the rows and a chunk take: struct job. After labelling_start. */
void labelling_set_micros(struct labelling *l, unsigned noise, unsigned rows, unsigned chunk);
/* A chunk has come. The one before is dealt with. */
void labelling_chunk(struct labelling *l);

/* The next job, NULL if there is none now. */
struct job *labelling_next(struct labelling *l);
/* True if by this the chunk is dealt with. */
bool labelling_take_back(struct labelling *l, struct job *job);

#endif
