/* The unimodal view of a session: what an eavesdropper holds. No recipes.
 *
 * Of LPN, samples 0 ... m - 1 are plain and expanded on demand from the public key of A; samples m ... m + k - 1 are
 * composed, as they came over the wire, row by row. For another task there is a view_kind, and a row of view.c, which
 * say what all learners share; how its own learners read vectors is in a header of its own (view_lwe.h). */
#ifndef PARLEY_EVE_VIEW_H
#define PARLEY_EVE_VIEW_H

#include "common/base/bytes.h"
#include "common/task/lpn/params.h"
#include "eve/wire/observe.h"

#include <stddef.h>
#include <stdint.h>

struct view;

/* How a task other than LPN is seen. A sample has one bit that is to be predicted. */
struct view_kind {
    const char *task; /* its name */
    size_t (*hypothesis_bytes)(const struct view *v);
    unsigned (*label)(const struct view *v, size_t i);
    /* As view_count_errors. h: a hypothesis, as the task has it. */
    long (*count_errors)(const struct view *v, const uint32_t *ids, size_t n_ids, const uint8_t *h);
    /* Where a sample is a row of bits, whose parity with the hypothesis is the label but for noise: how many bits, and
     * row = sample i. Else NULL. */
    size_t (*columns)(const struct view *v);
    void (*row)(const struct view *v, size_t i, uint8_t *row);
    /* Where a sample is a row of numbers of two bytes instead: how many, row = those of sample i, and its label. */
    size_t (*numbers)(const struct view *v);
    void (*number_row)(const struct view *v, size_t i, uint16_t *row);
    uint16_t (*number_label)(const struct view *v, size_t i);
    /* What a learner that knows nothing of the task may look at, where that is no such row: bits that say much of a
     * sample. NULL: the row. */
    size_t (*features)(const struct view *v);
    void (*feature_row)(const struct view *v, size_t i, uint8_t *row);
    /* Samples behind those of B2, which are judged by and not learned from, and the share of them that the true task
     * does not predict. NULL: there are none. */
    size_t (*held)(const struct view *v);
    double (*held_risk)(const struct view *v);
};

struct view {
    const struct params
        *params;               /* of LPN: n, m, k, w, theta and the shape of the code are used; NULL in another task */
    const uint8_t *matrix_key; /* 32 bytes: of LPN H("parley/1 matrix" || seed), else the task's own */
    const uint8_t *composed;   /* of LPN k rows of n/8 bytes, row-major (not the wire's column blocks), else as A2 */
    const uint8_t *labels;     /* as in B2: of LPN m + k packed bits */
    const struct view_kind *kind; /* of another task, and its set; NULL for LPN */
    const struct set *set;
    const uint8_t *challenge_seed, *masked; /* of B3; not needed by LPN */
};

/* The complete facts of a session as a learner sees them. key: where the matrix key is put; both must stay. False if
 * nothing here is for that task. */
bool view_of(struct view *v, uint8_t key[static 32], const struct observe_facts *facts);

static inline const char *view_task(const struct view *v) {
    return v->kind ? v->kind->task : "lpn";
}

static inline const struct set *view_set(const struct view *v) {
    return v->kind ? v->set : &v->params->set;
}

/* Samples that are held back from learning. */
static inline size_t view_held(const struct view *v) {
    return v->kind && v->kind->held ? v->kind->held(v) : 0;
}

/* Samples with labels of B2, to learn from. */
static inline size_t view_labels(const struct view *v) {
    return v->kind ? v->set->n_labels : (size_t)v->params->m + v->params->k;
}

static inline size_t view_samples(const struct view *v) {
    return view_labels(v) + view_held(v);
}

/* How many of them, from the first on, are plain. */
static inline size_t view_plain(const struct view *v) {
    return v->kind ? v->set->n_plain : v->params->m;
}

/* The share of labels that the true task does not predict. */
static inline double view_risk(const struct view *v) {
    return v->kind ? v->set->risk : v->params->theta;
}

/* The same of the labels that hypotheses are chosen and judged by. */
static inline double view_judged_risk(const struct view *v) {
    return view_held(v) ? v->kind->held_risk(v) : view_risk(v);
}

/* Whether samples are rows of numbers of two bytes. */
static inline bool view_numbers(const struct view *v) {
    return v->kind && v->kind->numbers;
}

/* Bits of a row, 0 where samples are no rows of bits. */
static inline size_t view_columns(const struct view *v) {
    return !v->kind ? v->params->n : v->kind->columns ? v->kind->columns(v) : 0;
}

/* Bits that generic learners get of a sample, and row = those of sample i. */
static inline size_t view_features(const struct view *v) {
    return v->kind && v->kind->features ? v->kind->features(v) : view_columns(v);
}
void view_feature_row(const struct view *v, size_t i, uint8_t *row);

static inline size_t view_row_bytes(const struct view *v) {
    return bits_to_bytes(view_columns(v));
}

static inline size_t view_hypothesis_bytes(const struct view *v) {
    return v->kind ? v->kind->hypothesis_bytes(v) : view_row_bytes(v);
}

static inline unsigned view_label(const struct view *v, size_t i) {
    return v->kind ? v->kind->label(v, i) : bit_get(v->labels, i);
}

/* Where samples are rows: row = sample i, view_row_bytes bytes. A plain one of LPN costs one ChaCha20 block for each
 * 512 columns (two when it straddles them). */
void view_row(const struct view *v, size_t i, uint8_t *row);

/* Where they are: rows = samples first ... first + n_rows - 1, row-major; much cheaper for each than view_row when
 * n_rows is large. */
void view_rows(const struct view *v, size_t first, size_t n_rows, uint8_t *rows);

/* How many of the samples ids[0 ... n_ids - 1] have a label other than what the hypothesis predicts, <x, s>. -ENOMEM.
 */
long view_count_errors(const struct view *v, const uint32_t *ids, size_t n_ids, const uint8_t *s);

/* All samples in three parts, the same for the same seed. Search reads labels of train alone; the best of what it found
 * is chosen on select, and judged once on test. Where samples are held back, select and test are these, and train is
 * all others. */
struct split {
    uint32_t *ids; /* all sample numbers: train in random order, then select, then test, both ascending */
    const uint32_t *train, *select, *test;
    size_t n_train, n_select, n_test;
};

enum split_kind {
    SPLIT_SAMPLES, /* test takes 2,000 labels, or a tenth of all if that is more; a quarter at most when there are few
                    */
    SPLIT_RECIPES, /* a learner that needs all plain labels of a recipe at once: see split.c */
};

/* -ENOMEM. */
int split_init(struct split *split, const struct view *view, enum split_kind kind, const uint8_t seed[static 32]);
void split_deinit(struct split *split);

#endif
