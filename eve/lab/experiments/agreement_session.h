/* Steps B3 to B4 of one session of any task, in one process: challenges, masks, distillate, keys and their
 * confirmation; and what Alice, or who else has a hypothesis, makes of them. In place of the transcript T3 stands a
 * digest of labels.
 *
 * A label is as good as a bit: it says whether it was masked with 0 or with floor(Q/2). */
#ifndef PARLEY_EVE_LAB_AGREEMENT_SESSION_H
#define PARLEY_EVE_LAB_AGREEMENT_SESSION_H

#include "common/agree/keys.h"
#include "common/task/task.h"
#include "eve/lab/experiments/agreement.h"

#include <stddef.h>
#include <stdint.h>

struct session {
    const struct set *set;
    uint8_t challenge_seed[32];
    bool takes_any; /* --fault check: confirmation lets any key pass */
    uint8_t d[64], hash[96], t3[32], r[32], r_bob[32];
    struct keys bob;
    uint8_t mac[32]; /* A4, as Eve sees it */
    size_t n_labels; /* L */
    size_t n_bytes;  /* of L labels */
    uint8_t *b;      /* Bob's noisy labels of the challenges */
    uint8_t *masked; /* and with the distillate on them */
    uint8_t *own;    /* somebody's predictions */
    uint8_t *left;   /* what they leave of the masked labels */
};

/* Draws the seed of the challenges; b, all 0, is to be filled with their labels. -ENOMEM. */
int session_init(struct session *s, const struct set *set, const uint8_t seed[static 32]);
void session_deinit(struct session *s);

/* B3, once b is there. labels: of B2. */
void session_challenge(struct session *s, const uint8_t seed[static 32], const uint8_t *labels);

/* The keys that follow from a distillate. */
void session_keys(struct keys *keys, const struct session *s, const uint8_t d[static 64]);

/* Whoever has a hypothesis: predictions (into own), distillate, keys. */
void session_agree(struct session *s, const uint8_t *h, uint8_t d[static 64], struct keys *keys);

/* Alice takes part; then keys are forced to differ. */
void session_alice(struct session *s, const uint8_t h[static TASK_HYPOTHESIS_MAX], struct agreement_sums *sums);

/* Of how many of the L challenges these two labels say the same bit. */
size_t session_same(const struct session *s, const uint8_t *a, const uint8_t *b);
/* How many of the first n_bits are the same. */
size_t session_equal_bits(const uint8_t *a, const uint8_t *b, size_t n_bits);

#endif
