/* Alice's protocol machine: A1 ... A4, the bimodal learner inside. Driven through proto/session.h. */
#ifndef PARLEY_ALICE_MACHINE_H
#define PARLEY_ALICE_MACHINE_H

#include "proto/session.h"

struct half; /* proto/turn.h */
struct half_ops;

/* seed: 32 bytes of fresh randomness, the only one she uses. config is copied. -ENOMEM. */
int alice_new(struct session **sp, const struct session_config *config, const uint8_t seed[static 32]);

/* Her half alone, without a session. -ENOMEM. */
extern const struct half_ops alice_half;
int alice_half_new(struct half **hp, const struct set *set);

#endif
