/* What Bob knows: his labels of the fresh samples, which B3 carries under a mask only, by his own code from the seed of
 * his side. */
#ifndef PARLEY_ALICE_BROWSER_HOW_ANSWERS_H
#define PARLEY_ALICE_BROWSER_HOW_ANSWERS_H

#include "alice/browser/how/joint.h"

struct answers {
    const struct joint *joint;
    struct teach_keys keys;
    struct teach *teach;
    uint8_t *labels; /* as in B2 */
    uint8_t *fresh;  /* of the L challenges, without a mask */
    uint32_t chunk;
    size_t offset; /* of this chunk */
    bool challenged;
};

/* joint: one that has come to its end; borrowed. -ENOMEM. */
int answers_init(struct answers *a, const struct joint *joint);
void answers_deinit(struct answers *a); /* idempotent; wipes */

/* 1: there is more; 0: all are there; -EPROTO: the labels are not those that passed. */
int answers_turn(struct answers *a);

#endif
