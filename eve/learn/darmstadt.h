/* A session of LWE as an instance in the format of the LWE challenge of Darmstadt (Buchmann, Buescher, Goepfert and
 * others, Creating Cryptographic Challenges Using Multi-Party Computation: The LWE Challenge, 2016;
 * latticechallenge.org), as its readers take it, such as load_lwe_challenge of G6K: the lines n, m, q, alpha, then the
 * vector b, "[1 2 3]", and the m x n matrix A, "[[1 2]", "[3 4]]", row by row; b = A s + e modulo q, and the noise has
 * the standard deviation alpha q.
 *
 * What has no place in that format: here the entries of s are small, -2 ... 2, where there they are uniform; q is 2^16
 * and no prime; the noise is centred binomial instead of a rounded Gaussian. A solver that makes nothing of a small
 * secret finds it harder than it is. */
#ifndef PARLEY_EVE_DARMSTADT_H
#define PARLEY_EVE_DARMSTADT_H

#include "eve/learn/view.h"

#include <stdio.h>

/* Whether samples of this view are such. */
bool darmstadt_fits(const struct view *view);

/* All samples, the plain ones first; view fits. -ENOMEM; errors of out are left to be asked for. */
int darmstadt_write(FILE *out, const struct view *view);

#endif
