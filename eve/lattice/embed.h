/* LWE samples as a lattice with one unusually short vector, which is the secret with the errors: Kannan's embedding
 * (Math. Oper. Res. 12(3), 1987), the secret's part scaled to the size of the errors (Bai, Galbraith, ACISP 2014).
 *
 *      columns     n: secret     samples: errors     1
 *     rows
 *      samples      0              2^16 I            0
 *      n            scale I        A^T               0
 *      1            0              z                 factor
 *
 * z - A s = e modulo 2^16, so (-scale s, e, factor) is in the lattice. */
#ifndef PARLEY_EVE_EMBED_H
#define PARLEY_EVE_EMBED_H

#include "eve/lattice/basis.h"

#include <stdbool.h>

struct embed {
    size_t n, samples;
    int32_t scale, factor; /* both at least 1 */
};

/* The scale and the factor for errors of this standard deviation and a secret of that one. */
void embed_init(struct embed *e, size_t n, size_t samples, double error, double secret);

/* b, uninitialised, gets the basis. a: samples rows of n numbers, z: the labels. -ENOMEM. */
int embed_basis(struct basis *b, const struct embed *e, const uint16_t *a, const uint16_t *z);

/* Whether row i of a basis of this lattice has the form of the vector wanted: then s, n numbers, is its secret, with
 * entries from -most to most. */
bool embed_candidate(int8_t *s, const struct embed *e, const struct basis *b, size_t i, int most);

#endif
