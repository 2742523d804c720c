/* What of a capture one address may have. Pure.
 *
 * An address may have a part of what the others have left, so that it never has all: whoever comes later finds the same
 * part of what is left then, however many addresses somebody takes one after the other. All of IPv6 counts together as
 * well, since a machine may have as many of its networks as it likes. */
#ifndef PARLEY_EVE_PAGE_SHARES_H
#define PARLEY_EVE_PAGE_SHARES_H

#include "common/shell/net/origin.h"

#include <stdbool.h>
#include <stdint.h>

/* All zero: nobody has anything. */
struct shares {
    struct origins origins;
    uint64_t ipv6;
};

/* n more bytes of the capture are for this address. */
void shares_add(struct shares *s, const uint8_t from[static ORIGIN_ID], uint64_t n);
/* Whether it may have more. left: bytes that nobody has yet; per_address of `all` is its part, per_ipv6 that of IPv6.
 */
bool shares_may(const struct shares *s, const uint8_t from[static ORIGIN_ID], uint64_t left, unsigned per_address,
                unsigned per_ipv6, unsigned all);

#endif
