/* Reconciliation: D distillate bits, each masked with N noisy labels of challenge vectors; the majority takes the noise
 * off. Only Bob sends, and only masked bits. WIRE.md section 6. */
#ifndef PARLEY_AGREE_DISTILL_H
#define PARLEY_AGREE_DISTILL_H

#include "common/task/task.h"

#include <stdbool.h>
#include <stdint.h>

/* Bob. masked[j N + c] ^= d_j for all j, c: masked holds the labels of the challenges before. L bits. */
void distill_mask(uint8_t *masked, const uint8_t d[static 64], const struct set *set);

/* Alice. results = masked + predictions, L bits. d_j = majority of results j N ... j N + N - 1. Returns how many of the
 * L results equal their majority. */
uint32_t distill_majority(uint8_t d[static 64], const uint8_t *results, const struct set *set);

/* Whether the noise under the masks, as far as the majority shows it, is as much as an honest bob's. agreeing: of
 * distill_majority. */
bool distill_noisy(uint32_t agreeing, const struct set *set);

/* log2 of the bound D P(Binomial(N, theta) > N/2) on any of the D bits being wrong. */
double distill_failure_log2(const struct set *set);

#endif
