#include "common/shell/app/options.h"

#include "common/base/prg.h"
#include "common/shell/app/sets.h"
#include "common/shell/host/status.h"
#include "common/task/table/table.h"
#include "proto/sealed.h"

#include <errno.h>
#include <popt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_SET "n2048" /* the one that is taken when none is named */

/* What popt fills in, as text. */
struct raw {
    char *address, *host, *params, *max_sessions, *stay, *rekey, *fail_learning, *timeout, *seed, *name, *key_out,
        *on_key, *on_key_timeout, *events, *private_events, *keylog, *user, *identity, *new_identity, *peer, *lifetime,
        *on_key_retries, *config, *metrics, *status_socket, *status;
    int no_sandbox, conference, reconnect, agree_only, once, log, step, quiet, verbose, version, help;
};

static const char *program_name(enum side side) {
    return side == SIDE_ALICE ? "alice" : "bob";
}

/* The file of --config while its words are looked at: an error of one of them names its line. */
static const struct options *reading;

/* "FILE:LINE: " where the text begins with an option that the file has given, else "". */
static void place_of(char *out, size_t capacity, const char *text) {
    *out = 0;
    if (!reading || strncmp(text, "--", 2) != 0)
        return;
    const struct conf_word *word = conf_find(&reading->conf, text + 2, strcspn(text + 2, ": "));
    if (word && word->used)
        snprintf(out, capacity, "%.200s:%u: ", reading->config, word->line);
}

__attribute__((format(printf, 2, 3))) static int usage(enum side side, const char *format, ...) {
    char text[1200], place[240];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    place_of(place, sizeof place, text);
    fprintf(stderr, "%s: %s%s (see %s --help)\n", program_name(side), place, text, program_name(side));
    return STATUS_USAGE;
}

static int out_of_memory(enum side side) {
    fprintf(stderr, "%s: out of memory\n", program_name(side));
    return STATUS_INTERNAL;
}

/* A whole number or, where scale is 1000, seconds with decimals as milliseconds. False for anything else. */
static bool parse_number(const char *text, double scale, double least, double most, double *out) {
    char *end;
    if (strspn(text, scale > 1 ? "0123456789." : "0123456789") != strlen(text) || !*text)
        return false;
    *out = strtod(text, &end);
    if (*end || !(*out >= least && *out <= most))
        return false;
    *out *= scale;
    return true;
}

static int parse_params(struct options *o, enum side side, const char *list) {
    while (*list) {
        size_t n = strcspn(list, ",");
        char name[SET_NAME_MAX + 1] = "";
        if (n <= SET_NAME_MAX)
            memcpy(name, list, n);
        const struct set *found = table_set(name);
        if (!found) {
            char names[SETS_TEXT];
            sets_names(names);
            return usage(side, "--params: no set '%.*s'; there are %s", (int)(n < 40 ? n : 40), list, names);
        }
        bool twice = false;
        for (size_t i = 0; i < o->n_sets; i++)
            twice |= o->sets[i] == found;
        if (!twice)
            o->sets[o->n_sets++] = found;
        list += n + (list[n] == ',');
    }
    if (o->n_sets == 0)
        return usage(side, "--params: name a set, such as " OPTIONS_SET);
    if (side == SIDE_ALICE && o->n_sets > 1)
        return usage(side, "--params: alice asks for one set only");
    return OPTIONS_GO_ON;
}

static int parse_peers(struct options *o, enum side side, const char *list) {
    size_t n_max = 1;
    for (const char *p = list; *p; p++)
        n_max += *p == ',';
    o->pinned = calloc(n_max, sizeof *o->pinned);
    if (!o->pinned)
        return out_of_memory(side);
    for (;;) {
        size_t n = strcspn(list, ",");
        if (identity_parse(o->pinned[o->n_pinned], list, n) < 0)
            return usage(side, "--peer: '%.*s' is not a public key, as --new-identity prints it",
                         (int)(n < 60 ? n : 60), list);
        o->n_pinned++;
        if (!list[n])
            return OPTIONS_GO_ON;
        list += n + 1;
    }
}

