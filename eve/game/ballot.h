/* The answers of a class: each phone has a seat, and answers each question once. Pure.
 *
 * While it is open, who leaves takes his answers with him, so that nobody answers twice by leaving and coming back.
 * Once it is closed, no count changes any more. Answers by a show of hands are counted without a seat. */
#ifndef PARLEY_EVE_GAME_BALLOT_H
#define PARLEY_EVE_GAME_BALLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BALLOT_SEATS = 1000,
    BALLOT_QUESTIONS = 20,
    BALLOT_OPTIONS = 256,
    BALLOT_HANDS = 1000, /* in all, at most */
};

struct ballot {
    bool open;
    unsigned n_questions, n_options;
    uint16_t given[BALLOT_SEATS][BALLOT_QUESTIONS]; /* 1 + the option; 0: no answer */
    uint32_t counts[BALLOT_QUESTIONS][BALLOT_OPTIONS];
    uint32_t n_hands;
};

/* Empty and open. 1 <= n_questions <= BALLOT_QUESTIONS, 1 <= n_options <= BALLOT_OPTIONS. */
void ballot_open(struct ballot *ballot, unsigned n_questions, unsigned n_options);
void ballot_close(struct ballot *ballot);

/* 0; -EPERM: it is closed; -EINVAL: there is no such seat, question or option; -EEXIST: this seat has answered it. */
int ballot_take(struct ballot *ballot, size_t seat, uint64_t question, uint64_t option);
/* So many hands. The same; -EOVERFLOW: more than BALLOT_HANDS. */
int ballot_hands(struct ballot *ballot, uint64_t question, uint64_t option, uint64_t hands);
/* Who had this seat is gone; who has it next has answered nothing. */
void ballot_leave(struct ballot *ballot, size_t seat);

/* Answers to a question. */
uint32_t ballot_answers(const struct ballot *ballot, unsigned question);
/* What a seat has answered, -1 if nothing. */
int ballot_given(const struct ballot *ballot, size_t seat, unsigned question);
/* Seats that have answered every question. */
size_t ballot_done(const struct ballot *ballot);

/* Yes or no, answered by people who know nothing: at n questions yes and no differ by differences[i], of `answers`
 * answers in all. Then each question's label is a coin, for all who answered it at once. Exactly: the least t such that
 * with probability 95% the number of right answers is within t/2 of answers/2; the range is (answers - t) / 2 to
 * (answers + t) / 2. -ENOMEM. */
int64_t ballot_coins(const uint32_t *differences, size_t n);

#endif
