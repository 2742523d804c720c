/* Boosted trees with XGBoost: Chen, Guestrin, XGBoost: a scalable tree boosting system, KDD 2016. */
#include "eve/learners/generic.h"
#include "eve/learners/learners.h"

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

struct trained {
    BoosterHandle booster;
    float *cells; /* of a batch */
};

static int predict_rows(void *context, const struct generic *g, size_t first, size_t n, uint8_t *predictions) {
    const struct trained *trained = context;
    DMatrixHandle matrix = NULL;
    bst_ulong n_out = 0;
    const float *out = NULL;
    fill(trained->cells, g->query, g->row_bytes, first, n, g->n_features);
    if (XGDMatrixCreateFromMat(trained->cells, n, g->n_features, -1, &matrix) != 0)
        return -ENOMEM;
    int error = XGBoosterPredict(trained->booster, matrix, 0, 0, 0, &n_out, &out) != 0 || n_out != n ? -EINVAL : 0;
    for (size_t i = 0; !error && i < n; i++)
        bit_xor(predictions, first + i, out[i] > 0.5f);
    XGDMatrixFree(matrix);
    return error;
}

static int fit(const struct generic *g) {
    enum { ROUNDS = 400 };
    size_t batch = ((size_t)1 << 22) / g->n_features + 1;
    float *cells = malloc(g->n_train * g->n_features * sizeof *cells), *labels = malloc(g->n_train * sizeof *labels);
    struct trained trained = {.cells = malloc(batch * g->n_features * sizeof(float))};
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
    int error = cells && labels && trained.cells ? 0 : -ENOMEM;
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
            trained.booster = booster;
            error = generic_report(g, g->n_train, batch, predict_rows, &trained);
            next = 2 * round;
        }
    }
    if (booster)
        XGBoosterFree(booster);
    if (matrix)
        XGDMatrixFree(matrix);
    free(labels);
    free(trained.cells);
    return error;
}

GENERIC_LEARNER(trees, "boosted trees (XGBoost), which know nothing of parities", fit)
#else
GENERIC_MISSING(trees, "boosted trees (XGBoost), which know nothing of parities", "XGBoost")
#endif