/* %s, %p and %% are all that a file name may hold. */
static int check_key_out(struct options *o, enum side side) {
    bool has_session = false;
    for (const char *p = strchr(o->key_out, '%'); p; p = strchr(p + 2, '%')) {
        if (p[1] != 's' && p[1] != 'p' && p[1] != '%')
            return usage(side,
                         "--key-out: only %%s (session id), %%p (the peer's public key) and %%%% may follow a percent "
                         "sign in '%s'",
                         o->key_out);
        has_session |= p[1] == 's';
        o->key_names_peer |= p[1] == 'p';
    }
    if (side == SIDE_BOB && !o->once && !has_session && !o->key_names_peer && o->roster->n != 1)
        return usage(side, "--key-out: a bob without --once needs %%s (session id) or %%p (the peer's public key) in "
                           "the file's name, or one --peer");
    return OPTIONS_GO_ON;
}

static char *move(char **text) {
    char *moved = *text;
    *text = NULL;
    return moved;
}

static int convert(struct options *o, enum side side, struct raw *raw) {
    bool alice = side == SIDE_ALICE;
    const char *host = alice ? "::1" : "::";
    double number;
    int r = parse_params(o, side, raw->params ? raw->params : OPTIONS_SET);
    if (r != OPTIONS_GO_ON)
        return r;
    const char *address = raw->address ? raw->address : raw->host ? raw->host : ":" ADDRESS_DEFAULT_PORT;
    if (raw->address && raw->host)
        return usage(side, "'%s': --connect has named a bob already", raw->host);
    if (address_parse(&o->address, address, host) < 0 || (alice && strtol(o->address.port, NULL, 10) == 0))
        return usage(side, "%s'%s' is not HOST:PORT", raw->host ? "" : alice ? "--connect: " : "--listen: ", address);
    if (raw->max_sessions) {
        if (!parse_number(raw->max_sessions, 1, 1, 100000, &number))
            return usage(side, "--max-sessions: '%s' is not a number from 1 to 100000", raw->max_sessions);
        o->max_sessions = (unsigned)number;
    }
    if (raw->stay) {
        if (!parse_number(raw->stay, 1000, 0, 31e6, &number))
            return usage(side, "--stay: '%s' is not a number of seconds", raw->stay);
        o->stay_ms = (uint64_t)number;
    }
    if (raw->rekey) {
        if (!parse_number(raw->rekey, 1000, 0.1, 31e6, &number))
            return usage(side, "--rekey: '%s' is not a number of seconds from 0.1", raw->rekey);
        o->rekey_ms = (uint64_t)number;
    }
    if (raw->fail_learning) {
        if (!parse_number(raw->fail_learning, 1, 0, 100, &number))
            return usage(side, "--fail-learning: '%s' is not a number from 0 to 100", raw->fail_learning);
        o->fail_attempts = (unsigned)number;
    }
    if (raw->timeout) {
        if (!parse_number(raw->timeout, 1000, 0.1, 86400, &number))
            return usage(side, "--timeout: '%s' is not a number of seconds from 0.1 to 86400", raw->timeout);
        o->timeout_ms = (uint64_t)number;
    }
    if (raw->on_key_timeout) {
        if (!parse_number(raw->on_key_timeout, 1000, 0.1, 86400, &number))
            return usage(side, "--on-key-timeout: '%s' is not a number of seconds from 0.1 to 86400",
                         raw->on_key_timeout);
        o->on_key_ms = (uint64_t)number;
    }
    if (raw->on_key_retries) {
        if (!parse_number(raw->on_key_retries, 1, 0, 1000, &number))
            return usage(side, "--on-key-retries: '%s' is not a number from 0 to 1000", raw->on_key_retries);
        o->on_key_retries = (unsigned)number;
    }
    if (raw->lifetime) {
        if (!parse_number(raw->lifetime, 1000, 0.1, 31e6, &number))
            return usage(side, "--lifetime: '%s' is not a number of seconds from 0.1", raw->lifetime);
        o->lifetime_ms = (uint64_t)number;
    }
    if (raw->seed) {
        if (prg_seed(o->seed, raw->seed) < 0)
            return usage(side, "--seed: it is empty");
        o->seeded = true;
    }
    if (raw->name && strlen(raw->name) > SEALED_NAME_MAX)
        return usage(side, "--name: at most %d bytes", SEALED_NAME_MAX);
    o->agree_only = raw->agree_only;
    o->reconnect = raw->reconnect;
    o->once = raw->once;
    o->conference = raw->conference;
    o->log = raw->log;
    o->step = raw->step;
    o->quiet = raw->quiet;
    o->verbose = raw->verbose;
    o->key_out = move(&raw->key_out);
    o->on_key = move(&raw->on_key);
    o->events = move(&raw->events);
    o->private_events = move(&raw->private_events);
    o->keylog = move(&raw->keylog);
    o->user = move(&raw->user);
    o->no_sandbox = raw->no_sandbox;
    o->identity = move(&raw->identity);
    if (raw->metrics && (!strchr(raw->metrics, ':') || address_parse(&o->metrics, raw->metrics, "127.0.0.1") < 0))
        return usage(side, "--metrics: '%s' is not HOST:PORT", raw->metrics);
    o->status_socket = move(&raw->status_socket);
    o->status = move(&raw->status);
    if (o->once && (*o->metrics.port || o->status_socket))
        return usage(side, "--%s and --once do not go together", *o->metrics.port ? "metrics" : "status-socket");
    o->new_identity = move(&raw->new_identity);
    o->name = raw->name ? move(&raw->name) : strdup("");
    if (!o->name)
        return out_of_memory(side);
    if (raw->peer && (r = parse_peers(o, side, raw->peer)) != OPTIONS_GO_ON)
        return r;
    if (roster_new(&o->roster, (const uint8_t(*)[IDENTITY_KEY])o->pinned, o->n_pinned, &o->conf) < 0)
        return out_of_memory(side);
    if (o->private_events && !o->sets[0]->toy)
        return usage(side, "--private-events: %s is no toy, and its captions are written nowhere", o->sets[0]->name);
    if (o->quiet && o->verbose)
        return usage(side, "-q and -v do not go together");
    if (o->log && o->step)
        return usage(side, "--log and --step do not go together: who steps wants the sentences");
    if (o->rekey_ms && o->agree_only && !o->reconnect)
        return usage(side, "--rekey and --agree-only do not go together without --reconnect: who only agrees has no "
                           "session to re-key");
    if (o->reconnect && !o->roster->n)
        return usage(side,
                     "--reconnect: needs --peer: who comes again to anybody lets somebody in between try until the "
                     "words fit");
    if (o->reconnect && o->step)
        return usage(side, "--reconnect and --step do not go together");
    if (o->reconnect && o->agree_only && !o->rekey_ms)
        return usage(side, "--reconnect: with --agree-only, --rekey SECONDS says how often");
    if (o->lifetime_ms && !options_have_files(o))
        return usage(side, "--lifetime: is that of a key file: add --key-out FILE, or a peer's file");
    if (o->on_key_retries && !options_have_hooks(o))
        return usage(side, "--on-key-retries: there is no command to try again: add --on-key CMD, or a peer's hook");
    if (o->conference && (o->once || o->agree_only))
        return usage(side, "--conference: is for many who chat: not with --%s", o->once ? "once" : "agree-only");
    if (!alice && o->step && !o->once)
        return usage(side, "--step: bob can wait for one session only: add --once");
    if (o->on_key && !options_have_files(o))
        return usage(side, "--on-key: runs when the key file is in place: add --key-out FILE");
    for (size_t i = 0; i < o->conf.n_peers; i++) {
        const struct conf_peer *peer = &o->conf.peers[i];
        if (peer->hook && !peer->file && !o->key_out)
            return usage(side, "%.200s:%u: peer %s has a hook and no file", o->config, peer->line, peer->name);
    }
    return o->key_out ? check_key_out(o, side) : OPTIONS_GO_ON;
}

