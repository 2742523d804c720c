// clang-format off
/* Packed rows over F2. Results are the same on every processor.
 *
 *            byte 0     byte 1          byte width - 1
 *   row 0   [7 ... 0]  [15 ... 8]  ...  [8 width - 1 ...]    width is a multiple of 4, at most GF2_WIDTH_MAX;
 *   row 1   [7 ... 0]  ...                                   bit i is bit i mod 8 of byte i / 8, least significant first;
 *   ...                                                      rows follow each other without gaps
 */
// clang-format on
#ifndef PARLEY_GF2_GF2_H
#define PARLEY_GF2_GF2_H

#include <stddef.h>
#include <stdint.h>

enum { GF2_WIDTH_MAX = 64 };

/* bits[first + i] ^= <row i, vec>, i < n_rows. first is a multiple of 8; vec has width bytes. Bits beyond the last row
 * are left alone. */
void gf2_dot_rows(uint8_t *bits, size_t first, const uint8_t *rows, size_t n_rows, size_t width, const uint8_t *vec);

/* For each of n_edges edges: sums[target] ^= rows[row], where target is the edge's low 17 bits, and row is its high 15
 * bits minus base, modulo 2^15. The rows of sums have the same width. One flat list instead of a list for each row,
 * because a loop of a few random turns costs a mispredicted branch each. */
void gf2_scatter(uint8_t *sums, const uint8_t *rows, size_t width, size_t base, const uint32_t *edges, size_t n_edges);

/* The portable twins, which the functions above equal bit for bit; exported for the tests. */
void gf2_dot_rows_portable(uint8_t *bits, size_t first, const uint8_t *rows, size_t n_rows, size_t width,
                           const uint8_t *vec);
void gf2_scatter_portable(uint8_t *sums, const uint8_t *rows, size_t width, size_t base, const uint32_t *edges,
                          size_t n_edges);

#endif
