/* What a phone of the room asks for when the class plays, checked in one place. Pure. */
#ifndef PARLEY_EVE_PAGE_PLAY_H
#define PARLEY_EVE_PAGE_PLAY_H

#include "common/shell/net/web.h"

#include <stdbool.h>
#include <stdint.h>

enum { PLAY_TICKET = 17 }; /* 16 hex digits and a NUL */

/* An answer: to a question of a round. */
struct play {
    uint64_t round, question, option;
};

/* A phone draws its ticket when it joins, and has it in each request: so nobody answers for another one, and a ticket
 * is good as long as the phone is in the room. In the query as `ticket`; false, and "", where there is none. */
bool play_ticket(char out[static PLAY_TICKET], const struct web_request *request);

/* NULL, and *out; or why not, for a person. Neither token nor ticket is looked at. */
const char *play_read(struct play *out, const struct web_request *request);

#endif
