/* Labelled pictures of a task of `drawings`, one after the other, and what each party has of them. */
#ifndef PARLEY_EVE_LAB_ALBUM_H
#define PARLEY_EVE_LAB_ALBUM_H

#include "eve/lab/toys/drawings.h"

enum album_part {
    ALBUM_PICTURES, /* x */
    ALBUM_CAPTIONS, /* y, by somebody who knows the task */
    ALBUM_OWN,      /* y, made from x by somebody who does not */
};

struct album {
    size_t d;
    const double *mu;
    double flips; /* how often a label is wrong */
    struct normal labels, pictures, captions, own;
    double *memory, *v, *x, *scratch;
};

/* All follows from the key: the same pictures, captions and labels each time. mu is borrowed. -ENOMEM. */
int album_init(struct album *t, const double *mu, size_t d, double flips, const uint8_t key[static 32]);
void album_deinit(struct album *t);

/* The next sample: t->v is this part of it. Returns its label, 1 or -1. One part only is read from a album. */
int album_next(struct album *t, enum album_part part);

/* h, d numbers = what the learner has made of the next n samples. */
void album_learn(struct album *t, enum album_part part, size_t n, double *h);

/* After how many samples the learner's population risk is at most `risk` for the first time; 0 if not after `most`. h:
 * d numbers. sign: 1, or -1 for a learner that is broken on purpose. */
size_t album_needs(struct album *t, enum album_part part, double risk, size_t most, int sign, double *h);

#endif
