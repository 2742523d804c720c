#include "eve/lab/experiments/experiments.h"

#include <string.h>

static const struct lab_experiment *const table[] = {
    &lab_risk,  &lab_hardness,    &lab_agreement, &lab_oneway,  &lab_window,
    &lab_scale, &lab_statistical, &lab_captions,  &lab_quantum, &lab_trimodal,
};

const struct lab_experiment *const *lab_experiments(size_t *n_experimentsp) {
    *n_experimentsp = sizeof table / sizeof table[0];
    return table;
}

const struct lab_experiment *lab_find(const char *name) {
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i]->name, name) == 0)
            return table[i];
    return NULL;
}
