/* Both sides are handles of libuv. As in a relay, what one side does not take at once is copied and queued, and the
 * other is not read until that is gone. */
#include "common/shell/net/bridge.h"

#include "common/shell/net/conn.h"
#include "common/shell/net/connect.h"
#include "common/shell/net/websocket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

enum { CONNECT_MS = 10000, TICK_MS = 1000, NORMAL = 1000, GOING_AWAY = 1001, POLICY = 1008, TOO_BIG = 1009 };

struct bridge {
    struct bridge_config config;
    uv_loop_t *loop;
    struct web_client *client;
    struct websocket *ws;
    uv_tcp_t phone, *far;
    uv_timer_t tick;
    uv_shutdown_t shutdown;
    unsigned n_handles;
    bool connecting;                /* connected() will be called */
    bool closing;                   /* the handles are being closed */
    bool quiet;                     /* nobody is to be called any more */
    bool ending, phone_over;        /* last words; the phone has said its own, or is gone */
    bool far_over, recorded_end[2]; /* by direction */
    bool far_deaf;                  /* it takes no more, and its last words are still to be read */
    bool reading[2], queued[2];     /* by the direction in which the bytes go: from its side, to the other */
    enum bridge_end how;
    uint64_t began_ms, heard_ms, pinged_ms, last_ms, bytes[2];
    uint64_t n_framing; /* bytes from the phone that carry nothing */
    void *connection;
    uint8_t *early; /* what came with the request */
    size_t n_early;
    uint8_t wire[BRIDGE_PIECE + WEBSOCKET_HEADER];
};

struct rest {
    uv_write_t request;
    struct bridge *bridge;
    int direction;
    char bytes[];
};

/* ---- life */

static void release(struct bridge *b) {
    if (b->n_handles || b->connecting)
        return;
    websocket_free(b->ws);
    free(b->early);
    free(b->far);
    if (!b->quiet)
        b->config.over(b->config.owner, b->how);
    free(b);
}

static void handle_closed(uv_handle_t *handle) {
    struct bridge *b = handle->data;
    b->n_handles--;
    release(b);
}

static void close_all(struct bridge *b) {
    if (b->closing)
        return;
    b->closing = true;
    if (b->connection && !(b->recorded_end[0] && b->recorded_end[1])) /* else it would never be over in a capture */
        b->config.ops->reset(b->config.user, b->connection, b->recorded_end[0]);
    if (b->connection)
        b->config.ops->closed(b->config.user, b->connection);
    b->connection = NULL;
    uv_close((uv_handle_t *)&b->tick, handle_closed);
    uv_close((uv_handle_t *)&b->phone, handle_closed);
    if (b->far)
        uv_close((uv_handle_t *)b->far, handle_closed);
    web_socket_done(b->client);
}

static void close_when_over(struct bridge *b) {
    if (b->ending && b->phone_over && (b->far_over || !b->far) && !b->connecting)
        close_all(b);
}

static void flush(struct bridge *b);

static void shut_down(uv_shutdown_t *request, int status) {
    (void)request;
    (void)status;
}

static void stop_reading(struct bridge *b, int direction) {
    if (!b->reading[direction])
        return;
    b->reading[direction] = false;
    uv_read_stop(direction == 0 ? (uv_stream_t *)&b->phone : (uv_stream_t *)b->far);
}

/* No more from the phone to the far side; the phone is told why, if it is there. */
static void begin_end(struct bridge *b, enum bridge_end how, unsigned code, const char *reason) {
    if (b->ending)
        return;
    b->ending = true;
    b->how = how;
    b->last_ms = uv_now(b->loop) + BRIDGE_LAST_MS;
    if (b->connection && !b->recorded_end[0]) {
        b->recorded_end[0] = true;
        b->config.ops->ended(b->config.user, b->connection, 0);
        uv_shutdown(&b->shutdown, (uv_stream_t *)b->far, shut_down);
    }
    if (!b->phone_over && websocket_close(b->ws, code, reason) == 0)
        flush(b);
    close_when_over(b);
}

static void phone_left(struct bridge *b, enum bridge_end how) {
    b->phone_over = true;
    stop_reading(b, 0);
    begin_end(b, how, NORMAL, "");
    close_when_over(b);
}

/* ---- passing on */

static void start_reading(struct bridge *b);

static void rest_written(uv_write_t *request, int status) {
    struct rest *rest = (struct rest *)request;
    struct bridge *b = rest->bridge;
    int direction = rest->direction;
    free(rest);
    b->queued[direction] = false;
    if (b->closing)
        return;
    if (status < 0 && direction == 1)
        phone_left(b, BRIDGE_LOST);
    if (b->closing)
        return;
    flush(b);
    start_reading(b);
}

