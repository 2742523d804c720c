/* Composing as jobs: lanes sum up a column block each; as soon as the lowest block is complete its chunks are written
 * in order, while the other lanes work on the blocks after it. */
#ifndef PARLEY_LPN_COMPOSE_LANES_H
#define PARLEY_LPN_COMPOSE_LANES_H

#include "common/base/job.h"
#include "common/task/lpn/compose.h"
#include "common/task/lpn/kept.h"

#include <stdbool.h>

struct compose_lanes;

/* Everything but key (32 bytes, copied) is borrowed; kept gets what is written. -ENOMEM. */
int compose_lanes_new(struct compose_lanes **lp, const struct params *params, const struct code *code,
                      const struct recipes *recipes, struct kept *kept, const uint8_t key[static 32]);
/* No job may be outstanding. NULL is fine. */
void compose_lanes_free(struct compose_lanes *l);

/* place: for the next chunk, or NULL. */
struct job *compose_lanes_next_job(struct compose_lanes *l, uint8_t *place);

/* True if by this the next chunk is written. */
bool compose_lanes_job_done(struct compose_lanes *l, struct job *job);

/* The next chunk can be written, once it has a place. */
bool compose_lanes_can_write(const struct compose_lanes *l);

/* All chunks are written. */
bool compose_lanes_finished(const struct compose_lanes *l);

#endif
