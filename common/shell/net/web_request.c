#include "common/shell/net/web_parts.h"

#include <stdlib.h>
#include <string.h>

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
    struct web_answer a = web_answer_lasting(404, "");
    a.lasting = false;
    x->web->config.answer(x->web->config.user, &request, &a);
    if (a.kind == WEB_STREAM && !web_stream_fits(x->web, a.trusted))
        a = web_answer_lasting(503, "too many viewers\n");
    if (a.kind == WEB_STREAM || a.kind == WEB_LIST)
        web_stream_begin(x, &a);
    return a.kind == WEB_SOCKET ? web_upgrade(x, &a) : web_answer_send(x, &a);
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

enum MHD_Result web_request_handle(void *user, struct MHD_Connection *connection, const char *path, const char *method,
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
        return status ? web_answer_send_text(x, status, why) : MHD_YES;
    }
    if (*n) {
        take_body(x, bytes, *n);
        *n = 0;
        return MHD_YES;
    }
    return x->too_long ? web_answer_send_text(x, 413, "that is too long\n")
                       : answer(x, path, strcmp(method, "POST") == 0);
}