static const struct poptOption *find_option(const struct poptOption *table, const char *name, size_t n) {
    const struct poptOption *found = NULL;
    for (; !found && (table->longName || table->arg); table++) {
        if (table->argInfo == POPT_ARG_INCLUDE_TABLE)
            found = find_option(table->arg, name, n);
        else if (table->longName && strlen(table->longName) == n && strncmp(table->longName, name, n) == 0)
            found = table;
    }
    return found;
}

/* popt goes on without an option whose value it had no memory for. A --peer that is lost would let anybody in. */
static bool option_lost(const struct poptOption *table, int argc, const char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        size_t n = strcspn(argv[i], "=");
        const struct poptOption *o = n > 2 && argv[i][1] == '-' ? find_option(table, argv[i] + 2, n - 2) : NULL;
        if (!o || (o->argInfo & POPT_ARG_MASK) != POPT_ARG_STRING)
            continue;
        if (!*(char **)o->arg)
            return true;
        i += argv[i][n] == 0; /* its value may look like an option */
    }
    return false;
}

/* ---- the file of --config */

static bool is_for_the_command_line(const char *word) {
    static const char *const names[] = {"config", "help", "version", "new-identity", "status"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(word, names[i]) == 0)
            return true;
    }
    return false;
}

/* The word's value, unless the command line has said something else. OPTIONS_GO_ON, or a status. */
static int take_word(const struct options *o, enum side side, const struct poptOption *table, struct conf_word *word) {
    const struct poptOption *option = find_option(table, word->word, strlen(word->word));
    const char *name = program_name(side);
    if (!option || is_for_the_command_line(word->word)) {
        fprintf(stderr, "%s: %s:%u: there is no word '%.40s' for %s\n", name, o->config, word->line, word->word, name);
        return STATUS_DATA;
    }
    if ((option->argInfo & POPT_ARG_MASK) == POPT_ARG_STRING) {
        char **text = option->arg;
        if (*text)
            return OPTIONS_GO_ON;
        word->used = true;
        *text = strdup(word->value);
        return *text ? OPTIONS_GO_ON : out_of_memory(side);
    }
    bool yes = strcmp(word->value, "yes") == 0;
    if (!yes && strcmp(word->value, "no") != 0) {
        fprintf(stderr, "%s: %s:%u: %s is yes or no, not '%.40s'\n", name, o->config, word->line, word->word,
                word->value);
        return STATUS_DATA;
    }
    word->used = !*(int *)option->arg;
    *(int *)option->arg |= yes;
    return OPTIONS_GO_ON;
}

