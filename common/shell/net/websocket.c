#include "common/shell/net/websocket.h"

#include <errno.h>
#include <string.h>

#ifndef HAVE_WEBSOCKET

int websocket_accept(char out[static WEBSOCKET_ACCEPT], const char *key) {
    (void)key;
    out[0] = 0;
    return -ENOSYS;
}

int websocket_new(struct websocket **wsp) {
    (void)wsp;
    return -ENOSYS;
}

void websocket_free(struct websocket *ws) {
    (void)ws;
}

int websocket_feed(struct websocket *ws, const uint8_t *p, size_t n, uint8_t *out, size_t *n_outp) {
    (void)ws;
    (void)p;
    (void)n;
    (void)out;
    *n_outp = 0;
    return -ENOSYS;
}

int websocket_send(struct websocket *ws, const uint8_t *p, size_t n) {
    (void)ws;
    (void)p;
    (void)n;
    return -ENOSYS;
}

int websocket_ping(struct websocket *ws) {
    (void)ws;
    return -ENOSYS;
}

int websocket_close(struct websocket *ws, unsigned code, const char *reason) {
    (void)ws;
    (void)code;
    (void)reason;
    return -ENOSYS;
}

size_t websocket_take(struct websocket *ws, uint8_t *out, size_t size) {
    (void)ws;
    (void)out;
    (void)size;
    return 0;
}

size_t websocket_waiting(const struct websocket *ws) {
    (void)ws;
    return 0;
}

#else

#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <wslay/wslay.h>

struct websocket {
    wslay_event_context_ptr context;
    /* during a call: what is fed, what comes of it, and where bytes for the wire go */
    const uint8_t *in;
    size_t n_in;
    uint8_t *out;
    size_t n_out, out_size;
    uint8_t *wire;
    size_t n_wire, wire_size;
    bool control; /* the frame that comes in is a control frame */
    unsigned n_controls;
    const char *wrong; /* why nothing is read any more */
};

/* RFC 6455, section 4.2.2. SHA-1 is not for security there: it shows that the server has read the key. */
int websocket_accept(char out[static WEBSOCKET_ACCEPT], const char *key) {
    static const char constant[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char text[24 + sizeof constant];
    uint8_t nonce[16], hash[20];
    size_t n;
    if (strlen(key) != 24 ||
        sodium_base642bin(nonce, sizeof nonce, key, 24, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) < 0 ||
        n != sizeof nonce)
        return -EINVAL;
    snprintf(text, sizeof text, "%s%s", key, constant);
    if (!EVP_Digest(text, strlen(text), hash, NULL, EVP_sha1(), NULL))
        return -ENOSYS;
    sodium_bin2base64(out, WEBSOCKET_ACCEPT, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    return 0;
}

/* ---- what libwslay asks for */

static ssize_t give(wslay_event_context_ptr context, uint8_t *out, size_t size, int flags, void *user) {
    struct websocket *ws = user;
    size_t n = ws->n_in < size ? ws->n_in : size;
    (void)flags;
    if (n == 0 || ws->wrong) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(out, ws->in, n);
    ws->in += n;
    ws->n_in -= n;
    return (ssize_t)n;
}

static ssize_t put(wslay_event_context_ptr context, const uint8_t *p, size_t size, int flags, void *user) {
    struct websocket *ws = user;
    size_t room = ws->wire_size - ws->n_wire, n = size < room ? size : room;
    (void)flags;
    if (n == 0) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(ws->wire + ws->n_wire, p, n);
    ws->n_wire += n;
    return (ssize_t)n;
}

static void frame_begins(wslay_event_context_ptr context, const struct wslay_event_on_frame_recv_start_arg *frame,
                         void *user) {
    struct websocket *ws = user;
    ws->control = wslay_is_ctrl_frame(frame->opcode);
    if (ws->control && ++ws->n_controls > WEBSOCKET_CONTROLS_MAX)
        ws->wrong = "too many control frames";
    else if (frame->opcode == WSLAY_TEXT_FRAME)
        ws->wrong = "only binary messages are understood here";
    if (ws->wrong)
        wslay_event_shutdown_read(context);
}

/* Of control frames too, which are no data. */
static void chunk(wslay_event_context_ptr context, const struct wslay_event_on_frame_recv_chunk_arg *part, void *user) {
    struct websocket *ws = user;
    (void)context;
    if (ws->wrong || ws->control || part->data_length > ws->out_size - ws->n_out)
        return;
    memcpy(ws->out + ws->n_out, part->data, part->data_length);
    ws->n_out += part->data_length;
}

/* ---- ours */

int websocket_new(struct websocket **wsp) {
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = give,
        .send_callback = put,
        .on_frame_recv_start_callback = frame_begins,
        .on_frame_recv_chunk_callback = chunk,
    };
    struct websocket *ws = calloc(1, sizeof *ws);
    if (!ws || wslay_event_context_server_init(&ws->context, &callbacks, ws) < 0) {
        free(ws);
        return -ENOMEM;
    }
    wslay_event_config_set_no_buffering(ws->context, 1);
    wslay_event_config_set_max_recv_msg_length(ws->context, WEBSOCKET_FRAME_MAX);
    *wsp = ws;
    return 0;
}

void websocket_free(struct websocket *ws) {
    if (!ws)
        return;
    wslay_event_context_free(ws->context);
    free(ws);
}

int websocket_feed(struct websocket *ws, const uint8_t *p, size_t n, uint8_t *out, size_t *n_outp) {
    ws->in = p;
    ws->n_in = ws->out_size = n;
    ws->out = out;
    ws->n_out = 0;
    ws->n_controls = 0;
    int r = ws->wrong ? 0 : wslay_event_recv(ws->context);
    *n_outp = ws->n_out;
    if (ws->wrong) {
        websocket_close(ws, WSLAY_CODE_UNSUPPORTED_DATA, ws->wrong);
        return -EPROTO;
    }
    if (wslay_event_get_close_received(ws->context))
        return 1;
    return r == WSLAY_ERR_NOMEM ? -ENOMEM : r < 0 || !wslay_event_get_read_enabled(ws->context) ? -EPROTO : 0;
}

static int queue(struct websocket *ws, unsigned opcode, const uint8_t *p, size_t n) {
    struct wslay_event_msg message = {.opcode = (uint8_t)opcode, .msg = p, .msg_length = n};
    int r = wslay_event_queue_msg(ws->context, &message);
    return r == WSLAY_ERR_NOMEM ? -ENOMEM : r < 0 ? -EPIPE : 0;
}

int websocket_send(struct websocket *ws, const uint8_t *p, size_t n) {
    return queue(ws, WSLAY_BINARY_FRAME, p, n);
}

int websocket_ping(struct websocket *ws) {
    return queue(ws, WSLAY_PING, NULL, 0);
}

int websocket_close(struct websocket *ws, unsigned code, const char *reason) {
    size_t n = strlen(reason);
    int r = wslay_event_queue_close(ws->context, (uint16_t)code, (const uint8_t *)reason,
                                    n < WEBSOCKET_REASON_MAX ? n : WEBSOCKET_REASON_MAX);
    return r == WSLAY_ERR_NOMEM ? -ENOMEM : r < 0 ? -EPIPE : 0;
}

size_t websocket_take(struct websocket *ws, uint8_t *out, size_t size) {
    ws->wire = out;
    ws->wire_size = size;
    ws->n_wire = 0;
    wslay_event_send(ws->context); /* an error would be one of put's, which has none */
    return ws->n_wire;
}

size_t websocket_waiting(const struct websocket *ws) {
    return wslay_event_get_queued_msg_count(ws->context);
}

#endif
