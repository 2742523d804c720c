#include "common/shell/net/web.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* %25 and %26 are the signs that would end a value (add_argument). */
static int take_value(char *out, size_t size, const char *p, size_t n) {
    size_t used = 0;
    for (const char *end = p + n; p < end && used + 1 < size; p++) {
        bool kept = end - p >= 3 && (strncmp(p, "%25", 3) == 0 || strncmp(p, "%26", 3) == 0);
        out[used++] = (char)(!kept ? *p : p[2] == '5' ? '%' : '&');
        n -= kept ? 2 : 0;
        p += kept ? 2 : 0;
    }
    out[used] = 0;
    return used == n ? (int)used : -1;
}

int web_query(char *out, size_t size, const char *query, const char *name) {
    size_t n_name = strlen(name);
    for (const char *p = query; *p; p += strcspn(p, "&"), p += *p == '&') {
        size_t n = strcspn(p, "&");
        if (n <= n_name || strncmp(p, name, n_name) != 0 || p[n_name] != '=')
            continue;
        return take_value(out, size, p + n_name + 1, n - n_name - 1);
    }
    return -1;
}

#ifndef HAVE_LIBMICROHTTPD

int web_new(struct web **webp, struct uv_loop_s *loop, const struct web_config *config) {
    (void)webp;
    (void)loop;
    (void)config;
    return -ENOSYS;
}

bool web_is_loopback(const struct web *web) {
    (void)web;
    return false;
}

unsigned web_names(const struct web *web, char names[static WEB_NAMES_MAX][ADDRESS_TEXT]) {
    (void)web;
    names[0][0] = 0;
    return 1;
}

unsigned web_clients(const struct web *web) {
    (void)web;
    return 0;
}

void web_socket_done(struct web_client *client) {
    (void)client;
}

void web_wake(struct web *web) {
    (void)web;
}

void web_changed(struct web *web, uint64_t number) {
    (void)web;
    (void)number;
}

void web_free(struct web *web) {
    (void)web;
}

#else

#include "common/shell/net/acked.h"
#include "common/shell/net/origin.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

enum {
    SWEEP_MS = 1000,
    CROWDED_MS = 50,  /* the same in a full house */
    ROOM = 64,        /* connections that are kept free by letting go of those who do not get on */
    MOMENT_MS = 1000, /* over which is measured how somebody gets on: newcomers have that long in any case */
    BLOCK = 4096,     /* of a stream for a client of HTTP/1.0 */
    DEAD_SECONDS = 60,
};

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

static uint64_t now_ms(void) {
    return uv_hrtime() / 1000000;
}

/* ---- turns of the library */

static void turn(struct web *web) {
    MHD_UNSIGNED_LONG_LONG ms;
    MHD_run(web->daemon);
    if (MHD_get_timeout(web->daemon, &ms) == MHD_YES && ms == 0)
        uv_async_send(&web->again); /* no timer: one of 0 ms would starve the others */
}

static void polled(uv_poll_t *handle, int status, int events) {
    (void)status;
    (void)events;
    turn(handle->data);
}

static void again(uv_async_t *handle) {
    turn(handle->data);
}

/* In the next turn, which we have to ask for: on a loop that is not its own the library does not. */
static void resume(struct web_client *x) {
    if (!x->waiting)
        return;
    x->waiting = false;
    MHD_resume_connection(x->connection);
    uv_async_send(&x->web->again);
}

/* The library closes what we shut down, and tells us by connection_notified. */
static void cut(struct web_client *x) {
    if (x->cut)
        return;
    x->cut = true;
    x->web->n_cut++;
    shutdown(x->fd, SHUT_RDWR);
    resume(x);
}

/* ---- room in a full house */

static void measure(struct web_client *x, uint64_t now) {
    uint64_t ms = now - x->marked_ms;
    if (ms < MOMENT_MS)
        return;
    int64_t bytes = x->asked ? acked_bytes(x->fd) : 0;
    x->rate = bytes < 0 ? WEB_CROWDED_RATE : 1000 * (bytes - x->marked) / (int64_t)ms;
    x->marked = bytes;
    x->marked_ms = now;
}

