/* Bob's protocol machine: B1 ... B4. He owns the task and labels what Alice sends. Driven through proto/session.h. */
#ifndef PARLEY_BOB_MACHINE_H
#define PARLEY_BOB_MACHINE_H

#include "proto/session.h"

/* seed: 32 bytes of fresh randomness, the only one he uses in this session. config is copied. -ENOMEM. */
int bob_new(struct session **sp, const struct session_config *config, const uint8_t seed[static 32]);

#endif
