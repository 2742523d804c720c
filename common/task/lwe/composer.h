/* Alice's first modality: the composed vectors x_(m+j) = D u_j + sum of r_(j,i) a_i, u_j being unit vector j, as jobs.
 * Column blocks are summed up side by side; as soon as the lowest is complete its chunk is written. A is expanded piece
 * by piece and forgotten; the sums are kept, since they tell the noise of the composed labels afterwards. */
#ifndef PARLEY_LWE_COMPOSER_H
#define PARLEY_LWE_COMPOSER_H

#include "common/base/job.h"
#include "common/task/lwe/ternary.h"

struct composer;

/* recipes, all drawn, are borrowed; key (of A) is copied. -ENOMEM. */
int composer_new(struct composer **cp, const struct ternary *recipes, const uint8_t key[static 32]);
void composer_free(struct composer *c); /* no job may be out; NULL is fine */

const struct lwe_params *composer_params(const struct composer *c);

/* place: for the next chunk, or NULL. NULL when nothing can run now. */
struct job *composer_work(struct composer *c, uint8_t *place);
/* True if by this the next chunk is written. */
bool composer_done(struct composer *c, struct job *job);

/* All chunks are written: products_j += <x_(m+j), h>, j < n. h: n entries. */
void composer_dot(const struct composer *c, uint16_t *products, const int16_t *h);

#endif
