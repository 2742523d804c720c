#include "common/shell/net/web_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What every answer says: scripts, styles and data from here and nothing else, no text taken for HTML (trusted types,
 * where the browser knows them), nothing kept, no frames around us. "data:" is the empty icon. */
static const char POLICY[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; "
    "img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types alice";

static struct MHD_Response *respond(struct web_client *x, struct web_answer *a) {
    switch (a->kind) {
    case WEB_FILE:
        return MHD_create_response_from_fd64(a->n_body, a->fd);
    case WEB_STREAM:
    case WEB_LIST:
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, WEB_BLOCK, web_stream_read, x, NULL);
    case WEB_TEXT:
    case WEB_SOCKET:
        break;
    }
    if (a->owned)
        return MHD_create_response_from_buffer(a->n_body, a->owned, MHD_RESPMEM_MUST_FREE);
    return MHD_create_response_from_buffer(a->n_body, (void *)(uintptr_t)a->body,
                                           a->lasting ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
}

enum MHD_Result web_answer_send(struct web_client *x, struct web_answer *a) {
    char disposition[120];
    struct MHD_Response *response = respond(x, a);
    if (!response) {
        free(a->owned);
        if (a->kind == WEB_FILE)
            close(a->fd);
        return MHD_NO;
    }
    snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", a->save_as);
    MHD_add_response_header(response, "Content-Type", a->type);
    if (a->encoding)
        MHD_add_response_header(response, "Content-Encoding", a->encoding);
    MHD_add_response_header(response, "Content-Security-Policy", POLICY);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "Connection", "close");
    if (a->status == 405)
        MHD_add_response_header(response, "Allow", "GET, HEAD, POST");
    if (a->save_as[0])
        MHD_add_response_header(response, "Content-Disposition", disposition);
    x->asked = true;
    x->trusted = a->trusted;
    uint64_t seconds = a->lasting ? WEB_LASTING_SECONDS : WEB_STALL_SECONDS;
    x->deadline_ms =
        a->kind == WEB_STREAM ? 0 : web_now_ms() + 1000 * (seconds + (uint64_t)a->n_body / WEB_BYTES_PER_SECOND);
    enum MHD_Result r = MHD_queue_response(x->connection, a->status, response);
    MHD_destroy_response(response);
    return r;
}

struct web_answer web_answer_lasting(unsigned status, const char *text) {
    struct web_answer a;
    web_answer_text(&a, status, text);
    a.lasting = true;
    return a;
}

enum MHD_Result web_answer_send_text(struct web_client *x, unsigned status, const char *text) {
    struct web_answer a = web_answer_lasting(status, text);
    return web_answer_send(x, &a);
}
