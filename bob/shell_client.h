/* One alice at a bob who serves many. */
#ifndef PARLEY_BOB_SHELL_CLIENT_H
#define PARLEY_BOB_SHELL_CLIENT_H

#include "common/net/keyout.h"
#include "common/net/lines.h"
#include "common/net/log.h"

struct server;

enum { CLIENT_LABEL = 4 * 64 + 24 };

struct client {
    struct server *server;
    struct conn *conn;
    struct client *previous, *next;
    bool busy; /* over the limit: to be told so */
    bool open; /* in conversation */
    struct keyout_pending pending;
    struct log log;
    char label[CLIENT_LABEL]; /* unique among the open ones: the name, or the beginning of the session id */
    struct lines lines;       /* from it */
    char *typed;              /* to it, and not yet taken by the session */
    size_t n_typed;
};

#endif
