/* An HTTP server on a loop of libuv: requests in, answers and event streams out. libwebsockets speaks HTTP; what is
 * asked and answered is the owner's.
 *
 * A stream has no queue: when its socket takes more, the owner is asked for what follows a number. A reader who is slow
 * is asked about less often, and costs nothing. */
#ifndef PARLEY_NET_WEB_H
#define PARLEY_NET_WEB_H

#include "common/net/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uv_loop_s;
struct web;

enum {
    WEB_BODY_MAX = 64 << 10, /* of a request */
    WEB_STREAMS_MAX = 256,   /* at once */
};

/* Texts are "" where the request has none, and valid during the call. */
struct web_request {
    bool post; /* POST; otherwise GET */
    const char *path;
    const char *query; /* "a=1&b=2", percent signs decoded */
    const char *host, *origin, *token, *last_event_id;
    const char *body;
    size_t n_body;
};

struct web_answer {
    unsigned status;  /* 200 ... */
    const char *type; /* "text/html; charset=utf-8"; static */
    const void *body; /* copied, unless */
    bool lasting;     /* it outlives the server */
    size_t n_body;
    char *owned;      /* or this, freed by the server; takes the place of body */
    char save_as[80]; /* a download of this name; "" */
    bool stream;      /* an event stream, with what follows number `after` */
    uint64_t after;
};

struct web_config {
    struct address listen;
    void (*answer)(void *user, const struct web_request *request, struct web_answer *answer);
    /* The first event behind number *numberp: its text (one line, valid until the next call) and number; NULL: none
     * yet. */
    const char *(*next)(void *user, uint64_t *numberp);
    void *user;
};

/* 0; -ENOSYS when built without libwebsockets, -ENOENT when its plugin for libuv is missing, -EADDRINUSE when it cannot
 * listen there. */
int web_new(struct web **webp, struct uv_loop_s *loop, const struct web_config *config);
unsigned web_port(const struct web *web);
unsigned web_streams(const struct web *web);
/* Events have come: the streams are asked. */
void web_wake(struct web *web);
/* NULL is fine. */
void web_free(struct web *web);

/* The value of a name in a query (whose percent signs are decoded already): its length, -1 if it is not there or does
 * not fit. */
int web_query(char *out, size_t size, const char *query, const char *name);

#endif
