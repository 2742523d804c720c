/* Connections: what is known of one, how its end is seen, how it is cut off. */
#include "common/shell/net/web_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>

enum { DEAD_SECONDS = 60 };

/* The library closes what we shut down, and tells us by connection_notified. */
void web_client_cut(struct web_client *x) {
    if (x->cut)
        return;
    x->cut = true;
    x->web->n_cut++;
    shutdown(x->fd, SHUT_RDWR);
    web_turn_resume(x);
}

static void hangup_closed(uv_handle_t *handle) {
    free(handle);
}

static void hung_up(uv_poll_t *handle, int status, int events) {
    struct hangup *hangup = (struct hangup *)handle;
    int unread = 0;
    if (status >= 0 && !(events & UV_DISCONNECT))
        return;
    web_turn(hangup->client->web); /* takes what came before the end; the client may go */
    struct web_client *x = hangup->client;
    if (!x)
        return;
    if (status >= 0 && !x->asked && ioctl(x->fd, FIONREAD, &unread) == 0 && unread > 0)
        return; /* in the next turn more of it is taken */
    uv_poll_stop(handle);
    if (status < 0 || x->kind == WEB_STREAM || !x->asked)
        web_client_cut(x); /* who has asked and only then closed his half has his answer */
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

struct web_client *web_client_new(struct web *web, struct MHD_Connection *connection) {
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
    x->since_ms = x->marked_ms = web_now_ms();
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
    return x;
}

void web_client_free(struct web_client *x) {
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
