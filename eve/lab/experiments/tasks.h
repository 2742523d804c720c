/* The experiments' halves for the tasks other than LPN: whole sessions of the sets that the wire knows, through the
 * seam alone. Their units have "set" where those of LPN have "n"; their tables, claims and figures are by task. */
#ifndef PARLEY_EVE_LAB_TASKS_H
#define PARLEY_EVE_LAB_TASKS_H

#include "eve/lab/lab.h"

#define TASKS_CERTAIN 0.9999999 /* of the intervals that decide: a false alarm in 10^7 */

/* risk_tasks.c */

/* Processor seconds of a whole session on a small cloud machine, about. */
double tasks_session_seconds(const struct set *set);
int risk_tasks_plan(struct lab_plan *plan);
int risk_tasks_run(const struct lab_unit *unit, json_t *result);
int risk_tasks_report(struct lab_report *report);
extern const struct shape risk_tasks_parameters[], risk_tasks_result[];
extern const char risk_tasks_ring_figure[], risk_tasks_lwe_figure[];

/* oneway_tasks.c */
int oneway_tasks_plan(struct lab_plan *plan);
int oneway_tasks_run(const struct lab_unit *unit, json_t *result);
int oneway_tasks_report(struct lab_report *report);
extern const struct shape oneway_tasks_parameters[], oneway_tasks_result[];
extern const char oneway_ring_figure[], oneway_lwe_figure[];

/* scale_tasks.c */
struct scale_tasks {
    double idle_seconds, idle_kib; /* of a bob whom nobody visits */
    size_t sessions, agreed;       /* summed up here */
};
int scale_tasks_report(struct lab_report *report, struct scale_tasks *s);
extern const char scale_ring_figure[], scale_lwe_figure[];

#endif
