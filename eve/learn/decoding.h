/* A session as an instance of syndrome decoding, in the formats of decodingchallenge.org (Aragon, Lavauzelle,
 * Lequesne):
 * "# n", "# w" and so on, each with its value in the next line; a vector is a line of digits 0 and 1.
 *
 * LPN, as the challenge in the Goppa-McEliece setting, whose rate is free: n samples in all, k the dimension of the
 * secret; then "# H^transpose (each line corresponds to column of H, the identity part is omitted)" and k lines of n -
 * k digits, "# s^transpose". H = (I | C) is a parity check of the code that all samples' rows span; e, with H e = s, is
 * the noise of the labels: first of the samples outside the information set, then of those in it, each in their order.
 * The information set: in the order of samples, each whose row is no sum of rows taken before. w: an honest noise is
 * heavier once in 2^40 times.
 *
 * The ring task, as the quasi-cyclic challenge: n is twice the length of the ring, w exactly w_e + w_s; "# A vector h
 * of length (0.5 n) which describes the parity-check matrix H", s. H = (I | M) with M_(i,j) = h_(i-j), so that s, the n
 * plain labels, is e1 + h times Bob's secret, and e is e1, then his secret. The labels of sigma are not in it.
 *
 * The words of the comments are those of the challenge's files, which its readers go by. */
#ifndef PARLEY_EVE_DECODING_H
#define PARLEY_EVE_DECODING_H

#include "eve/learn/view.h"

#include <stdio.h>

/* Whether sessions of this view's task are such instances. */
bool decoding_fits(const struct view *view);

/* view fits. 0; 1: the samples of this session do not span all vectors, nothing was written; -ENOMEM. Errors of out are
 * left to be asked for. */
int decoding_write(FILE *out, const struct view *view);

/* The least w that a sum of n independent bits, each 1 with probability p, exceeds with probability 2^-40 at most. */
size_t decoding_weight(size_t n, double p);

#endif