/* Its header fields have not come, and neither because it has just come itself nor because we have not read them. */
static bool is_half_open(const struct web_client *x, uint64_t now) {
    int unread = 0;
    return !x->begun && !x->cut && now - x->since_ms >= WEB_HALF_OPEN_MS &&
           !(ioctl(x->fd, FIONREAD, &unread) == 0 && unread > 0);
}

/* Of each address the oldest that are too many. */
static void cut_half_open(const struct web *web, uint64_t now) {
    for (struct web_client *x = web->oldest; x; x = x->newer) {
        unsigned newer = 0;
        for (const struct web_client *y = is_half_open(x, now) ? x->newer : NULL; y && newer < WEB_HALF_OPEN;
             y = y->newer)
            newer += !y->begun && !y->cut && memcmp(x->origin, y->origin, ORIGIN_ID) == 0;
        if (newer == WEB_HALF_OPEN)
            cut(x);
    }
}

/* Those who have not even asked go first, the oldest of them; then of those who hardly get on, or have been here for
 * long, the one who gets on least: strangers first, streams and WebSockets never. */
static struct web_client *find_laggard(const struct web *web, uint64_t now) {
    struct web_client *found = NULL;
    for (struct web_client *x = web->oldest; x; x = x->newer) {
        bool old = now - x->since_ms >= 1000 * WEB_CROWDED_SECONDS;
        if (is_half_open(x, now))
            return x;
        if (x->cut || x->kind == WEB_STREAM || x->kind == WEB_SOCKET || (x->rate >= WEB_CROWDED_RATE && !old))
            continue;
        if (!found || x->trusted < found->trusted || (x->trusted == found->trusted && x->rate < found->rate))
            found = x;
    }
    return found;
}

static bool is_crowded(const struct web *web) {
    return web->n_clients - web->n_cut + ROOM > WEB_CONNECTIONS_MAX;
}

static void swept(uv_timer_t *handle);

/* Whoever is not let in waits in the system's queue, so that a full house has to be looked at often. */
static void set_pace(struct web *web) {
    bool crowded = web->n_clients + ROOM > WEB_CONNECTIONS_MAX;
    if (uv_is_active((uv_handle_t *)&web->sweep) && crowded == web->crowded)
        return;
    web->crowded = crowded;
    uint64_t ms = crowded ? CROWDED_MS : SWEEP_MS;
    uv_timer_start(&web->sweep, swept, ms, ms);
}

static void swept(uv_timer_t *handle) {
    struct web *web = handle->data;
    struct web_client *laggard;
    turn(web); /* it may be we who were kept from reading what they ask */
    uint64_t now = now_ms();
    for (struct web_client *x = web->oldest; x; x = x->newer) {
        measure(x, now);
        if (x->deadline_ms && now >= x->deadline_ms)
            cut(x);
    }
    cut_half_open(web, now);
    while (is_crowded(web) && (laggard = find_laggard(web, now)))
        cut(laggard);
    turn(web); /* whose own limits of time are due, and who lets newcomers in */
    if (web->n_clients)
        set_pace(web);
}

/* ---- connections */

static void hangup_closed(uv_handle_t *handle) {
    free(handle);
}

static void hung_up(uv_poll_t *handle, int status, int events) {
    struct hangup *hangup = (struct hangup *)handle;
    int unread = 0;
    if (status >= 0 && !(events & UV_DISCONNECT))
        return;
    turn(hangup->client->web); /* takes what came before the end; the client may go */
    struct web_client *x = hangup->client;
    if (!x)
        return;
    if (status >= 0 && !x->asked && ioctl(x->fd, FIONREAD, &unread) == 0 && unread > 0)
        return; /* in the next turn more of it is taken */
    uv_poll_stop(handle);
    if (status < 0 || x->kind == WEB_STREAM || !x->asked)
        cut(x); /* who has asked and only then closed his half has his answer */
}

static int hangup_watch(struct web_client *x) {
    struct hangup *hangup = calloc(1, sizeof *hangup);
    if (!hangup || uv_poll_init(x->web->sweep.loop, &hangup->handle, x->fd) < 0) {
        free(hangup);
        return -ENOMEM;
    }
    hangup->client = x;
    x->hangup = hangup;
    uv_poll_start(&hangup->handle, UV_DISCONNECT, hung_up);
    return 0;
}

