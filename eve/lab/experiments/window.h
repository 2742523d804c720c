/* What window.c measures and window_report.c makes of it.
 *
 * Noise is theta = c n^(-a). From a = 1 (one wrong label among n: almost none) down to a = 1/2 (the protocol) c is 1;
 * from there to a = 0 it goes down to 1/8, the constant noise at which LPN is mostly used: c = 8^(2a - 1).
 *
 * The weight w of recipes is chosen by two rules, which are one at a = 1/2:
 *     fixed   w = round(0.3 sqrt n), whatever the noise: finding a recipe stays as hard as in the protocol
 *     kept    the largest w with which p, the noise that is left for the bimodal learner, is no larger than in the
 *             protocol at this n: what the code is known to bear
 *
 * A unit is one session of one cell: parameters "n", "a" (in hundredths), "rule", "session", "budget". Under the rule
 * `kept` Eve only searches for recipes: her work on the labels does not depend on w, and is that of the other rule. */
#ifndef PARLEY_EVE_LAB_WINDOW_H
#define PARLEY_EVE_LAB_WINDOW_H

#include "eve/lab/lab.h"

enum window_rule { WINDOW_FIXED, WINDOW_KEPT };

/* The parameters of a cell. -EINVAL. */
int window_params(struct params *out, uint32_t n, unsigned hundredths, enum window_rule rule);

/* c of theta = c n^(-a). */
double window_factor(unsigned hundredths);

extern const struct shape window_shape[]; /* of a result */

int window_report(struct lab_report *report);

extern const char window_map[], window_strength[]; /* gnuplot */

#endif
