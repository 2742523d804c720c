/* What oneway.c measures and oneway_report.c makes of it.
 *
 * A unit is one session at "n" and recipe weight "w": of "part" "growth", where w is the set's, or of "alike", where it
 * is less. With "search" Eve looks for recipes, in so many "tries" (0: until all are found), and for "labels_seconds"
 * for the secret by labels alone. */
#ifndef PARLEY_EVE_LAB_ONEWAY_H
#define PARLEY_EVE_LAB_ONEWAY_H

#include "eve/lab/lab.h"

enum {
    ONEWAY_SEARCH_N_MAX = 2048, /* above: vectors only, and the model */
    ONEWAY_SWEPT = 3,           /* recipes up to this weight are all found by a sweep that ends */
};

int oneway_report(struct lab_report *report);
extern const char oneway_growth_figure[], oneway_alike_figure[]; /* gnuplot */

#endif
