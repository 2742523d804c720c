#include "eve/page/host.h"

#include "common/shell/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

/* An address as 16 bytes, of IPv4 as mapped into IPv6. */
static bool bytes_of(uint8_t out[static 16], const struct sockaddr *sa) {
    static const uint8_t mapped[12] = {[10] = 0xff, 0xff};
    memcpy(out, mapped, 12);
    if (sa->sa_family == AF_INET)
        memcpy(out + 12, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
    else if (sa->sa_family == AF_INET6)
        memcpy(out, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
    return sa->sa_family == AF_INET || sa->sa_family == AF_INET6;
}

static bool is_address(const char *text, const struct sockaddr *local) {
    uint8_t own[16], named[16] = {[10] = 0xff, 0xff};
    return bytes_of(own, local) &&
           (inet_pton(AF_INET, text, named + 12) == 1 || inet_pton(AF_INET6, text, named) == 1) &&
           memcmp(own, named, 16) == 0;
}

static bool is_name(const char *host, const char *name) {
    size_t n = strlen(name);
    return n > 0 && strncasecmp(host, name, n) == 0 && (!host[n] || strcasecmp(host + n, ".local") == 0);
}

bool host_is_ours(const char *host, const struct sockaddr *local, const char *const names[]) {
    struct address a;
    if (!*host || *host == ':' || address_parse(&a, host, "") < 0)
        return false;
    if (local && (is_address(a.host, local) || (address_is_loopback(local) && strcasecmp(a.host, "localhost") == 0)))
        return true;
    for (; *names; names++)
        if (is_name(a.host, *names))
            return true;
    return false;
}
