/* Opens the sealed messages of one session with what keys there are. A new stream begins at each re-keying, under a key
 * of its own; every key is tried on every stream, so the keys need no order, and those of some re-keyings may be
 * missing: their messages stay sealed, and are counted. Pure. WIRE.md section 8. */
#ifndef PARLEY_EVE_UNSEAL_H
#define PARLEY_EVE_UNSEAL_H

#include "proto/order.h"
#include "proto/sealed.h"

struct unseal_count {
    uint64_t opened, closed; /* messages */
    unsigned streams, closed_streams;
    bool ended; /* its end mark was seen */
};

struct unseal;

/* keys: n_keys session keys, copied. opened: one message, in order. -ENOMEM. */
int unseal_new(struct unseal **up, const uint8_t (*keys)[32], size_t n_keys,
               void (*opened)(void *user, enum side from, enum sealed_kind kind, const uint8_t *body, size_t n,
                              uint64_t ns),
               void *user);
void unseal_message(struct unseal *u, enum side from, const struct message *m, uint64_t ns);
const struct unseal_count *unseal_counts(const struct unseal *u, enum side from);
void unseal_free(struct unseal *u); /* NULL is fine */

#endif