/* To the side where the direction leads. Negative: that side takes nothing any more. */
static int pass_on(struct bridge *b, int direction, const uint8_t *p, size_t n) {
    uv_stream_t *to = direction == 0 ? (uv_stream_t *)b->far : (uv_stream_t *)&b->phone;
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)p, (unsigned)n);
    int r = uv_try_write(to, &buffer, 1);
    if (r == UV_EAGAIN || r == UV_ENOSYS)
        r = 0;
    if (r < 0 || (size_t)r == n)
        return r < 0 ? r : 0;
    n -= (size_t)r;
    struct rest *rest = malloc(sizeof *rest + n);
    if (!rest)
        return -ENOMEM;
    rest->bridge = b;
    rest->direction = direction;
    memcpy(rest->bytes, p + r, n);
    buffer = uv_buf_init(rest->bytes, (unsigned)n);
    if ((r = uv_write(&rest->request, to, &buffer, 1, rest_written)) < 0) {
        free(rest);
        return r;
    }
    b->queued[direction] = true;
    stop_reading(b, direction);
    return 0;
}

/* Frames to the phone. */
static void flush(struct bridge *b) {
    size_t n;
    while (!b->queued[1] && !b->closing && !b->phone_over && (n = websocket_take(b->ws, b->wire, sizeof b->wire)))
        if (pass_on(b, 1, b->wire, n) < 0)
            phone_left(b, BRIDGE_LOST);
}

/* ---- the phone's side */

static void take_from_phone(struct bridge *b, const uint8_t *p, size_t n) {
    size_t n_out, place;
    uint8_t *out = b->config.ops->buffer(b->config.user, &place);
    int r = websocket_feed(b->ws, p, n < place ? n : place, out, &n_out);
    b->n_framing += n - n_out;
    if (b->ending)
        n_out = 0; /* only its own last word counts */
    b->bytes[0] += n_out;
    if (n_out) {
        b->config.ops->bytes(b->config.user, b->connection, 0, out, n_out);
        b->far_deaf = pass_on(b, 0, out, n_out) < 0;
    }
    flush(b);
    if (r == 1)
        phone_left(b, BRIDGE_LEFT);
    else if (r < 0) { /* the close that says why is out */
        b->phone_over = b->phone_over || !b->queued[1];
        begin_end(b, BRIDGE_WRONG, POLICY, "");
        stop_reading(b, 0);
        close_when_over(b);
    } else if (b->bytes[0] > b->config.bytes_max || b->n_framing > b->config.bytes_max / 2)
        begin_end(b, BRIDGE_TOO_MUCH, TOO_BIG, "that was more than a phone may send");
}

static void give_wire(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    struct bridge *b = handle->data;
    (void)suggested;
    *buffer = uv_buf_init((char *)b->wire, BRIDGE_PIECE);
}

static void phone_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
    struct bridge *b = stream->data;
    if (b->closing || n == 0)
        return;
    if (n < 0) {
        phone_left(b, BRIDGE_LOST);
        return;
    }
    b->heard_ms = uv_now(b->loop);
    take_from_phone(b, (const uint8_t *)buffer->base, (size_t)n);
    if (!b->closing)
        start_reading(b);
}

/* ---- the far side */

static void give_place(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    struct bridge *b = handle->data;
    size_t n;
    (void)suggested;
    uint8_t *place = b->config.ops->buffer(b->config.user, &n);
    *buffer = uv_buf_init((char *)place, n < BRIDGE_PIECE ? (unsigned)n : BRIDGE_PIECE);
}

static void far_ended(struct bridge *b, bool reset, enum bridge_end how, unsigned code, const char *reason) {
    b->far_over = true;
    stop_reading(b, 1);
    if (!b->recorded_end[1]) {
        b->recorded_end[1] = true;
        if (reset)
            b->config.ops->reset(b->config.user, b->connection, 1);
        else
            b->config.ops->ended(b->config.user, b->connection, 1);
    }
    begin_end(b, how, code, reason);
    close_when_over(b);
}

static void far_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
    struct bridge *b = stream->data;
    if (b->closing || n == 0)
        return;
    if (n < 0) {
        far_ended(b, n != UV_EOF, BRIDGE_FAR, NORMAL, "Bob has closed the connection");
        return;
    }
    b->bytes[1] += (uint64_t)n;
    b->config.ops->bytes(b->config.user, b->connection, 1, (const uint8_t *)buffer->base, (size_t)n);
    if (b->bytes[1] > b->config.bytes_max) {
        far_ended(b, true, BRIDGE_FAR_TOO_MUCH, TOO_BIG, "Bob sent more than is passed on");
        return;
    }
    if (!b->ending && websocket_send(b->ws, (const uint8_t *)buffer->base, (size_t)n) < 0)
        phone_left(b, BRIDGE_LOST);
    flush(b);
    if (!b->closing)
        start_reading(b);
}

/* What may be read now: of the phone while nothing of it waits for the far side, nor more answers to pings than one
 * piece of its can ask for; of the far side while nothing waits for the phone. */
static void start_reading(struct bridge *b) {
    if (!b->far || b->closing)
        return;
    bool may[2] = {!b->queued[0] && !b->far_deaf && !b->phone_over &&
                       websocket_waiting(b->ws) <= WEBSOCKET_CONTROLS_MAX,
                   !b->far_over && !b->queued[1]};
    for (int d = 0; d < 2; d++) {
        if (!may[d])
            stop_reading(b, d);
        else if (!b->reading[d]) {
            b->reading[d] = true;
            uv_read_start(d == 0 ? (uv_stream_t *)&b->phone : (uv_stream_t *)b->far, d == 0 ? give_wire : give_place,
                          d == 0 ? phone_read : far_read);
        }
    }
}