static int read_config(struct options *o, enum side side, const struct poptOption *table) {
    char why[CONF_WHY];
    int status = OPTIONS_GO_ON, r = conf_read(&o->conf, o->config, why);
    if (r < 0) {
        fprintf(stderr, "%s: --config %s: %s\n", program_name(side), o->config, *why ? why : strerror(-r));
        return r == -EBADMSG                 ? STATUS_DATA
               : r == -EPERM || r == -EACCES ? STATUS_PERMISSION
               : r == -ENOMEM                ? STATUS_INTERNAL
                                             : STATUS_IO;
    }
    for (size_t i = 0; i < o->conf.n_words && status == OPTIONS_GO_ON; i++)
        status = take_word(o, side, table, &o->conf.words[i]);
    return status;
}

/* The first word that a has and b has not, or otherwise. */
static const char *difference(const struct conf *a, const struct conf *b) {
    for (size_t i = 0; i < a->n_words; i++) {
        const struct conf_word *word = conf_find(b, a->words[i].word, strlen(a->words[i].word));
        if (!word || strcmp(word->value, a->words[i].value) != 0)
            return a->words[i].word;
    }
    return NULL;
}

int options_read_again(const struct options *o, struct roster **rosterp, char changed[static CONF_WHY],
                       char why[static CONF_WHY]) {
    struct conf conf;
    *changed = 0;
    int r = conf_read(&conf, o->config, why);
    if (r < 0) {
        if (!*why)
            snprintf(why, CONF_WHY, "%s", strerror(-r));
        return r;
    }
    const char *word = difference(&conf, &o->conf);
    if (!word)
        word = difference(&o->conf, &conf);
    snprintf(changed, CONF_WHY, "%.100s", word ? word : "");
    for (size_t i = 0; i < conf.n_peers && r == 0; i++) {
        const struct conf_peer *peer = &conf.peers[i];
        if (peer->hook && !peer->file && !o->key_out) {
            snprintf(why, CONF_WHY, "line %u: peer %s has a hook and no file", peer->line, peer->name);
            r = -EBADMSG;
        }
    }
    if (r == 0)
        r = roster_new(rosterp, (const uint8_t(*)[IDENTITY_KEY])o->pinned, o->n_pinned, &conf);
    if (r == -ENOMEM)
        snprintf(why, CONF_WHY, "out of memory");
    conf_deinit(&conf);
    return r;
}

/* ---- the command line */

/* alice HOST:PORT is as good as alice --connect HOST:PORT. */
static int take_arguments(enum side side, struct raw *raw, poptContext context) {
    const char *host = side == SIDE_ALICE ? poptGetArg(context) : NULL, *more = poptPeekArg(context);
    if (more)
        return usage(side, "'%s': no %sargument is expected here", more, host ? "other " : "");
    if (host && !(raw->host = strdup(host)))
        return out_of_memory(side);
    return OPTIONS_GO_ON;
}

