/* Captions drawn anew from the pictures: y' from P(y | x), by somebody who knows nothing but x. If captions are free of
 * the task, (x, y', z) is distributed as (x, y, z), and Alice's learner runs on it as on her own. Two toys, small
 * enough that y' can be drawn by trying: recipes until one gives x.
 *
 *     parity   n bits; m plain rows; composed row j is unit vector j mod n plus w plain rows, the recipe; labels are
 *              parities with noise; the learner takes for each bit of the secret what most of its rows say
 *     lwe      n numbers modulo 256; composed row j is D times unit vector j plus a combination of all m plain rows
 *              with coefficients -1, 0, 1, the recipe; labels have noise; the learner rounds to multiples of D */
#ifndef PARLEY_EVE_LAB_RESAMPLE_H
#define PARLEY_EVE_LAB_RESAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RESAMPLE_PARITY_MAX = 16, RESAMPLE_LWE_MAX = 2 /* largest n */ };

/* Whose captions the learner runs on. */
enum resample_captions {
    RESAMPLE_TRUE,   /* Alice's */
    RESAMPLE_DRAWN,  /* from P(y | x) */
    RESAMPLE_ANYHOW, /* from P(y): not looking at x */
    RESAMPLE_KINDS,
};

struct resampled {
    bool right[RESAMPLE_KINDS]; /* the learner's hypothesis is the secret */
    size_t captions, same;      /* how many were drawn from P(y | x); of them, how many are Alice's */
    uint64_t tries;             /* recipes tried for these */
    size_t samples;             /* plain and composed */
};

/* One session that follows from the seed. noisy: with labels noisier than the learner is made for. stop: asked now and
 * then. -ENOMEM, -EINVAL for an n that is too large, -EINTR when stop said so. */
int resample_parity(struct resampled *out, unsigned n, bool noisy, const uint8_t seed[static 32], bool (*stop)(void));
int resample_lwe(struct resampled *out, unsigned n, bool noisy, const uint8_t seed[static 32], bool (*stop)(void));

#endif
