/* What the files of the command line know of each other.
 *
 *   options.c          the tables that popt reads, and what is asked of the outcome
 *   options_convert.c  texts become values; flags that do not go together
 *   options_config.c   the file of --config
 *   options_wrong.c    the one line that says what is wrong, and where */
#ifndef PARLEY_APP_OPTIONS_PARTS_H
#define PARLEY_APP_OPTIONS_PARTS_H

#include "common/shell/app/options.h"

#include <popt.h>

#define OPTIONS_SET "n2048" /* the one that is taken when none is named */

/* What popt fills in, as text. */
struct options_raw {
    char *address, *host, *params, *max_sessions, *stay, *rekey, *fail_learning, *timeout, *seed, *name, *key_out,
        *on_key, *on_key_timeout, *events, *private_events, *keylog, *user, *identity, *new_identity, *peer, *lifetime,
        *on_key_retries, *config, *metrics, *status_socket, *status;
    int no_sandbox, conference, reconnect, agree_only, once, log, step, quiet, verbose, version, help;
};

/* options_convert.c: OPTIONS_GO_ON, or the status to exit with, after one line. Takes texts out of raw. */
int options_convert(struct options *o, enum side side, struct options_raw *raw);
/* What is wrong if so many peers of a bob who serves many have one file, of which nobody could tell whose key is in it;
 * NULL if they have not. */
const char *options_shared_file(const struct options *o, size_t n_peers);
/* *text, which is NULL from then on. */
char *options_move(char **text);

/* options_config.c: the words of the file o->config, each unless the command line has said something else. */
int options_config(struct options *o, enum side side, const struct poptOption *table);
/* The option of that name, of n bytes, in a table and those that it includes; NULL: there is none. */
const struct poptOption *options_find(const struct poptOption *table, const char *name, size_t n);

/* options_wrong.c */
const char *options_program(enum side side);
/* From now on an option that the file o->config has given is named with its line; NULL: no more. */
void options_wrong_in(const struct options *o);
/* STATUS_USAGE, and STATUS_INTERNAL. */
__attribute__((format(printf, 2, 3))) int options_wrong(enum side side, const char *format, ...);
int options_no_memory(enum side side);

#endif
