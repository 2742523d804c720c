#include "common/shell/net/address.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static int set_port(struct address *out, const char *text) {
    size_t n = strlen(text);
    if (n == 0 || n >= sizeof out->port || strspn(text, "0123456789") != n || strtol(text, NULL, 10) > 65535)
        return -EINVAL;
    memcpy(out->port, text, n + 1);
    return 0;
}

static int set_host(struct address *out, const char *text, size_t n) {
    if (n == 0 || n >= sizeof out->host || memchr(text, '[', n) || memchr(text, ']', n))
        return -EINVAL;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f) /* no name has blanks or control characters */
            return -EINVAL;
    }
    memcpy(out->host, text, n);
    out->host[n] = 0;
    return 0;
}

int address_parse(struct address *out, const char *text, const char *default_host) {
    memset(out, 0, sizeof *out);
    strcpy(out->port, ADDRESS_DEFAULT_PORT);
    if (text[0] == '[') {
        const char *end = strchr(text, ']');
        if (!end || set_host(out, text + 1, (size_t)(end - text) - 1) < 0)
            return -EINVAL;
        return end[1] == 0 ? 0 : end[1] == ':' ? set_port(out, end + 2) : -EINVAL;
    }
    const char *colon = strchr(text, ':');
    out->assumed = colon == text;
    if (!colon || strchr(colon + 1, ':')) /* a name alone, or an IPv6 address without brackets */
        return set_host(out, text, strlen(text));
    int r =
        colon == text ? set_host(out, default_host, strlen(default_host)) : set_host(out, text, (size_t)(colon - text));
    return r < 0 ? r : set_port(out, colon + 1);
}

void address_name(char out[static ADDRESS_TEXT + 256], const struct address *a) {
    snprintf(out, ADDRESS_TEXT + 256, strchr(a->host, ':') ? "[%s]:%s" : "%s:%s", a->host, a->port);
}

/* The IPv4 address inside ::ffff:a.b.c.d, else NULL. */
static const uint8_t *mapped(const struct sockaddr_in6 *in6) {
    return IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) ? in6->sin6_addr.s6_addr + 12 : NULL;
}

void address_text(char out[static ADDRESS_TEXT], const struct sockaddr *sa) {
    char host[ADDRESS_TEXT - 8] = "?";
    if (sa->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)sa;
        uv_ip4_name(in, host, sizeof host);
        snprintf(out, ADDRESS_TEXT, "%s:%u", host, ntohs(in->sin_port));
    } else if (sa->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)sa;
        const uint8_t *v4 = mapped(in6);
        if (v4)
            snprintf(out, ADDRESS_TEXT, "%u.%u.%u.%u:%u", v4[0], v4[1], v4[2], v4[3], ntohs(in6->sin6_port));
        else {
            uv_ip6_name(in6, host, sizeof host);
            snprintf(out, ADDRESS_TEXT, "[%s]:%u", host, ntohs(in6->sin6_port));
        }
    } else
        strcpy(out, "?");
}

bool address_is_loopback(const struct sockaddr *sa) {
    if (sa->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr) >> 24 == 127;
    if (sa->sa_family != AF_INET6)
        return false;
    const struct sockaddr_in6 *in6 = (const void *)sa;
    const uint8_t *v4 = mapped(in6);
    return v4 ? v4[0] == 127 : IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

const char *address_ipv4_twin(const struct address *a) {
    return strcmp(a->host, "::") == 0 ? "0.0.0.0" : strcmp(a->host, "::1") == 0 ? "127.0.0.1" : NULL;
}
