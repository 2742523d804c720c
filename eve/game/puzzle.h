/* A puzzle by hand: ten vectors of eight bits with labels, one of which is a lie. It is LPN at n = 8, made so that it
 * has one answer: of the 256 secrets one disagrees with one label, and each other one with two or more. Pure. */
#ifndef PARLEY_EVE_GAME_PUZZLE_H
#define PARLEY_EVE_GAME_PUZZLE_H

#include <stdbool.h>
#include <stdint.h>

enum { PUZZLE_N = 8, PUZZLE_ROWS = 10, PUZZLE_SECRETS = 256, PUZZLE_LIGHT = 3 };

struct puzzle {
    uint8_t rows[PUZZLE_ROWS];   /* bit i of a row is its place i, from the left, i = 0 the lowest bit */
    uint8_t labels[PUZZLE_ROWS]; /* 0 or 1 */
    uint8_t secret;              /* the answer */
    unsigned lie;                /* the row whose label is wrong */
};

/* Follows from the seed alone. light: rows have at most PUZZLE_LIGHT ones, which people can add up; otherwise they are
 * uniform, as in a session. Rows differ from each other and from 0; the secret has two ones at least. */
void puzzle_make(struct puzzle *out, const uint8_t seed[static 32], bool light);

/* Labels that a secret disagrees with. */
unsigned puzzle_wrong(const struct puzzle *puzzle, uint8_t secret);

#endif