/* A peer who vanished without a word is noticed too. */
static void watch_peer(int fd) {
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
#ifdef TCP_USER_TIMEOUT
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &(int){1000 * DEAD_SECONDS}, sizeof(int));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &(int){DEAD_SECONDS / 2}, sizeof(int));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &(int){DEAD_SECONDS / 6}, sizeof(int));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &(int){3}, sizeof(int));
#endif
}

static struct web_client *client_new(struct web *web, struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct web_client *x = calloc(1, sizeof *x);
    if (x && info) {
        x->web = web;
        x->connection = connection;
        x->fd = info->connect_fd;
    }
    if (!x || !info || hangup_watch(x) < 0) {
        if (info)
            shutdown(info->connect_fd, SHUT_RDWR);
        free(x);
        return NULL;
    }
    x->since_ms = x->marked_ms = now_ms();
    x->rate = WEB_CROWDED_RATE;
    x->deadline_ms = x->since_ms + 1000 * WEB_HEADERS_SECONDS;
    struct sockaddr_storage peer = {0};
    socklen_t n = sizeof peer;
    origin_id(x->origin, getpeername(x->fd, (struct sockaddr *)&peer, &n) == 0 ? (struct sockaddr *)&peer : NULL);
    watch_peer(x->fd);
    x->older = web->newest;
    *(web->newest ? &web->newest->newer : &web->oldest) = x;
    web->newest = x;
    web->n_clients++;
    set_pace(web);
    return x;
}

static void client_free(struct web_client *x) {
    struct web *web = x->web;
    *(x->newer ? &x->newer->older : &web->newest) = x->older;
    *(x->older ? &x->older->newer : &web->oldest) = x->newer;
    if (--web->n_clients == 0)
        uv_timer_stop(&web->sweep);
    if (x->kind == WEB_STREAM)
        web->n_streams--;
    web->n_cut -= x->cut;
    if (x->upgraded)
        x->upgraded(x->user, NULL);
    x->hangup->client = NULL;
    uv_close((uv_handle_t *)&x->hangup->handle, hangup_closed);
    free(x->body);
    free(x->query);
    free(x);
}

/* The descriptor is open at both calls. */
static void connection_notified(void *user, struct MHD_Connection *connection, void **context,
                                enum MHD_ConnectionNotificationCode code) {
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *context = client_new(user, connection);
    else if (*context) {
        client_free(*context);
        *context = NULL;
    }
}

/* ---- what has no end yet */

struct pen {
    char *out;
    size_t room, n, skip;
};

static void put(struct pen *pen, const char *text, size_t length) {
    if (pen->skip >= length) {
        pen->skip -= length;
        return;
    }
    size_t n = length - pen->skip;
    if (n > pen->room - pen->n)
        n = pen->room - pen->n;
    memcpy(pen->out + pen->n, text + pen->skip, n);
    pen->n += n;
    pen->skip = 0;
}

/* Some bytes of the next event: how many, 0 when there is none, -ESTALE when the rest of what was begun is gone. */
static ssize_t write_event(struct web_client *x, char *out, size_t room) {
    const struct web_config *config = &x->web->config;
    uint64_t number = x->number;
    char head[48];
    const char *tail = "\n\n";
    if (x->kind == WEB_LIST && x->number >= x->until)
        return 0;
    const char *text = config->next(config->user, &number);
    if ((x->offset || x->kind == WEB_LIST) && (!text || number != x->under_way))
        return -ESTALE;
    if (!text)
        return 0;
    if (x->kind == WEB_STREAM)
        snprintf(head, sizeof head, "id: %llu\ndata: ", (unsigned long long)number);
    else {
        snprintf(head, sizeof head, number == x->after + 1 ? "[" : ",\n");
        tail = number == x->until ? "]\n" : "";
    }
    size_t n_head = strlen(head), n_text = strlen(text), n_tail = strlen(tail);
    struct pen pen = {.out = out, .room = room, .skip = x->offset};
    put(&pen, head, n_head);
    put(&pen, text, n_text);
    put(&pen, tail, n_tail);
    x->offset += pen.n;
    x->under_way = number;
    if (x->offset == n_head + n_text + n_tail) {
        x->number = number;
        x->under_way = number + 1;
        x->offset = 0;
    }
    return (ssize_t)pen.n;
}

