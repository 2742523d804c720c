/* Sessions as an eavesdropper sees them, made in one process from a seed, and the clock and budget of a learner's
 * caller. */
#ifndef PARLEY_TESTS_EVE_INSTANCE_H
#define PARLEY_TESTS_EVE_INSTANCE_H

#include "common/task/lpn/params.h"
#include "eve/learn/learner.h"
#include "eve/learn/view.h"

#include <stdbool.h>
#include <stdint.h>

struct instance {
    struct params params;
    uint8_t matrix_key[32];
    uint8_t *composed, *labels;
    uint8_t secret[PARAMS_N_MAX / 8];
    uint32_t *recipes; /* k w indices, only those of a session */
    struct view view;

    /* for ask */
    uint8_t seed[32];
    double started, budget; /* seconds of processor time */
    double speed;           /* of the clock; 1 */
    unsigned verified;
};

enum instance_kind {
    INSTANCE_UNIFORM, /* composed vectors uniform, labels of a secret */
    INSTANCE_SESSION, /* composed vectors with recipes, labels of a secret */
    INSTANCE_RANDOM,  /* composed vectors uniform, labels uniform */
};

/* Aborts when out of memory. */
void instance_make(struct instance *instance, const struct params *params, enum instance_kind kind, uint64_t seed);
void instance_free(struct instance *instance);

/* A caller that stops after so many seconds and verifies by comparing with the secret. */
struct learn_ask instance_ask(struct instance *instance, unsigned n_threads, double budget);

double instance_cpu_seconds(void);

#endif
