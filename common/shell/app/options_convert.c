#include "common/base/prg.h"
#include "common/shell/app/options_parts.h"
#include "common/shell/app/sets.h"
#include "common/shell/host/keyfile.h"
#include "common/shell/host/status.h"
#include "common/task/table/table.h"
#include "proto/sealed.h"

#include <stdlib.h>
#include <string.h>

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
            return options_wrong(side, "--params: no set '%.*s'; there are %s", (int)(n < 40 ? n : 40), list, names);
        }
        bool twice = false;
        for (size_t i = 0; i < o->n_sets; i++)
            twice |= o->sets[i] == found;
        if (!twice)
            o->sets[o->n_sets++] = found;
        list += n + (list[n] == ',');
    }
    if (o->n_sets == 0)
        return options_wrong(side, "--params: name a set, such as " OPTIONS_SET);
    if (side == SIDE_ALICE && o->n_sets > 1)
        return options_wrong(side, "--params: alice asks for one set only");
    return OPTIONS_GO_ON;
}

static int parse_peers(struct options *o, enum side side, const char *list) {
    size_t n_max = 1;
    for (const char *p = list; *p; p++)
        n_max += *p == ',';
    o->pinned = calloc(n_max, sizeof *o->pinned);
    if (!o->pinned)
        return options_no_memory(side);
    for (;;) {
        size_t n = strcspn(list, ",");
        if (identity_parse(o->pinned[o->n_pinned], list, n) < 0)
            return options_wrong(side, "--peer: '%.*s' is not a public key, as --new-identity prints it",
                                 (int)(n < 60 ? n : 60), list);
        o->n_pinned++;
        if (!list[n])
            return OPTIONS_GO_ON;
        list += n + 1;
    }
}

const char *options_shared_file(const struct options *o, size_t n_peers) {
    bool shared = o->key_out && !o->once && !keyfile_names_session(o->key_out) && !o->key_names_peer && n_peers != 1;
    return shared ? "--key-out: a bob without --once needs %s (session id) or %p (the peer's public key) in the "
                    "file's name, or one --peer"
                  : NULL;
}

/* %s, %p and %% are all that a file name may hold. */
static int check_key_out(struct options *o, enum side side) {
    for (const char *p = strchr(o->key_out, '%'); p; p = strchr(p + 2, '%')) {
        if (p[1] != 's' && p[1] != 'p' && p[1] != '%')
            return options_wrong(
                side,
                "--key-out: only %%s (session id), %%p (the peer's public key) and %%%% may follow a percent "
                "sign in '%s'",
                o->key_out);
        o->key_names_peer |= p[1] == 'p';
    }
    const char *problem = side == SIDE_BOB ? options_shared_file(o, o->roster->n) : NULL;
    return problem ? options_wrong(side, "%s", problem) : OPTIONS_GO_ON;
}

char *options_move(char **text) {
    char *moved = *text;
    *text = NULL;
    return moved;
}

/* A flag whose value is a number, and where it goes: as it is, or as milliseconds. */
struct number {
    const char *flag, *text; /* text: NULL if it is not given */
    double least, most;
    const char *what;
    unsigned *countp;
    uint64_t *msp; /* the other one is NULL */
};

static int convert_numbers(struct options *o, enum side side, const struct options_raw *raw) {
    static const char seconds[] = "a number of seconds", some[] = "a number of seconds from 0.1",
                      a_day[] = "a number of seconds from 0.1 to 86400";
    // clang-format off
    const struct number numbers[] = {
        {"max-sessions",   raw->max_sessions,   1,   100000, "a number from 1 to 100000", &o->max_sessions,   NULL},
        {"stay",           raw->stay,           0,   31e6,   seconds,                     NULL,               &o->stay_ms},
        {"rekey",          raw->rekey,          0.1, 31e6,   some,                        NULL,               &o->rekey_ms},
        {"fail-learning",  raw->fail_learning,  0,   100,    "a number from 0 to 100",    &o->fail_attempts,  NULL},
        {"timeout",        raw->timeout,        0.1, 86400,  a_day,                       NULL,               &o->timeout_ms},
        {"on-key-timeout", raw->on_key_timeout, 0.1, 86400,  a_day,                       NULL,               &o->on_key_ms},
        {"on-key-retries", raw->on_key_retries, 0,   1000,   "a number from 0 to 1000",   &o->on_key_retries, NULL},
        {"lifetime",       raw->lifetime,       0.1, 31e6,   some,                        NULL,               &o->lifetime_ms},
    };
    // clang-format on
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const struct number *n = &numbers[i];
        double value;
        if (!n->text)
            continue;
        if (!parse_number(n->text, n->msp ? 1000 : 1, n->least, n->most, &value))
            return options_wrong(side, "--%s: '%s' is not %s", n->flag, n->text, n->what);
        if (n->msp)
            *n->msp = (uint64_t)value;
        else
            *n->countp = (unsigned)value;
    }
    return OPTIONS_GO_ON;
}

