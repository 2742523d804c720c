/* The learner from the inside: what learner.c, learner_decide.c and learner_guess.c share. */
#ifndef PARLEY_BIMODAL_LEARNER_STATE_H
#define PARLEY_BIMODAL_LEARNER_STATE_H

#include "common/task/lpn/code.h"
#include "common/task/lpn/learner.h"
#include "common/task/lpn/learner_kernels.h"
#include "common/task/lpn/recipes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LEARNER_LANES = CODE_LANES,
    LEARNER_TIE = 2,      /* a hard decision that is none */
    LEARNER_GUESSES = 32, /* of the least certain bits */
    LEARNER_MAX_PROPOSALS = 8,
};

enum learner_phase { PREPARE, CODE_PASSES, TO_PLAIN, FROM_PLAIN, GUESS };

struct learner {
    const struct code *code;
    const struct recipes *recipes;
    const struct learner_kernels *kernels;
    size_t n, m, w, k;
    size_t n_blocks;   /* ceil(k / 16): steps of a lane */
    size_t n_places;   /* 16 n_blocks */
    float gain_size;   /* 1 - 2 theta */
    float prior_odds;  /* (1 - theta) / theta */
    size_t max_errors; /* a candidate that differs from more of v is none */

    enum learner_status status;
    enum learner_phase phase;
    size_t iterations, rounds, proposals;
    size_t max_iterations; /* of this turn along the code */
    size_t last_round;     /* then the guesses begin */
    bool converged;        /* hard is worth proposing */
    size_t errors;         /* the v_j that it differs from */

    uint8_t *candidate; /* packed */
    uint8_t *hard;      /* n: 0, 1 or LEARNER_TIE */
    uint8_t *rejected;  /* LEARNER_MAX_PROPOSALS x n */
    size_t n_rejected;
    size_t least_rejected; /* errors of the best of them */

    bool proposing_found;    /* what the guesses found is proposed, one after the other */
    size_t n_turns;          /* how often it has guessed */
    size_t guess, n_guesses; /* the next of how many */
    uint32_t guesses[LEARNER_GUESSES];
    uint8_t *hard_before; /* n: what was believed before the guesses */
    float *to_s_before;   /* n_places */
    uint8_t *found;       /* LEARNER_MAX_PROPOSALS x n: candidates, the fewest errors first */
    size_t found_errors[LEARNER_MAX_PROPOSALS];
    size_t n_found;

    uint32_t *pi;    /* n_places; beyond k it names bit n, of which nobody asks */
    uint32_t *depth; /* n / 16: most repeats among 16 secret bits */
    uint32_t *begin; /* n / 16: where their places begin */
    uint32_t *where; /* the places of each secret bit, ascending, 16 bits at a time; none is n_places */

    float *prior; /* n */
    float *sums;  /* 2 (n + 1) */
    float *gain;  /* n_places, as the next five */
    float *channel;
    float *to_s; /* and one more, which says nothing */
    float *to_code;
    float *before;
    float *change;
    int32_t *added; /* k: scratch of learner_decide.c */
    uint8_t *ones;  /* for each round that is told of, n_places bits: code bits that lean to one, */
    uint8_t *sure;  /* and those that are known with 99 percent */
    size_t n_told;  /* of them */
    float *edges;   /* n_places w */
    float *odds;    /* 2 m: one for each half of the recipes */
};

/* learner_told.c: keeps how the code bits lean now; where there is no more place, instead of the last one. */
void learner_keep_round(struct learner *learner);

/* Along the code, once. */
void learner_pass(struct learner *learner);

/* learner_decide.c: hard decisions. Returns whether all secret bits are decided and as they were before. */
bool learner_decide(struct learner *learner);

/* How many v_j differ from the codeword of hard; and what flipping secret bit i would add to that. */
size_t learner_count_errors(struct learner *learner);
int32_t learner_flip_adds(const struct learner *learner, size_t i);

/* Flips single bits of hard as long as that brings its codeword nearer to v. Returns the errors that remain. */
size_t learner_descend(struct learner *learner);

bool learner_is_rejected(const struct learner *learner);

/* learner_guess.c: begins; makes the next guess; moves the best of what was found to hard, or returns false; goes back
 * to the beliefs from before. */
void learner_start_guesses(struct learner *learner);
void learner_make_guess(struct learner *learner);
bool learner_take_found(struct learner *learner);
void learner_end_guesses(struct learner *learner);

#endif
