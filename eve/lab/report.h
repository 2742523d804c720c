/* From the units of a finished run to its result. */
#ifndef PARLEY_EVE_LAB_REPORT_H
#define PARLEY_EVE_LAB_REPORT_H

#include "eve/lab/lab.h"

/* Calls the experiment. units: by number, null for those that are not done. */
int report_make(struct lab_report *report, const struct lab_experiment *experiment, const json_t *manifest,
                const json_t *units);
void report_free(struct lab_report *report);

/* All is done and no claim is violated. */
bool report_holds(const struct lab_report *report);

bool report_has_table(const struct lab_report *report, const char *name);

/* The result as one object, as schema.json has it: {"schema", "experiment", "complete", "holds", "claims", "values",
 * "tables", "notes", "manifest"}. NULL: out of memory. */
json_t *report_json(const struct lab_report *report, const json_t *manifest);

/* Tables, notes and claims as they are printed; freed by the caller. */
char *report_text(const struct lab_report *report);

/* The table with this number, tab-separated, its keys in the first line; what is absent is NaN. *namep: without ".tsv".
 * NULL: no more, or out of memory. */
char *report_tsv(const struct lab_report *report, size_t table, const char **namep);

#endif