static int parse_with_popt(struct options *o, enum side side, struct raw *raw, int argc, const char **argv) {
    const struct poptOption common[] = {
        {"agree-only", 0, POPT_ARG_NONE, &raw->agree_only, 0, "stop once the key is confirmed; stdin is not read",
         NULL},
        {"key-out", 0, POPT_ARG_STRING, &raw->key_out, 0,
         "write the session key here: base64, mode 0600, replaced atomically; %s is the session id, %p the "
         "peer's public key",
         "FILE"},
        {"on-key", 0, POPT_ARG_STRING, &raw->on_key, 0,
         "run this when the file is in place, with PARLEY_KEY_FILE, PARLEY_SESSION, PARLEY_PEER", "CMD"},
        {"on-key-timeout", 0, POPT_ARG_STRING, &raw->on_key_timeout, 0, "kill that command after so long (30)",
         "SECONDS"},
        {"on-key-retries", 0, POPT_ARG_STRING, &raw->on_key_retries, 0, "run it again so often when it fails (0)", "N"},
        {"lifetime", 0, POPT_ARG_STRING, &raw->lifetime, 0,
         "without a fresh key for so long, overwrite the file with random bytes and run the command", "SECONDS"},
        {"identity", 0, POPT_ARG_STRING, &raw->identity, 0, "prove to the peer who this is", "FILE"},
        {"peer", 0, POPT_ARG_STRING, &raw->peer, 0, "talk only to who proves to hold one of these keys",
         "PUBKEY[,...]"},
        {"new-identity", 0, POPT_ARG_STRING, &raw->new_identity, 0, "make an identity, print its public key, and exit",
         "FILE"},
        {"config", 0, POPT_ARG_STRING, &raw->config, 0,
         "read options that are not given, and peers with their files and commands", "FILE"},
        {"events", 0, POPT_ARG_STRING, &raw->events, 0, "write JSON lines about what happens", "FILE"},
        {"keylog", 0, POPT_ARG_STRING, &raw->keylog, 0,
         "teaching aid: append session id and key, to open a capture later", "FILE"},
        {"log", 0, POPT_ARG_NONE, &raw->log, 0, "one log line for each event instead of sentences", NULL},
        {"timeout", 0, POPT_ARG_STRING, &raw->timeout, 0, "for each answer that the peer owes (10)", "SECONDS"},
        {"step", 0, POPT_ARG_NONE, &raw->step, 0, "wait for Enter before each step of this side", NULL},
        {"name", 0, POPT_ARG_STRING, &raw->name, 0, "how this side is shown at the other", "NAME"},
        {"seed", 0, POPT_ARG_STRING, &raw->seed, 0,
         "64 hex digits or any text; reproducible and INSECURE; loopback only", "SEED"},
        {"no-sandbox", 0, POPT_ARG_NONE, &raw->no_sandbox, 0, "do without the filter of system calls", NULL},
        {"quiet", 'q', POPT_ARG_NONE, &raw->quiet, 0, "errors only", NULL},
        {"verbose", 'v', POPT_ARG_NONE, &raw->verbose, 0, "more detail", NULL},
        {"version", 0, POPT_ARG_NONE, &raw->version, 0, "show the version", NULL},
        {"help", 'h', POPT_ARG_NONE, &raw->help, 0, "show this", NULL},
        POPT_TABLEEND};
    struct poptOption include = {NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)(uintptr_t)common, 0, "Common:", NULL};
    const struct poptOption alice[] = {
        {"connect", 0, POPT_ARG_STRING, &raw->address, 0, "where bob listens ([::1]:24022)", "HOST:PORT"},
        {"params", 0, POPT_ARG_STRING, &raw->params, 0, "the parameter set (" OPTIONS_SET "); listed below", "SET"},
        {"rekey", 0, POPT_ARG_STRING, &raw->rekey, 0, "agree on a fresh key this often", "SECONDS"},
        {"reconnect", 0, POPT_ARG_NONE, &raw->reconnect, 0, "come again when a session has ended; there is no chat",
         NULL},
        {"private-events", 0, POPT_ARG_STRING, &raw->private_events, 0,
         "at toy sets, for `eve export --both`: write captions here, mode 0600; INSECURE", "FILE"},
        {"fail-learning", 0, POPT_ARG_STRING | POPT_ARGFLAG_DOC_HIDDEN, &raw->fail_learning, 0, NULL, NULL},
        include,
        POPT_TABLEEND};
    const struct poptOption bob[] = {
        {"listen", 0, POPT_ARG_STRING, &raw->address, 0, "where to wait for alices ([::]:24022)", "HOST:PORT"},
        {"params", 0, POPT_ARG_STRING, &raw->params, 0, "the sets to accept (" OPTIONS_SET "); listed below",
         "SET[,SET...]"},
        {"max-sessions", 0, POPT_ARG_STRING, &raw->max_sessions, 0, "serve this many alices at once (256)", "N"},
        {"stay", 0, POPT_ARG_STRING, &raw->stay, 0, "in a full house, who has spoken keeps her place this long (120)",
         "SECONDS"},
        {"metrics", 0, POPT_ARG_STRING, &raw->metrics, 0,
         "tell Prometheus at http://HOST:PORT/metrics; without HOST at 127.0.0.1", "[HOST]:PORT"},
        {"status-socket", 0, POPT_ARG_STRING, &raw->status_socket, 0, "a Unix socket for --status", "FILE"},
        {"status", 0, POPT_ARG_STRING, &raw->status, 0, "ask the bob with this --status-socket how he is, and exit",
         "FILE"},
        {"conference", 0, POPT_ARG_NONE, &raw->conference, 0, "pass on what one alice says to all the others", NULL},
        {"once", 0, POPT_ARG_NONE, &raw->once, 0, "serve one alice and exit with her session's status", NULL},
        {"user", 0, POPT_ARG_STRING, &raw->user, 0, "when root: become this user once the port is bound", "NAME"},
        include,
        POPT_TABLEEND};
    const struct poptOption *table = side == SIDE_ALICE ? alice : bob;
    poptContext context = poptGetContext(program_name(side), argc, argv, table, 0);
    int r, status = OPTIONS_GO_ON;
    if (!context)
        return out_of_memory(side);
    poptSetOtherOptionHelp(context, side == SIDE_ALICE ? "[OPTION...] [HOST[:PORT]]" : "[OPTION...]");
    while ((r = poptGetNextOpt(context)) >= 0)
        ;
    if (r == POPT_ERROR_MALLOC)
        status = out_of_memory(side);
    else if (r < -1)
        status = usage(side, "%s: %s", poptBadOption(context, POPT_BADOPTION_NOALIAS), poptStrerror(r));
    else if (raw->help) {
        poptPrintHelp(context, stdout, 0);
        putchar('\n');
        sets_print(stdout, OPTIONS_SET);
        printf("\nThe manual tells more, with exit statuses, examples and security: man %s\n", program_name(side));
        status = STATUS_OK;
    } else if (raw->version) {
        printf("%s (parley) %s\n", program_name(side), PARLEY_VERSION);
        status = STATUS_OK;
    } else if (option_lost(table, argc, argv))
        status = out_of_memory(side);
    else
        status = take_arguments(side, raw, context);
    poptFreeContext(context);
    if (status == OPTIONS_GO_ON && raw->config) {
        o->config = move(&raw->config);
        status = read_config(o, side, table);
        reading = o;
    }
    if (status == OPTIONS_GO_ON)
        status = convert(o, side, raw);
    reading = NULL;
    return status;
}

