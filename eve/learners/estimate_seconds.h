/* What a session of a set costs Eve, in one currency: seconds of a core of this machine. Rules of thumb, for the order
 * in which she takes sessions of different tasks, and shown to nobody: the tables of eve estimate keep their currencies
 * apart.
 *
 * Of lpn and ring it is bit operations, of which a core of the machine on which the formulas were fitted does about
 * 2^35 a second. Of lwe one step of core-SVP counts as a second, which fits the sets that fall (l96, l112) and no
 * others. */
#ifndef PARLEY_EVE_ESTIMATE_SECONDS_H
#define PARLEY_EVE_ESTIMATE_SECONDS_H

#include "common/task/task.h"

/* Until success on average; INFINITY for a task without an estimate. Takes some milliseconds. */
double estimate_seconds(const struct set *set);

#endif
