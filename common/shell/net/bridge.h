/* From a WebSocket to a TCP connection of its own: a phone, whose browser knows no TCP, talks to Bob. What the frames
 * carry passes unchanged in both directions, with back-pressure: what one side does not take is not read from the
 * other, so that a bridge holds BRIDGE_PIECE bytes or two in each direction, however slow a side is.
 *
 * The owner is told what passes as the owner of a relay is (relay.h: direction 0 is the phone's), and limits it. */
#ifndef PARLEY_NET_BRIDGE_H
#define PARLEY_NET_BRIDGE_H

#include "common/shell/net/address.h"
#include "common/shell/net/relay.h"
#include "common/shell/net/web.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    BRIDGE_PIECE = 32 << 10,
    BRIDGE_PING_MS = 5000,     /* so often the phone is asked whether it is there */
    BRIDGE_SILENCE_MS = 15000, /* without a byte of it, an answer to that included, it sleeps or is away */
    BRIDGE_LAST_MS = 3000,     /* for last words, once a side has closed */
};

/* How it ended. */
enum bridge_end {
    BRIDGE_LEFT,         /* the phone closed in order */
    BRIDGE_LOST,         /* its connection broke */
    BRIDGE_SILENT,       /* it sleeps, or is away */
    BRIDGE_WRONG,        /* what it sends is no WebSocket of ours */
    BRIDGE_TOO_MUCH,     /* the phone sent more bytes than allowed */
    BRIDGE_FAR_TOO_MUCH, /* the far side did */
    BRIDGE_TOO_LONG,     /* more time */
    BRIDGE_FAR,          /* the far side closed */
    BRIDGE_UNREACHABLE,  /* there was no far side */
    BRIDGE_NO_FILES,     /* this process may open no more files */
    BRIDGE_CLOSED,       /* bridge_close */
};

struct bridge;
struct uv_loop_s;

struct bridge_config {
    struct address to;
    uint64_t bytes_max; /* in each direction; the phone's frames may have half as much around them */
    uint64_t ms_max;
    const struct relay_ops *ops; /* user and connection as there; `closed` is the last call before `over` */
    void *user;                  /* of ops */
    /* The last call; the bridge frees itself behind it. */
    void (*over)(void *owner, enum bridge_end how);
    void *owner;
};

/* A WebSocket as web.h gives it, which the bridge takes, also on failure. -ENOMEM, -ENOSYS; -EMFILE and -ENFILE: no
 * more files may be opened. */
int bridge_new(struct bridge **bridgep, struct uv_loop_s *loop, const struct web_socket *socket,
               const struct bridge_config *config);
/* Ends it, with a reason that the phone is told; `over` is called in a later turn of the loop. */
void bridge_close(struct bridge *bridge, const char *reason);
/* At once, and nobody is called. NULL is fine. */
void bridge_free(struct bridge *bridge);
/* Bytes that passed, by direction. */
uint64_t bridge_bytes(const struct bridge *bridge, int direction);

#endif
