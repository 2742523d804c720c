/* The server's end of a WebSocket (RFC 6455), without input or output of its own: bytes of the wire in, what they carry
 * out, and back. libwslay knows the frames. What is carried is a stream of bytes: messages are binary, and where one
 * ends means nothing.
 *
 * Memory: what is sent is kept until it is taken, so who sends waits until nothing is left to take. A peer's pings are
 * answered, WEBSOCKET_CONTROLS_MAX for each piece of input at most. */
#ifndef PARLEY_NET_WEBSOCKET_H
#define PARLEY_NET_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WEBSOCKET_ACCEPT = 29,       /* base64 of 20 bytes and a NUL */
    WEBSOCKET_CONTROLS_MAX = 32, /* pings, pongs and closes in one piece of input */
    WEBSOCKET_FRAME_MAX = 1 << 24,
    WEBSOCKET_REASON_MAX = 120, /* bytes */
    WEBSOCKET_HEADER = 10,      /* bytes at most that framing adds to what is sent at once */
};

struct websocket;

/* What a server answers to a client's key. -EINVAL: it is no key (24 characters of base64); -ENOSYS: built without
 * libwslay or libcrypto. */
int websocket_accept(char out[static WEBSOCKET_ACCEPT], const char *key);

/* -ENOMEM, -ENOSYS. */
int websocket_new(struct websocket **wsp);
void websocket_free(struct websocket *ws); /* NULL is fine */

/* Bytes of the wire. What they carry goes to out, which has place for n bytes; *n_outp: how much. 0; 1: the peer has
 * closed, after what is in out; -EPROTO: these are no frames of ours (text, or against the RFC, or too many controls):
 * then nothing is read any more, what is in out counts, and a close that says why is ready to be taken. -ENOMEM. */
int websocket_feed(struct websocket *ws, const uint8_t *p, size_t n, uint8_t *out, size_t *n_outp);

/* One message, copied. -ENOMEM; -EPIPE behind a close. */
int websocket_send(struct websocket *ws, const uint8_t *p, size_t n);
int websocket_ping(struct websocket *ws);
/* code: 1000 normal, 1001 going away, 1008 policy, 1009 too much, 1011 an error here. Nothing is sent behind it, and
 * what waits is left out: take it first. */
int websocket_close(struct websocket *ws, unsigned code, const char *reason);

/* The next bytes for the wire: how many, 0 if there are none. */
size_t websocket_take(struct websocket *ws, uint8_t *out, size_t size);
/* Messages that wait to be taken. */
size_t websocket_waiting(const struct websocket *ws);

#endif