static ssize_t read_on(void *user, uint64_t position, char *out, size_t room) {
    struct web_client *x = user;
    size_t n = 0;
    ssize_t r = 1;
    (void)position;
    if (x->cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    while (n < room && (r = write_event(x, out + n, room - n)) > 0)
        n += (size_t)r;
    if (r < 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (n == 0 && x->kind == WEB_LIST)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (n == 0) {
        x->waiting = true;
        MHD_suspend_connection(x->connection);
    }
    return (ssize_t)n;
}

/* ---- WebSockets */

static void upgraded(void *user, struct MHD_Connection *connection, void *context, const char *bytes, size_t n, int fd,
                     struct MHD_UpgradeResponseHandle *upgrade) {
    struct web_client *x = user;
    struct web_socket socket = {.fd = fd, .bytes = (const uint8_t *)bytes, .n = n, .client = x};
    void (*tell)(void *, const struct web_socket *) = x->upgraded;
    (void)connection;
    (void)context;
    uv_poll_stop(&x->hangup->handle); /* who has it now sees its end */
    x->upgrade = upgrade;
    x->upgraded = NULL;
    tell(x->user, &socket);
}

void web_socket_done(struct web_client *x) {
    uv_async_send(&x->web->again);
    MHD_upgrade_action(x->upgrade, MHD_UPGRADE_ACTION_CLOSE);
}

static enum MHD_Result send_upgrade(struct web_client *x, const struct web_answer *a) {
    struct MHD_Response *response = MHD_create_response_for_upgrade(upgraded, x);
    if (!response) {
        a->upgraded(a->user, NULL);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Upgrade", "websocket");
    MHD_add_response_header(response, "Sec-WebSocket-Accept", a->body);
    x->asked = true;
    x->trusted = true;
    x->deadline_ms = 0;
    x->kind = WEB_SOCKET;
    x->upgraded = a->upgraded;
    x->user = a->user;
    enum MHD_Result r = MHD_queue_response(x->connection, MHD_HTTP_SWITCHING_PROTOCOLS, response);
    MHD_destroy_response(response);
    return r;
}

/* ---- answers */

/* What every answer says: scripts, styles and data from here and nothing else, no text taken for HTML (trusted types,
 * where the browser knows them), nothing kept, no frames around us. "data:" is the empty icon. */
static const char POLICY[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; "
    "img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types alice";

static struct MHD_Response *respond(struct web_client *x, struct web_answer *a) {
    switch (a->kind) {
    case WEB_FILE:
        return MHD_create_response_from_fd64(a->n_body, a->fd);
    case WEB_STREAM:
    case WEB_LIST:
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_on, x, NULL);
    case WEB_TEXT:
    case WEB_SOCKET:
        break;
    }
    if (a->owned)
        return MHD_create_response_from_buffer(a->n_body, a->owned, MHD_RESPMEM_MUST_FREE);
    return MHD_create_response_from_buffer(a->n_body, (void *)(uintptr_t)a->body,
                                           a->lasting ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result send_answer(struct web_client *x, struct web_answer *a) {
    char disposition[120];
    struct MHD_Response *response = respond(x, a);
    if (!response) {
        free(a->owned);
        if (a->kind == WEB_FILE)
            close(a->fd);
        return MHD_NO;
    }
    snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", a->save_as);
    MHD_add_response_header(response, "Content-Type", a->type);
    if (a->encoding)
        MHD_add_response_header(response, "Content-Encoding", a->encoding);
    MHD_add_response_header(response, "Content-Security-Policy", POLICY);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "Connection", "close");
    if (a->status == 405)
        MHD_add_response_header(response, "Allow", "GET, HEAD, POST");
    if (a->save_as[0])
        MHD_add_response_header(response, "Content-Disposition", disposition);
    x->asked = true;
    x->trusted = a->trusted;
    uint64_t seconds = a->lasting ? WEB_LASTING_SECONDS : WEB_STALL_SECONDS;
    x->deadline_ms =
        a->kind == WEB_STREAM ? 0 : now_ms() + 1000 * (seconds + (uint64_t)a->n_body / WEB_BYTES_PER_SECOND);
    enum MHD_Result r = MHD_queue_response(x->connection, a->status, response);
    MHD_destroy_response(response);
    return r;
}

static struct web_answer text_answer(unsigned status, const char *text) {
    struct web_answer a;
    web_answer_text(&a, status, text);
    a.lasting = true;
    return a;
}

static enum MHD_Result send_text(struct web_client *x, unsigned status, const char *text) {
    struct web_answer a = text_answer(status, text);
    return send_answer(x, &a);
}

/* Room for one more stream: who is trusted takes the place of somebody who is not. */
static bool stream_fits(struct web *web, bool trusted) {
    if (web->n_streams < WEB_STREAMS_MAX)
        return true;
    for (struct web_client *x = web->oldest; x && trusted; x = x->newer)
        if (x->kind == WEB_STREAM && !x->trusted && !x->cut) {
            cut(x);
            return true;
        }
    return false;
}

static void begin_stream(struct web_client *x, const struct web_answer *a) {
    x->kind = a->kind;
    x->number = x->after = a->after;
    x->until = a->until;
    x->under_way = a->after + 1;
    x->web->n_streams += a->kind == WEB_STREAM;
}

/* ---- requests */

static const char *header(struct web_client *x, const char *name) {
    const char *value = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
    return value ? value : "";
}

/* Appends text, in which & and % stand for themselves. */
static char *append_kept(char *out, const char *text) {
    for (; *text; text++)
        if (*text == '&' || *text == '%') {
            memcpy(out, *text == '&' ? "%26" : "%25", 3);
            out += 3;
        } else
            *out++ = *text;
    return out;
}

static enum MHD_Result add_argument(void *user, enum MHD_ValueKind kind, const char *name, const char *value) {
    struct web_client *x = user;
    size_t n = x->query ? strlen(x->query) : 0;
    (void)kind;
    value = value ? value : "";
    char *longer = realloc(x->query, n + 3 * strlen(name) + 3 * strlen(value) + 3);
    if (!longer)
        return MHD_NO;
    x->query = longer;
    char *out = longer + n;
    if (n)
        *out++ = '&';
    out = append_kept(out, name);
    *out++ = '=';
    *append_kept(out, value) = 0;
    return MHD_YES;
}

static enum MHD_Result answer(struct web_client *x, const char *path, bool post) {
    struct sockaddr_storage peer = {0}, local = {0};
    socklen_t n[2] = {sizeof peer, sizeof local};
    bool has_peer = getpeername(x->fd, (struct sockaddr *)&peer, &n[0]) == 0;
    bool has_local = getsockname(x->fd, (struct sockaddr *)&local, &n[1]) == 0;
    MHD_get_connection_values(x->connection, MHD_GET_ARGUMENT_KIND, add_argument, x);
    struct web_request request = {
        .post = post,
        .path = path,
        .query = x->query ? x->query : "",
        .host = header(x, "Host"),
        .origin = header(x, "Origin"),
        .token = header(x, "X-Parley-Token"),
        .last_event_id = header(x, "Last-Event-ID"),
        .websocket = header(x, "Sec-WebSocket-Key"),
        .body = x->body ? x->body : "",
        .n_body = x->n_body,
        .peer = has_peer ? (struct sockaddr *)&peer : NULL,
        .local = has_local ? (struct sockaddr *)&local : NULL,
    };
    struct web_answer a = text_answer(404, "");
    a.lasting = false;
    x->web->config.answer(x->web->config.user, &request, &a);
    if (a.kind == WEB_STREAM && !stream_fits(x->web, a.trusted))
        a = text_answer(503, "too many viewers\n");
    if (a.kind == WEB_STREAM || a.kind == WEB_LIST)
        begin_stream(x, &a);
    return a.kind == WEB_SOCKET ? send_upgrade(x, &a) : send_answer(x, &a);
}

static void take_body(struct web_client *x, const char *bytes, size_t n) {
    char *longer = x->too_long || n > WEB_BODY_MAX - x->n_body ? NULL : realloc(x->body, x->n_body + n + 1);
    if (!longer) {
        x->too_long = true; /* the rest is read and forgotten: the time for it is limited */
        return;
    }
    memcpy(longer + x->n_body, bytes, n);
    x->body = longer;
    x->n_body += n;
    longer[x->n_body] = 0;
}

/* Why no body is waited for; 0: all is well. */
static unsigned refuses(struct web_client *x, const char *method, const char **whyp) {
    bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    if (!get && strcmp(method, "POST") != 0) {
        *whyp = "this server knows GET, HEAD and POST\n";
        return 405;
    }
    if (*header(x, "Upgrade") && !x->web->config.sockets) {
        *whyp = "this server upgrades no connection\n";
        return 400;
    }
    if (strtoull(header(x, "Content-Length"), NULL, 10) > WEB_BODY_MAX) {
        *whyp = "that is too long\n";
        return 413;
    }
    return 0;
}

/* As the library calls it: once when the header fields are there, once for each part of the body, once at its end. */
static enum MHD_Result handle(void *user, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *bytes, size_t *n, void **context) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct web_client *x = info ? info->socket_context : NULL;
    const char *why;
    (void)user;
    (void)version;
    if (!x || (x->begun && !*context)) /* a second request on one connection does not come behind "close" */
        return MHD_NO;
    if (!x->begun) {
        x->begun = true;
        x->deadline_ms = x->since_ms + 1000 * WEB_REQUEST_SECONDS;
        *context = x;
        unsigned status = refuses(x, method, &why);
        return status ? send_text(x, status, why) : MHD_YES;
    }
    if (*n) {
        take_body(x, bytes, *n);
        *n = 0;
        return MHD_YES;
    }
    return x->too_long ? send_text(x, 413, "that is too long\n") : answer(x, path, strcmp(method, "POST") == 0);
}

/* ---- the server */

static int open_socket_at(const struct addrinfo *info, int *fdp) {
    int fd = socket(info->ai_family, SOCK_STREAM, 0);
    if (fd < 0)
        return -errno;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (info->ai_family == AF_INET6) /* :: means IPv4 too, as with bob */
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int));
    if (bind(fd, info->ai_addr, info->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0) {
        int r = -errno;
        close(fd);
        return r;
    }
    *fdp = fd;
    return 0;
}

static int open_socket(const struct address *address, int *fdp) {
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *all;
    if (getaddrinfo(address->host, address->port, &hints, &all) != 0)
        return -ENOENT;
    int r = -ENOENT;
    for (struct addrinfo *info = all; info && r < 0; info = info->ai_next)
        r = open_socket_at(info, fdp);
    freeaddrinfo(all);
    return r;
}

static void handle_closed(uv_handle_t *handle) {
    struct web *web = handle->data;
    if (--web->n_handles == 0)
        free(web);
}

static void begin_handle(struct web *web, void *handle) {
    ((uv_handle_t *)handle)->data = web;
    web->n_handles++;
}

static int begin_handles(struct web *web, struct uv_loop_s *loop) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    int r = uv_timer_init(loop, &web->sweep);
    begin_handle(web, &web->sweep);
    if ((r = uv_async_init(loop, &web->again, again)) < 0)
        return r;
    begin_handle(web, &web->again);
    if (!info)
        return -ENOSYS;
    if ((r = uv_poll_init(loop, &web->poll, info->epoll_fd)) < 0)
        return r;
    begin_handle(web, &web->poll);
    return uv_poll_start(&web->poll, UV_READABLE, polled);
}

int web_new(struct web **webp, struct uv_loop_s *loop, const struct web_config *config) {
    int fd = -1;
    socklen_t n = sizeof(struct sockaddr_storage);
    struct web *web = calloc(1, sizeof *web);
    if (!web)
        return -ENOMEM;
    web->config = *config;
    int r = open_socket(&config->listen, &fd);
    if (r < 0) {
        free(web);
        return r;
    }
    getsockname(fd, (struct sockaddr *)&web->at, &n);
    web->daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (config->sockets ? MHD_ALLOW_UPGRADE : 0), 0, NULL,
                         NULL, handle, web, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
                         (unsigned)WEB_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEB_HEADERS_MAX,
                         MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)BLOCK, MHD_OPTION_CONNECTION_TIMEOUT,
                         (unsigned)WEB_STALL_SECONDS, MHD_OPTION_NOTIFY_CONNECTION, connection_notified, web,
                         MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (!web->daemon) { /* who has closed the socket */
        free(web);
        return -ENOMEM;
    }
    r = begin_handles(web, loop);
    if (r < 0) {
        web_free(web);
        return r;
    }
    turn(web);
    *webp = web;
    return 0;
}

