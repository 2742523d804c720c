/* The learning task in one process, for any n that is a multiple of 32 and, where an experiment asks for it, another
 * noise or recipe weight than the sets have. A task follows from its parameters and a 32-byte seed alone. Pure: no
 * clock, no output. */
#ifndef PARLEY_EVE_LAB_TASK_H
#define PARLEY_EVE_LAB_TASK_H

#include "common/task/lpn/code.h"
#include "common/task/lpn/params.h"
#include "common/task/lpn/recipes.h"
#include "eve/learn/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* params_make, which takes a millisecond for an n between the sets, remembered by each thread: reports ask for the same
 * ones thousands of times. */
int task_set(struct params *out, uint32_t n);

/* The parameters of params_make(n), with the noise theta in (0, 1/2) instead of n^(-1/2) and recipes of weight w
 * instead of round(0.3 sqrt n), 1 <= w <= 64; 0 leaves either as it is. p follows; the code and N stay. -EINVAL. */
int task_params(struct params *out, uint32_t n, double theta, uint32_t w);

/* p = (1 - (1 - 2 theta)^(w + 1)) / 2: how often a bit of the learner's codeword is flipped. */
double task_flip(double theta, uint32_t w);

/* One task: what Bob knows, what Alice knows, what Eve sees. */
struct instance {
    struct params params; /* theta64 is the noise of the labels; theta and p are what the learner takes it for */
    const struct code *code;
    struct recipes *recipes; /* the second modality */
    uint8_t matrix_key[32];  /* A, the plain samples */
    uint8_t secret[PARAMS_N_MAX / 8];
    uint8_t *composed;     /* k rows of n/8 bytes, row-major; NULL if made without vectors */
    uint8_t *labels;       /* m + k packed bits, noisy */
    uint32_t self_check;   /* most plain labels that an accepted hypothesis misses: floor((1/4 + theta/2) m) */
    struct view view;      /* the unimodal view, for Eve's learners; of no use without vectors */
    struct code *own_code; /* NULL if it was borrowed */
    uint8_t key[32];       /* whence all else of this task comes */
};

/* code: code_new of params, borrowed; NULL: the task makes its own. -ENOMEM, or -EINVAL for parameters that no recipe
 * fits; nothing is left to free then. */
int task_make(struct instance *task, const struct params *params, const struct code *code,
              const uint8_t seed[static 32]);

/* The same task, but without its composed vectors: their labels are computed through recipes and code, and only the
 * bimodal learner can be run. Far cheaper where n is large. */
int task_make_without_vectors(struct instance *task, const struct params *params, const struct code *code,
                              const uint8_t seed[static 32]);
void task_free(struct instance *task);

/* What the bimodal learner made of (x, y, z). */
struct task_learned {
    bool learned;                         /* a candidate passed the self-check: it is h */
    uint8_t h[PARAMS_N_MAX / 8];          /* the last candidate */
    uint32_t disagreements;               /* plain labels that it misses */
    size_t proposals, iterations, rounds; /* candidates; passes along the code and over the plain errors */
    double error_rate;                    /* share of the v_j that differ from h's codeword: near p */
};

/* What Alice does with the labels: v, then the learner, then the self-check of each candidate on all plain labels,
 * which expands A again. One thread. Sees neither the secret nor the noise. -ENOMEM. */
int task_learn(const struct instance *task, struct task_learned *out);

/* errors = the labels without what they would be without noise, m + k bits; the task has vectors. */
void task_errors(const struct instance *task, uint8_t *errors);

/* bits = <row i, h>, for n_labels rows of the matrix of `key`. */
void task_predict(uint8_t *bits, size_t n_labels, const struct params *params, const uint8_t key[static 32],
                  const uint8_t *h);

/* bits = <row i, s> + noise of theta64, for n_labels fresh rows of the matrix of `key`. */
void task_label(uint8_t *bits, size_t n_labels, const struct params *params, const uint8_t key[static 32],
                const uint8_t *s, const uint8_t noise_key[static 32]);

/* Draws n fresh samples and labels of this task (batch tells one draw from another); how many of them the hypothesis h
 * predicts wrongly. -ENOMEM. */
long task_fresh_errors(const struct instance *task, const uint8_t *h, size_t n, uint64_t batch);

#endif
