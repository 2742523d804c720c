/* Waits for connections on all addresses of a host name. */
#ifndef PARLEY_NET_LISTENER_H
#define PARLEY_NET_LISTENER_H

#include "common/shell/net/address.h"
#include "common/shell/term/screen.h"

#include <stddef.h>

struct listener;
struct uv_loop_s;
struct uv_tcp_s;

/* accepted: takes tcp (malloc'ed). 0, or a negative errno, whose reason and a hint have been shown: -EINVAL for an
 * address that loopback_only refuses, -EACCES without the permission, -ENOMEM, or another. Without IPv6, [::] and [::1]
 * become their IPv4 twins, which is said aloud. */
int listener_new(struct listener **listenerp, struct uv_loop_s *loop, struct screen *screen,
                 const struct address *address, bool loopback_only, void (*accepted)(void *user, struct uv_tcp_s *tcp),
                 void *user);

/* Address number i as bound (with the real port), NULL behind the last. */
const char *listener_address(const struct listener *listener, size_t i);

/* Stops listening and releases itself. NULL is fine. */
void listener_free(struct listener *listener);

#endif
