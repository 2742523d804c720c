#include "eve/key/unseal.h"

#include "common/agree/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct direction {
    struct sealed_receiver receiver; /* of the stream that is open */
    bool open;
    struct unseal_count count;
};

struct unseal {
    struct direction direction[2];
    void (*opened)(void *user, enum side from, enum sealed_kind kind, const uint8_t *body, size_t n, uint64_t ns);
    void *user;
    size_t n_keys;
    struct keys keys[];
};

int unseal_new(struct unseal **up, const uint8_t (*keys)[32], size_t n_keys,
               void (*opened)(void *user, enum side from, enum sealed_kind kind, const uint8_t *body, size_t n,
                              uint64_t ns),
               void *user) {
    struct unseal *u = calloc(1, sizeof *u + n_keys * sizeof u->keys[0]);
    if (!u)
        return -ENOMEM;
    u->opened = opened;
    u->user = user;
    u->n_keys = n_keys;
    for (size_t i = 0; i < n_keys; i++)
        keys_from_session(&u->keys[i], keys[i]);
    *up = u;
    return 0;
}

void unseal_free(struct unseal *u) {
    if (!u)
        return;
    sodium_memzero(u->keys, u->n_keys * sizeof u->keys[0]);
    free(u);
}

/* The first message of a stream, under whichever key fits. */
static bool open_stream(struct unseal *u, enum side from, const struct message *m, uint8_t *plain,
                        enum sealed_kind *kindp, size_t *n_bodyp) {
    struct direction *d = &u->direction[from];
    const char *why;
    for (size_t i = 0; i < u->n_keys; i++) {
        sealed_receiver_init(&d->receiver, from == SIDE_ALICE ? u->keys[i].stream_ab : u->keys[i].stream_ba);
        if (sealed_pull(&d->receiver, m, plain, kindp, n_bodyp, &why) == 0)
            return true;
    }
    return false;
}

void unseal_message(struct unseal *u, enum side from, const struct message *m, uint64_t ns) {
    struct direction *d = &u->direction[from];
    enum sealed_kind kind = SEALED_HELLO;
    size_t n_body = 0;
    const char *why;
    uint8_t *plain = malloc(m->sealed.box.n);
    if (plain && m->sealed.has_header) {
        d->open = open_stream(u, from, m, plain, &kind, &n_body);
        d->count.streams++;
        d->count.closed_streams += !d->open;
    } else if (plain && d->open) {
        d->open = sealed_pull(&d->receiver, m, plain, &kind, &n_body, &why) == 0;
    }
    if (plain && d->open) {
        d->count.opened++;
        d->count.ended |= kind == SEALED_END;
        u->opened(u->user, from, kind, plain + 1, n_body, ns);
    } else {
        d->count.closed++;
    }
    free(plain);
}

const struct unseal_count *unseal_counts(const struct unseal *u, enum side from) {
    return &u->direction[from].count;
}
