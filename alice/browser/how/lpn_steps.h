/* The learner of LPN, watched: what it believes after each pass along the code. It is the learner of
 * common/task/lpn/learner.h, with the self-check of learning.c, pass by pass instead of turn by turn. */
#ifndef PARLEY_ALICE_BROWSER_HOW_LPN_STEPS_H
#define PARLEY_ALICE_BROWSER_HOW_LPN_STEPS_H

#include "alice/browser/how/look.h"
#include "common/task/lpn/code.h"
#include "common/task/lpn/learner.h"
#include "common/task/lpn/recipes.h"

struct lpn_step {
    uint32_t iteration; /* passes along the code so far */
    uint32_t round;     /* passes over the plain errors so far */
};

struct lpn_steps {
    const struct params *params;
    const struct code *code;
    const uint8_t *labels;
    uint8_t key[32]; /* of A */
    struct recipes *recipes;
    uint8_t *v; /* k bits: what is left of the labels */
    struct learner *learner;
    size_t most; /* passes that are left of this turn; 0: a turn is to begin */

    size_t n_steps;
    uint32_t n_seen; /* also those that there was no place for */
    struct lpn_step steps[LOOK_STEPS];
    int8_t *secret; /* LOOK_STEPS x n: 100 (P(0) - P(1)) of each secret bit, rounded */
    uint8_t *ones;  /* LOOK_STEPS x k bits: code bits that lean to one */
    uint8_t *sure;  /* likewise: known with 99 percent */

    bool finished, accepted;
    uint8_t *h;                                   /* n bits: what was accepted, or else what is believed in the end */
    uint8_t *check;                               /* m bits: which of all plain labels h misses */
    uint32_t *checked;                            /* the plain labels that the self-check looks at */
    uint32_t disagreements;                       /* how many of those h misses */
    uint32_t iterations;                          /* in all */
    struct learned_round rounds[TASK_ROUNDS_MAX]; /* judged by h, as Alice judges hers */
    size_t n_rounds;
};

/* recipe_key: that the recipes are drawn from. labels: m + k of B2. All but keys is borrowed. -ENOMEM. */
int lpn_steps_new(struct lpn_steps **sp, const struct params *params, const struct code *code, const uint8_t *labels,
                  const uint8_t matrix_key[static 32], const uint8_t recipe_key[static 32]);
void lpn_steps_free(struct lpn_steps *s); /* NULL is fine; wipes */

/* 1: there is more; 0: done. */
int lpn_steps_turn(struct lpn_steps *s);

/* Row i of n_all uniform ones, A or the challenges: n bits, packed. */
void lpn_steps_plain(uint8_t *out, const uint8_t *key, size_t n_all, size_t n, uint32_t i);
/* Composed row j of the vectors of A2 as they passed: by column blocks, within a block by rows. */
void lpn_steps_composed(uint8_t *out, const struct params *params, const uint8_t *vectors, uint32_t j);
/* The w plain samples of a guess at recipe j. Guess 0 is the one that this learner works with; others are drawn for
 * looking at. */
void lpn_steps_guess(const struct lpn_steps *s, uint32_t *at, uint32_t j, uint32_t guess, const uint8_t key[static 32]);

#endif
