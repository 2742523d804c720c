#include "common/shell/app/options_parts.h"
#include "common/shell/app/sets.h"
#include "common/shell/host/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* popt goes on without an option whose value it had no memory for. A --peer that is lost would let anybody in. */
static bool option_lost(const struct poptOption *table, int argc, const char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        size_t n = strcspn(argv[i], "=");
        const struct poptOption *o = n > 2 && argv[i][1] == '-' ? options_find(table, argv[i] + 2, n - 2) : NULL;
        if (!o || (o->argInfo & POPT_ARG_MASK) != POPT_ARG_STRING)
            continue;
        if (!*(char **)o->arg)
            return true;
        i += argv[i][n] == 0; /* its value may look like an option */
    }
    return false;
}

/* alice HOST:PORT is as good as alice --connect HOST:PORT. */
static int take_arguments(enum side side, struct options_raw *raw, poptContext context) {
    const char *host = side == SIDE_ALICE ? poptGetArg(context) : NULL, *more = poptPeekArg(context);
    if (more)
        return options_wrong(side, "'%s': no %sargument is expected here", more, host ? "other " : "");
    if (host && !(raw->host = strdup(host)))
        return options_no_memory(side);
    return OPTIONS_GO_ON;
}

/* What the command line says by itself: the texts in raw, or its end (OPTIONS_GO_ON, or a status). */
static int read_line(enum side side, struct options_raw *raw, const struct poptOption *table, int argc,
                     const char **argv) {
    poptContext context = poptGetContext(options_program(side), argc, argv, table, 0);
    int r, status = OPTIONS_GO_ON;
    if (!context)
        return options_no_memory(side);
    poptSetOtherOptionHelp(context, side == SIDE_ALICE ? "[OPTION...] [HOST[:PORT]]" : "[OPTION...]");
    while ((r = poptGetNextOpt(context)) >= 0)
        ;
    if (r == POPT_ERROR_MALLOC)
        status = options_no_memory(side);
    else if (r < -1)
        status = options_wrong(side, "%s: %s", poptBadOption(context, POPT_BADOPTION_NOALIAS), poptStrerror(r));
    else if (raw->help) {
        poptPrintHelp(context, stdout, 0);
        putchar('\n');
        sets_print(stdout, OPTIONS_SET);
        printf("\nThe manual tells more, with exit statuses, examples and security: man %s\n", options_program(side));
        status = STATUS_OK;
    } else if (raw->version) {
        printf("%s (parley) %s\n", options_program(side), PARLEY_VERSION);
        status = STATUS_OK;
    } else if (option_lost(table, argc, argv))
        status = options_no_memory(side);
    else
        status = take_arguments(side, raw, context);
    poptFreeContext(context);
    return status;
}

static int parse_by(struct options *o, enum side side, struct options_raw *raw, const struct poptOption *table,
                    int argc, const char **argv) {
    int status = read_line(side, raw, table, argc, argv);
    if (status == OPTIONS_GO_ON && raw->config) {
        o->config = options_move(&raw->config);
        status = options_config(o, side, table);
        options_wrong_in(o);
    }
    if (status == OPTIONS_GO_ON)
        status = options_convert(o, side, raw);
    options_wrong_in(NULL);
    return status;
}

static int parse_with_tables(struct options *o, enum side side, struct options_raw *raw, int argc, const char **argv) {
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
    return parse_by(o, side, raw, side == SIDE_ALICE ? alice : bob, argc, argv);
}

int options_parse(struct options *o, enum side side, int argc, const char **argv) {
    struct options_raw raw = {0};
    *o = (struct options){.max_sessions = 256, .stay_ms = 120000, .timeout_ms = 10000, .on_key_ms = 30000};
    int status = parse_with_tables(o, side, &raw, argc, argv);
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
