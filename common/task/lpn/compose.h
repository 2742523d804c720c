/* Alice's first modality: the composed vectors x_(m+j) = u_j + sum of a_i, i in R_j, column block by column block. A is
 * expanded piece by piece, each row is added where recipes use it, and forgotten: only the sums of one block are held.
 * WIRE.md section 5. */
#ifndef PARLEY_BIMODAL_COMPOSE_H
#define PARLEY_BIMODAL_COMPOSE_H

#include "common/task/lpn/code.h"
#include "common/task/lpn/recipes.h"

/* sums: k rows of matrix_width(n, b) bytes, all set to u_j's columns of block b. */
void compose_begin(uint8_t *sums, const struct code *code, size_t b);

/* Adds rows first ... first + n_rows - 1 of A (key: of the matrix) to the sums of block b. first is a multiple of 64.
 */
void compose_rows(uint8_t *sums, const struct params *params, const struct recipes *recipes,
                  const uint8_t key[static 32], size_t b, size_t first, size_t n_rows);

/* The learner's input: v_j = z_(m+j) + sum of z_i, i in R_j, for j = first ... first + n - 1 (first a multiple of 16),
 * as packed bits; z holds m + k packed labels. */
void compose_syndrome(uint8_t *v, const struct recipes *recipes, const uint8_t *z, size_t first, size_t n);

#endif