/* Where alice connects to and bob listens, and where he is asked for metrics. */
static int convert_addresses(struct options *o, enum side side, const struct options_raw *raw) {
    bool alice = side == SIDE_ALICE;
    const char *address = raw->address ? raw->address : raw->host ? raw->host : ":" ADDRESS_DEFAULT_PORT;
    if (raw->address && raw->host)
        return options_wrong(side, "'%s': --connect has named a bob already", raw->host);
    const char *flag = raw->host ? "" : alice ? "--connect: " : "--listen: ";
    if (address_parse(&o->address, address, alice ? "::1" : "::") < 0 ||
        (alice && strtol(o->address.port, NULL, 10) == 0))
        return options_wrong(side, "%s'%s' is not HOST:PORT", flag, address);
    if (raw->metrics && (!strchr(raw->metrics, ':') || address_parse(&o->metrics, raw->metrics, "127.0.0.1") < 0))
        return options_wrong(side, "--metrics: '%s' is not HOST:PORT", raw->metrics);
    return OPTIONS_GO_ON;
}

/* What is taken as it is given. */
static int take_texts(struct options *o, enum side side, struct options_raw *raw) {
    o->agree_only = raw->agree_only;
    o->reconnect = raw->reconnect;
    o->once = raw->once;
    o->conference = raw->conference;
    o->log = raw->log;
    o->step = raw->step;
    o->quiet = raw->quiet;
    o->verbose = raw->verbose;
    o->no_sandbox = raw->no_sandbox;
    o->key_out = options_move(&raw->key_out);
    o->on_key = options_move(&raw->on_key);
    o->events = options_move(&raw->events);
    o->private_events = options_move(&raw->private_events);
    o->keylog = options_move(&raw->keylog);
    o->user = options_move(&raw->user);
    o->identity = options_move(&raw->identity);
    o->status_socket = options_move(&raw->status_socket);
    o->status = options_move(&raw->status);
    o->new_identity = options_move(&raw->new_identity);
    o->name = raw->name ? options_move(&raw->name) : strdup("");
    return o->name ? OPTIONS_GO_ON : options_no_memory(side);
}

static int refuse_combinations(const struct options *o, enum side side) {
    if (o->once && (*o->metrics.port || o->status_socket))
        return options_wrong(side, "--%s and --once do not go together",
                             *o->metrics.port ? "metrics" : "status-socket");
    if (o->private_events && !o->sets[0]->toy)
        return options_wrong(side, "--private-events: %s is no toy, and its captions are written nowhere",
                             o->sets[0]->name);
    if (o->quiet && o->verbose)
        return options_wrong(side, "-q and -v do not go together");
    if (o->log && o->step)
        return options_wrong(side, "--log and --step do not go together: who steps wants the sentences");
    if (o->rekey_ms && o->agree_only && !o->reconnect)
        return options_wrong(side,
                             "--rekey and --agree-only do not go together without --reconnect: who only agrees has no "
                             "session to re-key");
    if (o->reconnect && !o->roster->n)
        return options_wrong(
            side, "--reconnect: needs --peer: who comes again to anybody lets somebody in between try until the "
                  "words fit");
    if (o->reconnect && o->step)
        return options_wrong(side, "--reconnect and --step do not go together");
    if (o->reconnect && o->agree_only && !o->rekey_ms)
        return options_wrong(side, "--reconnect: with --agree-only, --rekey SECONDS says how often");
    if (o->lifetime_ms && !options_have_files(o))
        return options_wrong(side, "--lifetime: is that of a key file: add --key-out FILE, or a peer's file");
    if (o->on_key_retries && !options_have_hooks(o))
        return options_wrong(side,
                             "--on-key-retries: there is no command to try again: add --on-key CMD, or a peer's hook");
    if (o->conference && (o->once || o->agree_only))
        return options_wrong(side, "--conference: is for many who chat: not with --%s",
                             o->once ? "once" : "agree-only");
    if (side == SIDE_BOB && o->step && !o->once)
        return options_wrong(side, "--step: bob can wait for one session only: add --once");
    if (o->on_key && !options_have_files(o))
        return options_wrong(side, "--on-key: runs when the key file is in place: add --key-out FILE");
    for (size_t i = 0; i < o->conf.n_peers; i++) {
        const struct conf_peer *peer = &o->conf.peers[i];
        if (peer->hook && !peer->file && !o->key_out)
            return options_wrong(side, "%.200s:%u: peer %s has a hook and no file", o->config, peer->line, peer->name);
    }
    return OPTIONS_GO_ON;
}

int options_convert(struct options *o, enum side side, struct options_raw *raw) {
    int r = parse_params(o, side, raw->params ? raw->params : OPTIONS_SET);
    if (r == OPTIONS_GO_ON)
        r = convert_addresses(o, side, raw);
    if (r == OPTIONS_GO_ON)
        r = convert_numbers(o, side, raw);
    if (r == OPTIONS_GO_ON && raw->seed) {
        o->seeded = true;
        r = prg_seed(o->seed, raw->seed) < 0 ? options_wrong(side, "--seed: it is empty") : r;
    }
    if (r == OPTIONS_GO_ON && raw->name && strlen(raw->name) > SEALED_NAME_MAX)
        r = options_wrong(side, "--name: at most %d bytes", SEALED_NAME_MAX);
    if (r == OPTIONS_GO_ON)
        r = take_texts(o, side, raw);
    if (r == OPTIONS_GO_ON && raw->peer)
        r = parse_peers(o, side, raw->peer);
    if (r == OPTIONS_GO_ON &&
        roster_new(&o->roster, (const uint8_t(*)[IDENTITY_KEY])o->pinned, o->n_pinned, &o->conf) < 0)
        r = options_no_memory(side);
    if (r == OPTIONS_GO_ON)
        r = refuse_combinations(o, side);
    return r == OPTIONS_GO_ON && o->key_out ? check_key_out(o, side) : r;
}
