/* One of Eve's learners on one task or lesson, on one thread, against a clock that counts its processor seconds. */
#ifndef PARLEY_EVE_LAB_TRIAL_H
#define PARLEY_EVE_LAB_TRIAL_H

#include "eve/lab/instance.h"
#include "eve/lab/lesson.h"
#include "eve/learn/learner.h"

#define TRIAL_NO_LIMIT SIZE_MAX /* looks */

struct trial {
    struct learn_result result; /* its clocks count processor seconds, but wall seconds for a learner in a process of
                                   its own */
    double seconds;             /* processor seconds, a process of its own included */
    bool right;                 /* solved, and its hypothesis is the secret */
};

/* The learner has so many seconds: of the processor or, in a process of its own, of the wall; and so many looks at
 * whether to stop, which is the same work every time: TRIAL_NO_LIMIT or INFINITY for none. Comparing with the secret
 * stands for the key confirmation, by which Eve knows on the wire that she is done. The task was made with vectors.
 * -EINTR when the run is interrupted, -EINVAL for an unknown learner, -ENOMEM. */
int trial_run(struct trial *trial, const char *learner, const struct instance *task, const uint8_t seed[static 32],
              size_t looks, double seconds);

/* The same on what she hears of a lesson. h: what Alice has learned of it, with which hers is compared. Of LPN up to n
 * = 512, where the wire's one block of columns is the vectors row by row. */
int trial_lesson(struct trial *trial, const char *learner, struct lesson *lesson, const uint8_t *h,
                 const uint8_t seed[static 32], size_t looks, double seconds);

/* A figure that only this learner has, see learn_fact; `otherwise` if it did not say. */
double trial_fact(const struct trial *trial, const char *name, double otherwise);

#endif
