/* libuv leaves a listening socket in a bad state after an error of accept: out of descriptors it may call back for ever
 * (and starve the timers), and after others never again. So after any such error the socket is closed and opened anew a
 * little later; who is waiting to be accepted meanwhile sees a reset and may come again.
 *
 * Nor does it stop to accept while somebody comes, who may be the one who has just been sent away: so after a number of
 * them a connection is left waiting until the others have been heard. */
#include "common/shell/net/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { SOCKETS_MAX = 8, BACKLOG = 511, REOPEN_MS = 100, ROUND_MAX = 32 };

struct door {
    struct listener *listener;
    struct sockaddr_storage sa;
    uv_tcp_t tcp;
    uv_timer_t reopen;
    bool tcp_open;    /* or closing */
    unsigned n_round; /* accepted since the last pause */
    char text[ADDRESS_TEXT];
};

struct listener {
    uv_loop_t *loop;
    struct screen *screen;
    void (*accepted)(void *user, struct uv_tcp_s *tcp);
    void *user;
    size_t n_doors;
    unsigned handles; /* not yet closed */
    bool closing;
    struct door doors[SOCKETS_MAX];
};

static void release(struct listener *listener) {
    if (listener->closing && listener->handles == 0)
        free(listener);
}

static void timer_closed(uv_handle_t *handle) {
    struct door *door = handle->data;
    door->listener->handles--;
    release(door->listener);
}

static int open_door(struct door *door);

static void try_again(uv_timer_t *timer) {
    struct door *door = timer->data;
    int r = open_door(door);
    if (r < 0) {
        screen_error(door->listener->screen, "cannot listen at %s again: %s", door->text, uv_strerror(r));
        uv_timer_start(&door->reopen, try_again, 10 * REOPEN_MS, 0);
    }
}

static void tcp_closed(uv_handle_t *handle) {
    struct door *door = handle->data;
    struct listener *listener = door->listener;
    door->tcp_open = false;
    listener->handles--;
    if (listener->closing)
        release(listener);
}

static void free_tcp(uv_handle_t *handle) {
    free(handle);
}

static void accept_one(uv_stream_t *stream, int status) {
    struct door *door = stream->data;
    struct listener *listener = door->listener;
    uv_tcp_t *tcp = status == 0 ? malloc(sizeof *tcp) : NULL;
    if (status == 0 && tcp) {
        uv_tcp_init(listener->loop, tcp);
        status = uv_accept(stream, (uv_stream_t *)tcp);
        if (status == 0) {
            listener->accepted(listener->user, tcp);
            return;
        }
        uv_close((uv_handle_t *)tcp, free_tcp);
    }
    screen_error(listener->screen, "cannot accept a connection: %s", status ? uv_strerror(status) : "out of memory");
    if (listener->closing)
        return;
    uv_close((uv_handle_t *)&door->tcp, tcp_closed);
    uv_timer_start(&door->reopen, try_again, REOPEN_MS, 0);
}

static void go_on(uv_timer_t *timer) {
    struct door *door = timer->data;
    door->n_round = 0;
    accept_one((uv_stream_t *)&door->tcp, 0);
}

static void connected(uv_stream_t *stream, int status) {
    struct door *door = stream->data;
    if (status == 0 && door->n_round++ == ROUND_MAX)
        uv_timer_start(&door->reopen, go_on, 1, 0); /* until then libuv listens no more */
    else
        accept_one(stream, status);
}

static int open_door(struct door *door) {
    struct listener *listener = door->listener;
    if (door->tcp_open)
        return UV_EBUSY;
    int r = uv_tcp_init(listener->loop, &door->tcp);
    if (r < 0)
        return r;
    door->tcp.data = door;
    door->tcp_open = true;
    listener->handles++;
    r = uv_tcp_bind(&door->tcp, (const struct sockaddr *)&door->sa, 0); /* [::] takes IPv4 too */
    if (r == 0)
        r = uv_listen((uv_stream_t *)&door->tcp, BACKLOG, connected);
    if (r < 0) {
        uv_close((uv_handle_t *)&door->tcp, tcp_closed);
        return r;
    }
    int length = sizeof door->sa; /* port 0 has become a number, which a re-opened socket must keep */
    uv_tcp_getsockname(&door->tcp, (struct sockaddr *)&door->sa, &length);
    address_text(door->text, (const struct sockaddr *)&door->sa);
    return 0;
}

static uint16_t *port_of(struct sockaddr_storage *sa) {
    return sa->ss_family == AF_INET6 ? &((struct sockaddr_in6 *)sa)->sin6_port : &((struct sockaddr_in *)sa)->sin_port;
}

