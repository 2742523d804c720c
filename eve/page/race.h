/* Races that need patience, beside whatever is shown: Alice and Bob agree over Eve's relay, the real programs on
 * loopback, and her learners turn to what has passed, until they have the key, the budget is spent or somebody stops
 * them. */
#ifndef PARLEY_EVE_PAGE_RACE_H
#define PARLEY_EVE_PAGE_RACE_H

#include "common/task/task.h"

#include <jansson.h>
#include <stdbool.h>

enum { RACES_MAX = 4, RACES_AT_ONCE = 2, RACE_BUDGET_MAX = 3600 }; /* sets that are kept; that run; seconds of Eve's */

struct races;
struct uv_loop_s;

/* folder: of the page, for the files of each. threads: of each of Eve's processes; 0: half of the processors. -ENOMEM.
 */
int races_new(struct races **racesp, struct uv_loop_s *loop, const char *folder, unsigned threads);
/* Begins one at this set, in the place of an older one that is over. budget: seconds, 1 to RACE_BUDGET_MAX. NULL, or
 * what is wrong. */
const char *races_start(struct races *races, const struct set *set, double budget);
/* She reports what she has. False: none runs at this set. */
bool races_stop(struct races *races, const char *params);
void races_poll(struct races *races);
/* A list of what is known of each, in the order in which they began; no key. */
json_t *races_told(const struct races *races);
void races_free(struct races *races); /* NULL is fine */

#endif
