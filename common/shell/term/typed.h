/* Text on its way into a session that takes it piece by piece. It is wiped when it has gone. */
#ifndef PARLEY_TERM_TYPED_H
#define PARLEY_TERM_TYPED_H

#include "proto/session.h"

struct typed {
    uint8_t *bytes; /* secret_new, NULL while there has been none */
    size_t n, capacity;
};

/* Behind what waits. -ENOBUFS if more than most bytes would wait, -ENOMEM: nothing has been added. */
int typed_add(struct typed *typed, const char *text, size_t n, size_t most);
/* Gives the session what it takes now. */
void typed_feed(struct typed *typed, struct session *session);
/* Wipes. Idempotent. */
void typed_deinit(struct typed *typed);

#endif
