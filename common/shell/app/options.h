/* The command line of alice and bob. */
#ifndef PARLEY_APP_OPTIONS_H
#define PARLEY_APP_OPTIONS_H

#include "common/base/identity.h"
#include "common/shell/app/roster.h"
#include "common/shell/net/address.h"
#include "common/task/task.h"
#include "proto/order.h"

#include <stdbool.h>
#include <stdint.h>

struct options {
    struct address address; /* --listen or --connect */
    const struct set *sets[SETS_MAX];
    size_t n_sets;
    unsigned max_sessions;  /* bob */
    uint64_t stay_ms;       /* bob: how long a place is kept in a full house */
    uint64_t rekey_ms;      /* alice; 0: never */
    unsigned fail_attempts; /* alice, for tests */
    uint64_t timeout_ms, on_key_ms;
    uint64_t lifetime_ms; /* of a key file without a fresh key; 0: for ever */
    unsigned on_key_retries;
    bool reconnect;  /* alice */
    bool conference; /* bob */
    bool agree_only, once, log, step, quiet, verbose, seeded, no_sandbox;
    uint8_t seed[32];
    char *user;                                                       /* bob; NULL for none */
    char *name, *key_out, *on_key, *events, *keylog, *private_events; /* NULL for none, but name "" */
    char *identity, *new_identity;                                    /* files, NULL for none */
    struct address metrics;                                           /* bob; port "" for none */
    char *status_socket, *status;    /* bob: at which he is asked; to ask at, and no more */
    char *config;                    /* a file, NULL for none */
    struct conf conf;                /* what it said at the start */
    uint8_t (*pinned)[IDENTITY_KEY]; /* by --peer */
    size_t n_pinned;
    struct roster *roster; /* all peers who are pinned; never NULL */
    bool key_names_peer;   /* --key-out has %p */
};

enum { OPTIONS_GO_ON = -1 };

/* OPTIONS_GO_ON, or the status to exit with: 0 after --help and --version, 64 after one line about what is wrong. */
int options_parse(struct options *o, enum side side, int argc, const char **argv);
/* Where the key of this peer (NULL: of nobody who is pinned) goes: a pattern for keyfile_path, and a command; NULL for
 * none. */
const char *options_file(const struct options *o, const struct roster_peer *peer);
const char *options_hook(const struct options *o, const struct roster_peer *peer);

/* Whether there is anybody whose key goes to a file, or for whom a command runs. */
bool options_have_files(const struct options *o);
bool options_have_hooks(const struct options *o);

/* Reads the file of --config again: a new roster, the caller's, that takes the place of options.roster if he likes.
 * changed: a word outside of the sections that is not what it was at the start, or "". Negative errno, with why in one
 * line: what was is still so. */
int options_read_again(const struct options *o, struct roster **rosterp, char changed[static CONF_WHY],
                       char why[static CONF_WHY]);

void options_deinit(struct options *o);

#endif
