/* What the files of the web server know of each other.
 *
 *   web.c          opens and frees the server; what the owner asks it
 *   web_turn.c     the library's turns in our loop
 *   web_client.c   connections, and how their ends are seen
 *   web_places.c   who makes room in a full house
 *   web_request.c  what has been asked
 *   web_answer.c   what is answered
 *   web_stream.c   what has no end yet
 *   web_upgrade.c  connections that become WebSockets
 *   web_text.c     what needs no HTTP
 *   web_none.c     all of it in a build without libmicrohttpd */
#ifndef PARLEY_NET_WEB_PARTS_H
#define PARLEY_NET_WEB_PARTS_H

#include "common/shell/net/origin.h"
#include "common/shell/net/web.h"

#include <microhttpd.h>
#include <sys/socket.h>
#include <uv.h>

enum { WEB_BLOCK = 4096 }; /* of a stream for a client of HTTP/1.0; how the library's memory for a connection grows */

/* The library's epoll descriptor stands in our loop. The library does not see everybody leave: a connection is not
 * looked at while it is suspended, which is how a stream waits for events, and an end that comes with the last bytes is
 * overlooked. So we look for ends ourselves (struct hangup). */
struct web {
    struct web_config config;
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    uv_async_t again; /* the library has more to do, in the next turn of the loop */
    uv_timer_t sweep; /* while there are connections */
    bool crowded;     /* it is the fast one */
    unsigned n_handles;
    struct sockaddr_storage at;
    struct web_client *newest, *oldest;
    unsigned n_clients, n_streams, n_cut;
};

/* Freed when its handle is closed, which is later than the client. */
struct hangup {
    uv_poll_t handle; /* first */
    struct web_client *client;
};

/* A connection, its request and its answer. */
struct web_client {
    struct web *web;
    struct web_client *newer, *older;
    struct MHD_Connection *connection;
    int fd;
    uint8_t origin[ORIGIN_ID];
    uint64_t since_ms, deadline_ms; /* a deadline of 0: none */
    uint64_t marked_ms;             /* when `marked` bytes had arrived there */
    int64_t marked, rate;           /* bytes a second at last; unknown: WEB_CROWDED_RATE */
    bool trusted;
    bool begun, asked; /* header fields, and all of the request, have come */
    bool cut;          /* the socket is shut down; the library will notice */
    char *body, *query;
    size_t n_body;
    bool too_long;
    /* a stream or list: all up to `number` is out, and of `under_way` offset bytes */
    enum web_kind kind;
    uint64_t number, after, until, under_way;
    size_t offset;
    bool waiting; /* suspended until there is more */
    struct hangup *hangup;
    /* a WebSocket: whom to tell, until he has been told; and then what the library wants back */
    void (*upgraded)(void *user, const struct web_socket *socket);
    void *user;
    struct MHD_UpgradeResponseHandle *upgrade;
};

static inline uint64_t web_now_ms(void) {
    return uv_hrtime() / 1000000;
}

/* web_turn.c */
/* The library does what is due: clients may come and go. */
void web_turn(struct web *web);
/* In the next turn a waiting stream is asked again. */
void web_turn_resume(struct web_client *x);

/* web_client.c */
/* NULL: no memory, and the connection is shut down. */
struct web_client *web_client_new(struct web *web, struct MHD_Connection *connection);
void web_client_free(struct web_client *x);
/* Shuts the socket down; the client is freed in one of the next turns. */
void web_client_cut(struct web_client *x);

/* web_places.c */
/* A client has come, and there may be a crowd: how often they are looked at from now on. */
void web_places_pace(struct web *web);

/* web_request.c */
/* As the library calls it: once when the header fields are there, once for each part of the body, once at its end. */
enum MHD_Result web_request_handle(void *user, struct MHD_Connection *connection, const char *path, const char *method,
                                   const char *version, const char *bytes, size_t *n, void **context);

/* web_answer.c */
/* What outlives the server. */
struct web_answer web_answer_lasting(unsigned status, const char *text);
/* Takes `owned` and `fd`, also on failure. */
enum MHD_Result web_answer_send(struct web_client *x, struct web_answer *a);
enum MHD_Result web_answer_send_text(struct web_client *x, unsigned status, const char *text);

/* web_stream.c */
/* Room for one more stream: who is trusted takes the place of somebody who is not. */
bool web_stream_fits(struct web *web, bool trusted);
void web_stream_begin(struct web_client *x, const struct web_answer *a);
/* As the library calls it, when the socket takes more. */
ssize_t web_stream_read(void *user, uint64_t position, char *out, size_t room);

/* web_upgrade.c */
/* Tells a->upgraded, now or later. */
enum MHD_Result web_upgrade(struct web_client *x, const struct web_answer *a);

#endif
