/* What a run is made of: the experiment's plan, the seed and the share of the units that is done here. */
#ifndef PARLEY_EVE_LAB_PLAN_H
#define PARLEY_EVE_LAB_PLAN_H

#include "eve/lab/lab.h"

const char *lab_size_name(enum lab_size size);    /* "check", "quick", "full" */
const char *lab_fault_name(enum lab_fault fault); /* "none", "learner", ... */
/* Of one name, LAB_NO_FAULT for another. */
enum lab_fault lab_fault_find(const char *name);
/* The next fault after this one, LAB_NO_FAULT after the last. */
enum lab_fault lab_fault_next(enum lab_fault fault);
/* All that violate a claim of the experiment. */
unsigned lab_faults_of(const struct lab_experiment *experiment);

/* A list as --sets takes it. -EINVAL: *badp is the name that is none, at most 31 bytes. */
int plan_parse_sets(struct lab_plan *plan, const char *names, char bad[static 32]);

/* Of a made plan: whether each name of that list has at least one set that a unit is about. -EINVAL: *badp is the first
 * that has none. */
int plan_check_sets(const struct lab_plan *plan, const char *names, char bad[static 32]);

/* size, fault, budget, n_threads and sets are set. Calls the experiment. */
int plan_make(struct lab_plan *plan, const struct lab_experiment *experiment);
void plan_free(struct lab_plan *plan);

/* Shard i of n (1 ... n) has the units whose number is i - 1 modulo n; n = 0: all. */
bool plan_in_shard(size_t unit, unsigned shard, unsigned n_shards);

#endif
