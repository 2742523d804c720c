/* Step A3 as jobs: the learner's input from labels and recipes, the learner, and the self-check of what it proposes
 * over all plain labels. */
#ifndef PARLEY_LPN_LEARNING_H
#define PARLEY_LPN_LEARNING_H

#include "common/base/job.h"
#include "common/task/lpn/code.h"
#include "common/task/lpn/recipes.h"
#include "common/task/task.h"

#include <stdbool.h>

struct learn;

struct learning_result {
    const struct params *params;
    bool accepted;
    uint8_t h[PARAMS_N_MAX / 8]; /* the hypothesis, n bits */
    double symbol_error;         /* before decoding, expected p */
    uint32_t iterations;
    uint32_t disagreements; /* of m plain labels, expected theta m */

    /* Once it is accepted: */
    uint32_t composed_errors; /* of k composed labels, expected theta k */
    struct learned_round rounds[TASK_ROUNDS_MAX];
    size_t n_rounds;
    bool noisy; /* both numbers are as large as an honest bob's */
};

/* All borrowed until learning_free but key (of A, copied). labels: m + k bits. -ENOMEM. */
int learning_new(struct learn **lp, const struct params *params, const struct code *code, const struct recipes *recipes,
                 const uint8_t *labels, const uint8_t key[static 32]);
/* No job may be outstanding. NULL is fine. Wipes. */
void learning_free(struct learn *l);

struct job *learning_next_job(struct learn *l);
/* 1 when the result is known. */
int learning_job_done(struct learn *l, struct job *job);
const struct learning_result *learning_result(const struct learn *l);

#endif
