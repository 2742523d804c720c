/* Samples and labels as text: lines beginning with # first (name and value), then one line a sample: n digits 0 or 1, a
 * space, its label. Where samples are rows of numbers: n numbers and the label, with spaces between. */
#ifndef PARLEY_EVE_SAMPLES_H
#define PARLEY_EVE_SAMPLES_H

#include "eve/learn/view.h"

#include <stdio.h>

/* The samples of ids, ascending, or all of them if it is NULL; session: its id, NULL to leave it out. -ENOMEM; errors
 * of out are left to be asked for. */
int samples_write(FILE *out, const struct view *view, const char *session, const uint32_t *ids, size_t n_ids);

#endif
