/* From HOST:PORT to a connection: resolves the name and tries its addresses in turn; where the host was left out, both
 * [::1] and 127.0.0.1. */
#ifndef PARLEY_NET_CONNECT_H
#define PARLEY_NET_CONNECT_H

#include "common/shell/net/address.h"

#include <stdint.h>

struct connect;
struct uv_loop_s;
struct uv_tcp_s;

/* done is called once: with a connected tcp (malloc'ed, the callee's), or with NULL and one plain line on why not (and
 * a hint). -EACCES in error: with loopback_only, the host is elsewhere. The object releases itself after it. */
struct connect_result {
    struct uv_tcp_s *tcp;
    int error;            /* negative errno or libuv's EAI codes */
    const char *text;     /* valid during the call */
    const char *fallback; /* the IPv4 address that took the place of [::1], else NULL */
};

/* timeout_ms: for each address. -ENOMEM, or the error of the resolver's start. */
int connect_start(struct uv_loop_s *loop, const struct address *address, bool loopback_only, uint64_t timeout_ms,
                  void (*done)(void *user, const struct connect_result *result), void *user);

#endif
