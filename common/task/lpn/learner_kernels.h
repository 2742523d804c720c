/* The inner loops of the learner, over blocks of 16 lanes. They exist for AVX-512, for AVX2 and in plain C; all give
 * the same bits, because each is the same sequence of IEEE additions, multiplications and divisions.
 *
 * A belief about a bit is t = P(0) - P(1), in [-1, 1]. Flipping the bit flips the sign of t and nothing else, exactly:
 * this is what makes the learner treat all s alike. */
#ifndef PARLEY_BIMODAL_LEARNER_KERNELS_H
#define PARLEY_BIMODAL_LEARNER_KERNELS_H

#include "common/base/level.h"

#include <stddef.h>
#include <stdint.h>

struct learner_kernels {
    const char *name;

    /* One exact forward-backward pass along all 16 lanes of the code, n_steps long. pi: index of the secret bit at each
     * place; sums: for each secret bit the products of 1 + t and of 1 - t over all its beliefs; channel: beliefs about
     * codeword bits. to_s, in and out: what the lanes say about the secret bit at each place. to_code: what the code
     * says about each codeword bit. before, change: scratch. All but sums hold 16 n_steps floats. */
    void (*chain)(size_t n_steps, const uint32_t *pi, const float *sums, const float *channel, float *to_s,
                  float *to_code, float *before, float *change);

    /* sums of 16 n_blocks secret bits from prior and from to_s. Bits of block b read depth[b] beliefs each; where lists
     * their places, 16 at a time. */
    void (*repeat)(size_t n_blocks, const uint32_t *depth, const uint32_t *where, const float *prior, const float *to_s,
                   float *sums);

    /* Recipes of blocks first .. end - 1 to plain errors. edges: belief of each plain error in each recipe, replaced by
     * the recipe's belief about the plain error; gain: +-(1 - 2 theta) for v_j, 0 beyond k; odds[i] is multiplied by
     * P(0) / P(1) of each belief about plain error i. */
    void (*to_plain)(size_t w, size_t first, size_t end, const uint32_t *index, const float *gain, const float *to_code,
                     float *edges, float *odds);

    /* And back: each edge becomes the belief that odds imply without the edge's own part; channel: the product. */
    void (*from_plain)(size_t w, size_t first, size_t end, const uint32_t *index, const float *gain, const float *odds,
                       float *edges, float *channel);

    /* What channel and to_code say together of each codeword bit: whether it is rather a one, and whether that, or that
     * it is a zero, is known with 99 percent. Two bytes of each for 16 bits, packed as code_encode does. */
    void (*lean)(size_t n_blocks, const float *channel, const float *to_code, uint8_t *ones, uint8_t *sure);
};

/* Those of level_now. */
const struct learner_kernels *learner_kernels_best(void);

/* These and all below, for tests: plain C first. Returns how many. */
size_t learner_kernels_all(const struct learner_kernels *all[static N_LEVELS]);

#endif
