#include "eve/page/control.h"

#include "common/base/bytes.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

void control_init(struct control *c, const char *host, bool loopback, const uint8_t random[static 16]) {
    bytes_to_hex(c->token, random, 16);
    snprintf(c->host, sizeof c->host, "%s", host);
    c->loopback = loopback;
    c->lead[0] = 0;
}

void control_let_lead(struct control *c, const uint8_t random[static 16]) {
    bytes_to_hex(c->lead, random, 16);
}

static bool fits(const char *known, const char *token) {
    return known[0] && strlen(token) == CONTROL_TOKEN - 1 && sodium_memcmp(token, known, CONTROL_TOKEN - 1) == 0;
}

static bool token_fits(const struct control *c, const char *token) {
    return fits(c->token, token);
}

/* Whether host is name with our port, which browsers leave out where it is that of HTTP. */
static bool is_name(const char *host, const char *name, size_t n, const char *port) {
    return strncmp(host, name, n) == 0 && (strcmp(host + n, port) == 0 || (!host[n] && strcmp(port, ":80") == 0));
}

/* The names under which a browser on this machine may know us. */
static bool is_our_host(const struct control *c, const char *host) {
    const char *port = strrchr(c->host, ':');
    return is_name(host, c->host, (size_t)(port - c->host), port) ||
           (c->loopback && is_name(host, "localhost", strlen("localhost"), port));
}

static bool is_our_origin(const struct control *c, const char *origin) {
    return strncmp(origin, "http://", 7) == 0 && is_our_host(c, origin + 7);
}

bool control_knows(const struct control *c, const struct web_request *request) {
    char token[64];
    if (web_query(token, sizeof token, request->query, "viewer") < 0)
        snprintf(token, sizeof token, "%.40s", request->token);
    return token_fits(c, token);
}

bool control_lectures(const struct control *c, const struct web_request *request) {
    return c->loopback ? control_knows(c, request) : fits(c->lead, request->token);
}

const char *control_refuses(const struct control *c, const struct web_request *request, bool is_open) {
    if (c->loopback && !is_our_host(c, request->host))
        return "this page is not known under that name";
    if (request->post) {
        bool leads = strcmp(request->path, "/moment") == 0 && fits(c->lead, request->token);
        if (!c->loopback && !leads)
            return "this page is to be looked at only";
        if (!is_our_origin(c, request->origin))
            return "that request comes from another site";
        if (!leads && !token_fits(c, request->token))
            return "the token is missing or wrong: use the address that eve printed";
        return NULL;
    }
    if (c->loopback || is_open)
        return NULL;
    return control_knows(c, request) ? NULL
                                     : "the viewers' token is missing or wrong: use the address that eve printed";
}
