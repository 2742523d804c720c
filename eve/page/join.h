/* What a phone asks for when it joins, checked in one place. Pure: whatever the request says, the result is a name that
 * can be shown, a set that a phone may use, or a plain sentence on why not. */
#ifndef PARLEY_EVE_PAGE_JOIN_H
#define PARLEY_EVE_PAGE_JOIN_H

#include "common/shell/net/web.h"
#include "common/task/task.h"
#include "eve/page/name.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    JOIN_TOKEN = 15,             /* three groups of four letters, dashes between them, and a NUL: 60 bits */
    JOIN_COMPOSED_MAX = 6 << 20, /* bytes of A2: larger sets are not for phones */
};

struct join {
    char name[NAME_BYTES + 1]; /* as name.h has it */
    const struct set *set;     /* what the phone says it will use */
};

/* random: 12 bytes. */
void join_token(char out[static JOIN_TOKEN], const uint8_t random[static 12]);

/* Whether the request has the token of the room, in its query as `token`; in constant time. */
bool join_knows(const struct web_request *request, const char token[static JOIN_TOKEN]);

/* Whether our own page asks, or no page at all: a browser says which does, and ours was read from here. */
bool join_is_ours(const struct web_request *request);

/* NULL, and *out; or why not, for a person. The token is not looked at. */
const char *join_read(struct join *out, const struct web_request *request);

/* A set that phones may use. */
bool join_allows(const struct set *set);

#endif
