/* From where clients come, so that no machine takes all that there is. A class often has one address, so an address is
 * not a phone's own: it may have a share. Pure. */
#ifndef PARLEY_NET_ORIGIN_H
#define PARLEY_NET_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

enum { ORIGIN_ID = 16, ORIGINS_MAX = 256 };

struct sockaddr;

/* What counts as one address: of IPv4 all of it, of IPv6 the network (its first 64 bits), in which a machine takes as
 * many as it likes. NULL has one too. */
void origin_id(uint8_t out[static ORIGIN_ID], const struct sockaddr *peer);
bool origin_is_ipv4(const uint8_t id[static ORIGIN_ID]); /* mapped into IPv6 or not */

/* How many bytes came from each, also of those who have left. Of more than ORIGINS_MAX the one with the fewest is
 * forgotten. All zero is empty. */
struct origins {
    struct {
        uint8_t id[ORIGIN_ID];
        uint64_t n_bytes; /* 0: a free place */
    } of[ORIGINS_MAX];
};

void origins_add(struct origins *origins, const uint8_t id[static ORIGIN_ID], uint64_t n_bytes);
uint64_t origins_bytes(const struct origins *origins, const uint8_t id[static ORIGIN_ID]);

#endif
