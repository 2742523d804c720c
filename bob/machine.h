/* Bob's protocol machine: B1 ... B4. He owns the task and labels what Alice sends. Driven through proto/session.h. */
#ifndef PARLEY_BOB_MACHINE_H
#define PARLEY_BOB_MACHINE_H

#include "proto/session.h"

struct half; /* proto/turn.h */
struct half_ops;

/* seed: 32 bytes of fresh randomness, the only one he uses in this session. config is copied. -ENOMEM. */
int bob_new(struct session **sp, const struct session_config *config, const uint8_t seed[static 32]);

/* His half alone, without a session. -ENOMEM. */
extern const struct half_ops bob_half;
int bob_half_new(struct half **hp);

#endif
