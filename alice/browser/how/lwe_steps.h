/* The learner of LWE, as alice.c of the task has it, with all that it leaves on the way: it has one step, in which all
 * is rounded. */
#ifndef PARLEY_ALICE_BROWSER_HOW_LWE_STEPS_H
#define PARLEY_ALICE_BROWSER_HOW_LWE_STEPS_H

#include "alice/browser/how/joint.h"
#include "common/task/lwe/ternary.h"
#include "common/task/lwe/verdict.h"

struct lwe_steps {
    const struct lwe_params *params;
    struct ternary *recipes;
    uint16_t v[LWE_PARAMS_N_MAX]; /* what is left of the labels */
    int16_t h[LWE_PARAMS_N_MAX];
    uint32_t error; /* sum of the distances of v from the multiples of D */
    struct verdict verdict;
};

/* The recipes of this key, not yet drawn. -ENOMEM. */
int lwe_steps_new(struct lwe_steps **sp, const struct lwe_params *params, const uint8_t recipe_key[static 32]);
void lwe_steps_free(struct lwe_steps *s); /* NULL is fine; wipes */

/* Learns from what passed; matrix_key: of A. -ENOMEM. */
int lwe_steps_learn(struct lwe_steps *s, const struct joint *joint, const uint8_t matrix_key[static 32]);

/* -1, 0 or 1: whether recipe j takes plain sample i away, or adds it. */
int lwe_steps_entry(const struct lwe_steps *s, uint32_t j, uint32_t i);

/* Row i of n_all uniform ones, A or the challenges: n numbers of two bytes. */
void lwe_steps_plain(uint8_t *out, const uint8_t *key, size_t n_all, size_t n, uint32_t i);
/* Composed row j of the vectors of A2 as they passed: a chunk is a column block of all rows. */
void lwe_steps_composed(uint8_t *out, const struct lwe_params *params, const uint8_t *vectors, uint32_t j);

#endif
