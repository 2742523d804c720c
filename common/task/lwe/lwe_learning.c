#include "common/task/lwe/lwe_learning.h"

#include "common/base/batch.h"
#include "common/base/secret.h"
#include "common/task/lwe/rounding.h"
#include "common/task/lwe/rows.h"
#include "common/task/lwe/zq.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum phase { ROUNDING, CHECKING, FINISHED };

struct learn {
    const struct ternary *recipes;
    const struct composer *composed;
    uint8_t key[32];
    const uint8_t *labels;
    enum phase phase;
    struct batch batch;
    int16_t minus[LWE_PARAMS_N_MAX]; /* -h */
    uint8_t *left;                   /* labels, then what h leaves of them */
    struct lwe_learning_result result;
};

static void run_rounding(void *context, size_t part) {
    struct learn *l = context;
    (void)part;
    l->result.error = rounding_learn(l->result.h, l->recipes, l->labels);
}

static void check_composed(struct learn *l) {
    const struct lwe_params *p = l->result.params;
    uint16_t products[LWE_PARAMS_N_MAX] = {0};
    composer_dot(l->composed, products, l->minus);
    for (size_t j = 0; j < p->n; j++)
        zq_add(l->left, p->m + j, products[j]);
    sodium_memzero(products, sizeof products);
}

/* Part 0 is that of the composed labels, the others are those of the plain ones: A is expanded once more. */
static void run_check(void *context, size_t part) {
    struct learn *l = context;
    const struct lwe_params *p = l->result.params;
    if (part == 0)
        check_composed(l);
    else
        rows_label_part(l->left, l->key, p->m, p->n, l->minus, part - 1);
}

int lwe_learning_new(struct learn **lp, const struct ternary *recipes, const struct composer *composed,
                     const uint8_t key[static 32], const uint8_t *labels) {
    const struct lwe_params *p = recipes->params;
    struct learn *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->recipes = recipes;
    l->composed = composed;
    l->result.params = p;
    memcpy(l->key, key, 32);
    l->labels = labels;
    l->left = secret_new(2 * p->set.n_labels);
    if (!l->left) {
        lwe_learning_free(l);
        return -ENOMEM;
    }
    batch_start(&l->batch, 1, run_rounding, l);
    *lp = l;
    return 0;
}

void lwe_learning_free(struct learn *l) {
    if (!l)
        return;
    secret_free(l->left);
    secret_free(l);
}

struct job *lwe_learning_work(struct learn *l) {
    return l->phase == FINISHED ? NULL : batch_next(&l->batch);
}

static void start_check(struct learn *l) {
    const struct lwe_params *p = l->result.params;
    l->phase = CHECKING;
    memcpy(l->left, l->labels, 2 * p->set.n_labels);
    for (size_t j = 0; j < p->n; j++)
        l->minus[j] = (int16_t)-l->result.h[j];
    batch_start(&l->batch, 1 + rows_label_parts(p->m, p->n), run_check, l);
}

int lwe_learning_done(struct learn *l, struct job *job) {
    bool finished = false;
    batch_take_back(&l->batch, job, &finished);
    if (!finished)
        return 0;
    if (l->phase == ROUNDING) {
        start_check(l);
        return 0;
    }
    verdict_reach(&l->result.verdict, l->result.params, l->left, l->result.h);
    l->phase = FINISHED;
    return 1;
}

const struct lwe_learning_result *lwe_learning_result(const struct learn *l) {
    return &l->result;
}
