/* The unimodal view of a session of the ring task, as rows with a bit as label: samples 0 ... n - 1 are the
 * coefficients of h s, n ... 2n - 1 those of sigma s, so that row i is a rotation of h or of sigma backwards.
 *
 * A search on structure reads all 2n labels of B2 at once, and none are left to judge it by. So she judges by labels
 * that no search reads: of the N challenge labels that hide one distillate bit, sums of two do not hide it. These are
 * samples 2n, 2n + 1, ...: (N-1)/2 disjoint sums for each of the 512 bits, of twice the noise, 2p(1-p). */
#ifndef PARLEY_EVE_VIEW_RING_H
#define PARLEY_EVE_VIEW_RING_H

#include "common/task/ring/ring_params.h"
#include "eve/learn/view.h"

/* Makes v, whose set is one of the ring task, its view. */
void view_ring_begin(struct view *v, uint8_t key[static 32], const uint8_t seed[static 32]);

static inline const struct ring_params *view_ring_params(const struct view *v) {
    return ring_params_of(v->set);
}

/* h, POLY_WORDS words. sigma and the labels are in v->composed and v->labels as they passed. */
void view_ring_h(const struct view *v, uint64_t *h);

#endif
