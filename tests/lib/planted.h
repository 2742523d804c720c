/* A quasi-cyclic problem with a planted error: random generators, errors of a fixed weight in each block. */
#ifndef PARLEY_TESTS_PLANTED_H
#define PARLEY_TESTS_PLANTED_H

#include "eve/f2/cyclic.h"

struct planted {
    struct cyclic_word word;
    size_t bytes; /* of a block */
    uint8_t *generator[CYCLIC_BLOCKS], *received[CYCLIC_BLOCKS];
    uint8_t *error; /* all blocks, one after the other */
};

/* Aborts when out of memory. weights: of each block. */
void planted_make(struct planted *p, size_t n, unsigned n_blocks, const unsigned *weights, uint64_t seed);
void planted_free(struct planted *p);

#endif
