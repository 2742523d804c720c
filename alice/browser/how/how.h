/* "How Alice does it": a session that follows from a seed, and what is inside, as functions that JavaScript can call
 * (how-machine.js here). Tests call them from C.
 *
 * Whoever knows the seed knows all secrets of this session: it is for looking at and for nothing else. It is a program
 * of its own for that reason; in the Alice whom phones run nothing draws from a seed that somebody typed.
 *
 * The session is that of `alice` and `bob` with the seeds that a scenario of `eve serve` gives them, and so has the
 * same words. One instance of the program is one session. What is said is JSON; how_result has it until the next call.
 */
#ifndef PARLEY_ALICE_BROWSER_HOW_HOW_H
#define PARLEY_ALICE_BROWSER_HOW_HOW_H

#include <stddef.h>
#include <stdint.h>

enum { HOW_INPUT = 128, HOW_TILES = 8 };

/* Where text goes in. */
uint8_t *how_input(void);
const char *how_result(void);

/* In the input: a seed as for --seed (common/base/prg.h), then the set's name. -EINVAL for an empty seed, a set that
 * there is none of, too long a text, or a second call; -ENOMEM. */
int how_start(size_t n_seed, size_t n_set);

/* Some milliseconds of work. 1: there is more; 0: all is there; -EPROTO: the session failed, or what is inside is not
 * what was told; -ENOMEM. */
int how_work(void);

/* These return the number of bytes, 0 for what there is not. */
size_t how_about(void);                       /* the set, and what came of the session */
size_t how_piece(uint32_t j, uint32_t guess); /* as look.h has them */
size_t how_belief(uint32_t who, uint32_t step);
size_t how_fresh(uint32_t i);
size_t how_tiles(void); /* HOW_TILES pictures of 64 x 64 random bits, and which three of them a caption names */

void how_free(void); /* idempotent; wipes */

#endif