static int add_door(struct listener *listener, const struct sockaddr *sa, socklen_t length) {
    struct door *door = &listener->doors[listener->n_doors];
    *door = (struct door){.listener = listener};
    memcpy(&door->sa, sa, length);
    if (listener->n_doors && *port_of(&door->sa) == 0)
        *port_of(&door->sa) = *port_of(&listener->doors[0].sa);
    uv_timer_init(listener->loop, &door->reopen);
    door->reopen.data = door;
    listener->handles++;
    listener->n_doors++;
    return open_door(door);
}

static int add_all(struct listener *listener, const char *host, const char *port, bool loopback_only) {
    uv_getaddrinfo_t request;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    int r = uv_getaddrinfo(listener->loop, &request, NULL, host, port, &hints);
    if (r < 0)
        return r;
    for (const struct addrinfo *a = request.addrinfo; a && r == 0 && listener->n_doors < SOCKETS_MAX; a = a->ai_next) {
        if (loopback_only && !address_is_loopback(a->ai_addr))
            r = -EACCES;
        else if (a->ai_family == AF_INET || a->ai_family == AF_INET6)
            r = add_door(listener, a->ai_addr, a->ai_addrlen);
    }
    uv_freeaddrinfo(request.addrinfo);
    return r;
}

static bool no_ipv6(int error) {
    return error == UV_EAFNOSUPPORT || error == UV_EADDRNOTAVAIL || error == UV_EAI_ADDRFAMILY ||
           error == UV_EAI_NONAME;
}

/* Says it, and returns a negative errno. */
static int explain(struct screen *screen, const struct address *a, int error) {
    char name[ADDRESS_TEXT + 256];
    address_name(name, a);
    if (error == UV_EADDRINUSE) {
        screen_error(screen,
                     "%s is in use, perhaps by another bob. Choose another port, here and for alice: "
                     "bob --listen '[::]:24023', alice --connect HOST:24023",
                     name);
        return error;
    }
    if (error == UV_EACCES || error == UV_EPERM) {
        screen_error(screen, "no permission to listen at %s: ports from 1024 up need none", name);
        return -EACCES;
    }
    if (error == UV_ENOMEM || error == UV_EAI_MEMORY) {
        screen_error(screen, "cannot listen at %s: out of memory", name);
        return -ENOMEM;
    }
    screen_error(screen, "cannot listen at %s: %s. Try --listen '[::]:24022' or --listen 0.0.0.0:24022", name,
                 uv_strerror(error));
    return error == -EINVAL ? -EADDRNOTAVAIL : error; /* -EINVAL says something else here */
}

/* A listener on all addresses of host, or a negative error and none. */
static int open_all(struct listener **listenerp, const struct listener *settings, const char *host, const char *port,
                    bool loopback_only) {
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        return -ENOMEM;
    *listener = *settings;
    int r = add_all(listener, host, port, loopback_only);
    if (r < 0)
        listener_free(listener);
    else
        *listenerp = listener;
    return r;
}

int listener_new(struct listener **listenerp, struct uv_loop_s *loop, struct screen *screen,
                 const struct address *address, bool loopback_only, void (*accepted)(void *user, struct uv_tcp_s *tcp),
                 void *user) {
    const struct listener settings = {.loop = loop, .screen = screen, .accepted = accepted, .user = user};
    const char *twin = address_ipv4_twin(address);
    int r = open_all(listenerp, &settings, address->host, address->port, loopback_only);
    if (no_ipv6(r) && twin) {
        screen_warning(screen, "there is no IPv6 here: listening at %s:%s instead of [%s]", twin, address->port,
                       address->host);
        r = open_all(listenerp, &settings, twin, address->port, loopback_only);
    }
    if (r == -EACCES && loopback_only) {
        screen_error(screen, "--seed is for tests on this machine: add --listen '[::1]:%s'", address->port);
        return -EINVAL;
    }
    return r < 0 ? explain(screen, address, r) : 0;
}

const char *listener_address(const struct listener *listener, size_t i) {
    return i < listener->n_doors ? listener->doors[i].text : NULL;
}

void listener_free(struct listener *listener) {
    if (!listener || listener->closing)
        return;
    listener->closing = true;
    for (size_t i = 0; i < listener->n_doors; i++) {
        struct door *door = &listener->doors[i];
        if (door->tcp_open && !uv_is_closing((uv_handle_t *)&door->tcp))
            uv_close((uv_handle_t *)&door->tcp, tcp_closed);
        uv_close((uv_handle_t *)&door->reopen, timer_closed);
    }
    release(listener);
}
