/* Bit flipping, watched turn by turn: common/task/ring/flip.h with the acceptance of alice.c there. */
#ifndef PARLEY_ALICE_BROWSER_HOW_RING_STEPS_H
#define PARLEY_ALICE_BROWSER_HOW_RING_STEPS_H

#include "alice/browser/how/look.h"
#include "common/task/ring/accept.h"
#include "common/task/ring/flip.h"

/* After a turn: the equations that do not fit, and what is found of s and of e1. Step 0 is before the first turn. */
struct ring_step {
    uint32_t turn;
    uint64_t residue[POLY_WORDS], s[POLY_WORDS], e[POLY_WORDS];
};

struct ring_steps {
    const struct ring_params *params;
    struct recipe_part x, y;
    struct flip *flip;
    struct accept_data data;
    uint64_t v[POLY_WORDS];    /* what is left of the labels: z_sigma + y z_h */
    uint64_t left[POLY_WORDS]; /* what is left of the composed element: sigma + y h */
    size_t n_steps;
    struct ring_step steps[LOOK_STEPS];
    bool finished, accepted;
    uint32_t missed; /* of 2 n labels */
    struct learned_round rounds[TASK_ROUNDS_MAX];
    size_t n_rounds;
};

/* The recipe of this key, as alice.c of the task draws it. */
void ring_steps_recipe(struct recipe_part *x, struct recipe_part *y, const struct ring_params *params,
                       const uint8_t key[static 32]);

/* data: copied. -ENOMEM. */
int ring_steps_new(struct ring_steps **sp, const struct ring_params *params, const struct accept_data *data,
                   const uint8_t recipe_key[static 32]);
void ring_steps_free(struct ring_steps *s); /* NULL is fine; wipes */

/* 1: there is more; 0: done. */
int ring_steps_turn(struct ring_steps *s);

#endif
