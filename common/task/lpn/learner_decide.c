/* From beliefs to bits. A wrong belief that has settled is often a single secret bit, or two or three that repeat near
 * each other in the same lanes: the codeword of the right ones lies visibly nearer to v. */
#include "common/task/lpn/learner_state.h"

#include <string.h>

enum { MAX_FLIPS = 16 };

bool learner_decide(struct learner *l) {
    bool settled = true;
    for (size_t i = 0; i < l->n; i++) {
        float zero = l->sums[2 * i], one = l->sums[2 * i + 1];
        uint8_t hard = zero > one ? 0 : one > zero ? 1 : LEARNER_TIE;
        settled &= hard != LEARNER_TIE && hard == l->hard[i];
        l->hard[i] = hard;
    }
    return settled;
}

/* added[j] becomes what flipping codeword bit j and all that follow it in its lane would add to the errors. */
size_t learner_count_errors(struct learner *l) {
    uint8_t sum[LEARNER_LANES] = {0};
    int32_t behind[LEARNER_LANES] = {0};
    size_t errors = 0;
    for (size_t j = 0; j < l->k; j++) {
        sum[j % LEARNER_LANES] ^= l->hard[l->pi[j]];
        bool error = sum[j % LEARNER_LANES] != (l->gain[j] < 0);
        errors += error;
        l->added[j] = error ? -1 : 1;
    }
    for (size_t j = l->k; j-- > 0;)
        l->added[j] = behind[j % LEARNER_LANES] += l->added[j];
    memset(sum, 0, sizeof sum);
    return errors;
}

/* In each lane a secret bit flips the codeword from its first place there to before its second, from its third to
 * before its fourth, ... */
int32_t learner_flip_adds(const struct learner *l, size_t i) {
    const uint32_t *where = l->where + l->begin[i / LEARNER_LANES] + i % LEARNER_LANES;
    uint32_t inside = 0; /* bit c: an odd number of its places in lane c has passed */
    int32_t adds = 0;
    for (size_t d = 0; d < l->depth[i / LEARNER_LANES]; d++) {
        size_t j = where[d * LEARNER_LANES];
        if (j >= l->k)
            break;
        adds += inside >> j % LEARNER_LANES & 1 ? -l->added[j] : l->added[j];
        inside ^= 1u << j % LEARNER_LANES;
    }
    return adds;
}

size_t learner_descend(struct learner *l) {
    size_t errors = learner_count_errors(l);
    for (int flips = 0; flips < MAX_FLIPS; flips++) {
        size_t best = 0;
        int32_t least = 0;
        for (size_t i = 0; i < l->n; i++) {
            int32_t adds = learner_flip_adds(l, i);
            if (adds < least) {
                least = adds;
                best = i;
            }
        }
        if (least == 0)
            break;
        l->hard[best] ^= 1;
        errors = learner_count_errors(l);
    }
    return errors;
}

bool learner_is_rejected(const struct learner *l) {
    for (size_t r = 0; r < l->n_rejected; r++)
        if (memcmp(l->hard, l->rejected + r * l->n, l->n) == 0)
            return true;
    return false;
}
