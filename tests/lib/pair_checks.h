/* What the tests of every task ask of two sessions. */
#ifndef PARLEY_TESTS_PAIR_CHECKS_H
#define PARLEY_TESTS_PAIR_CHECKS_H

#include "tests/lib/pair.h"

/* A good session, however p cuts and orders its work: the bytes of both directions, and the key, are those of a plain
 * one with the same set and seed, which p was initialised with. */
void pair_check_against_plain(struct pair *p, uint64_t seed);

/* A script of this set in which Alice finds Bob to be broken and ends it at this step, with both texts in her words.
 * Nobody has a key. */
void pair_check_broken_bob(const char *set, uint64_t seed, enum step step, const char *what, const char *words);

/* A hook (pair.h) and its context: one message is said in another's place, with n equal bytes in it. */
struct pair_instead {
    enum message_kind kind; /* MESSAGE_SAMPLES, MESSAGE_LABELS or MESSAGE_CHALLENGE */
    size_t index;           /* of the message of this kind that is replaced */
    size_t n;               /* bytes that are said instead */
    size_t seen;            /* messages of this kind so far */
    uint8_t byte;           /* that is said n times */
};
void pair_say_instead(struct pair *p, struct pair_frame *f, void *context);

/* A script of this set with that. Whoever hears the n bytes refuses them, as breaking the protocol, at this step. */
void pair_check_bytes_refused(const char *set, uint64_t seed, struct pair_instead instead, enum step step);

#endif