bool web_is_loopback(const struct web *web) {
    return address_is_loopback((const struct sockaddr *)&web->at);
}

static bool is_wildcard(const struct sockaddr_storage *at) {
    return at->ss_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)at)->sin6_addr)
                                     : ((const struct sockaddr_in *)at)->sin_addr.s_addr == htonl(INADDR_ANY);
}

/* An address of an interface with our port as text; "" if it is not for others: link-local ones need a name of an
 * interface, which differs from machine to machine. */
static void name_of(const struct web *web, const uv_interface_address_t *interface, char name[static ADDRESS_TEXT]) {
    in_port_t port = ((const struct sockaddr_in *)&web->at)->sin_port; /* at the same place in both families */
    *name = 0;
    if (interface->address.address4.sin_family == AF_INET) {
        struct sockaddr_in at = interface->address.address4;
        at.sin_port = port;
        address_text(name, (struct sockaddr *)&at);
    } else if (interface->address.address4.sin_family == AF_INET6 && web->at.ss_family == AF_INET6) {
        struct sockaddr_in6 at = interface->address.address6;
        at.sin6_port = port;
        if (!IN6_IS_ADDR_LINKLOCAL(&at.sin6_addr))
            address_text(name, (struct sockaddr *)&at);
    }
}

unsigned web_names(const struct web *web, char names[static WEB_NAMES_MAX][ADDRESS_TEXT]) {
    uv_interface_address_t *all;
    int count;
    unsigned n = 0;
    if (is_wildcard(&web->at) && uv_interface_addresses(&all, &count) == 0) {
        for (int internal = 0; internal < 2 && n == 0; internal++)
            for (int i = 0; i < count && n < WEB_NAMES_MAX; i++)
                if ((all[i].is_internal != 0) == internal) {
                    name_of(web, &all[i], names[n]);
                    n += names[n][0] != 0;
                }
        uv_free_interface_addresses(all, count);
    }
    if (n == 0)
        address_text(names[n++], (const struct sockaddr *)&web->at);
    return n;
}

