/* The unimodal view of a session of LWE. Samples 0 ... m - 1 are plain, m ... m + n - 1 composed; a row is n numbers
 * modulo 2^16. The bit to be predicted is the highest of the label: a hypothesis predicts that of <x, s>. */
#ifndef PARLEY_EVE_VIEW_LWE_H
#define PARLEY_EVE_VIEW_LWE_H

#include "common/task/lwe/lwe_params.h"
#include "eve/learn/view.h"

/* Makes v, whose set is one of LWE, its view; key: where the key of A is put, from its seed. */
void view_lwe_begin(struct view *v, uint8_t key[static 32], const uint8_t seed[static 32]);

static inline const struct lwe_params *view_lwe_params(const struct view *v) {
    return lwe_params_of(v->set);
}

/* row = sample i, n numbers. */
void view_lwe_row(const struct view *v, size_t i, uint16_t *row);

/* The label of sample i, noise and all. */
uint16_t view_lwe_label(const struct view *v, size_t i);

/* <row, h> modulo 2^16; h: n numbers of a byte each, signed. */
uint16_t view_lwe_predict(const struct view *v, const uint16_t *row, const uint8_t *h);

#endif
