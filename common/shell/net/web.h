/* An HTTP server on a loop of libuv: requests in, answers and event streams out. libmicrohttpd speaks HTTP; what is
 * asked and answered is the owner's.
 *
 * A connection has one request, and ends with its answer. What is large is never held for a reader: files are sent from
 * their descriptor, and of a stream or a list the owner is asked for what follows a number when the socket takes more.
 * So a reader costs WEB_HEADERS_MAX, at most WEB_BODY_MAX while his request comes, and some 2 KiB, whatever he asks for
 * and however slowly he reads.
 *
 * A connection may also become a WebSocket, where the owner has it so: it is then his, and this server only counts it.
 *
 * A connection without its header fields costs nothing to open and may come in any number: it has less time, and of one
 * address the oldest such make room for newer ones. An address is one of origin.h.
 *
 * In a full house newcomers get places all the same: after a second, those who get on least make room, whether they
 * have asked or not; those whom the owner trusts go last, and a stream of theirs takes the place of a stranger's. */
#ifndef PARLEY_NET_WEB_H
#define PARLEY_NET_WEB_H

#include "common/shell/net/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct web_client;
struct sockaddr;
struct uv_loop_s;
struct web;

enum {
    WEB_HEADERS_MAX = 16 << 10,                  /* of a request: its first line and its header fields */
    WEB_BODY_MAX = 16 << 10,                     /* of a request */
    WEB_STREAMS_MAX = 256,                       /* at once */
    WEB_CONNECTIONS_MAX = WEB_STREAMS_MAX + 128, /* at once; the others wait to be accepted */
    WEB_HEADERS_SECONDS = 15,                    /* until its header fields have come: a phone may be slow */
    WEB_HALF_OPEN = 96,                          /* so many from one address, of a class, may lack them at once, */
    WEB_HALF_OPEN_MS = 250,                      /* but whoever has just come: the oldest of them are cut first */
    WEB_REQUEST_SECONDS = 20,                    /* until a request is whole */
    WEB_STALL_SECONDS = 20,                      /* for a reader who takes nothing */
    WEB_LASTING_SECONDS = 10,                    /* the same for what outlives the server, which is small */
    WEB_BYTES_PER_SECOND = 16 << 10,             /* what a reader of a file has to take, behind these seconds */
    WEB_CROWDED_RATE = 4 << 10,                  /* bytes a second: in a full house who takes less makes room, */
    WEB_CROWDED_SECONDS = 8,                     /* and who has been there for so long; streams never do */
    WEB_NAMES_MAX = 16,
};

/* Texts are "" where the request has none, and valid during the call. */
struct web_request {
    bool post; /* POST; otherwise GET */
    const char *path;
    const char *query; /* "a=1&b=2", percent signs decoded, but %26 and %25 for & and % themselves */
    const char *host, *origin, *token, *last_event_id;
    const char *websocket; /* the key with which a WebSocket is asked for */
    const char *body;
    size_t n_body;
    const struct sockaddr *peer, *local; /* who asks, and the address at which he reached us; NULL: unknown */
};

enum web_kind {
    WEB_TEXT,   /* body or owned */
    WEB_FILE,   /* fd from its beginning, n_body bytes */
    WEB_STREAM, /* an event stream: what follows number `after`, for ever */
    WEB_LIST,   /* one JSON array of the events behind `after` up to `until`, one at least; about n_body bytes */
    WEB_SOCKET, /* what the request asks for with its key, which websocket_accept has taken: `body` says so */
};

/* A connection that speaks WebSocket from now on. The descriptor stays the server's: who reads and writes it makes a
 * copy (dup), and says when he is done. */
struct web_socket {
    int fd;
    const uint8_t *bytes; /* that have come with the request; valid during the call */
    size_t n;
    struct web_client *client; /* for web_socket_done */
};

struct web_answer {
    unsigned status;      /* 200 ... */
    const char *type;     /* "text/html; charset=utf-8"; static */
    const char *encoding; /* of the body, "gzip"; NULL for none */
    enum web_kind kind;
    const void *body; /* copied, unless */
    bool lasting;     /* it outlives the server */
    char *owned;      /* or this, freed by the server; takes the place of body */
    int fd;           /* closed by the server */
    size_t n_body;
    bool trusted; /* in a full house he goes after strangers */
    uint64_t after, until;
    char save_as[80]; /* a download of this name; "" */
    /* WEB_SOCKET: called once, with NULL when the client has gone before. The server is freed only after each of its
     * sockets is done. */
    void (*upgraded)(void *user, const struct web_socket *socket);
    void *user;
};

struct web_config {
    struct address listen;
    void (*answer)(void *user, const struct web_request *request, struct web_answer *answer);
    /* The first event behind number *numberp: its text (one line, valid until the next call) and number; NULL: none
     * yet. Where the text of a number changes while it can be had, web_changed says so. */
    const char *(*next)(void *user, uint64_t *numberp);
    void *user;
    bool sockets; /* WebSockets may be asked for; otherwise such a request is refused */
};

/* 0; -ENOSYS when built without libmicrohttpd; -EADDRNOTAVAIL when the address is none of this machine, -ENOENT when
 * the name has no address, -EADDRINUSE, -EACCES, -ENOMEM. */
int web_new(struct web **webp, struct uv_loop_s *loop, const struct web_config *config);
/* It listens at an address of loopback and nowhere else. */
bool web_is_loopback(const struct web *web);
/* The addresses under which others reach it, as "192.0.2.7:8422": the one it listens at, or when it listens at all,
 * those that this machine has (of loopback only if it has no others). How many, at least 1 and at most WEB_NAMES_MAX.
 */
unsigned web_names(const struct web *web, char names[static WEB_NAMES_MAX][ADDRESS_TEXT]);
/* Connections that are open. */
unsigned web_clients(const struct web *web);
/* Nothing is read from or written to the socket any more: the connection is closed. */
void web_socket_done(struct web_client *client);
/* Events have come: the streams are asked. */
void web_wake(struct web *web);
/* The event of this number has another text now: who has got the beginning of the other one is cut off, and asks again.
 */
void web_changed(struct web *web, uint64_t number);
/* NULL is fine. */
void web_free(struct web *web);

/* The value of a name in a query as in struct web_request: its length, -1 if it is not there or does not fit. */
int web_query(char *out, size_t size, const char *query, const char *name);
/* Answers with a plain text, which is copied when the answer is given. */
void web_answer_text(struct web_answer *answer, unsigned status, const char *text);

#endif
