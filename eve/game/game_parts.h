/* The game as its two files know it: game.c plays it, game_told.c tells of it. */
#ifndef PARLEY_EVE_GAME_GAME_PARTS_H
#define PARLEY_EVE_GAME_GAME_PARTS_H

#include "eve/game/ballot.h"
#include "eve/game/game.h"
#include "eve/game/pictures.h"
#include "eve/game/puzzle.h"

enum { GAME_NOBODY = UINT16_MAX }; /* instead of a seat: who had it is gone, and another has it */

enum game_kind { GAME_NONE, GAME_HAND, GAME_VOTE, GAME_GUESS };

struct game {
    enum game_kind kind;
    uint64_t round; /* of the last opening; from 1 */
    struct ballot ballot;
    /* hand */
    struct puzzle puzzle;
    bool light;
    uint16_t found[BALLOT_SEATS]; /* who has solved it, in this order; GAME_NOBODY: gone */
    size_t n_found;
    /* vote */
    struct pictures pictures;
    bool has_pictures;
    unsigned first, used; /* of the fresh ones: the vote's first, and how many have been voted on or are now */
    uint32_t differences[PICTURES_FRESH];
    uint32_t class_right, class_answers; /* of the votes that are closed */
    unsigned n_closed, alice_right;      /* pictures of those, and how many of them she has right */
    int64_t coins;                       /* as ballot_coins has it of them */
    /* guess */
    const struct set *set;
};

#endif
