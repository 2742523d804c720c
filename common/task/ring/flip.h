/* Bit flipping: finds the sparse s and e in v = x s + y e + e2, given the sparse x and y, as long as e2 is sparse, too
 * (Gallager 1963; for quasi-cyclic codes Misoczki, Tillich, Sendrier, Barreto 2013; with a noisy syndrome Deneuville,
 * Gaborit, Zemor, Ouroboros, PQCrypto 2017).
 *
 * Each equation is a bit of the residue v + x S + y E, S and E being what is found so far. Where many of the w
 * equations that a bit of S or E stands in are wrong, it is flipped. flip_turn has no secret-dependent branch or
 * address; flip_status is where what was found is first acted upon. */
#ifndef PARLEY_RING_FLIP_H
#define PARLEY_RING_FLIP_H

#include "common/task/ring/poly.h"
#include "common/task/ring/ring_params.h"
#include "common/task/task.h"

enum flip_status {
    FLIP_WORK,     /* flip_turn is to be called */
    FLIP_FOUND,    /* flip_s is a string of w_s ones that leaves no more noise than an honest bob's */
    FLIP_EXHAUSTED /* there is nothing left to try */
};

struct flip;

/* A string, and where its ones are. */
struct recipe_part {
    uint64_t bits[POLY_WORDS];
    uint32_t at[RING_WEIGHT_MAX];
};

/* x and y, of w ones each, are borrowed. -ENOMEM. */
int flip_new(struct flip **fp, const struct ring_params *params, const struct recipe_part *x,
             const struct recipe_part *y);
void flip_free(struct flip *f); /* NULL is fine. Wipes. */

/* v: n bits. What was found before is forgotten. */
void flip_start(struct flip *f, const uint64_t *v);
void flip_turn(struct flip *f);
enum flip_status flip_status(const struct flip *f);
/* What was found was not it: on with another try. */
void flip_reject(struct flip *f);

const uint64_t *flip_s(const struct flip *f);
const uint64_t *flip_e(const struct flip *f); /* as far as it is found, likewise */
uint32_t flip_turns(const struct flip *f);

/* How many equations of the residue differed from what is left now, before the first turn and after each of the next;
 * of more than TASK_ROUNDS_MAX the last one instead of the others. No branch or address follows from a secret. Returns
 * how many. */
size_t flip_rounds(const struct flip *f, struct learned_round rounds[static TASK_ROUNDS_MAX]);

#endif
