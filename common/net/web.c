#include "common/net/web.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int web_query(char *out, size_t size, const char *query, const char *name) {
    size_t n_name = strlen(name);
    for (const char *p = query; *p; p += strcspn(p, "&"), p += *p == '&') {
        size_t n = strcspn(p, "&");
        if (n <= n_name || strncmp(p, name, n_name) != 0 || p[n_name] != '=')
            continue;
        n -= n_name + 1;
        if (n >= size)
            return -1;
        memcpy(out, p + n_name + 1, n);
        out[n] = 0;
        return (int)n;
    }
    return -1;
}

#ifndef HAVE_LIBWEBSOCKETS

int web_new(struct web **webp, struct uv_loop_s *loop, const struct web_config *config) {
    (void)webp;
    (void)loop;
    (void)config;
    return -ENOSYS;
}

unsigned web_port(const struct web *web) {
    (void)web;
    return 0;
}

unsigned web_streams(const struct web *web) {
    (void)web;
    return 0;
}

void web_wake(struct web *web) {
    (void)web;
}

void web_free(struct web *web) {
    (void)web;
}

#else

#include <libwebsockets.h>
#include <uv.h>

enum {
    PIECE = 16 << 10,        /* written at a time */
    STREAM_PIECE = 64 << 10, /* an event's text, at most */
    HEADERS = 2048,
    WAIT_SECONDS = 20, /* for a request and for a reader of an answer */
};

struct web {
    struct web_config config;
    struct lws_context *context;
    struct lws_vhost *vhost;
    unsigned n_streams;
    uint8_t piece[LWS_PRE + STREAM_PIECE + 64];
};

/* One transaction, in libwebsockets' memory, zeroed by it. */
struct exchange {
    char *path, *query, *host, *origin, *token, *last_event_id; /* of a request that waits for its body */
    char *body;
    size_t n_body;
    struct web_answer answer;
    size_t sent;
    bool answering, streaming, post;
    uint64_t number;
};

static char *header(struct lws *wsi, enum lws_token_indexes which) {
    int n = lws_hdr_total_length(wsi, which);
    char *text = calloc(1, (size_t)n + 1);
    if (text && n > 0 && lws_hdr_copy(wsi, text, n + 1, which) < 0)
        *text = 0;
    return text;
}

static char *custom_header(struct lws *wsi, const char *name) {
    int n = lws_hdr_custom_length(wsi, name, (int)strlen(name));
    char *text = calloc(1, (size_t)(n > 0 ? n : 0) + 1);
    if (text && n > 0 && lws_hdr_custom_copy(wsi, text, n + 1, name, (int)strlen(name)) < 0)
        *text = 0;
    return text;
}

/* The arguments of the query as one text again: libwebsockets has taken it to pieces. */
static char *query_of(struct lws *wsi) {
    char piece[512];
    size_t n = 0;
    char *query = calloc(1, 1);
    for (int i = 0; query && lws_hdr_copy_fragment(wsi, piece, sizeof piece, WSI_TOKEN_HTTP_URI_ARGS, i) > 0; i++) {
        size_t length = strlen(piece);
        char *longer = realloc(query, n + length + 2);
        if (!longer)
            break;
        query = longer;
        if (n)
            query[n++] = '&';
        memcpy(query + n, piece, length + 1);
        n += length;
    }
    return query;
}

static void exchange_clear(struct exchange *x) {
    free(x->path);
    free(x->query);
    free(x->host);
    free(x->origin);
    free(x->token);
    free(x->last_event_id);
    free(x->body);
    free(x->answer.owned);
    memset(x, 0, sizeof *x);
}

static bool exchange_read(struct exchange *x, struct lws *wsi, const char *path, bool post) {
    x->path = strdup(path);
    x->query = query_of(wsi);
    x->host = header(wsi, WSI_TOKEN_HOST);
    x->origin = header(wsi, WSI_TOKEN_ORIGIN);
    x->token = custom_header(wsi, "x-parley-token:");
    x->last_event_id = custom_header(wsi, "last-event-id:");
    x->body = calloc(1, 1);
    x->post = post;
    return x->path && x->query && x->host && x->origin && x->token && x->last_event_id && x->body;
}

