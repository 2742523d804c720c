/* When beliefs have settled on a wrong candidate, or on none, some bit is not what it seems: the least certain ones are
 * forced, one at a time, to be the opposite, and the code has its say again. The codeword nearest to v is proposed
 * first. */
#include "common/task/lpn/learner_state.h"

#include <sodium.h>
#include <string.h>

enum { GUESS_ITERATIONS = 12, FIRST_DECISION = 2, MARGIN = 8, MARGIN_SHARE = 1024 };

/* The least certain secret bits, the least certain first. */
static void choose(struct learner *l) {
    float doubts[LEARNER_GUESSES];
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        float zero = l->sums[2 * i], one = l->sums[2 * i + 1];
        float doubt = zero < one ? zero / one : one / zero;
        if (l->hard[i] == LEARNER_TIE || (n == LEARNER_GUESSES && doubts[n - 1] >= doubt))
            continue;
        if (n < LEARNER_GUESSES)
            n++;
        size_t at = n - 1;
        for (; at > 0 && doubts[at - 1] < doubt; at--) {
            doubts[at] = doubts[at - 1];
            l->guesses[at] = l->guesses[at - 1];
        }
        doubts[at] = doubt;
        l->guesses[at] = (uint32_t)i;
    }
    l->n_guesses = n;
    sodium_memzero(doubts, sizeof doubts);
}

/* Adds hard to the found ones unless it is implausible, known or worse than all of a full list. The right one is hardly
 * ever farther from v than a wrong one, and never much. */
static void keep(struct learner *l, size_t errors) {
    size_t most = l->max_errors;
    if (l->n_rejected > 0 && most > l->least_rejected + MARGIN + l->k / MARGIN_SHARE)
        most = l->least_rejected + MARGIN + l->k / MARGIN_SHARE;
    if (errors > most || learner_is_rejected(l))
        return;
    for (size_t f = 0; f < l->n_found; f++)
        if (memcmp(l->hard, l->found + f * l->n, l->n) == 0)
            return;
    if (l->n_found == LEARNER_MAX_PROPOSALS) {
        if (l->found_errors[l->n_found - 1] <= errors)
            return;
        l->n_found--;
    }
    size_t at = l->n_found++;
    for (; at > 0 && l->found_errors[at - 1] > errors; at--) {
        l->found_errors[at] = l->found_errors[at - 1];
        memcpy(l->found + at * l->n, l->found + (at - 1) * l->n, l->n);
    }
    l->found_errors[at] = errors;
    memcpy(l->found + at * l->n, l->hard, l->n);
}

/* What a single flip away is about as near to v, however certain that bit seems. */
static void keep_neighbours(struct learner *l) {
    size_t errors = learner_count_errors(l);
    for (size_t i = 0; i < l->n; i++) {
        l->hard[i] ^= 1;
        keep(l, errors + (size_t)learner_flip_adds(l, i));
        l->hard[i] ^= 1;
    }
}

void learner_start_guesses(struct learner *l) {
    choose(l);
    memcpy(l->to_s_before, l->to_s, l->n_places * sizeof *l->to_s);
    memcpy(l->hard_before, l->hard, l->n);
    l->guess = 0;
    l->n_found = 0;
    l->n_turns++;
    if (l->n_rejected > 0 && !memchr(l->hard, LEARNER_TIE, l->n))
        keep_neighbours(l);
}

void learner_make_guess(struct learner *l) {
    size_t i = l->guesses[l->guess++];
    memcpy(l->to_s, l->to_s_before, l->n_places * sizeof *l->to_s);
    memcpy(l->hard, l->hard_before, l->n);
    l->prior[i] = l->hard[i] == 1 ? 1 : -1;
    l->kernels->repeat(l->n / LEARNER_LANES, l->depth, l->where, l->prior, l->to_s, l->sums);
    bool settled = false;
    for (int turn = 0; turn < GUESS_ITERATIONS && !settled; turn++) {
        learner_pass(l);
        settled = learner_decide(l) && turn >= FIRST_DECISION;
    }
    if (settled) /* before the descent, which may take the guess back */
        keep(l, learner_count_errors(l));
    if (!memchr(l->hard, LEARNER_TIE, l->n))
        keep(l, learner_descend(l));
    l->prior[i] = 0;
}

bool learner_take_found(struct learner *l) {
    if (l->n_found == 0)
        return false;
    memcpy(l->hard, l->found, l->n);
    l->errors = l->found_errors[0];
    l->n_found--;
    memmove(l->found, l->found + l->n, l->n_found * l->n);
    memmove(l->found_errors, l->found_errors + 1, l->n_found * sizeof l->found_errors[0]);
    return true;
}

void learner_end_guesses(struct learner *l) {
    memcpy(l->to_s, l->to_s_before, l->n_places * sizeof *l->to_s);
    memcpy(l->hard, l->hard_before, l->n);
    l->kernels->repeat(l->n / LEARNER_LANES, l->depth, l->where, l->prior, l->to_s, l->sums);
}
