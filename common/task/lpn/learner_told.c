/* What the learner tells of its rounds: kept as they pass, judged once it is known what the code word is. */
#include "common/task/lpn/learner_state.h"

void learner_keep_round(struct learner *l) {
    size_t bytes = l->n_places / 8, at = l->n_told < TASK_ROUNDS_MAX ? l->n_told++ : TASK_ROUNDS_MAX - 1;
    l->kernels->lean(l->n_blocks, l->channel, l->to_code, l->ones + at * bytes, l->sure + at * bytes);
}

size_t learner_rounds_told(const struct learner *l, const uint8_t *codeword,
                           struct learned_round rounds[static TASK_ROUNDS_MAX]) {
    size_t bytes = l->n_places / 8;
    for (size_t r = 0; r < l->n_told; r++) {
        uint32_t wrong = 0, unsettled = 0;
        for (size_t i = 0; i < l->k / 8; i++) {
            uint8_t off = l->ones[r * bytes + i] ^ codeword[i], sure = l->sure[r * bytes + i];
            wrong += (uint32_t)__builtin_popcount(off);
            unsettled += (uint32_t)__builtin_popcount((uint8_t) ~(off | sure));
        }
        rounds[r] = (struct learned_round){wrong, unsettled};
    }
    return l->n_told;
}
