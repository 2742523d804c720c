/* Whose turn it is in Eve's queue, and for how long. Pure. */
#ifndef PARLEY_EVE_PAGE_TURNS_H
#define PARLEY_EVE_PAGE_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TURN_LEAST = 1 }; /* seconds: a learner takes some time to begin */

/* Who waits. */
struct turn {
    unsigned n_failed; /* so often Eve has tried in vain */
    double seconds;    /* of a core until success, by estimate: one currency for all tasks */
    uint64_t joined;   /* who came first */
};

/* a comes before b: who has not failed yet, then what costs less, then who came first. */
bool turn_before(const struct turn *a, const struct turn *b);

/* What one may have of the `left` seconds for which n wait, itself included: an even share, or four times what it is
 * expected to take, where that is no more than four shares: so that sessions which look easy and never fall do not use
 * up what is left. What is not used is there for the others. Where nobody is expected to succeed, even shares lose
 * nothing: a search has no memory. */
double turn_budget(double left, size_t n, double expected, unsigned n_cores);

#endif
