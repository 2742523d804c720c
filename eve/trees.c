/* Boosted trees with XGBoost: Chen, Guestrin, XGBoost: a scalable tree boosting system, KDD 2016. */
#include "eve/generic.h"
#include "eve/learners.h"

#ifdef HAVE_XGBOOST
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xgboost/c_api.h>

static void fill(float *cells, const uint8_t *rows, size_t row_bytes, size_t first, size_t n_rows, size_t n_features) {
    for (size_t i = 0; i < n_rows; i++)
        for (size_t f = 0; f < n_features; f++)
            cells[i * n_features + f] = (float)bit_get(rows + (first + i) * row_bytes, f);
}

static int predict_all(const struct generic *g, BoosterHandle booster, size_t step, float *cells,
                       uint8_t *predictions) {
    int error = 0;
    memset(predictions, 0, (g->n_query + 7) / 8);
    for (size_t first = 0; !error && first < g->n_query; first += step) {
        size_t now = g->n_query - first < step ? g->n_query - first : step;
        DMatrixHandle matrix = NULL;
        bst_ulong n = 0;
        const float *out = NULL;
        fill(cells, g->query, g->row_bytes, first, now, g->n_features);
        if (XGDMatrixCreateFromMat(cells, now, g->n_features, -1, &matrix) != 0)
            return -ENOMEM;
        if (XGBoosterPredict(booster, matrix, 0, 0, 0, &n, &out) != 0 || n != now)
            error = -EINVAL;
        for (size_t i = 0; !error && i < now; i++)
            bit_xor(predictions, first + i, out[i] > 0.5f);
        XGDMatrixFree(matrix);
    }
    return error ? error : generic_emit(g, g->n_train, predictions);
}

static int fit(const struct generic *g) {
    enum { ROUNDS = 400 };
    size_t step = ((size_t)1 << 22) / g->n_features + 1;
    float *cells = malloc(g->n_train * g->n_features * sizeof *cells), *labels = malloc(g->n_train * sizeof *labels);
    float *some = malloc(step * g->n_features * sizeof *some);
    uint8_t *predictions = malloc(g->n_query);
    DMatrixHandle matrix = NULL;
    BoosterHandle booster = NULL;
    char threads[16], seed[16];
    snprintf(threads, sizeof threads, "%u", g->n_threads);
    snprintf(seed, sizeof seed, "%u", g->seed);
    const char *const settings[][2] = {
        {"verbosity", "0"},      {"objective", "binary:logistic"},
        {"tree_method", "hist"}, {"max_bin", "2"},
        {"max_depth", "6"},      {"eta", "0.1"},
        {"subsample", "0.8"},    {"colsample_bynode", "0.5"},
        {"nthread", threads},    {"seed", seed},
    };
    int error = cells && labels && some && predictions ? 0 : -ENOMEM;
    if (!error) {
        fill(cells, g->train, g->row_bytes, 0, g->n_train, g->n_features);
        for (size_t i = 0; i < g->n_train; i++)
            labels[i] = (float)bit_get(g->labels, i);
        if (XGDMatrixCreateFromMat(cells, g->n_train, g->n_features, -1, &matrix) != 0 ||
            XGDMatrixSetFloatInfo(matrix, "label", labels, g->n_train) != 0 ||
            XGBoosterCreate(&matrix, 1, &booster) != 0)
            error = -EINVAL;
    }
    free(cells);
    for (size_t i = 0; !error && i < sizeof settings / sizeof settings[0]; i++)
        if (XGBoosterSetParam(booster, settings[i][0], settings[i][1]) != 0)
            error = -EINVAL;
    for (int round = 1, next = 1; !error && round <= ROUNDS; round++) {
        if (XGBoosterUpdateOneIter(booster, round - 1, matrix) != 0)
            error = -EINVAL;
        if (!error && (round == next || round == ROUNDS)) {
            error = predict_all(g, booster, step, some, predictions);
            next = 2 * round;
        }
    }
    if (booster)
        XGBoosterFree(booster);
    if (matrix)
        XGDMatrixFree(matrix);
    free(labels);
    free(some);
    free(predictions);
    return error;
}

static int run(struct learn_run *run) {
    return generic_run(run, fit);
}

#define MISSING NULL
#else
static int run(struct learn_run *run) {
    (void)run;
    return 0;
}

#define MISSING GENERIC_MISSING("XGBoost")
#endif

static const char *not_applicable(const struct view *view) {
    (void)view;
    return MISSING;
}

const struct learner_kind learner_trees = {
    .name = "trees",
    .summary = "boosted trees (XGBoost), which know nothing of parities",
    .split = SPLIT_SAMPLES,
    .not_applicable = not_applicable,
    .run = run,
};
