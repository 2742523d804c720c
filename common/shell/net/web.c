#include "common/shell/net/web_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

static void polled(uv_poll_t *handle, int status, int events) {
    (void)status;
    (void)events;
    web_turn(handle->data);
}

static void again(uv_async_t *handle) {
    web_turn(handle->data);
}

/* The descriptor is open at both calls. */
static void connection_notified(void *user, struct MHD_Connection *connection, void **context,
                                enum MHD_ConnectionNotificationCode code) {
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        if ((*context = web_client_new(user, connection)))
            web_places_pace(user);
    } else if (*context) {
        web_client_free(*context);
        *context = NULL;
    }
}

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
                         NULL, web_request_handle, web, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
                         (unsigned)WEB_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEB_HEADERS_MAX,
                         MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)WEB_BLOCK, MHD_OPTION_CONNECTION_TIMEOUT,
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
    web_turn(web);
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
        web_turn_resume(x);
}

void web_changed(struct web *web, uint64_t number) {
    for (struct web_client *x = web->oldest; x; x = x->newer)
        if ((x->kind == WEB_STREAM || x->kind == WEB_LIST) && x->offset && x->under_way == number)
            web_client_cut(x);
}

void web_free(struct web *web) {
    if (!web)
        return;
    for (struct web_client *x = web->oldest; x; x = x->newer)
        web_client_cut(x); /* the library must not end with suspended connections */
    uv_handle_t *handles[] = {(uv_handle_t *)&web->sweep, (uv_handle_t *)&web->again, (uv_handle_t *)&web->poll};
    unsigned n = web->n_handles;
    if (n == 3)
        uv_poll_stop(&web->poll); /* before its descriptor is closed */
    MHD_stop_daemon(web->daemon);
    for (unsigned i = 0; i < n; i++)
        uv_close(handles[i], handle_closed);
}
