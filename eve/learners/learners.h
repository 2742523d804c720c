/* The learners, and their table (table.c). */
#ifndef PARLEY_EVE_LEARNERS_H
#define PARLEY_EVE_LEARNERS_H

#include "eve/learn/learner.h"

extern const struct learner_kind learner_gauss;    /* gauss.c: pooled Gauss */
extern const struct learner_kind learner_isd;      /* isd.c: information-set decoding on the label side */
extern const struct learner_kind learner_recipe;   /* recipe.c: the second modality from the first */
extern const struct learner_kind learner_bkw;      /* bkw.c: BKW with LF2 */
extern const struct learner_kind learner_primal;   /* primal.c: LWE by lattice reduction */
extern const struct learner_kind learner_guess;    /* guess.c: LWE by guessing */
extern const struct learner_kind learner_logistic; /* logistic.c: logistic regression, from LIBLINEAR */
extern const struct learner_kind learner_trees;    /* trees.c: boosted trees, from XGBoost */
extern const struct learner_kind learner_mlp;      /* mlp.c: a neural network, from FANN */
extern const struct learner_kind learner_blind;    /* blind.c: the bimodal learner with guessed recipes */
extern const struct learner_kind learner_quantum;  /* quantum.c: Grover's search, simulated */
extern const struct learner_kind learner_exec;     /* exec.c: any program */

/* All learners in a sensible order. */
const struct learner_kind *const *learners_all(size_t *n_kindsp);
const struct learner_kind *learners_find(const char *name); /* or NULL */

#endif
