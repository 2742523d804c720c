#include "common/shell/net/connect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { IMPATIENT_MS = 3000 }; /* for an address that is not the last */

struct connect {
    uv_loop_t *loop;
    struct address address;
    bool loopback_only, has_fallen_back, without_ipv6;
    uint64_t timeout_ms;
    void (*done)(void *user, const struct connect_result *result);
    void *user;
    uv_getaddrinfo_t resolve;
    struct addrinfo *found, *next;
    uv_connect_t request;
    uv_timer_t timer;
    uv_tcp_t *tcp; /* the attempt under way */
    int error;     /* of the last attempt */
    char last[ADDRESS_TEXT];
    char tried[400]; /* the last addresses, all with this error, as far as there is room */
};

static void free_tcp(uv_handle_t *handle) {
    free(handle);
}

static void timer_closed(uv_handle_t *handle) {
    struct connect *c = handle->data;
    uv_freeaddrinfo(c->found);
    free(c);
}

static void finish(struct connect *c, uv_tcp_t *tcp) {
    char text[900], name[ADDRESS_TEXT + 256];
    address_name(name, &c->address);
    if (tcp)
        text[0] = 0;
    else if (c->error == UV_ECONNREFUSED)
        snprintf(text, sizeof text,
                 "nobody listens at %s (connection refused). Start Bob there first: bob --listen '[::]:%s'", c->tried,
                 c->address.port);
    else if (c->error == UV_ETIMEDOUT)
        snprintf(text, sizeof text, "no answer from %s. Is bob running there, and is TCP port %s open in the firewall?",
                 c->tried, c->address.port);
    else if (c->error <= UV_EAI_ADDRFAMILY && c->error >= UV_EAI_PROTOCOL)
        snprintf(text, sizeof text, "no address for '%s' (%s). Check the name: alice --connect HOST:%s",
                 c->address.host, uv_strerror(c->error), c->address.port);
    else
        snprintf(text, sizeof text, "cannot reach %s: %s. Check the address: alice --connect HOST:%s",
                 c->tried[0] ? c->tried : name, uv_strerror(c->error), c->address.port);
    c->done(c->user, &(struct connect_result){.tcp = tcp,
                                              .error = c->error == UV_EAI_MEMORY ? -ENOMEM : c->error,
                                              .text = text,
                                              .fallback = c->without_ipv6 ? address_ipv4_twin(&c->address) : NULL});
    uv_close((uv_handle_t *)&c->timer, timer_closed);
}

static void try_next(struct connect *c);

static void failed(struct connect *c, int error) {
    size_t n = error == c->error ? strlen(c->tried) : 0;
    if (n == 0)
        snprintf(c->tried, sizeof c->tried, "%s", c->last);
    else if (n + strlen(" or ") + strlen(c->last) < sizeof c->tried)
        snprintf(c->tried + n, sizeof c->tried - n, " or %s", c->last);
    c->error = error;
    try_next(c);
}

static void connected(uv_connect_t *request, int status) {
    struct connect *c = request->data;
    uv_tcp_t *tcp = c->tcp;
    c->tcp = NULL;
    uv_timer_stop(&c->timer);
    if (status == 0) {
        c->error = 0;
        finish(c, tcp);
        return;
    }
    if (!uv_is_closing((uv_handle_t *)tcp))
        uv_close((uv_handle_t *)tcp, free_tcp);
    failed(c, status == UV_ECANCELED ? UV_ETIMEDOUT : status);
}

/* libuv then calls connected with ECANCELED; the request is ours again only after that. */
static void attempt_timed_out(uv_timer_t *timer) {
    struct connect *c = timer->data;
    uv_close((uv_handle_t *)c->tcp, free_tcp);
}

static void resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found);

static bool no_ipv6(int error) {
    return error == UV_EAFNOSUPPORT || error == UV_EADDRNOTAVAIL || error == UV_ENETUNREACH ||
           error == UV_EAI_ADDRFAMILY || error == UV_EAI_NONAME;
}

static void tell_number(uv_timer_t *timer) {
    struct connect *c = timer->data;
    resolved(&c->resolve, 0, c->resolve.addrinfo);
}

/* A number is read at once, without a thread of the pool, and told later like a name. */
static int resolve(struct connect *c, const char *host) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    c->resolve.data = c;
    if (uv_getaddrinfo(c->loop, &c->resolve, NULL, host, c->address.port, &hints) == 0)
        return uv_timer_start(&c->timer, tell_number, 0, 0);
    hints.ai_flags = 0;
    return uv_getaddrinfo(c->loop, &c->resolve, resolved, host, c->address.port, &hints);
}

static void try_next(struct connect *c) {
    struct addrinfo *a = c->next;
    const char *twin = address_ipv4_twin(&c->address);
    bool nobody = c->address.assumed && c->error == UV_ECONNREFUSED; /* a bob of this machine may be at either */
    if (!a && twin && (no_ipv6(c->error) || nobody) && !c->has_fallen_back) {
        c->has_fallen_back = true;
        c->without_ipv6 = !nobody;
        int r = resolve(c, twin);
        if (r == 0)
            return;
        c->error = r;
    }
    if (!a) {
        finish(c, NULL);
        return;
    }
    c->next = a->ai_next;
    address_text(c->last, a->ai_addr);
    if (c->loopback_only && !address_is_loopback(a->ai_addr)) {
        failed(c, UV_EACCES);
        return;
    }
    c->tcp = malloc(sizeof *c->tcp);
    if (!c->tcp) {
        failed(c, UV_ENOMEM);
        return;
    }
    uv_tcp_init(c->loop, c->tcp);
    c->request.data = c;
    int r = uv_tcp_connect(&c->request, c->tcp, a->ai_addr, connected);
    if (r < 0) {
        uv_close((uv_handle_t *)c->tcp, free_tcp);
        c->tcp = NULL;
        failed(c, r);
        return;
    }
    uint64_t limit = c->next && c->timeout_ms > IMPATIENT_MS ? IMPATIENT_MS : c->timeout_ms;
    uv_timer_start(&c->timer, attempt_timed_out, limit, 0);
}

static void resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found) {
    struct connect *c = request->data;
    uv_freeaddrinfo(c->found);
    c->found = c->next = found;
    if (status < 0)
        c->error = status;
    try_next(c);
}

int connect_start(struct uv_loop_s *loop, const struct address *address, bool loopback_only, uint64_t timeout_ms,
                  void (*done)(void *user, const struct connect_result *result), void *user) {
    struct connect *c = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    c->loop = loop;
    c->address = *address;
    c->loopback_only = loopback_only;
    c->timeout_ms = timeout_ms;
    c->done = done;
    c->user = user;
    uv_timer_init(loop, &c->timer);
    c->timer.data = c;
    int r = resolve(c, address->host);
    if (r < 0)
        uv_close((uv_handle_t *)&c->timer, timer_closed);
    return r;
}
