/* One TCP connection that drives one session: bytes both ways with back-pressure, jobs to the pool, the deadline, the
 * close. It owns both and lives until its closed operation has been called. */
#ifndef PARLEY_NET_CONN_H
#define PARLEY_NET_CONN_H

#include "common/shell/net/pool.h"
#include "proto/session.h"

#include <stdbool.h>
#include <stdint.h>

struct conn;
struct uv_tcp_s;

/* What the owner of a connection does about it. All may call conn_touch and the session's functions. */
struct conn_ops {
    void (*event)(void *user, struct conn *conn, const struct session_event *event);
    bool (*room)(void *user, struct conn *conn);                              /* whether data would be taken now */
    void (*data)(void *user, struct conn *conn, struct session_chunk *chunk); /* takes the chunk */
    void (*feed)(void *user, struct conn *conn);   /* the session may want data: session_send */
    void (*closed)(void *user, struct conn *conn); /* the last call; conn and session are released after it */
};

/* Memory for what peers send faster than it is worked on, shared by many connections. Beyond the limit a connection
 * reads only while nothing of it is waiting, and little at a time: each still goes on, and the whole stays below
 * limit + CONN_BEYOND for each connection. */
struct conn_memory {
    size_t held, limit;
};

enum { CONN_BEYOND = 512 << 10 };

void conn_share(struct conn *conn, struct conn_memory *memory);

/* Takes tcp (malloc'ed, connected) and session, also on failure, and starts the session; the owner then calls
 * conn_touch. -ENOMEM. */
int conn_new(struct conn **connp, struct pool *pool, struct uv_tcp_s *tcp, struct session *session,
             const struct conn_ops *ops, void *user);
/* The same in two steps, for Alice: she has jobs while she is being connected, and calls conn_touch after either.
 * conn_prepare takes session, conn_attach tcp; until then no operation is called, and conn_drop releases all. */
int conn_prepare(struct conn **connp, struct pool *pool, struct session *session, const struct conn_ops *ops,
                 void *user);
void conn_attach(struct conn *conn, struct uv_tcp_s *tcp);
void conn_drop(struct conn *conn); /* NULL is fine */
void conn_set_ops(struct conn *conn, const struct conn_ops *ops, void *user);

/* For a connection that nobody can take: closes and releases it. */
void conn_refuse(struct uv_tcp_s *tcp);
/* The same after a few last words, which fit into any empty socket. */
void conn_turn_away(struct uv_tcp_s *tcp, const uint8_t *bytes, size_t n);

/* After any call of the session, or when room has come: do what there is to do. */
void conn_touch(struct conn *conn);

/* The owner cannot go on (standard output is gone): the session ends as broken, with this text. */
void conn_fail(struct conn *conn, const char *text);

/* The same with a connection that still works: what the peer sees is its end, without our end mark. */
void conn_give_up(struct conn *conn, const char *text);

/* Close now, whatever is in flight. */
void conn_close(struct conn *conn);

/* Bytes that have come and have not been looked at. */
size_t conn_unread(const struct conn *conn);

struct session *conn_session(const struct conn *conn);
const char *conn_peer(const struct conn *conn);    /* "[::1]:40112" */
uint64_t conn_bytes(const struct conn *conn);      /* on the wire so far, both ways */
double conn_seconds(const struct conn *conn);      /* since it was connected */
double conn_step_seconds(const struct conn *conn); /* since the last step began */
void conn_step_resumed(struct conn *conn);         /* the step waited for a person: its time begins again */

#endif
