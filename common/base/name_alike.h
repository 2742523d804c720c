/* Names that people take for each other. Pure.
 *
 * A name is reduced to a skeleton: letters_plain (common/base/letters.h), without marks, 0 as o, 1 and i as l, and of
 * ASCII only letters and digits. This is a short list of our own and not all of Unicode's (UTS 39): it says too often
 * rather than too seldom that two names are alike, knows no script beside these three, and not that "rn" may look like
 * "m". */
#ifndef PARLEY_BASE_NAME_ALIKE_H
#define PARLEY_BASE_NAME_ALIKE_H

#include <stdbool.h>
#include <stddef.h>

enum { NAME_ALIKE_MAX = 64 }; /* characters of each that are looked at */

/* What is no UTF-8 ends a name. */
bool name_alike(const char *a, size_t n_a, const char *b, size_t n_b);

#endif
