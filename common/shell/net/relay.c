/* What is read from one side is written to the other at once (uv_try_write); only what the other does not take is
 * copied and queued, and nothing more is read until that queue is empty. So a connection holds at most one read's
 * worth.
 *
 * The end of a direction is passed on as a shutdown, behind what is queued. A reset is passed on as a reset. When a
 * write fails, the peer is gone, yet may have said why before: its direction is read to its end first.
 *
 * Nobody can hold a place here for ever. Once one side has closed, the other has so long to say its last words, or to
 * take what is queued for it, as RELAY_SILENCE_MS says, counted from the last byte that moved. And when all places are
 * taken, a new connection gets that of, in this order: one that a side has closed, the longest silent first; one whose
 * Alice has never said anything, the oldest first; one in which nothing has moved for RELAY_IDLE_MS, at random, so that
 * who sends a byte now and then does not decide which. Else the new one is refused. */
#include "common/shell/net/relay.h"

#include "common/shell/host/files.h"
#include "common/shell/host/status.h"
#include "common/shell/net/conn.h"
#include "common/shell/net/connect.h"
#include "common/shell/net/listener.h"
#include "common/shell/net/loop.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

enum {
    CONNECT_MS = 10000,
    LOOK_MS = 1000, /* how often silent connections are looked for */
};

struct relay {
    const struct relay_config *config;
    struct screen *screen;
    struct loop *main_loop;
    uv_loop_t *loop; /* its */
    uv_timer_t look;
    struct listener *listener;
    struct pair *pairs; /* the newest first */
    size_t n_pairs;
    size_t n_open; /* of them: those that are not being closed */
    bool stopping, told_full;
    int status;
};

/* One direction: from here to there. */
struct way {
    struct pair *pair;
    uv_shutdown_t shutdown;
    bool reading, ended, broken, queued;
};

struct pair {
    struct relay *relay;
    struct pair *next, *before;
    uv_tcp_t *tcp[2];  /* Alice's side, Bob's side */
    struct way way[2]; /* by the side that sends */
    void *connection;  /* the owner's, once both are connected */
    unsigned handles;
    bool closing;
    bool heard;     /* Alice has said something */
    uint64_t moved; /* when the last byte or end passed, by the loop's clock */
};

struct rest {
    uv_write_t request;
    struct way *way;
    char bytes[];
};

static int index_of(const struct way *way) {
    return way == &way->pair->way[1];
}

/* ---- life */

static void stop_listening(struct relay *relay) {
    listener_free(relay->listener);
    relay->listener = NULL;
}

static void stop_signals(struct relay *relay) {
    loop_ignore(relay->main_loop);
    if (!uv_is_closing((uv_handle_t *)&relay->look))
        uv_close((uv_handle_t *)&relay->look, NULL);
}

static void release(struct pair *pair) {
    struct relay *relay = pair->relay;
    if (pair->handles)
        return;
    if (pair->connection)
        relay->config->ops->closed(relay->config->user, pair->connection);
    *(pair->before ? &pair->before->next : &relay->pairs) = pair->next;
    if (pair->next)
        pair->next->before = pair->before;
    relay->n_pairs--;
    if (relay->config->once || (relay->stopping && relay->n_pairs == 0))
        stop_signals(relay);
    free(pair->tcp[0]);
    free(pair->tcp[1]);
    free(pair);
}

static void handle_closed(uv_handle_t *handle) {
    struct pair *pair = handle->data;
    pair->handles--;
    release(pair);
}

static void close_side(struct pair *pair, int side, bool reset) {
    uv_tcp_t *tcp = pair->tcp[side];
    if (!tcp || uv_is_closing((uv_handle_t *)tcp))
        return;
    if (!reset || uv_tcp_close_reset(tcp, handle_closed) < 0)
        uv_close((uv_handle_t *)tcp, handle_closed);
}

static void close_pair(struct pair *pair, bool reset) {
    pair->relay->n_open -= !pair->closing;
    pair->closing = true;
    close_side(pair, 0, reset);
    close_side(pair, 1, reset);
}

/* ---- places */

static bool half_closed(const struct pair *pair) {
    return pair->way[0].ended || pair->way[0].broken || pair->way[1].ended || pair->way[1].broken;
}

static uint64_t silence(const struct pair *pair) {
    return uv_now(pair->relay->loop) - pair->moved;
}

/* Those that one side has closed and the other does nothing about. */
static void end_silent(uv_timer_t *timer) {
    struct relay *relay = timer->data;
    for (struct pair *pair = relay->pairs; pair; pair = pair->next)
        if (pair->connection && !pair->closing && half_closed(pair) && silence(pair) >= RELAY_SILENCE_MS) {
            screen_detail(relay->screen, "a connection ends: one side has closed it, and the other is silent");
            close_pair(pair, true);
        }
}

/* 1: closed by a side, 2: nothing heard, 3: idle; 0: it stays. One that is still being connected has a deadline of its
 * own. */
