/* What hardness.c measures and hardness_report.c makes of it.
 *
 * A unit is one session: the bimodal learner and then Eve's learners, on the same samples and labels, one thread, one
 * after the other. Parameters: "n", or "set" of another task, "session", "learners": {name: limit in seconds}. */
#ifndef PARLEY_EVE_LAB_HARDNESS_H
#define PARLEY_EVE_LAB_HARDNESS_H

#include "eve/lab/lab.h"
#include "eve/lab/trial.h"

extern const struct shape hardness_shape[]; /* of a result */

int hardness_report(struct lab_report *report);

/* hardness_tasks.c */
int hardness_tasks_plan(struct lab_plan *plan);
int hardness_tasks_run(const struct lab_unit *unit, json_t *result);
extern const struct shape hardness_tasks_parameters[];

/* One more of Eve's learners that was tried, to a list of a result. A fault of the unit changes the trial; log_factor
 * is of its clock. */
int hardness_tell(json_t *list, const struct lab_unit *unit, const char *name, double log_factor, struct trial *trial,
                  double limit);

extern const char hardness_separation[], hardness_learners[], hardness_ring[], hardness_lwe[]; /* gnuplot */

#endif
