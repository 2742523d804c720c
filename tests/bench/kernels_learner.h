/* The learner's loops as kernels.c times them: at n2048, in the state that they have early in a session. */
#ifndef PARLEY_TESTS_KERNELS_LEARNER_H
#define PARLEY_TESTS_KERNELS_LEARNER_H

#include <stddef.h>

struct kernels_learner_row {
    const char *name;
    int times; /* that run does it */
    void (*run)(void);
};

enum { KERNELS_LEARNER_ROWS = 6 };
extern const struct kernels_learner_row kernels_learner_rows[KERNELS_LEARNER_ROWS];

/* Recipes and errors drawn from a fixed seed. -ENOMEM. */
int kernels_learner_init(void);
void kernels_learner_deinit(void);

#endif
