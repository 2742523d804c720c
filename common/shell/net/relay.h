/* A passive relay: takes connections at one address, makes one of its own to another for each, and passes bytes on
 * unchanged in both directions, with back-pressure, half-close and reset. Whoever owns it is told what passes, after it
 * has been passed on. */
#ifndef PARLEY_NET_RELAY_H
#define PARLEY_NET_RELAY_H

#include "common/shell/net/address.h"
#include "common/shell/term/screen.h"

#include <stddef.h>
#include <stdint.h>

enum {
    RELAY_CONNECTIONS_MAX = 1000,
    RELAY_SILENCE_MS = 60000, /* of the other side, once one has closed: then the connection is reset */
    RELAY_IDLE_MS = 600000,   /* of both: then it may have to make room for a new one */
};

/* Directions are 0: from who connected (Alice), and 1: to it. */
struct relay_ops {
    /* A place for the next read, of *np bytes, which stays until the next call. It is bytes' p when something is read.
     */
    uint8_t *(*buffer)(void *user, size_t *np);
    /* Both sides are connected. The value returned stands for the connection in the other calls. */
    void *(*opened)(void *user, const struct sockaddr *alice, const struct sockaddr *bob);
    void (*bytes)(void *user, void *connection, int direction, const uint8_t *p, size_t n);
    void (*ended)(void *user, void *connection, int direction); /* in order */
    void (*reset)(void *user, void *connection, int direction); /* by the sender of this direction */
    void (*closed)(void *user, void *connection);               /* the last call */
};

struct relay_config {
    struct address listen, to;
    bool once; /* one connection, whatever becomes of it */
    const struct relay_ops *ops;
    void *user;
};

/* Runs until SIGINT or SIGTERM, or with `once` until the connection has ended. Says on the screen where it listens.
 * Returns the exit status. */
int relay_run(const struct relay_config *config, struct screen *screen);

#endif