static void connected(void *user, const struct connect_result *result) {
    struct bridge *b = user;
    struct sockaddr_storage address[2] = {{0}};
    b->connecting = false;
    if (result->tcp && (b->ending || b->closing))
        conn_refuse(result->tcp);
    else if (result->tcp) {
        b->far = result->tcp;
        b->far->data = b;
        b->n_handles++;
        int length[2] = {sizeof address[0], sizeof address[1]};
        uv_tcp_getpeername(&b->phone, (struct sockaddr *)&address[0], &length[0]);
        uv_tcp_getpeername(b->far, (struct sockaddr *)&address[1], &length[1]);
        uv_tcp_nodelay(b->far, 1);
        b->connection =
            b->config.ops->opened(b->config.user, (struct sockaddr *)&address[0], (struct sockaddr *)&address[1]);
    }
    if (b->closing) {
        release(b);
        return;
    }
    if (b->ending || !b->connection) {
        b->phone_over = b->phone_over || b->ending;
        b->far_over = true;
        if (result->error == UV_EMFILE || result->error == UV_ENFILE)
            begin_end(b, BRIDGE_NO_FILES, GOING_AWAY, "the room has no place: its machine may open no more files");
        else
            begin_end(b, BRIDGE_UNREACHABLE, GOING_AWAY, "Bob cannot be reached");
        close_when_over(b);
        return;
    }
    b->heard_ms = b->pinged_ms = uv_now(b->loop);
    if (b->n_early)
        take_from_phone(b, b->early, b->n_early);
    start_reading(b);
}

/* ---- time */

static void ticked(uv_timer_t *timer) {
    struct bridge *b = timer->data;
    uint64_t now = uv_now(b->loop);
    if (b->ending && now >= b->last_ms) {
        close_all(b);
        return;
    }
    if (b->ending || !b->far)
        return;
    if (!b->reading[0])
        b->heard_ms = now; /* it is we who do not listen */
    if (now - b->heard_ms >= BRIDGE_SILENCE_MS)
        begin_end(b, BRIDGE_SILENT, GOING_AWAY, "the phone did not answer");
    else if (now - b->began_ms >= b->config.ms_max)
        begin_end(b, BRIDGE_TOO_LONG, GOING_AWAY, "the time of this session is over");
    else if (now - b->pinged_ms >= BRIDGE_PING_MS && websocket_waiting(b->ws) == 0) {
        b->pinged_ms = now;
        websocket_ping(b->ws);
        flush(b);
    }
}

/* ---- for the owner */

static int open_phone(struct bridge *b, const struct web_socket *socket) {
    int fd = dup(socket->fd);
    if (fd < 0)
        return -errno;
    if (uv_tcp_init(b->loop, &b->phone) < 0) {
        close(fd);
        return -ENOMEM;
    }
    b->phone.data = b;
    b->n_handles++;
    uv_timer_init(b->loop, &b->tick);
    b->tick.data = b;
    b->n_handles++;
    int r = uv_tcp_open(&b->phone, fd);
    if (r < 0)
        close(fd);
    else
        uv_tcp_nodelay(&b->phone, 1);
    return r;
}

int bridge_new(struct bridge **bridgep, struct uv_loop_s *loop, const struct web_socket *socket,
               const struct bridge_config *config) {
    struct bridge *b = calloc(1, sizeof *b);
    int r = b ? websocket_new(&b->ws) : -ENOMEM;
    if (r == 0 && socket->n) {
        b->early = malloc(socket->n);
        b->n_early = socket->n;
        r = b->early ? 0 : -ENOMEM;
        if (b->early)
            memcpy(b->early, socket->bytes, socket->n);
    }
    if (r < 0) {
        web_socket_done(socket->client);
        if (b)
            free(b->early), websocket_free(b->ws);
        free(b);
        return r;
    }
    b->config = *config;
    b->loop = loop;
    b->client = socket->client;
    b->how = BRIDGE_CLOSED;
    b->began_ms = uv_now(loop);
    r = open_phone(b, socket);
    if (b->n_handles == 0) {
        web_socket_done(socket->client);
        free(b->early);
        websocket_free(b->ws);
        free(b);
        return r;
    }
    if (r == 0)
        r = connect_start(loop, &b->config.to, false, CONNECT_MS, connected, b);
    b->connecting = r == 0;
    uv_timer_start(&b->tick, ticked, TICK_MS, TICK_MS);
    if (r < 0)
        bridge_free(b);
    else
        *bridgep = b;
    return r;
}

void bridge_close(struct bridge *b, const char *reason) {
    begin_end(b, BRIDGE_CLOSED, GOING_AWAY, reason);
    flush(b);
}

void bridge_free(struct bridge *b) {
    if (!b)
        return;
    b->quiet = true;
    close_all(b);
}

uint64_t bridge_bytes(const struct bridge *b, int direction) {
    return b->bytes[direction];
}
