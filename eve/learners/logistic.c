/* Logistic regression with LIBLINEAR: Fan, Chang, Hsieh, Wang, Lin, LIBLINEAR: a library for large linear
 * classification, JMLR 9, 2008. L1-regularised, since few features may matter. */
#include "eve/learners/generic.h"
#include "eve/learners/learners.h"

#ifdef HAVE_LIBLINEAR
#include <errno.h>
#include <linear.h>
#include <stdlib.h>
#include <string.h>

static void quiet(const char *text) {
    (void)text;
}

/* The features that are one, and an end mark. */
static size_t row_of(struct feature_node *nodes, const uint8_t *row, size_t n_features) {
    size_t n = 0;
    for (size_t f = 0; f < n_features; f++)
        if (bit_get(row, f))
            nodes[n++] = (struct feature_node){.index = (int)f + 1, .value = 1};
    nodes[n++] = (struct feature_node){.index = -1};
    return n;
}

struct trained {
    struct model *model;
    struct feature_node *row;
};

static int predict_rows(void *context, const struct generic *g, size_t first, size_t n, uint8_t *predictions) {
    const struct trained *trained = context;
    for (size_t i = first; i < first + n; i++) {
        row_of(trained->row, g->query + i * g->row_bytes, g->n_features);
        bit_xor(predictions, i, predict(trained->model, trained->row) > 0.5);
    }
    return 0;
}

static int train_one(const struct generic *g, struct problem *problem, size_t n_used, double c,
                     struct feature_node *row) {
    struct parameter parameter = {.solver_type = L1R_LR, .eps = 0.01, .C = c};
    problem->l = (int)n_used;
    struct trained trained = {train(problem, &parameter), row};
    if (!trained.model)
        return -ENOMEM;
    int error = generic_report(g, n_used, g->n_query, predict_rows, &trained);
    free_and_destroy_model(&trained.model);
    return error;
}

static int fit(const struct generic *g) {
    static const double strengths[] = {0.03, 0.3};
    size_t ones = g->n_train;
    for (size_t i = 0; i < g->n_train * g->row_bytes; i++)
        ones += (size_t)__builtin_popcount(g->train[i]);
    struct feature_node *nodes = calloc(ones, sizeof *nodes), *row = calloc(g->n_features + 1, sizeof *row);
    struct feature_node **rows = calloc(g->n_train, sizeof *rows);
    double *labels = calloc(g->n_train, sizeof *labels);
    int error = nodes && row && rows && labels ? 0 : -ENOMEM;
    size_t used = 0;
    for (size_t i = 0; !error && i < g->n_train; i++) {
        rows[i] = nodes + used;
        used += row_of(rows[i], g->train + i * g->row_bytes, g->n_features);
        labels[i] = bit_get(g->labels, i);
    }
    struct problem problem = {.n = (int)g->n_features, .y = labels, .x = rows, .bias = -1};
    set_print_string_function(quiet);
    /* Few samples first, so that there is something to report whatever the budget. */
    for (size_t part = 64; !error && part >= 1; part /= 8)
        for (size_t s = 0; !error && s < sizeof strengths / sizeof strengths[0]; s++)
            if (part == 1 || g->n_train / part >= 1000)
                error = train_one(g, &problem, g->n_train / part, strengths[s], row);
    free(nodes);
    free(row);
    free(rows);
    free(labels);
    return error;
}

GENERIC_LEARNER(logistic, "logistic regression (LIBLINEAR), which knows nothing of parities", fit)
#else
GENERIC_MISSING(logistic, "logistic regression (LIBLINEAR), which knows nothing of parities", "LIBLINEAR")
#endif
