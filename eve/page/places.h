/* Who gets a place in the room, so that no machine takes all of them. A machine often has an IPv4 address and as many
 * IPv6 networks as it likes, so there are two limits: of one address, and of all of IPv6 together. Only those who are
 * in the room count: a place is free as soon as its session has ended. Pure. */
#ifndef PARLEY_EVE_PAGE_PLACES_H
#define PARLEY_EVE_PAGE_PLACES_H

#include "common/shell/net/origin.h"

#include <stddef.h>
#include <stdint.h>

enum {
    PLACES_ALL = 128,        /* at once */
    PLACES_PER_ADDRESS = 48, /* of these, unless it is told otherwise */
    PLACES_IPV6 = 64,        /* of all IPv6 addresses together, or what one address may have, if that is more */
};

/* in: where those who are in the room come from. NULL: there is a place for one more from `from`; otherwise why not,
 * a line for a person. */
const char *places_refuse(const uint8_t (*in)[ORIGIN_ID], size_t n, const uint8_t from[static ORIGIN_ID],
                          unsigned per_address);

#endif
