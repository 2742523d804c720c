/* The task `drawings`: a separation in samples, and none in time.
 *
 * The task is a direction mu of length 3 in d dimensions. A picture is x = z mu + noise of variance 1 in each
 * dimension, z = 1 or -1 being what it shows; its caption is a clean drawing of the same, y = z mu + noise of variance
 * 1/d. Both x and y are made with mu: these captions are not free of the task. The learner is the mean of z x, or of
 * z y; it predicts the sign of <x, h>. */
#ifndef PARLEY_EVE_LAB_DRAWINGS_H
#define PARLEY_EVE_LAB_DRAWINGS_H

#include "eve/lab/toys/normal.h"

#include <stddef.h>

#define DRAWINGS_LENGTH 3.0 /* |mu|: whoever knows mu errs with probability Phi(-3) = 0.00135 */

/* mu = uniform among the vectors of this length. */
void drawings_task(double *mu, size_t d, struct normal *g);

/* out = z mu + noise: a picture with deviation 1, a caption with deviation 1/sqrt(d). z is 1 or -1. */
void drawings_picture(double *out, const double *mu, size_t d, int z, struct normal *g);
void drawings_caption(double *out, const double *mu, size_t d, int z, struct normal *g);

/* y = a caption of x by somebody who does not know the task: exactly from P(y | x), mu being uniform. scratch: d
 * numbers. */
void drawings_own_caption(double *y, const double *x, size_t d, double *scratch, struct normal *g);

/* The learner: sum += z v. */
void drawings_learn(double *sum, const double *v, size_t d, int z);

/* The exact population risk of sign <x, h>; 1/2 for h = 0. */
double drawings_risk(const double *h, const double *mu, size_t d);

double drawings_dot(const double *a, const double *b, size_t d);

/* After how many pictures without captions the risk is `risk`, about: sign <x, h> errs with Phi(-<h, mu> / |h|), and
 * the mean h of n pictures has <h, mu> = 9 and |h|^2 = 9 + d/n, on average. */
double drawings_theory(double d, double risk);

#endif
