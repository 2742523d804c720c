#include "common/shell/net/origin.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

void origin_id(uint8_t out[static ORIGIN_ID], const struct sockaddr *peer) {
    memset(out, 0, ORIGIN_ID);
    if (peer && peer->sa_family == AF_INET) {
        out[10] = out[11] = 0xff;
        memcpy(out + 12, &((const struct sockaddr_in *)(const void *)peer)->sin_addr, 4);
    } else if (peer && peer->sa_family == AF_INET6) {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
        memcpy(out, in6, IN6_IS_ADDR_V4MAPPED(in6) ? 16 : 8);
    }
}

bool origin_is_ipv4(const uint8_t id[static ORIGIN_ID]) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(id, mapped, sizeof mapped) == 0;
}

void origins_add(struct origins *origins, const uint8_t id[static ORIGIN_ID], uint64_t n_bytes) {
    size_t least = 0;
    for (size_t i = 0; i < ORIGINS_MAX; i++) {
        if (origins->of[i].n_bytes && memcmp(origins->of[i].id, id, ORIGIN_ID) == 0) {
            origins->of[i].n_bytes += n_bytes;
            return;
        }
        if (origins->of[i].n_bytes < origins->of[least].n_bytes)
            least = i;
    }
    memcpy(origins->of[least].id, id, ORIGIN_ID);
    origins->of[least].n_bytes = n_bytes;
}

uint64_t origins_bytes(const struct origins *origins, const uint8_t id[static ORIGIN_ID]) {
    for (size_t i = 0; i < ORIGINS_MAX; i++)
        if (origins->of[i].n_bytes && memcmp(origins->of[i].id, id, ORIGIN_ID) == 0)
            return origins->of[i].n_bytes;
    return 0;
}