/* What every answer says: scripts, styles and data from here and nothing else, no text taken for HTML (trusted types,
 * where the browser knows them), nothing kept, no frames around us. "data:" is the empty icon. */
static const char POLICY[] = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                             "img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
                             "require-trusted-types-for 'script'; trusted-types 'none'";

static bool add(struct lws *wsi, const char *name, const char *value, unsigned char **p, unsigned char *end) {
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name, (const unsigned char *)value,
                                       (int)strlen(value), p, end) == 0;
}

static int write_headers(struct lws *wsi, struct exchange *x) {
    unsigned char space[LWS_PRE + HEADERS], *start = space + LWS_PRE, *p = start, *end = space + sizeof space - 1;
    char disposition[120];
    const struct web_answer *a = &x->answer;
    snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", a->save_as);
    if (lws_add_http_common_headers(wsi, a->status, a->type, a->stream ? LWS_ILLEGAL_HTTP_CONTENT_LEN : a->n_body, &p,
                                    end) ||
        !add(wsi, "content-security-policy:", POLICY, &p, end) ||
        !add(wsi, "x-content-type-options:", "nosniff", &p, end) ||
        !add(wsi, "referrer-policy:", "no-referrer", &p, end) || !add(wsi, "cache-control:", "no-store", &p, end) ||
        (a->save_as[0] && !add(wsi, "content-disposition:", disposition, &p, end)) ||
        lws_finalize_write_http_header(wsi, start, &p, end))
        return -1;
    return 0;
}

static int begin_answer(struct web *web, struct lws *wsi, struct exchange *x) {
    struct web_request request = {x->post,  x->path,          x->query, x->host,  x->origin,
                                  x->token, x->last_event_id, x->body,  x->n_body};
    struct web_answer *a = &x->answer;
    *a = (struct web_answer){.status = 404, .type = "text/plain; charset=utf-8"};
    web->config.answer(web->config.user, &request, a);
    if (a->stream && web->n_streams >= WEB_STREAMS_MAX)
        *a = (struct web_answer){
            .status = 503, .type = "text/plain; charset=utf-8", .body = "too many viewers\n", .n_body = 17};
    if (!a->owned && !a->lasting && a->n_body) {
        a->owned = malloc(a->n_body);
        if (!a->owned)
            return -1;
        memcpy(a->owned, a->body, a->n_body);
    }
    if (a->owned)
        a->body = a->owned;
    x->answering = true;
    if (write_headers(wsi, x) < 0)
        return -1;
    if (a->stream) {
        x->streaming = true;
        x->number = a->after;
        web->n_streams++;
        lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    } else
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, WAIT_SECONDS);
    lws_callback_on_writable(wsi);
    return 0;
}

/* One event, or a beginning of it that the viewer can do without: an event too long for a piece is left out. */
static int write_event(struct web *web, struct lws *wsi, struct exchange *x) {
    const char *text = web->config.next(web->config.user, &x->number);
    if (!text)
        return 0;
    int n = snprintf((char *)web->piece + LWS_PRE, sizeof web->piece - LWS_PRE, "id: %llu\ndata: %s\n\n",
                     (unsigned long long)x->number, text);
    if (n < 0 || (size_t)n >= sizeof web->piece - LWS_PRE)
        n = snprintf((char *)web->piece + LWS_PRE, sizeof web->piece - LWS_PRE, ": left out\n\n");
    if (lws_write(wsi, web->piece + LWS_PRE, (size_t)n, LWS_WRITE_HTTP) < n)
        return -1;
    lws_callback_on_writable(wsi);
    return 0;
}

