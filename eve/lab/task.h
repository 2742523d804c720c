/* The learning task in one process, for any n that is a multiple of 32 and, where an experiment asks for it, another
 * noise or recipe weight than the sets have. A task follows from its parameters and a 32-byte seed alone. Pure: no
 * clock, no output. */
#ifndef PARLEY_EVE_LAB_TASK_H
#define PARLEY_EVE_LAB_TASK_H

#include "common/bimodal/code.h"
#include "common/bimodal/recipes.h"
#include "common/lpn/params.h"
#include "eve/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The parameters of params_make(n), with the noise theta in (0, 1/2) instead of n^(-1/2) and recipes of weight w
 * instead of round(0.3 sqrt n), 1 <= w <= 64; 0 leaves either as it is. p follows; the code and N stay. -EINVAL. */
int task_params(struct params *out, uint32_t n, double theta, uint32_t w);

/* p = (1 - (1 - 2 theta)^(w + 1)) / 2: how often a bit of the learner's codeword is flipped. */
double task_flip(double theta, uint32_t w);

/* Most of the m plain labels that an accepted hypothesis may miss: floor((1/4 + theta/2) m) for this theta. */
uint32_t task_self_check_limit(const struct params *params);

/* One task, both modalities of its samples, and their labels. */
struct task {
    struct params params;
    uint8_t matrix_key[32]; /* A, the plain samples */
    uint8_t secret[PARAMS_N_MAX / 8];
    struct code *code;
    struct recipes *recipes; /* the second modality */
    uint8_t *composed;       /* k rows of n/8 bytes, row-major; NULL if made without vectors */
    uint8_t *labels;         /* m + k packed bits */
    struct view view;        /* the unimodal view, for Eve's learners; of no use without vectors */
    uint8_t key[32];         /* whence all else of this task comes */
};

/* Without vectors the labels are the same bits, computed through recipes and code, and only the bimodal learner can be
 * run: far cheaper where n is large. -ENOMEM, or -EINVAL for parameters that no code or recipe fits. */
int task_init(struct task *task, const struct params *params, const uint8_t seed[static 32], bool with_vectors);
void task_deinit(struct task *task); /* also after a failed task_init */

/* What the bimodal learner made of (x, y, z). */
struct task_learned {
    bool learned;                 /* a hypothesis passed the self-check */
    uint8_t h[PARAMS_N_MAX / 8];  /* the hypothesis, valid if learned */
    uint32_t disagreements;       /* plain labels that it misses */
    size_t proposals, iterations; /* candidates, passes along the code */
    double symbol_error;          /* share of the v_j that differ from h's codeword: near p */
};

/* The bimodal learner from its data to its hypothesis: nothing but the public code is taken as computed before; the
 * self-check expands A. One thread. It never reads task->secret. -ENOMEM. */
int task_learn(const struct task *task, struct task_learned *out);

/* Draws n fresh samples and labels of this task (batch tells one draw from another) and returns how many of them the
 * hypothesis h predicts wrongly; *noisyp, unless NULL: how many labels the noise has flipped. -ENOMEM. */
long task_fresh_errors(const struct task *task, const uint8_t *h, size_t n, uint64_t batch, size_t *noisyp);

#endif
