#include "common/shell/net/web_parts.h"

static void upgraded(void *user, struct MHD_Connection *connection, void *context, const char *bytes, size_t n, int fd,
                     struct MHD_UpgradeResponseHandle *upgrade) {
    struct web_client *x = user;
    struct web_socket socket = {.fd = fd, .bytes = (const uint8_t *)bytes, .n = n, .client = x};
    void (*tell)(void *, const struct web_socket *) = x->upgraded;
    (void)connection;
    (void)context;
    uv_poll_stop(&x->hangup->handle); /* who has it now sees its end */
    x->upgrade = upgrade;
    x->upgraded = NULL;
    tell(x->user, &socket);
}

void web_socket_done(struct web_client *x) {
    uv_async_send(&x->web->again);
    MHD_upgrade_action(x->upgrade, MHD_UPGRADE_ACTION_CLOSE);
}

enum MHD_Result web_upgrade(struct web_client *x, const struct web_answer *a) {
    struct MHD_Response *response = MHD_create_response_for_upgrade(upgraded, x);
    if (!response) {
        a->upgraded(a->user, NULL);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Upgrade", "websocket");
    MHD_add_response_header(response, "Sec-WebSocket-Accept", a->body);
    x->asked = true;
    x->trusted = true;
    x->deadline_ms = 0;
    x->kind = WEB_SOCKET;
    x->upgraded = a->upgraded;
    x->user = a->user;
    enum MHD_Result r = MHD_queue_response(x->connection, MHD_HTTP_SWITCHING_PROTOCOLS, response);
    MHD_destroy_response(response);
    return r;
}
