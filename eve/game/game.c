#include "eve/game/game_parts.h"

#include <errno.h>
#include <stdlib.h>

int game_new(struct game **gamep) {
    *gamep = calloc(1, sizeof **gamep);
    return *gamep ? 0 : -ENOMEM;
}

void game_free(struct game *game) {
    free(game);
}

static void begin(struct game *g, enum game_kind kind, unsigned n_questions, unsigned n_options) {
    g->kind = kind;
    g->round++;
    ballot_open(&g->ballot, n_questions, n_options);
}

void game_open_hand(struct game *g, const uint8_t seed[static 32], bool light) {
    puzzle_make(&g->puzzle, seed, light);
    g->light = light;
    g->n_found = 0;
    begin(g, GAME_HAND, 1, PUZZLE_SECRETS);
}

static int next_session(struct game *g, const uint8_t seed[static 32]) {
    int r = pictures_make(&g->pictures, seed);
    g->has_pictures = r == 0;
    g->used = g->n_closed = g->alice_right = 0;
    g->class_right = g->class_answers = 0;
    g->coins = 0;
    return r;
}

int game_open_vote(struct game *g, unsigned n, bool anew, const uint8_t seed[static 32]) {
    int r = 0;
    if (anew || !g->has_pictures || g->used + n > PICTURES_FRESH)
        r = next_session(g, seed);
    if (r < 0) {
        game_end(g);
        return r;
    }
    g->first = g->used; /* a vote that was never closed is wasted: its pictures have been seen */
    g->used += n;
    begin(g, GAME_VOTE, n, 2);
    return 0;
}

void game_open_guess(struct game *g, const struct set *set) {
    g->set = set;
    begin(g, GAME_GUESS, 1, GAME_GUESSES);
}

/* The score of the class and of Alice, with the pictures of this vote. */
static int count(struct game *g) {
    unsigned n = g->ballot.n_questions;
    for (unsigned q = 0; q < n; q++) {
        const uint32_t *counts = g->ballot.counts[q];
        g->differences[g->n_closed + q] = counts[0] > counts[1] ? counts[0] - counts[1] : counts[1] - counts[0];
    }
    int64_t coins = ballot_coins(g->differences, g->n_closed + n);
    if (coins < 0)
        return (int)coins;
    for (unsigned q = 0; q < n; q++) {
        const struct picture *picture = &g->pictures.fresh[g->first + q];
        g->class_right += g->ballot.counts[q][picture->label];
        g->class_answers += ballot_answers(&g->ballot, q);
        g->alice_right += picture->alice == picture->label;
    }
    g->n_closed += n;
    g->coins = coins;
    return 0;
}

int game_close(struct game *g) {
    int r = g->ballot.open && g->kind == GAME_VOTE ? count(g) : 0;
    if (r == 0)
        ballot_close(&g->ballot);
    return r;
}

void game_end(struct game *g) {
    ballot_close(&g->ballot);
    g->kind = GAME_NONE;
}

int game_take(struct game *g, size_t seat, uint64_t round, uint64_t question, uint64_t option) {
    int r = round != g->round ? -EPERM : ballot_take(&g->ballot, seat, question, option);
    if (r == 0 && g->kind == GAME_HAND && option == g->puzzle.secret)
        g->found[g->n_found++] = (uint16_t)seat;
    return r == -EPERM ? -ESTALE : r;
}

int game_hands(struct game *g, uint64_t question, uint64_t option, uint64_t hands) {
    return ballot_hands(&g->ballot, question, option, hands);
}

void game_leave(struct game *g, size_t seat) {
    ballot_leave(&g->ballot, seat);
    if (!g->ballot.open)
        return;
    size_t n = 0;
    for (size_t i = 0; i < g->n_found; i++)
        if (g->found[i] != seat)
            g->found[n++] = g->found[i];
    g->n_found = n;
}

void game_pass_on(struct game *g, size_t seat) {
    for (size_t i = 0; i < g->n_found; i++)
        if (g->found[i] == seat)
            g->found[i] = GAME_NOBODY;
}
