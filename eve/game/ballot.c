#include "eve/game/ballot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void ballot_open(struct ballot *b, unsigned n_questions, unsigned n_options) {
    memset(b, 0, sizeof *b);
    b->open = true;
    b->n_questions = n_questions;
    b->n_options = n_options;
}

void ballot_close(struct ballot *b) {
    b->open = false;
}

static int check(const struct ballot *b, uint64_t question, uint64_t option) {
    return !b->open ? -EPERM : question >= b->n_questions || option >= b->n_options ? -EINVAL : 0;
}

int ballot_take(struct ballot *b, size_t seat, uint64_t question, uint64_t option) {
    int r = check(b, question, option);
    if (r < 0)
        return r;
    if (seat >= BALLOT_SEATS)
        return -EINVAL;
    if (b->given[seat][question])
        return -EEXIST;
    b->given[seat][question] = (uint16_t)(option + 1);
    b->counts[question][option]++;
    return 0;
}

int ballot_hands(struct ballot *b, uint64_t question, uint64_t option, uint64_t hands) {
    int r = check(b, question, option);
    if (r < 0)
        return r;
    if (hands > BALLOT_HANDS - b->n_hands)
        return -EOVERFLOW;
    b->n_hands += (uint32_t)hands;
    b->counts[question][option] += (uint32_t)hands;
    return 0;
}

void ballot_leave(struct ballot *b, size_t seat) {
    if (seat >= BALLOT_SEATS)
        return;
    for (unsigned q = 0; b->open && q < b->n_questions; q++)
        if (b->given[seat][q])
            b->counts[q][b->given[seat][q] - 1]--;
    memset(b->given[seat], 0, sizeof b->given[seat]);
}

uint32_t ballot_answers(const struct ballot *b, unsigned question) {
    uint32_t sum = 0;
    for (unsigned i = 0; i < b->n_options; i++)
        sum += b->counts[question][i];
    return sum;
}

int ballot_given(const struct ballot *b, size_t seat, unsigned question) {
    return seat < BALLOT_SEATS ? b->given[seat][question] - 1 : -1;
}

size_t ballot_done(const struct ballot *b) {
    size_t n = 0;
    for (size_t seat = 0; seat < BALLOT_SEATS; seat++) {
        bool all = b->n_questions > 0;
        for (unsigned q = 0; q < b->n_questions; q++)
            all &= b->given[seat][q] != 0;
        n += all;
    }
    return n;
}

int64_t ballot_coins(const uint32_t *differences, size_t n) {
    size_t all = 0, size = 1;
    for (size_t i = 0; i < n; i++)
        all += differences[i];
    /* p[j]: that the labels of the questions so far have summed up to j - size/2, each difference plus or minus */
    double *p = calloc(2 * all + 1, sizeof *p), *next = calloc(2 * all + 1, sizeof *next), inside = 0;
    int64_t t = p && next ? 0 : -ENOMEM;
    if (t == 0) {
        p[0] = 1;
        for (size_t i = 0; i < n; i++) {
            size_t d = 2 * (size_t)differences[i];
            for (size_t j = 0; j < size + d; j++)
                next[j] = ((j < size ? p[j] : 0) + (j >= d ? p[j - d] : 0)) / 2;
            size += d;
            memcpy(p, next, size * sizeof *p);
        }
        for (inside = p[all]; inside < 0.95 && (size_t)t < all;) {
            t++;
            inside += p[all - (size_t)t] + p[all + (size_t)t];
        }
    }
    free(p);
    free(next);
    return t;
}
