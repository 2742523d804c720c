/* The messages after B4: kinds and the secretstream of one direction. WIRE.md section 8. */
#ifndef PARLEY_PROTO_SEALED_H
#define PARLEY_PROTO_SEALED_H

#include "proto/message.h"

#include <sodium.h>

enum sealed_kind { SEALED_HELLO, SEALED_DATA, SEALED_END, SEALED_STEP, SEALED_SWITCH };

enum {
    SEALED_NAME_MAX = 64,
    SEALED_DATA_MAX = 64 * 1024, /* what we send at most in one data message */
    SEALED_BODY_MAX = (1 << 20) - 64 - SEALED_OVERHEAD - 1,
};

struct sealed_sender {
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t header[SEALED_HEADER];
    bool header_due;
    bool ended;
};

struct sealed_receiver {
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t key[32];
    bool started;
    bool ended;
};

/* header: 24 bytes of the caller's randomness. The state is set up as crypto_secretstream_init_push would, but with
 * this header, so that a seeded run is reproducible. */
void sealed_sender_init(struct sealed_sender *s, const uint8_t key[static 32],
                        const uint8_t header[static SEALED_HEADER]);

/* One message into a new Sealed frame *framep, free(). 0 or -ENOMEM; -EINVAL for a body that its kind does not allow
 * and for anything after SEALED_END. */
int sealed_push(struct sealed_sender *s, enum sealed_kind kind, const uint8_t *body, size_t n, uint8_t **framep,
                size_t *n_framep);

void sealed_receiver_init(struct sealed_receiver *r, const uint8_t key[static 32]);

/* Opens a parsed Sealed message into plain (capacity at least box.n - SEALED_OVERHEAD; it may be box.p + 1, to open in
 * place): *kindp, the body at plain + 1, its length *n_bodyp. -EPROTO with *whyp for anything that does not verify, a
 * wrong tag for the kind, a bad kind or body length, a missing or surplus header, anything after the end mark. */
int sealed_pull(struct sealed_receiver *r, const struct message *m, uint8_t *plain, enum sealed_kind *kindp,
                size_t *n_bodyp, const char **whyp);

#endif
