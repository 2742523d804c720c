/* The computational task beside the statistical one: LPN, without captions, by learners that are given little data.
 *
 *     exhaustive   toys of n = 16 to 20: the best of all parities, see exhaustive.h
 *     lpn          real tasks. The bimodal learner on a session's samples; information-set decoding on plain samples
 *                  alone, far fewer of them */
#include "eve/lab/experiments/statistical.h"

#include "common/base/noise.h"
#include "common/task/lpn/matrix.h"
#include "eve/lab/toys/exhaustive.h"
#include "eve/lab/trial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- toys */

/* 1: right */
static int exhaustive_session(unsigned n, double theta, size_t n_rows, uint32_t *rows, uint8_t *labels,
                              const struct lab_unit *unit, size_t number, double *secondsp) {
    struct prg g;
    uint8_t key[32];
    uint32_t best, mask = (1u << n) - 1;
    size_t agreeing;
    prg_subkey(key, unit->seed, "lab exhaustive", number);
    prg_init(&g, key, 1);
    uint32_t secret = prg_u32(&g) & mask;
    memset(labels, 0, bits_to_bytes(n_rows));
    for (size_t i = 0; i < n_rows; i++) {
        rows[i] = prg_u32(&g) & mask;
        bit_xor(labels, i, (unsigned)__builtin_parity(rows[i] & secret));
    }
    noise_add(labels, n_rows, key, (uint64_t)ldexp(theta, 64));
    double began = lab_thread_seconds();
    int r = exhaustive_parity(&best, &agreeing, rows, labels, n_rows, n);
    *secondsp += lab_thread_seconds() - began;
    best ^= unit->fault == LAB_FAULT_LEARNER;
    return r < 0 ? r : best == secret;
}

int statistical_exhaustive_run(const struct lab_unit *unit, json_t *result) {
    unsigned n = (unsigned)lab_count(unit->parameters, "bits");
    size_t sessions = lab_count(unit->parameters, "sessions"), right = 0;
    double promised = 1 / sqrt(n), theta = unit->fault == LAB_FAULT_THETA ? promised * 1.5 : promised, seconds = 0;
    size_t n_rows = (size_t)ceil(exhaustive_bound(n, promised) * (double)lab_count(unit->parameters, "percent") / 100);
    uint32_t *rows = malloc(n_rows * sizeof *rows);
    uint8_t *labels = malloc(bits_to_bytes(n_rows));
    int r = rows && labels ? 0 : -ENOMEM;
    for (size_t i = 0; r >= 0 && i < sessions; i++) {
        r = lab_interrupted() ? -EINTR : exhaustive_session(n, theta, n_rows, rows, labels, unit, i, &seconds);
        right += r == 1;
    }
    free(rows);
    free(labels);
    return r < 0 ? r
                 : json_object_update_new(result, json_pack("{s:I, s:I, s:I, s:f}", "samples", (json_int_t)n_rows,
                                                            "sessions", (json_int_t)sessions, "right",
                                                            (json_int_t)right, "learner_seconds", seconds));
}

const struct shape statistical_exhaustive_parameters[] = {
    {.name = "bits", .type = SHAPE_INTEGER, .least = 4, .most = EXHAUSTIVE_BITS_MAX},
    {.name = "percent", .type = SHAPE_INTEGER, .least = 1, .most = 10000},
    SHAPE_COUNT("sessions"),
    {0}};
const struct shape statistical_exhaustive_result[] = {SHAPE_COUNT("samples"),
                                                      SHAPE_COUNT("sessions"),
                                                      SHAPE_COUNT_OF("right", "sessions"),
                                                      SHAPE_SECONDS("learner_seconds"),
                                                      {0}};

/* ---- real tasks */

/* Some times what nobody can do without. `isd` needs n + 256 to run at all, and gets slower the fewer they are, since
 * all that it draws has the same wrong labels in it; at n = 256 four times the bound takes minutes. */
static size_t cut_samples(uint32_t n) {
    return (size_t)ceil((n <= 128 ? 4 : 8) * exhaustive_bound(n, 1 / sqrt(n)));
}

/* A view of nothing but plain samples, of which the learner gets cut_samples to learn from: of a view's labels it keeps
 * 5/8, or 2,000 if that is fewer, to judge itself by. */
