/* What hardness.c measures and hardness_report.c makes of it.
 *
 * A unit is one session: the bimodal learner and then Eve's learners, on the same samples and labels, one thread, one
 * after the other. Parameters: "n", "session", "learners": {name: limit in seconds}. */
#ifndef PARLEY_EVE_LAB_HARDNESS_H
#define PARLEY_EVE_LAB_HARDNESS_H

#include "eve/lab/lab.h"

extern const struct shape hardness_shape[]; /* of a result */

int hardness_report(struct lab_report *report);

extern const char hardness_separation[], hardness_learners[]; /* gnuplot */

#endif
