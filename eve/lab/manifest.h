/* What a result needs to be believed: who computed it from what, when, on what. */
#ifndef PARLEY_EVE_LAB_MANIFEST_H
#define PARLEY_EVE_LAB_MANIFEST_H

#include "eve/lab/lab.h"

/* {"schema", "experiment", "size", "fault", "seed", "plan", "n_units", "parameters", "runs": []}. "plan" is a digest of
 * all that the units follow from: two folders with the same one hold parts of the same run. NULL: out of memory. */
json_t *manifest_new(const struct lab_experiment *experiment, const struct lab_plan *plan,
                     const uint8_t seed[static 32]);

/* One entry of "runs": source revision, processor, libraries, threads, shard, date. NULL: out of memory. */
json_t *manifest_run_new(unsigned n_threads, unsigned shard, unsigned n_shards);
/* It has ended, after so many wall seconds. */
int manifest_run_end(json_t *run, double seconds);

#endif
