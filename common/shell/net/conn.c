/* The loop of proto/session.h on libuv. Everything that may have changed the session ends in conn_touch, which runs the
 * loop to a fixed point; a call from inside it only asks for another round.
 *
 * The end: once the session has finished and its output is written, our side is shut down and what still arrives is
 * thrown away for a moment. Closing at once with bytes unread would reset the connection, and the reset may overtake
 * our last frame, which says why. */
#include "common/shell/net/conn.h"

#include "common/shell/net/address.h"
#include "common/shell/net/timer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <uv.h>

enum {
    QUEUE_LIMIT = 1 << 20,   /* bytes given to libuv and not yet written */
    BATCH = 16,              /* chunks in one write */
    READ_BUFFER = 512 << 10, /* one for all connections: a read is handed on before the next */
    READ_LITTLE = 64 << 10,
    DRAIN_MS = 5000,  /* for the last output of a finished session */
    LINGER_MS = 1000, /* for the peer to close after it */
    LINGER_SILENT_MS = 100,
    KEEPALIVE_S = 60,
};

struct write_batch {
    uv_write_t request;
    struct conn *conn;
    size_t n_chunks;
    size_t n_bytes;
    struct session_chunk chunks[BATCH];
};

struct conn {
    uv_tcp_t *tcp; /* NULL before conn_attach: nothing is done but jobs */
    uv_timer_t timer;
    uv_shutdown_t shutdown;
    struct pool *pool;
    struct pool_seat seat;
    struct session *session;
    const struct conn_ops *ops;
    void *user;
    char peer[ADDRESS_TEXT];
    double connected, step_began; /* timer_now */
    uint64_t bytes;
    size_t n_queued;
    struct conn_memory *memory; /* NULL: has a process to itself */
    size_t held;                /* what of it is ours */
    uint64_t timer_due;
    unsigned handles; /* not yet closed */
    bool reading, eof, touching, again, ending, shut_down, broken, closing;
};

/* ---- output */

