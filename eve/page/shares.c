#include "eve/page/shares.h"

void shares_add(struct shares *s, const uint8_t from[static ORIGIN_ID], uint64_t n) {
    origins_add(&s->origins, from, n);
    if (!origin_is_ipv4(from))
        s->ipv6 += n;
}

/* own < part / all of (left + own), bytes far below 2^56. */
static bool is_below(uint64_t own, uint64_t left, unsigned part, unsigned all) {
    return own * all < (left + own) * part;
}

bool shares_may(const struct shares *s, const uint8_t from[static ORIGIN_ID], uint64_t left, unsigned per_address,
                unsigned per_ipv6, unsigned all) {
    return is_below(origins_bytes(&s->origins, from), left, per_address, all) &&
           (origin_is_ipv4(from) || is_below(s->ipv6, left, per_ipv6, all));
}