static int rank(const struct pair *pair) {
    return !pair->connection || pair->closing ? 0
           : half_closed(pair)                ? 1
           : !pair->heard                     ? 2
           : silence(pair) >= RELAY_IDLE_MS   ? 3
                                              : 0;
}

static void make_room(struct relay *relay) {
    struct pair *found = NULL;
    uint32_t n_idle = 0;
    for (struct pair *pair = relay->pairs; pair; pair = pair->next) {
        int now = rank(pair), best = found ? rank(found) : 4;
        if (now == 0 || now > best)
            continue;
        if (now == 3)
            found = randombytes_uniform(++n_idle) == 0 ? pair : found;
        else if (now < best || silence(pair) >= silence(found))
            found = pair;
    }
    if (found)
        close_pair(found, true);
    if (!relay->told_full)
        screen_warning(relay->screen, "%d connections are open: %s", RELAY_CONNECTIONS_MAX,
                       found ? "those that are silent make room for new ones" : "new ones are refused");
    relay->told_full = true;
}

/* ---- passing on */

static void start_reading(struct way *way);

static void close_if_done(struct pair *pair) {
    bool done = true;
    for (int d = 0; d < 2; d++)
        done &= (pair->way[d].ended || pair->way[d].broken) && !pair->way[d].queued;
    if (done && !pair->closing)
        close_pair(pair, pair->way[0].broken || pair->way[1].broken);
}

static void shut_down(uv_shutdown_t *request, int status) {
    struct way *way = request->data;
    (void)status;
    way->queued = false;
    close_if_done(way->pair);
}

static void reset(struct way *way) {
    struct pair *pair = way->pair;
    if (pair->closing)
        return;
    pair->relay->config->ops->reset(pair->relay->config->user, pair->connection, index_of(way));
    close_pair(pair, true);
}

static void stop_reading(struct way *way) {
    way->reading = false;
    uv_read_stop((uv_stream_t *)way->pair->tcp[index_of(way)]);
}

/* The far side takes no more. What it has said is read to its end, which then ends the pair. */
static void write_failed(struct way *way) {
    struct way *back = &way->pair->way[!index_of(way)];
    stop_reading(way);
    way->broken = true;
    if (back->ended || back->broken)
        reset(back);
}

static void rest_written(uv_write_t *request, int status) {
    struct rest *rest = (struct rest *)request;
    struct way *way = rest->way;
    free(rest);
    way->queued = false;
    if (way->pair->closing)
        return;
    way->pair->moved = uv_now(way->pair->relay->loop);
    if (status < 0)
        write_failed(way);
    else
        start_reading(way);
}

static int queue_rest(struct way *way, const char *p, size_t n) {
    struct rest *rest = malloc(sizeof *rest + n);
    if (!rest)
        return UV_ENOMEM;
    rest->way = way;
    memcpy(rest->bytes, p, n);
    uv_buf_t buffer = uv_buf_init(rest->bytes, (unsigned)n);
    int r = uv_write(&rest->request, (uv_stream_t *)way->pair->tcp[!index_of(way)], &buffer, 1, rest_written);
    if (r < 0) {
        free(rest);
        return r;
    }
    way->queued = true;
    stop_reading(way);
    return 0;
}

static void pass_on(struct way *way, const char *p, size_t n) {
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)p, (unsigned)n);
    int r = uv_try_write((uv_stream_t *)way->pair->tcp[!index_of(way)], &buffer, 1);
    if (r == UV_EAGAIN || r == UV_ENOSYS)
        r = 0;
    if (r >= 0 && (size_t)r < n)
        r = queue_rest(way, p + r, n - (size_t)r);
    if (r < 0)
        write_failed(way);
}

static void end_way(struct way *way) {
    struct pair *pair = way->pair;
    way->ended = true;
    stop_reading(way);
    if (pair->way[!index_of(way)].broken) { /* what comes from there can go nowhere: a reset says so */
        reset(way);
        return;
    }
    pair->relay->config->ops->ended(pair->relay->config->user, pair->connection, index_of(way));
    way->shutdown.data = way;
    way->queued = true;
    if (uv_shutdown(&way->shutdown, (uv_stream_t *)pair->tcp[!index_of(way)], shut_down) < 0)
        shut_down(&way->shutdown, 0);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    const struct pair *pair = handle->data;
    size_t n;
    (void)suggested;
    uint8_t *place = pair->relay->config->ops->buffer(pair->relay->config->user, &n); /* one for all ... */
    *buffer = uv_buf_init((char *)place, (unsigned)n); /* ... since it is passed on before the next read */
}

static void received(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
    struct pair *pair = stream->data;
    struct way *way = &pair->way[stream == (uv_stream_t *)pair->tcp[1]];
    if (pair->closing || n == 0)
        return;
    pair->moved = uv_now(pair->relay->loop);
    pair->heard |= n > 0 && index_of(way) == 0;
    if (n > 0) {
        pass_on(way, buffer->base, (size_t)n);
        pair->relay->config->ops->bytes(pair->relay->config->user, pair->connection, index_of(way),
                                        (const uint8_t *)buffer->base, (size_t)n);
    } else if (n == UV_EOF)
        end_way(way);
    else
        reset(way);
}

