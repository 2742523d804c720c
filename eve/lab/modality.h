/* What it costs to get one modality of a task from the other.
 *
 *     y to x: from the recipes to the composed vectors, as Alice does
 *     x to y: from the vectors to the recipes, as Eve's learner `recipe` does
 *
 * All on the calling thread; times are processor seconds of that thread. */
#ifndef PARLEY_EVE_LAB_MODALITY_H
#define PARLEY_EVE_LAB_MODALITY_H

#include "eve/lab/instance.h"

#include <stddef.h>
#include <stdint.h>

/* The parameters of n with recipes of weight w, 0 too: then a composed vector is its code row, for everybody to see,
 * and x and y tell the same. -EINVAL. */
int modality_params(struct params *out, uint32_t n, uint32_t w);

/* y to x: all k vectors of the task from its recipes, A expanded on the way. vectors: k rows of n/8 bytes. seconds: for
 * all, by as many repetitions as a short measurement needs. -ENOMEM. */
int modality_vectors(const struct instance *task, uint8_t *vectors, double *secondsp);

/* How many of `tries` vectors, chosen by the seed, are not the sum that their recipe says, added up row by row. */
size_t modality_wrong(const struct instance *task, const uint8_t *vectors, size_t tries, const uint8_t seed[static 32]);

#endif