int options_parse(struct options *o, enum side side, int argc, const char **argv) {
    struct raw raw = {0};
    *o = (struct options){.max_sessions = 256, .stay_ms = 120000, .timeout_ms = 10000, .on_key_ms = 30000};
    int status = parse_with_popt(o, side, &raw, argc, argv);
    char *texts[] = {raw.metrics,       raw.status_socket,  raw.status,       raw.config,   raw.host,
                     raw.address,       raw.params,         raw.max_sessions, raw.stay,     raw.rekey,
                     raw.fail_learning, raw.timeout,        raw.seed,         raw.name,     raw.key_out,
                     raw.on_key,        raw.on_key_timeout, raw.events,       raw.keylog,   raw.user,
                     raw.identity,      raw.new_identity,   raw.peer,         raw.lifetime, raw.on_key_retries,
                     raw.private_events};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    return status;
}

const char *options_file(const struct options *o, const struct roster_peer *peer) {
    return peer && peer->file ? peer->file : o->key_out;
}

const char *options_hook(const struct options *o, const struct roster_peer *peer) {
    return peer && peer->hook ? peer->hook : o->on_key;
}

bool options_have_files(const struct options *o) {
    return o->key_out || roster_has_files(o->roster);
}

bool options_have_hooks(const struct options *o) {
    return o->on_key || roster_has_hooks(o->roster);
}

void options_deinit(struct options *o) {
    free(o->name);
    free(o->key_out);
    free(o->on_key);
    free(o->events);
    free(o->private_events);
    free(o->keylog);
    free(o->user);
    free(o->identity);
    free(o->new_identity);
    free(o->config);
    free(o->status_socket);
    free(o->status);
    free(o->pinned);
    conf_deinit(&o->conf);
    roster_release(o->roster);
    *o = (struct options){0};
}
