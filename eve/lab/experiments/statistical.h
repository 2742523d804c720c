/* The parts of the experiment `statistical`. */
#ifndef PARLEY_EVE_LAB_STATISTICAL_H
#define PARLEY_EVE_LAB_STATISTICAL_H

#include "eve/lab/lab.h"
#include "eve/lab/toys/album.h"

#define STATISTICAL_RISK    0.01      /* that is to be reached */
#define STATISTICAL_CERTAIN 0.9999999 /* of the intervals that decide: a false alarm in 10^7 */

/* Who makes the captions. */
enum statistical_way {
    STATISTICAL_PUBLIC, /* Bob, who knows the task, and everybody sees them */
    STATISTICAL_NONE,   /* nobody */
    STATISTICAL_OWN,    /* Alice, from the pictures, for herself */
    STATISTICAL_WAYS,
};
extern const char *const statistical_ways[]; /* their words, and NULL */

/* What Alice and Eve learn from. */
enum album_part statistical_alice(enum statistical_way way);
enum album_part statistical_eve(enum statistical_way way);

/* The way that a unit is about. */
enum statistical_way statistical_way_of(const json_t *parameters);

/* How often a label is wrong under this fault, and the sign of Eve's learner. */
double statistical_flips(enum lab_fault fault);
int statistical_sign(enum lab_fault fault);

/* statistical_drawings.c: samples to the risk, and seconds a sample */
int statistical_drawings_run(const struct lab_unit *unit, json_t *result);
int statistical_speed_run(const struct lab_unit *unit, json_t *result);
extern const struct shape statistical_drawings_parameters[], statistical_drawings_result[];
extern const struct shape statistical_speed_parameters[], statistical_speed_result[];

/* statistical_agreement.c: a whole agreement on top */
int statistical_agreement_run(const struct lab_unit *unit, json_t *result);
extern const struct shape statistical_agreement_parameters[], statistical_agreement_result[];

/* statistical_parity.c: the computational task beside it */
int statistical_exhaustive_run(const struct lab_unit *unit, json_t *result);
int statistical_lpn_run(const struct lab_unit *unit, json_t *result);
extern const struct shape statistical_exhaustive_parameters[], statistical_exhaustive_result[];
extern const struct shape statistical_lpn_parameters[], statistical_lpn_result[];

/* statistical_report.c */
int statistical_report(struct lab_report *report);

#endif
