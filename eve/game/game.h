/* What a class plays, one thing at a time: a puzzle by hand, a vote on fresh pictures, a guess at a time. The lecturer
 * opens it, phones answer, the lecturer closes it; what is true is told only then. Each opening has a number of its
 * own, its round, so that what comes late counts for nothing. No network, no clock, no randomness of its own. */
#ifndef PARLEY_EVE_GAME_GAME_H
#define PARLEY_EVE_GAME_GAME_H

#include "common/task/task.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GAME_PICTURES_MAX = 20, /* in one vote */
    GAME_GUESSES = 20,      /* option i of a guess is 10^(i - 1) seconds */
};

struct game;

/* -ENOMEM. */
int game_new(struct game **gamep);
void game_free(struct game *game); /* NULL is fine */

/* What was open is over. The seed is that of the puzzle. */
void game_open_hand(struct game *game, const uint8_t seed[static 32], bool light);
/* A vote on the next n pictures, 1 to GAME_PICTURES_MAX, of the session that has been voted on; where it has not so
 * many left, there is none yet or `anew` is set, of a new one that follows from the seed, and the class's score begins
 * again. As pictures_make. */
int game_open_vote(struct game *game, unsigned n, bool anew, const uint8_t seed[static 32]);
/* How long will Eve need for this set? */
void game_open_guess(struct game *game, const struct set *set);
/* Nobody answers any more, and all is told. -ENOMEM: nothing has changed. Fine where nothing is open. */
int game_close(struct game *game);
/* Nothing is played. */
void game_end(struct game *game);

/* An answer of who has this seat. 0; -ESTALE: to another round than the one that is open; -EINVAL, -EEXIST: as
 * ballot_take. */
int game_take(struct game *game, size_t seat, uint64_t round, uint64_t question, uint64_t option);
/* A show of hands. As ballot_hands; -EPERM where nothing is open. */
int game_hands(struct game *game, uint64_t question, uint64_t option, uint64_t hands);
void game_leave(struct game *game, size_t seat);
/* The seat is another's from now on: what is told of the round before names nobody for who had it. */
void game_pass_on(struct game *game, size_t seat);

/* What the projector shows. While it is open, of answers only how many there are, so that nobody follows the others.
 * name: of a seat, for those who have solved a puzzle; NULL where there are no seats. */
json_t *game_shown(const struct game *game, const char *(*name)(void *user, size_t seat), void *user);
/* What the phone with this seat shows. */
json_t *game_on_phone(const struct game *game, size_t seat);

/* A puzzle as JSON: rows as texts of 0 and 1, labels as one; with its answer or without. */
struct puzzle;
json_t *game_puzzle(const struct puzzle *puzzle, bool answer);

#endif
