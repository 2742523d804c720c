/* A build without libmicrohttpd: there is no server. */
#include "common/shell/net/web.h"

#include <errno.h>

int web_new(struct web **webp, struct uv_loop_s *loop, const struct web_config *config) {
    (void)webp;
    (void)loop;
    (void)config;
    return -ENOSYS;
}

bool web_is_loopback(const struct web *web) {
    (void)web;
    return false;
}

unsigned web_names(const struct web *web, char names[static WEB_NAMES_MAX][ADDRESS_TEXT]) {
    (void)web;
    names[0][0] = 0;
    return 1;
}

unsigned web_clients(const struct web *web) {
    (void)web;
    return 0;
}

void web_socket_done(struct web_client *client) {
    (void)client;
}

void web_wake(struct web *web) {
    (void)web;
}

void web_changed(struct web *web, uint64_t number) {
    (void)web;
    (void)number;
}

void web_free(struct web *web) {
    (void)web;
}
