/* The peers whom this side knows: those of --peer, and the sections of a configuration file. A roster never changes;
 * when the file is read again there is another one, and who still needs the old one keeps it. */
#ifndef PARLEY_APP_ROSTER_H
#define PARLEY_APP_ROSTER_H

#include "common/shell/app/conf.h"

struct roster_peer {
    char name[CONF_NAME]; /* "" for one of --peer */
    char *file, *hook;    /* NULL: as --key-out and --on-key say */
};

struct roster {
    size_t n;
    uint8_t (*keys)[IDENTITY_KEY]; /* of n peers: what a session gets */
    struct roster_peer *peers;     /* in the same order */
    unsigned n_users;
};

/* For one user. keys: n of --peer; one that is a section's too is that section's alone. conf: NULL for none. -ENOMEM.
 */
int roster_new(struct roster **rosterp, const uint8_t (*keys)[IDENTITY_KEY], size_t n, const struct conf *conf);
struct roster *roster_share(struct roster *roster);
/* The last user's releases it. NULL is fine. */
void roster_release(struct roster *roster);

/* The peer with this key, or NULL; key: NULL for nobody's. */
const struct roster_peer *roster_find(const struct roster *roster, const uint8_t *key);

/* Whether some peer has a file, or a command, of its own. */
bool roster_has_files(const struct roster *roster);
bool roster_has_hooks(const struct roster *roster);

#endif
