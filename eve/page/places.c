#include "eve/page/places.h"

#include <string.h>

const char *places_refuse(const uint8_t (*in)[ORIGIN_ID], size_t n, const uint8_t from[static ORIGIN_ID],
                          unsigned per_address) {
    size_t same = 0, ipv6 = 0;
    for (size_t i = 0; i < n; i++) {
        same += memcmp(in[i], from, ORIGIN_ID) == 0;
        ipv6 += !origin_is_ipv4(in[i]);
    }
    if (n >= PLACES_ALL)
        return "the room is full: as many phones as it takes are in it\n";
    if (same >= per_address)
        return "the room is full for your address: as many phones as one address may have are in it\n";
    if (!origin_is_ipv4(from) && ipv6 >= (per_address > PLACES_IPV6 ? per_address : PLACES_IPV6))
        return "the room is full for IPv6: use the code with the IPv4 address\n";
    return NULL;
}