static void start_reading(struct way *way) {
    if (way->reading || way->ended || way->broken)
        return;
    way->reading = true;
    uv_read_start((uv_stream_t *)way->pair->tcp[index_of(way)], give_buffer, received);
}

/* ---- connecting */

static void connected(void *user, const struct connect_result *result) {
    struct pair *pair = user;
    struct relay *relay = pair->relay;
    struct sockaddr_storage address[2] = {{0}};
    if (result->fallback)
        screen_warning(relay->screen, "there is no IPv6 here: trying %s instead", result->fallback);
    if (!result->tcp || relay->stopping) {
        if (!result->tcp) {
            screen_error(relay->screen, "%s", result->text);
            relay->status = relay->config->once ? STATUS_UNAVAILABLE : relay->status;
        } else
            conn_refuse(result->tcp);
        close_pair(pair, true);
        return;
    }
    pair->tcp[1] = result->tcp;
    pair->tcp[1]->data = pair;
    pair->handles++;
    for (int side = 0; side < 2; side++) {
        int length = sizeof address[side];
        uv_tcp_getpeername(pair->tcp[side], (struct sockaddr *)&address[side], &length);
        uv_tcp_nodelay(pair->tcp[side], 1);
    }
    pair->connection =
        relay->config->ops->opened(relay->config->user, (struct sockaddr *)&address[0], (struct sockaddr *)&address[1]);
    if (!pair->connection) {
        close_pair(pair, true);
        return;
    }
    pair->moved = uv_now(relay->loop);
    start_reading(&pair->way[0]);
    start_reading(&pair->way[1]);
}

static void accepted(void *user, struct uv_tcp_s *tcp) {
    struct relay *relay = user;
    if (relay->n_open >= RELAY_CONNECTIONS_MAX)
        make_room(relay);
    else if (relay->n_open < RELAY_CONNECTIONS_MAX / 2)
        relay->told_full = false;
    struct pair *pair = relay->n_open < RELAY_CONNECTIONS_MAX ? calloc(1, sizeof *pair) : NULL;
    if (!pair) {
        screen_detail(relay->screen, "a connection was refused: %d are open", (int)relay->n_open);
        conn_refuse(tcp);
        return;
    }
    pair->relay = relay;
    pair->tcp[0] = tcp;
    tcp->data = pair;
    pair->handles = 1;
    pair->way[0].pair = pair->way[1].pair = pair;
    pair->next = relay->pairs;
    if (relay->pairs)
        relay->pairs->before = pair;
    relay->pairs = pair;
    relay->n_pairs++;
    relay->n_open++;
    if (relay->config->once)
        stop_listening(relay);
    if (connect_start(relay->loop, &relay->config->to, false, CONNECT_MS, connected, pair) < 0) {
        screen_error(relay->screen, "cannot start to connect to %s", relay->config->to.host);
        close_pair(pair, true);
    }
}

static void caught(void *user, int number) {
    struct relay *relay = user;
    (void)number;
    if (relay->stopping) { /* the second time is urgent */
        loop_stop(relay->main_loop);
        return;
    }
    relay->stopping = true;
    stop_listening(relay);
    for (struct pair *pair = relay->pairs; pair; pair = pair->next)
        if (pair->connection)
            close_pair(pair, true);
    if (!relay->pairs)
        stop_signals(relay);
}

int relay_run(const struct relay_config *config, struct screen *screen) {
    struct relay relay = {.config = config, .screen = screen};
    const char *address;
    char to[ADDRESS_TEXT + 256];
    files_may_be_open(2 * RELAY_CONNECTIONS_MAX + 64);
    if (loop_new(&relay.main_loop) < 0)
        return STATUS_INTERNAL;
    relay.loop = loop_uv(relay.main_loop);
    uv_timer_init(relay.loop, &relay.look);
    relay.look.data = &relay;
    uv_timer_start(&relay.look, end_silent, LOOK_MS, LOOK_MS);
    loop_catch(relay.main_loop, caught, &relay);
    relay.status =
        status_of_listener(listener_new(&relay.listener, relay.loop, screen, &config->listen, false, accepted, &relay));
    if (relay.status == STATUS_OK) {
        address_name(to, &config->to);
        for (size_t i = 0; (address = listener_address(relay.listener, i)); i++)
            screen_line(screen, SCREEN_PLAIN, "listening at %s, passing on to %s", address, to);
    } else
        stop_signals(&relay);
    loop_run(relay.main_loop);
    if (loop_free(relay.main_loop) == 1) { /* urgent: what is open is left to the end of the process */
        screen_warning(screen, "connections were cut off");
        fflush(NULL);
        _exit(relay.status);
    }
    return relay.status;
}