/* The peer may have said why before it closed, while we were still writing. */
static void hear_last_words(struct conn *conn) {
    uint8_t bytes[4096];
    uv_os_fd_t fd;
    ssize_t n;
    if (uv_fileno((uv_handle_t *)conn->tcp, &fd) < 0)
        return;
    while (!session_finished(conn->session) && (n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        session_receive(conn->session, bytes, (size_t)n, timer_now_ms());
}

static void written(uv_write_t *request, int status) {
    struct write_batch *batch = (struct write_batch *)request;
    struct conn *conn = batch->conn;
    for (size_t i = 0; i < batch->n_chunks; i++)
        session_chunk_free(&batch->chunks[i]);
    conn->n_queued -= batch->n_bytes;
    conn->bytes += status == 0 ? batch->n_bytes : 0;
    free(batch);
    if (conn->closing)
        return;
    if (status < 0) {
        hear_last_words(conn);
        conn_fail(conn, uv_strerror(status));
    } else
        conn_touch(conn);
}

/* Moves output from the session to libuv. False when there is none or the queue is full. */
static bool write_batch(struct conn *conn) {
    if (conn->n_queued >= QUEUE_LIMIT || conn->broken)
        return false;
    struct write_batch *batch = malloc(sizeof *batch);
    if (!batch) {
        session_abort(conn->session, ABORT_INTERNAL, "out of memory");
        conn_fail(conn, "out of memory"); /* nor can an Abort be written */
        return false;
    }
    uv_buf_t buffers[BATCH];
    batch->conn = conn;
    batch->n_chunks = batch->n_bytes = 0;
    while (batch->n_chunks < BATCH && conn->n_queued + batch->n_bytes < QUEUE_LIMIT &&
           session_take_output(conn->session, &batch->chunks[batch->n_chunks], timer_now_ms())) {
        struct session_chunk *chunk = &batch->chunks[batch->n_chunks];
        buffers[batch->n_chunks++] = uv_buf_init((char *)chunk->data, (unsigned)chunk->n);
        batch->n_bytes += chunk->n;
    }
    if (batch->n_chunks == 0) {
        free(batch);
        return false;
    }
    conn->n_queued += batch->n_bytes;
    int r = uv_write(&batch->request, (uv_stream_t *)conn->tcp, buffers, (unsigned)batch->n_chunks, written);
    if (r < 0)
        written(&batch->request, r);
    return r == 0;
}

/* ---- input */

static bool memory_is_short(const struct conn *conn) {
    return conn->memory && conn->memory->held >= conn->memory->limit;
}

/* Returns what waits to be worked on. */
static size_t count_memory(struct conn *conn) {
    size_t waiting, held = session_held(conn->session, &waiting);
    if (conn->memory)
        conn->memory->held += held - conn->held;
    conn->held = held;
    return waiting;
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    static char shared[READ_BUFFER];
    (void)suggested;
    *buffer = uv_buf_init(shared, memory_is_short(handle->data) ? READ_LITTLE : sizeof shared);
}

static void received(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
    struct conn *conn = stream->data;
    if (n > 0) {
        conn->bytes += (uint64_t)n;
        if (!conn->ending)
            session_receive(conn->session, (const uint8_t *)buffer->base, (size_t)n, timer_now_ms());
    } else if (n == UV_EOF) {
        conn->eof = true;
        conn->reading = false;
        uv_read_stop(stream);
        if (!conn->ending)
            session_receive_eof(conn->session, timer_now_ms());
    } else if (n < 0) {
        conn_fail(conn, uv_strerror((int)n));
        return;
    }
    conn_touch(conn);
}

static void set_reading(struct conn *conn) {
    size_t waiting = count_memory(conn);
    bool wanted = !conn->eof && !conn->broken && (waiting == 0 || !memory_is_short(conn)) &&
                  (conn->ending || (!session_finished(conn->session) && session_wants_input(conn->session)));
    if (wanted == conn->reading)
        return;
    conn->reading = wanted;
    session_set_reading(conn->session, wanted, timer_now_ms());
    if (wanted)
        uv_read_start((uv_stream_t *)conn->tcp, give_buffer, received);
    else
        uv_read_stop((uv_stream_t *)conn->tcp);
}

/* ---- time */

static void timed_out(uv_timer_t *timer) {
    struct conn *conn = timer->data;
    conn->timer_due = UINT64_MAX;
    if (conn->ending) {
        conn_close(conn);
        return;
    }
    session_tick(conn->session, timer_now_ms());
    conn_touch(conn);
}

static void set_timer(struct conn *conn, uint64_t due) {
    if (due == conn->timer_due)
        return;
    conn->timer_due = due;
    uint64_t now = timer_now_ms();
    uv_update_time(conn->timer.loop);
    if (due == UINT64_MAX)
        uv_timer_stop(&conn->timer);
    else
        uv_timer_start(&conn->timer, timed_out, due > now ? due - now : 1, 0);
}

/* ---- the loop */

static void pass_events(struct conn *conn) {
    struct session_event event;
    while (!conn->closing && session_next_event(conn->session, &event)) {
        if (event.kind == SESSION_STEP_BEGIN)
            conn->step_began = timer_now();
        conn->ops->event(conn->user, conn, &event);
        conn->again = true;
        session_event_wipe(&event);
    }
}

/* True when all data has been handed over. */
static bool pass_data(struct conn *conn) {
    struct session_chunk chunk;
    while (conn->ops->room(conn->user, conn)) {
        if (!session_take_data(conn->session, &chunk))
            return true;
        conn->ops->data(conn->user, conn, &chunk);
        conn->again = true;
    }
    return false;
}

static void end(struct conn *conn) {
    uint64_t now = timer_now_ms();
    if (!conn->ending)
        set_timer(conn, now + DRAIN_MS);
    conn->ending = true;
    if (conn->broken || (conn->n_queued == 0 && (conn->eof || session_end(conn->session)->outcome == SESSION_DONE))) {
        conn_close(conn);
        return;
    }
    if (conn->n_queued == 0 && !conn->shut_down) {
        conn->shut_down = true;
        if (uv_shutdown(&conn->shutdown, (uv_stream_t *)conn->tcp, NULL) < 0) {
            conn_close(conn);
            return;
        }
        bool silent = session_end(conn->session)->outcome == SESSION_BROKEN; /* will hardly close in time now */
        set_timer(conn, now + (silent ? LINGER_SILENT_MS : LINGER_MS));
    }
    set_reading(conn);
}

void conn_touch(struct conn *conn) {
    if (!conn->tcp) {
        pool_offer(conn->pool, &conn->seat);
        return;
    }
    conn->again = true;
    if (conn->touching)
        return;
    conn->touching = true;
    bool data_done = true;
    while (conn->again && !conn->closing) {
        conn->again = false;
        while (session_only_tells(conn->session) && write_batch(conn)) /* the peer need not wait until it is told */
            ;
        pass_events(conn);
        if (conn->closing)
            break; /* the owner has had enough; its seat must not come back into the pool */
        conn->ops->feed(conn->user, conn);
        while (write_batch(conn))
            ;
        data_done = pass_data(conn);
        pool_offer(conn->pool, &conn->seat);
    }
    conn->touching = false;
    if (conn->closing)
        return;
    if (session_finished(conn->session)) {
        if (data_done && conn->seat.outstanding == 0)
            end(conn);
        else
            set_timer(conn, UINT64_MAX);
        return;
    }
    set_reading(conn);
    set_timer(conn, session_deadline(conn->session));
}

/* ---- life */

static void release(struct conn *conn) {
    if (conn->handles > 0 || conn->seat.outstanding > 0)
        return;
    if (conn->memory)
        conn->memory->held -= conn->held;
    if (conn->tcp)
        conn->ops->closed(conn->user, conn);
    session_free(conn->session);
    free(conn->tcp);
    free(conn);
}

static void slice_returned(void *user) {
    struct conn *conn = user;
    if (conn->closing)
        release(conn);
    else
        conn_touch(conn);
}

static void handle_closed(uv_handle_t *handle) {
    struct conn *conn = handle->data;
    conn->handles--;
    release(conn);
}

void conn_close(struct conn *conn) {
    if (conn->closing)
        return;
    conn->closing = true;
    pool_leave(conn->pool, &conn->seat);
    uv_close((uv_handle_t *)conn->tcp, handle_closed);
    uv_close((uv_handle_t *)&conn->timer, handle_closed);
}

size_t conn_unread(const struct conn *conn) {
    uv_os_fd_t fd;
    int n = 0;
    bool known = !conn->closing && uv_fileno((uv_handle_t *)conn->tcp, &fd) == 0 && ioctl(fd, FIONREAD, &n) == 0;
    return known && n > 0 ? (size_t)n : 0;
}

void conn_fail(struct conn *conn, const char *text) {
    if (conn->closing)
        return;
    conn->broken = true;
    session_broken(conn->session, text);
    conn_touch(conn);
}

void conn_give_up(struct conn *conn, const char *text) {
    if (conn->closing)
        return;
    session_give_up(conn->session, text);
    conn_touch(conn);
}

static void handle_freed(uv_handle_t *handle) {
    free(handle);
}

void conn_refuse(struct uv_tcp_s *tcp) {
    uv_close((uv_handle_t *)tcp, handle_freed);
}

void conn_turn_away(struct uv_tcp_s *tcp, const uint8_t *bytes, size_t n) {
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)n);
    uv_try_write((uv_stream_t *)tcp, &buffer, 1); /* best effort */
    conn_refuse(tcp);
}

