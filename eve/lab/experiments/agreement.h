/* What the two halves of the experiment agreement share: the sums that sessions give, and what is said of them. */
#ifndef PARLEY_EVE_LAB_AGREEMENT_H
#define PARLEY_EVE_LAB_AGREEMENT_H

#include "eve/lab/lab.h"

struct agreement_sums {
    size_t sessions, failed; /* that came to bits; whose learner failed */
    size_t bits, agreeing;   /* bit agreements; those in which Alice's and Bob's are the same */
    size_t distilled, distilled_right;
    size_t hashed, hashed_right;
    size_t keys_equal, confirmed; /* sessions */
    size_t forced, caught;        /* keys made to differ; those refused by both sides */
    size_t eve_hypotheses;        /* sessions in which she had one, right or wrong */
    size_t eve_solved, eve_keys;  /* sessions */
    size_t eve_right;             /* of bits: hers are Bob's */
    size_t eve_agreed_right;      /* of agreeing */
    size_t eve_distilled_right;   /* of distilled */
    double eve_seconds;           /* processor time */
};

/* Adds the sums of a unit's result. */
void agreement_read(struct agreement_sums *sums, const json_t *result);
/* To a unit's result. */
int agreement_write(const struct agreement_sums *sums, json_t *result);

extern const struct shape agreement_shape[]; /* of a result */

#define AGREEMENT_TOLERANCE 0.1 /* of the share of bits that disagree: seen to be as promised within a tenth */

int agreement_report(struct lab_report *report);
/* What is claimed of distillate, keys and confirmation, of sets of any task. */
int agreement_claim_keys(struct lab_report *report, const struct set *set, const struct agreement_sums *sums);

/* agreement_tasks.c: the same for other tasks than LPN, without Eve */
int agreement_tasks_plan(struct lab_plan *plan);
int agreement_tasks_run(const struct lab_unit *unit, json_t *result);
int agreement_tasks_report(struct lab_report *report);
extern const struct shape agreement_tasks_parameters[];
extern const char agreement_ring_figure[], agreement_lwe_figure[];

extern const char agreement_figure[], agreement_region_figure[];

#endif
