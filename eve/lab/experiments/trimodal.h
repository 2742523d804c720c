/* What the two files of the experiment `trimodal` share. */
#ifndef PARLEY_EVE_LAB_TRIMODAL_H
#define PARLEY_EVE_LAB_TRIMODAL_H

#include "eve/lab/lab.h"

/* Which modalities a learner has, besides the labels. */
enum { TRIMODAL_X = 1, TRIMODAL_Y = 2, TRIMODAL_W = 4, TRIMODAL_SUBSETS = 8 };

/* "x", "xy", ... of a subset; [0] is NULL. */
extern const char *const trimodal_names[TRIMODAL_SUBSETS];

/* Rows of the two-person rule. */
enum trimodal_rule { RULE_Y, RULE_W, RULE_W_TOLD, RULE_ONE_PUBLISHED, RULE_BOTH_PUBLISHED, RULE_ROWS };

int trimodal_report(struct lab_report *report); /* trimodal_report.c */
extern const char trimodal_figure[], trimodal_price_figure[];

#endif