static int new_without_tcp(struct conn **connp, struct pool *pool, struct session *session, const struct conn_ops *ops,
                           void *user) {
    struct conn *conn = calloc(1, sizeof *conn);
    if (!conn) {
        session_free(session);
        return -ENOMEM;
    }
    conn->session = session;
    conn->pool = pool;
    conn->seat = (struct pool_seat){.session = session, .returned = slice_returned, .user = conn};
    conn->ops = ops;
    conn->user = user;
    conn->timer_due = UINT64_MAX;
    *connp = conn;
    return 0;
}

int conn_prepare(struct conn **connp, struct pool *pool, struct session *session, const struct conn_ops *ops,
                 void *user) {
    int r = new_without_tcp(connp, pool, session, ops, user);
    if (r < 0)
        return r;
    r = session_prepare(session);
    if (r < 0)
        conn_drop(*connp);
    return r;
}

void conn_drop(struct conn *conn) {
    if (!conn)
        return;
    conn->closing = true;
    pool_leave(conn->pool, &conn->seat);
    release(conn);
}

void conn_attach(struct conn *conn, struct uv_tcp_s *tcp) {
    conn->tcp = tcp;
    conn->connected = conn->step_began = timer_now();
    conn->handles = 2;
    uv_timer_init(tcp->loop, &conn->timer);
    tcp->data = conn->timer.data = conn;
    uv_tcp_nodelay(tcp, 1);
    uv_tcp_keepalive(tcp, 1, KEEPALIVE_S); /* an open chat has no deadline, yet a dead peer must show some day */
    struct sockaddr_storage sa = {0};
    int length = sizeof sa;
    uv_tcp_getpeername(tcp, (struct sockaddr *)&sa, &length);
    address_text(conn->peer, (struct sockaddr *)&sa);
    session_start(conn->session, timer_now_ms());
}

int conn_new(struct conn **connp, struct pool *pool, struct uv_tcp_s *tcp, struct session *session,
             const struct conn_ops *ops, void *user) {
    int r = new_without_tcp(connp, pool, session, ops, user);
    if (r < 0)
        conn_refuse(tcp);
    else
        conn_attach(*connp, tcp);
    return r;
}

void conn_share(struct conn *conn, struct conn_memory *memory) {
    conn->memory = memory;
}

void conn_set_ops(struct conn *conn, const struct conn_ops *ops, void *user) {
    conn->ops = ops;
    conn->user = user;
}

struct session *conn_session(const struct conn *conn) {
    return conn->session;
}

const char *conn_peer(const struct conn *conn) {
    return conn->peer;
}

uint64_t conn_bytes(const struct conn *conn) {
    return conn->bytes;
}

double conn_seconds(const struct conn *conn) {
    return timer_now() - conn->connected;
}

double conn_step_seconds(const struct conn *conn) {
    return timer_now() - conn->step_began;
}

void conn_step_resumed(struct conn *conn) {
    conn->step_began = timer_now();
}
