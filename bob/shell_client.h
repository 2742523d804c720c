/* One alice at a bob who serves many. */
#ifndef PARLEY_BOB_SHELL_CLIENT_H
#define PARLEY_BOB_SHELL_CLIENT_H

#include "bob/conference.h"
#include "bob/evict.h"
#include "bob/label.h"
#include "common/shell/app/keyout.h"
#include "common/shell/term/lines.h"
#include "common/shell/term/typed.h"
#include "common/shell/told/log.h"

struct server;

struct client {
    struct server *server;
    struct conn *conn;
    struct roster *roster; /* the peers who were pinned when she came */
    struct client *previous, *next;
    bool beyond;  /* the limit: hoping for a place, or leaving */
    bool leaving; /* told that bob is busy, and on her way out */
    bool open;    /* in conversation */
    struct evict_guest guest;
    struct keyout_pending pending;
    struct log log;
    uint64_t shown_ms;      /* when its words were shown, 0 before */
    char label[LABEL_TEXT]; /* while it is open */
    struct lines lines;     /* from it */
    struct typed typed;     /* to it */
    struct conference_rate rate;
};

#endif