unsigned web_clients(const struct web *web) {
    return web->n_clients;
}

void web_wake(struct web *web) {
    for (struct web_client *x = web->oldest; x && web->n_streams; x = x->newer)
        resume(x);
}

void web_changed(struct web *web, uint64_t number) {
    for (struct web_client *x = web->oldest; x; x = x->newer)
        if ((x->kind == WEB_STREAM || x->kind == WEB_LIST) && x->offset && x->under_way == number)
            cut(x);
}

void web_free(struct web *web) {
    if (!web)
        return;
    for (struct web_client *x = web->oldest; x; x = x->newer)
        cut(x); /* the library must not end with suspended connections */
    uv_handle_t *handles[] = {(uv_handle_t *)&web->sweep, (uv_handle_t *)&web->again, (uv_handle_t *)&web->poll};
    unsigned n = web->n_handles;
    if (n == 3)
        uv_poll_stop(&web->poll); /* before its descriptor is closed */
    MHD_stop_daemon(web->daemon);
    for (unsigned i = 0; i < n; i++)
        uv_close(handles[i], handle_closed);
}

#endif

void web_answer_text(struct web_answer *answer, unsigned status, const char *text) {
    *answer = (struct web_answer){
        .status = status, .type = "text/plain; charset=utf-8", .body = text, .n_body = strlen(text)};
}
