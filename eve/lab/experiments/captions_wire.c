/* One session of a task that the wire knows, through the seam: the same columns as a toy's. */
#include "eve/lab/experiments/captions.h"

#include "common/agree/distill.h"
#include "common/base/bytes.h"
#include "eve/lab/lesson.h"
#include "eve/lab/trial.h"
#include "eve/learn/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FEATURES_MAX = 4096, SECONDS = 60 /* for the learner that takes long */ };

/* What Eve sees of a lesson up to the labels. */
static bool view_lesson(struct view *view, uint8_t key[static 32], struct observe_facts *facts, struct lesson *l) {
    facts->set = l->set;
    if (strcmp(l->set->task->name, "lpn") == 0)
        facts->params = params_of(l->set);
    memcpy(facts->matrix_seed, l->matrix_seed, 32);
    facts->composed = l->vectors;
    facts->n_composed = l->n_vectors;
    facts->labels = l->labels;
    facts->masked = l->labels; /* not looked at */
    return view_of(view, key, facts);
}

/* The linear learner on three quarters of the labels, judged on the others. */
static int linear(struct captions_found *out, const struct view *view) {
    size_t n = view_labels(view), train = n - n / 4, features = view_features(view), used = 0;
    uint8_t row[FEATURES_MAX / 8];
    double *h = calloc(features + 1, sizeof *h);
    if (!h || features > FEATURES_MAX) {
        free(h);
        return h ? -EINVAL : -ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        /* plain and composed samples take turns, so that both are in either part */
        size_t id = i * 5 % n;
        if (n % 5 == 0)
            id = i;
        view_feature_row(view, id, row);
        double sum = 0;
        unsigned z = view_label(view, id);
        for (size_t j = 0; j < features; j++) {
            double x = bit_get(row, j) ? 1 : -1;
            if (i < train)
                h[j] += z ? x : -x;
            else
                sum += h[j] * x;
        }
        if (i >= train) {
            used++;
            out->linear_wrong += (sum > 0) != (z == 1);
            out->strangers_right += z == 0; /* nothing is published: a guess, always the same */
        }
    }
    out->linear_samples = train;
    out->linear_judged = used;
    free(h);
    return 0;
}

/* The learner that breaks the smallest set, on what she heard of the session. */
static int unbounded(struct captions_found *out, struct lesson *l, const uint8_t *h, const struct lab_unit *unit) {
    struct trial *trial = malloc(sizeof *trial);
    const char *learner = strcmp(l->set->task->name, "lwe") == 0 ? "primal" : "isd";
    double seconds = unit->fault ? 0.2 : SECONDS;
    int r = trial ? trial_lesson(trial, learner, l, h, unit->seed, TRIAL_NO_LIMIT, seconds) : -ENOMEM;
    if (r == 0 && trial->result.status != LEARN_NOT_APPLICABLE) {
        out->unbounded_samples = l->set->n_labels;
        out->unbounded_judged = 100;
        out->unbounded_wrong = out->few_wrong = trial->right ? 0 : 50;
        out->unbounded_seconds = trial->seconds;
    }
    free(trial);
    return r;
}

static int judge(struct captions_found *out, struct lesson *l, const uint8_t *h, const uint8_t seed[static 32]) {
    const struct set *set = l->set;
    size_t n = set_challenges(set), bytes = set_label_bytes(set, n);
    uint8_t *labels = malloc(2 * bytes);
    if (!labels)
        return -ENOMEM;
    lesson_challenge(l, seed, labels);
    lesson_predict(labels + bytes, set, h, seed);
    out->judged = n;
    out->bits = n < out->linear_judged ? n : out->linear_judged;
    for (size_t i = 0; i < n; i++) {
        bool right = lesson_agree(set, labels, labels + bytes, i);
        out->wrong += !right;
        out->alice_right += i < out->bits && right;
    }
    /* Eve's share, of as many labels */
    out->eve_right =
        (out->linear_judged - out->linear_wrong) * out->bits / (out->linear_judged ? out->linear_judged : 1);
    free(labels);
    return 0;
}

/* C1: for another of Bob's secrets the same vectors come out, and other labels. */
static int same_vectors(bool *samep, const struct lesson *l, const struct lab_unit *unit) {
    struct lesson other;
    uint8_t bob[32];
    prg_subkey(bob, unit->seed, "lab captions other", 0);
    int r = lesson_make_between(&other, l->set, unit->seed, bob);
    if (r < 0)
        return r;
    *samep = memcmp(other.vectors, l->vectors, l->n_vectors) == 0 &&
             memcmp(other.labels, l->labels, set_label_bytes(l->set, l->set->n_labels)) != 0;
    *samep = *samep != (unit->fault == LAB_FAULT_LEARNER);
    lesson_free(&other);
    return 0;
}

static int run(struct captions_found *out, struct lesson *l, struct observe_facts *facts, const struct lab_unit *unit) {
    struct view view;
    struct learned learned;
    uint8_t key[32];
    if (unit->fault == LAB_FAULT_THETA)
        lesson_disturb(l->labels, l->set, l->set->n_labels, 0.3, unit->seed);
    int r = view_lesson(&view, key, facts, l) ? linear(out, &view) : -EINVAL;
    if (r == 0)
        r = lesson_learn(l, &learned, &out->learn_seconds);
    if (r < 0)
        return r;
    out->samples = l->set->n_labels;
    out->strangers = out->linear_judged;
    r = same_vectors(&out->same, l, unit);
    if (r == 0 && learned.accepted && unit->fault == LAB_NO_FAULT)
        r = unbounded(out, l, learned.h, unit);
    learned.h[0] ^= unit->fault == LAB_FAULT_LEARNER;
    if (r == 0)
        r = judge(out, l, learned.h, unit->seed);
    if (r == 0 && !learned.accepted)
        out->wrong = out->judged / 2;
    return r;
}

int captions_wire(struct captions_found *out, const struct set *set, const struct lab_unit *unit) {
    struct lesson lesson;
    struct observe_facts *facts = calloc(1, sizeof *facts);
    int r = facts ? lesson_make(&lesson, set, unit->seed) : -ENOMEM;
    if (r == 0) {
        r = run(out, &lesson, facts, unit);
        lesson_free(&lesson);
    }
    free(facts);
    return r < 0 ? r : lab_interrupted() ? -EINTR : 0;
}