static int cut_make(struct instance *cut, const struct params *p, const uint8_t seed[static 32]) {
    uint8_t key[32];
    *cut = (struct instance){.params = *p};
    size_t samples = cut_samples(p->n), judged = samples * 5 / 3 < 2000 ? samples * 5 / 3 : 2000;
    cut->params.m = (uint32_t)(samples + judged);
    cut->params.k = 0;
    cut->labels = calloc(bits_to_bytes(cut->params.m), 1);
    if (!cut->labels)
        return -ENOMEM;
    prg_subkey(cut->matrix_key, seed, "lab cut matrix", 0);
    prg_subkey(key, seed, "lab cut secret", 0);
    prg_expand(cut->secret, p->n / 8, key, 0);
    prg_subkey(key, seed, "lab cut noise", 0);
    task_label(cut->labels, cut->params.m, &cut->params, cut->matrix_key, cut->secret, key);
    cut->view = (struct view){.params = &cut->params, .matrix_key = cut->matrix_key, .labels = cut->labels};
    return 0;
}

static int run_cut(const struct params *p, const struct lab_unit *unit, json_t *result) {
    struct instance cut;
    struct split split = {0};
    struct trial *trial = malloc(sizeof *trial);
    double budget = lab_number(unit->parameters, "budget");
    if (unit->fault == LAB_FAULT_THETA) /* so much noise is not to be waited for */
        budget = fmin(budget, 0.2);
    int r = trial ? cut_make(&cut, p, unit->seed) : -ENOMEM;
    if (r < 0) {
        free(trial);
        return r;
    }
    r = split_init(&split, &cut.view, SPLIT_SAMPLES, unit->seed);
    if (r == 0)
        r = trial_run(trial, "isd", &cut, unit->seed, TRIAL_NO_LIMIT, budget);
    if (r == 0 && unit->fault == LAB_FAULT_LEARNER)
        trial->right = false;
    if (r == 0 &&
        json_object_set_new(result, "cut",
                            json_pack("{s:I, s:b, s:f}", "samples", (json_int_t)(split.n_train + split.n_select),
                                      "right", trial->right, "seconds", trial->seconds)) < 0)
        r = -ENOMEM;
    split_deinit(&split);
    task_free(&cut);
    free(trial);
    return r;
}

int statistical_lpn_run(const struct lab_unit *unit, json_t *result) {
    struct params p;
    struct instance task;
    struct task_learned learned;
    int r = lab_params(unit->parameters, &p);
    if (r == 0 && unit->fault == LAB_FAULT_THETA)
        p.theta64 += p.theta64 / 2;
    if (r == 0)
        r = task_make_without_vectors(&task, &p, NULL, unit->seed);
    if (r < 0)
        return r;
    double began = lab_thread_seconds();
    r = task_learn(&task, &learned);
    double seconds = lab_thread_seconds() - began;
    bool right = learned.learned && memcmp(learned.h, task.secret, p.n / 8) == 0;
    right = right && unit->fault != LAB_FAULT_LEARNER;
    task_free(&task);
    if (r == 0)
        r = json_object_update_new(result, json_pack("{s:I, s:b, s:f}", "samples", (json_int_t)(p.m + p.k), "learned",
                                                     right, "learn_seconds", seconds));
    if (r == 0 && lab_number(unit->parameters, "budget") > 0)
        r = run_cut(&p, unit, result);
    return r;
}

const struct shape statistical_lpn_parameters[] = {
    {.name = "n", .type = SHAPE_SIZE}, SHAPE_COUNT("session"), SHAPE_SECONDS("budget"), {0}};
static const struct shape cut_shape[] = {
    SHAPE_COUNT("samples"), {.name = "right", .type = SHAPE_BOOLEAN}, SHAPE_SECONDS("seconds"), {0}};
const struct shape statistical_lpn_result[] = {SHAPE_COUNT("samples"),
                                               {.name = "learned", .type = SHAPE_BOOLEAN},
                                               SHAPE_SECONDS("learn_seconds"),
                                               {.name = "cut", .type = SHAPE_OBJECT, .of = cut_shape, .optional = true},
                                               {0}};
