/* What hardness_report.c claims. ours is the bimodal learner's series, eve's that of the strongest of hers; both are
 * fitted. seed: of the draws. Negative errno. */
#ifndef PARLEY_EVE_LAB_HARDNESS_CLAIMS_H
#define PARLEY_EVE_LAB_HARDNESS_CLAIMS_H

#include "eve/lab/experiments/hardness_series.h"

/* Of LPN: the bimodal learner's risk and how often it fails; how both times grow, and their ratio. */
int hardness_claim_bimodal(struct lab_report *report);
int hardness_claim_growth(struct lab_report *report, const struct hardness_series *ours, struct hardness_series *eve,
                          const uint8_t seed[static 32]);
/* All that is claimed of a task other than LPN. */
int hardness_claim_group(struct lab_report *report, const struct hardness_series *ours, struct hardness_series *eve,
                         const uint8_t seed[static 32]);
/* n_said: in how many sessions somebody called himself solved, over all learners; n_wrong: wrongly. task: NULL for LPN.
 */
int hardness_claim_said(struct lab_report *report, const struct task *task, size_t n_said, size_t n_wrong);

#endif
