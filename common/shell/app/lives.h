/* How long ago each key file has had a fresh key, and what is to happen when that is too long ago (--lifetime).
 *
 * The clock goes on while the machine sleeps: a key does not stay young in a laptop that is shut. */
#ifndef PARLEY_APP_LIVES_H
#define PARLEY_APP_LIVES_H

#include "common/base/identity.h"
#include "common/shell/app/roster.h"
#include "common/shell/net/address.h"

#include <stdbool.h>
#include <stdint.h>

struct lives;
struct uv_loop_s;

/* One key file, and whose key is in it: the session that it is of ("" where this process has not written it yet) and
 * the peer as PARLEY_PEER tells it. */
struct life {
    char *path;
    char session[32], peer[ADDRESS_TEXT + IDENTITY_TEXT];
    uint8_t key[IDENTITY_KEY]; /* the peer's */
    bool has_key;
    struct roster *roster; /* what was known when it got the key: who has gone from it since had a command there */
    bool told;             /* that it has expired, and is to expire once more */
    uint64_t due_ms;       /* timer_boot_ms */
    struct life *next, *previous;
};

/* lifetime_ms: from one key to the next. expired: this file has had none for so long; the life is gone when it returns.
 * -ENOMEM. */
int lives_new(struct lives **livesp, struct uv_loop_s *loop, uint64_t lifetime_ms,
              void (*expired)(void *user, const struct life *life), void *user);
/* The file of of->path has a fresh key, or is looked at from now on. The other texts of *of are copied, too, and its
 * roster is shared. -ENOMEM. */
int lives_renew(struct lives *lives, const struct life *of);
/* Of this file; NULL: it has none. Valid until the next call. */
const struct life *lives_find(const struct lives *lives, const char *path);
/* Nothing expires any more. NULL is fine. */
void lives_stop(struct lives *lives);
/* NULL is fine. */
void lives_free(struct lives *lives);

#endif
