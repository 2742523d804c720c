/* A session of a whole Alice and a whole Bob in one memory, from two seeds, without a line in between: what one says
 * the other hears at once. What passes is kept, as whoever listens would have it. The two are the machines of the
 * programs, unchanged; with the same seeds they say the same bytes. */
#ifndef PARLEY_ALICE_BROWSER_HOW_JOINT_H
#define PARLEY_ALICE_BROWSER_HOW_JOINT_H

#include "common/task/task.h"
#include "proto/fingerprint.h"
#include "proto/order.h"
#include "proto/session.h"

struct joint {
    const struct set *set;
    uint8_t seeds[2][32]; /* by enum side */
    struct session *sessions[2];
    struct session_config config;
    bool greeted[2]; /* the preface, which comes first, is out */

    /* What passed, of the last attempt. */
    uint8_t seed[32]; /* of A2 */
    uint8_t *vectors; /* the chunks of A2, one after the other */
    size_t n_vectors, capacity;
    uint8_t *labels; /* n_labels of B2 */
    uint8_t challenge_seed[32];
    uint8_t *masked; /* of B3 */
    bool has_labels, has_challenge;

    /* What the two tell of themselves. */
    unsigned attempt;
    bool accepted; /* A3 */
    struct learned_numbers learned;
    uint64_t challenges, agreeing;
    double noise;
    char fingerprint[2][FINGERPRINT_TEXT];
};

/* -ENOMEM. set is borrowed. */
int joint_init(struct joint *j, const struct set *set, const uint8_t alice[static 32], const uint8_t bob[static 32]);
void joint_deinit(struct joint *j); /* idempotent; wipes */

/* A little of what is to be done. 1: there is more; 0: both hold a key, and have told all; -EPROTO: they do not, which
 * no seed should give; -ENOMEM. */
int joint_turn(struct joint *j);

/* The seed of the last attempt of a side, from which all that it draws follows (common/base/prg.h). */
void joint_attempt(const struct joint *j, enum side side, uint8_t out[static 32]);

#endif
