/* Step A2 as jobs: composes the column blocks side by side, and encodes their chunks in order. */
#ifndef PARLEY_ALICE_COMPOSE_LANES_H
#define PARLEY_ALICE_COMPOSE_LANES_H

#include "common/base/job.h"
#include "common/task/lpn/compose.h"

#include <stdbool.h>

struct compose_lanes;

/* Everything but key (32 bytes, copied) is borrowed. -ENOMEM. */
int compose_lanes_new(struct compose_lanes **lp, const struct params *params, const struct code *code,
                      const struct recipes *recipes, const uint8_t key[static 32]);
/* No job may be outstanding. NULL is fine. */
void compose_lanes_free(struct compose_lanes *l);

/* n_queued: bytes that wait to be sent; no chunk is encoded while they are many. */
struct job *compose_lanes_next_job(struct compose_lanes *l, size_t n_queued);

/* True if a chunk is ready: take it before any other call. */
bool compose_lanes_job_done(struct compose_lanes *l, struct job *job);

/* The chunk's frame (free()), and how many of how many chunks that makes. -ENOMEM. */
int compose_lanes_take(struct compose_lanes *l, uint8_t **framep, size_t *n_framep, uint32_t *donep, uint32_t *totalp);

#endif
