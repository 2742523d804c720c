/* What the generic learners share: learners from libraries that know nothing of parities. They get samples as vectors
 * of bits and labels, and predict labels that they do not see.
 *
 * The features of a sample are its n bits (of LWE: the highest bits of its numbers, and the label is its highest) and,
 * as a gift, the parities of the n pairs of bits that agree best (or worst) with the training labels: so each of them
 * can learn any parity of one or two bits, and what they cannot learn is due to the labels. Screening features by their
 * correlation: Fan, Lv, Sure independence screening, JRSS B 70, 2008.
 */
#ifndef PARLEY_EVE_GENERIC_H
#define PARLEY_EVE_GENERIC_H

#include "eve/learn/learner_run.h"

#include "common/base/bytes.h"

/* What a learner sees, in its child process. */
struct generic {
    size_t n_features, row_bytes;
    size_t n_train, n_query;
    const uint8_t *train, *query; /* rows of packed features; those of query have no labels */
    const uint8_t *labels;        /* of train, packed */
    unsigned n_threads, seed;
    void *emit; /* generic.c's */
};

static inline unsigned generic_train(const struct generic *g, size_t i, size_t feature) {
    return bit_get(g->train + i * g->row_bytes, feature);
}

static inline unsigned generic_query(const struct generic *g, size_t i, size_t feature) {
    return bit_get(g->query + i * g->row_bytes, feature);
}

/* Sets bit i of predictions, for the query rows i = first ... first + n - 1, where the label 1 is predicted. */
typedef int generic_predict(void *context, const struct generic *g, size_t first, size_t n, uint8_t *predictions);

/* Here is a predictor that was trained on the first n_used samples: its predictions for all query rows, at most `batch`
 * at a time, go to the parent. The first error, or 0. */
int generic_report(const struct generic *g, size_t n_used, size_t batch, generic_predict *predict, void *context);

/* Runs fit in a child process that ends with the budget and has at most 2 GiB. */
int generic_run(struct learn_run *run, int (*fit)(const struct generic *g));

/* The row of a generic learner; and of one whose library was not there when eve was built. */
#define GENERIC_LEARNER(name_, summary_, fit)                                                                          \
    static int run(struct learn_run *run) {                                                                            \
        return generic_run(run, fit);                                                                                  \
    }                                                                                                                  \
    const struct learner_kind learner_##name_ = {.name = #name_,                                                       \
                                                 .summary = summary_,                                                  \
                                                 .tasks = LEARNS("lpn", "ring", "lwe"),                                \
                                                 .split = SPLIT_SAMPLES,                                               \
                                                 .run = run};

#define GENERIC_MISSING(name_, summary_, library)                                                                      \
    static const char *missing(const struct view *view) {                                                              \
        (void)view;                                                                                                    \
        return "eve was built without " library;                                                                       \
    }                                                                                                                  \
    const struct learner_kind learner_##name_ = {.name = #name_,                                                       \
                                                 .summary = summary_,                                                  \
                                                 .tasks = LEARNS("lpn", "ring", "lwe"),                                \
                                                 .split = SPLIT_SAMPLES,                                               \
                                                 .not_applicable = missing};

#endif
