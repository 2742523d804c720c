/* Step A3 as jobs: the learner's input from labels and recipes, the learner, and the self-check of what it proposes
 * over a sample of the plain labels (DESIGN.md section 2). */
#ifndef PARLEY_LPN_LEARNING_H
#define PARLEY_LPN_LEARNING_H

#include "common/base/job.h"
#include "common/task/lpn/code.h"
#include "common/task/lpn/kept.h"
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
    uint32_t disagreements; /* of params_checked plain labels, a share theta is expected */

    /* Once it is accepted: */
    uint32_t composed_errors; /* of params_kept composed labels, likewise */
    struct learned_round rounds[TASK_ROUNDS_MAX];
    size_t n_rounds;
    bool noisy; /* both numbers are as large as an honest bob's */
};

/* All borrowed until learning_free but the keys: of A, and of the choice of labels that are looked at, which nobody
 * else knows. kept: all of it is taken. labels: m + k bits. -ENOMEM. */
int learning_new(struct learn **lp, const struct params *params, const struct code *code, const struct recipes *recipes,
                 const struct kept *kept, const uint8_t *labels, const uint8_t key[static 32],
                 const uint8_t check_key[static 32]);
/* No job may be outstanding. NULL is fine. Wipes. */
void learning_free(struct learn *l);

struct job *learning_next_job(struct learn *l);
/* 1 when the result is known. */
int learning_job_done(struct learn *l, struct job *job);
const struct learning_result *learning_result(const struct learn *l);

#endif
