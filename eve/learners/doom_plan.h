/* How a search with many targets (eve/f2/doom.h) is run, and how likely a pass of it is to succeed. */
#ifndef PARLEY_EVE_DOOM_PLAN_H
#define PARLEY_EVE_DOOM_PLAN_H

#include "eve/f2/cyclic.h"

struct doom_plan {
    size_t n_u;          /* rows in the part of which two are taken */
    unsigned bits;       /* of a bucket's number */
    unsigned most;       /* bits of a word that a hit may leave */
    unsigned groups;     /* of CYCLIC_GROUP exchanges before each pass */
    double success;      /* expected finds of a pass over an independent tableau */
    double independence; /* independent tries for each pass */
    double seconds;      /* of a pass and its exchanges, on the machine on which the formula was fitted */
};

/* The best plan for errors of this weight: word.n, n_blocks and weight are read. */
void doom_plan(struct doom_plan *plan, const struct cyclic_word *word);

#endif
