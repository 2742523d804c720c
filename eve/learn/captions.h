/* The second modality of a session beside its view: what a holder of Alice's key (alice --private-events) knows, and an
 * eavesdropper does not. For eve export --both; no learner of Eve's includes this.
 *
 * Composed sample j is a sum of plain samples and of a vector u_j:
 *
 *     x_(m+j) = sum of y_ji x_i + u_j        (modulo 2 or 2^16)
 *
 * In LPN y_j picks w plain samples and u_j is row j of the public code; in ring y_j picks w rows of h, by Alice's y,
 * and u_j has w ones, by her x; in LWE the y_ji are -1, 0 and 1 and u_j is D times unit vector j. So the same sum of
 * labels, z_(m+j) - sum of y_ji z_i, is <u_j, s> and noise. */
#ifndef PARLEY_EVE_CAPTIONS_H
#define PARLEY_EVE_CAPTIONS_H

#include "eve/learn/view.h"

#include <stddef.h>
#include <stdint.h>

/* Sparse rows, one after the other, as scipy's csr_matrix has them: entries at[first[j]] ... at[first[j + 1] - 1]. */
struct captions {
    size_t n;                                  /* composed samples, hence rows of each */
    uint32_t *y_first, *y_at, *u_first, *u_at; /* y_at: plain samples; u_at: columns */
    int8_t *y_value;
    uint16_t *u_value;
};

/* Those that follow from this key at the view's set. -ENOMEM. */
int captions_new(struct captions **cp, const struct view *v, const uint8_t key[static 32]);
void captions_free(struct captions *c); /* NULL is fine */

/* The first composed sample that is not what its caption says, n if there is none; -ENOMEM. */
long captions_check(const struct captions *c, const struct view *v);

#endif
