#include "common/task/lwe/lwe_learning.h"

#include "common/base/secret.h"
#include "common/task/lwe/rounding.h"

#include <errno.h>
#include <string.h>

struct learn {
    struct job job;
    bool given;
    const struct ternary *recipes;
    const struct composer *composed;
    uint8_t key[32];
    const uint8_t *labels;
    struct lwe_learning_result result;
};

static void run(struct job *job) {
    struct learn *l = (struct learn *)job;
    l->result.error = rounding_learn(l->result.h, l->recipes, l->labels);
    verdict_reach(&l->result.verdict, l->composed, l->key, l->labels, l->result.h);
}

int lwe_learning_new(struct learn **lp, const struct ternary *recipes, const struct composer *composed,
                     const uint8_t key[static 32], const uint8_t *labels) {
    struct learn *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->job.run = run;
    l->recipes = recipes;
    l->composed = composed;
    l->result.params = recipes->params;
    memcpy(l->key, key, 32);
    l->labels = labels;
    *lp = l;
    return 0;
}

void lwe_learning_free(struct learn *l) {
    secret_free(l);
}

struct job *lwe_learning_work(struct learn *l) {
    if (l->given)
        return NULL;
    l->given = true;
    return &l->job;
}

int lwe_learning_done(struct learn *l, struct job *job) {
    return job == &l->job;
}

const struct lwe_learning_result *lwe_learning_result(const struct learn *l) {
    return &l->result;
}
