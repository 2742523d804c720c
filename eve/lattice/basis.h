/* Bases of lattices, a row each vector, and their text: "[[1 -2 ]" and so on, one row a line, as fplll reads and prints
 * them. The text is what another program says, so reading it checks everything. */
#ifndef PARLEY_EVE_BASIS_H
#define PARLEY_EVE_BASIS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct basis {
    size_t rows, columns;
    int32_t *v; /* row-major */
};

/* All zero. -ENOMEM. */
int basis_init(struct basis *b, size_t rows, size_t columns);
void basis_deinit(struct basis *b);

static inline int32_t *basis_row(const struct basis *b, size_t i) {
    return b->v + i * b->columns;
}

/* The longest text of a basis of this shape, with some spaces. */
size_t basis_text_max(const struct basis *b);

/* Errors of out are left to be asked for. */
void basis_write(const struct basis *b, FILE *out);

/* Fills b, whose shape is given, from n characters that need no end mark. 0, or 1: they are not a matrix of that shape
 * with entries of 32 bits and nothing else; then b is as it was before up to where it went wrong, and *whyp says what.
 */
int basis_read(struct basis *b, const char *text, size_t n, const char **whyp);

#endif
