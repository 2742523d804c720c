#include "eve/learners/learners.h"

#include <string.h>

static const struct learner_kind *const table[] = {
    &learner_primal,   &learner_guess, &learner_isd, &learner_gauss, &learner_recipe,  &learner_bkw,
    &learner_logistic, &learner_trees, &learner_mlp, &learner_blind, &learner_quantum, &learner_exec,
};

const struct learner_kind *const *learners_all(size_t *n_kindsp) {
    *n_kindsp = sizeof table / sizeof table[0];
    return table;
}

const struct learner_kind *learners_find(const char *name) {
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i]->name, name) == 0)
            return table[i];
    return NULL;
}
