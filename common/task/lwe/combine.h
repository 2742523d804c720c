/* Ternary combinations of rows: what composing and the learner spend their time on.
 *
 * A recipe is a vector of -1, 0 and 1 for the plain samples. Four plain samples make a group. Byte g n_sums + j of
 * packed recipes holds what recipe j says of group g: bit t (t = 0 ... 3) that sample 4 g + t is added, bit 4 + t that
 * it is subtracted; both at once is neither. */
#ifndef PARLEY_LWE_COMBINE_H
#define PARLEY_LWE_COMBINE_H

#include <stddef.h>
#include <stdint.h>

enum {
    COMBINE_GROUP = 4,
    COMBINE_WIDTH = 64, /* most columns */
};

/* sums[c n_sums + j] += sum of r_(j,i) row_i[c], for n_sums recipes j (a multiple of 16), `width` columns c (a multiple
 * of 2 up to COMBINE_WIDTH), n_rows rows i, the first of which begins a group. Rows lie one after the other as they go
 * on the wire. If n_rows is no multiple of 4, the rows that are missing in the last group count as 0. recipes: packed,
 * from the group of the first row on. Neither branches nor addresses depend on recipes. */
void combine_rows(uint16_t *sums, size_t n_sums, const uint8_t *rows, size_t n_rows, size_t width,
                  const uint8_t *recipes);

/* As it runs on processors without AVX2. */
void combine_rows_portable(uint16_t *sums, size_t n_sums, const uint8_t *rows, size_t n_rows, size_t width,
                           const uint8_t *recipes);

#endif
