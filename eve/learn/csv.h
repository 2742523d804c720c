/* Samples and labels as comma-separated values, RFC 4180 but for the ends of lines, which are \n. The first line names
 * the columns: plain,x0,x1, ...,z. Then a line a sample, the plain ones first: plain is 1 or 0, x its bits or numbers,
 * z the label. With captions: plain,y,u,x0,x1, ...,z; y and u are lists of number:value, empty for a plain sample:
 * which plain samples, by their line, add up to this one, and which columns of u are not 0 (captions.h). */
#ifndef PARLEY_EVE_CSV_H
#define PARLEY_EVE_CSV_H

#include "eve/learn/captions.h"
#include "eve/learn/view.h"

#include <stdio.h>

/* All samples with labels of B2; the view's are rows of bits or of numbers. captions: NULL for none. -ENOMEM; errors of
 * out are left to be asked for. */
int csv_write(FILE *out, const struct view *view, const struct captions *captions);

#endif