static int write_body(struct web *web, struct lws *wsi, struct exchange *x) {
    size_t left = x->answer.n_body - x->sent, n = left < PIECE ? left : PIECE;
    memcpy(web->piece + LWS_PRE, (const char *)x->answer.body + x->sent, n);
    if (lws_write(wsi, web->piece + LWS_PRE, n, n == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n)
        return -1;
    x->sent += n;
    if (n < left) {
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, WAIT_SECONDS);
        lws_callback_on_writable(wsi);
        return 0;
    }
    exchange_clear(x);
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int take_body(struct exchange *x, const void *bytes, size_t n) {
    if (x->n_body + n > WEB_BODY_MAX)
        return -1;
    char *longer = realloc(x->body, x->n_body + n + 1);
    if (!longer)
        return -1;
    memcpy(longer + x->n_body, bytes, n);
    x->body = longer;
    x->n_body += n;
    longer[x->n_body] = 0;
    return 0;
}

static int called(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n) {
    struct exchange *x = user;
    struct web *web = lws_get_context(wsi) ? lws_context_user(lws_get_context(wsi)) : NULL;
    switch (reason) {
    case LWS_CALLBACK_HTTP: {
        exchange_clear(x);
        bool post = lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0;
        if ((!post && lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) <= 0) || !exchange_read(x, wsi, in, post))
            return -1;
        if (post && lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0)
            return 0; /* its body comes */
        return begin_answer(web, wsi, x);
    }
    case LWS_CALLBACK_HTTP_BODY:
        return take_body(x, in, n);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return x->answering ? 0 : begin_answer(web, wsi, x);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        if (!x || !x->answering)
            return 0;
        return x->streaming ? write_event(web, wsi, x) : write_body(web, wsi, x);
    case LWS_CALLBACK_CLOSED_HTTP:
        if (x) {
            if (x->streaming && web)
                web->n_streams--;
            exchange_clear(x);
        }
        return 0;
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, n);
    }
}

static const struct lws_protocols PROTOCOLS[] = {
    {.name = "http", .callback = called, .per_session_data_size = sizeof(struct exchange)}, {.name = NULL}};

int web_new(struct web **webp, struct uv_loop_s *loop, const struct web_config *config) {
    void *loops[] = {loop};
    struct web *web = calloc(1, sizeof *web);
    if (!web)
        return -ENOMEM;
    web->config = *config;
    lws_set_log_level(0, NULL);
    struct lws_context_creation_info info = {
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .foreign_loops = loops,
        .user = web,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        .max_http_header_pool = WEB_STREAMS_MAX + 64,
        .fd_limit_per_thread = WEB_STREAMS_MAX + 128,
    };
    web->context = lws_create_context(&info);
    if (!web->context) {
        free(web);
        return -ENOENT;
    }
    struct lws_context_creation_info vhost = {
        .port = atoi(config->listen.port),
        .iface = web->config.listen.host,
        .protocols = PROTOCOLS,
        .vhost_name = "parley",
        .timeout_secs = WAIT_SECONDS,
        .keepalive_timeout = WAIT_SECONDS,
        .user = web,
    };
    if (strchr(config->listen.host, ':') == NULL)
        vhost.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
    web->vhost = lws_create_vhost(web->context, &vhost);
    if (!web->vhost || lws_get_vhost_listen_port(web->vhost) <= 0) {
        web_free(web);
        return -EADDRINUSE;
    }
    *webp = web;
    return 0;
}

unsigned web_port(const struct web *web) {
    return (unsigned)lws_get_vhost_listen_port(web->vhost);
}

unsigned web_streams(const struct web *web) {
    return web->n_streams;
}

void web_wake(struct web *web) {
    if (web->n_streams)
        lws_callback_on_writable_all_protocol(web->context, &PROTOCOLS[0]);
}

void web_free(struct web *web) {
    if (!web)
        return;
    lws_context_destroy(web->context);
    free(web);
}

#endif
