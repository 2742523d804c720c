/* What the known attacks on a parameter set cost, from formulas; a classical model in bit operations, not a
 * measurement. */
#ifndef PARLEY_EVE_ESTIMATE_H
#define PARLEY_EVE_ESTIMATE_H

#include "common/task/lpn/params.h"

/* log2 of bit operations, on average until success; memory: log2 of bytes. quantum: the same with the search for a good
 * iteration sped up quadratically (Grover), everything else as before: in the attacker's favour. */
struct estimate_attack {
    double operations;
    double quantum;
    double memory;
    double success;      /* log2 of the probability of one iteration; above 0: so many finds in each */
    unsigned weights[2]; /* how many errors (rows) each list covers */
};

struct estimate {
    struct estimate_attack gauss;          /* labels, pooled Gauss */
    struct estimate_attack stern;          /* labels, the best known */
    struct estimate_attack recipe_one;     /* vectors: one recipe of the k */
    struct estimate_attack recipes_enough; /* vectors: the n/(1 - H(p)) of them that learning needs */
    double strength;                       /* the smaller of stern and recipes_enough */
};

void estimate_set(struct estimate *estimate, const struct params *params);

/* A Julian year's core for each of so many seconds. */
double estimate_core_years(double seconds);

#endif
