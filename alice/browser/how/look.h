/* The inside of a task, for whoever wants to see how Alice learns: her recipes, what cancels, what her learner believes
 * and when, what the hypothesis says of fresh samples; and the same with recipes that Eve has guessed. All of it comes
 * from the code of the task itself, run once more on what passed and on the seeds; what it finds must be what Alice
 * told in the session. */
#ifndef PARLEY_ALICE_BROWSER_HOW_LOOK_H
#define PARLEY_ALICE_BROWSER_HOW_LOOK_H

#include "alice/browser/how/answers.h"
#include "alice/browser/how/joint.h"
#include "alice/browser/how/writer.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum look_who { LOOK_ALICE, LOOK_EVE, LOOK_BOTH };

enum { LOOK_STEPS = 64 }; /* of a learner, of which it is told; of more the last one stands for the others */

/* All borrowed. */
struct look_data {
    const struct joint *joint;
    const struct answers *answers;
    uint8_t recipes[32]; /* the key of Alice's */
    uint8_t guesses[32]; /* the key of Eve's */
};

struct look;

/* Written is the inside of an object that is open. false: there is no such one, and nothing is written. */
struct look_kind {
    int (*begin)(struct look **lp, const struct look_data *data); /* -ENOMEM */
    /* 1: there is more; 0: all is there; -ENOMEM; -EPROTO: it is not what Alice told. */
    int (*turn)(struct look *l);
    void (*about)(const struct look *l, struct writer *w);
    /* Composed sample j: its recipe, what cancels, what is left; Eve's guess at it, of which there are many. */
    bool (*piece)(const struct look *l, struct writer *w, uint32_t j, uint32_t guess);
    /* Step `step` of the learner of this one. */
    bool (*belief)(const struct look *l, struct writer *w, enum look_who who, uint32_t step);
    /* Fresh sample i: predictions, Bob's answer, and how many of the first i + 1 were right. */
    bool (*fresh)(const struct look *l, struct writer *w, uint32_t i);
    void (*free)(struct look *l); /* wipes */
};

/* log10 of the number of w-subsets of n. */
static inline double look_subsets_log10(uint32_t n, uint32_t w) {
    double sum = 0;
    for (uint32_t t = 0; t < w; t++)
        sum += log10((n - t) / (t + 1.0));
    return sum;
}

extern const struct look_kind look_lpn, look_ring, look_lwe;

#endif
