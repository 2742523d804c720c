/* A batch of independent parts of work, handed out as jobs. */
#ifndef PARLEY_BASE_BATCH_H
#define PARLEY_BASE_BATCH_H

#include "common/base/job.h"

#include <stdbool.h>
#include <stddef.h>

enum { BATCH_SLOTS = 4 }; /* jobs of one batch that may be outstanding */

struct batch;

struct batch_slot {
    struct job job;
    struct batch *batch;
    size_t part;
    bool busy;
};

struct batch {
    struct batch_slot slots[BATCH_SLOTS];
    void (*run)(void *context, size_t part);
    void *context;
    size_t n_parts, n_given, n_done;
    unsigned last_micros; /* of the last part; 0: as the others */
};

/* Parts 0 ... n_parts - 1 are to be run by run(context, part). No batch may be under way. */
void batch_start(struct batch *b, size_t n_parts, void (*run)(void *context, size_t part), void *context);

/* What each of its parts takes: struct job. */
void batch_set_micros(struct batch *b, unsigned micros);
/* The last part takes another time. */
void batch_set_last_micros(struct batch *b, unsigned micros);

/* The next job, NULL if all parts are given out or all slots taken. */
struct job *batch_next(struct batch *b);

/* True if the job was this batch's; *finishedp tells whether the whole batch is done by it. */
bool batch_take_back(struct batch *b, struct job *job, bool *finishedp);

#endif
