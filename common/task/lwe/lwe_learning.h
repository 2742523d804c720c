/* Step A3 as jobs: the learner, then what its hypothesis leaves of all labels, then the verdict. */
#ifndef PARLEY_LWE_LEARNING_H
#define PARLEY_LWE_LEARNING_H

#include "common/base/job.h"
#include "common/task/lwe/composer.h"
#include "common/task/lwe/verdict.h"

struct learn;

struct lwe_learning_result {
    const struct lwe_params *params;
    int16_t h[LWE_PARAMS_N_MAX]; /* the hypothesis */
    uint32_t error;              /* of the learner's input: sum over j of its distance from D h_j */
    struct verdict verdict;
};

/* All borrowed until lwe_learning_free but key (of A, copied). labels: m + n of them. -ENOMEM. */
int lwe_learning_new(struct learn **lp, const struct ternary *recipes, const struct composer *composed,
                     const uint8_t key[static 32], const uint8_t *labels);
/* No job may be out. NULL is fine. Wipes. */
void lwe_learning_free(struct learn *l);

struct job *lwe_learning_work(struct learn *l);
/* 1: the result is known. */
int lwe_learning_done(struct learn *l, struct job *job);
const struct lwe_learning_result *lwe_learning_result(const struct learn *l);

#endif
