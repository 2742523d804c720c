#include "eve/cli/arguments.h"

#include "common/base/prg.h"
#include "common/shell/host/status.h"
#include "eve/page/class.h"

#include <popt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What popt fills in besides the texts of struct arguments. */
struct raw {
    char *budget, *threads, *port, *seed, *shard, *per_address, *capture_max, *captures_max;
    int once, json, quiet, verbose, help, quick, check_size;
};

enum { FLAGS = 64 };

struct flag {
    const char *commands; /* that know it, by their letters */
    struct poptOption option;
};

__attribute__((format(printf, 2, 3))) static int usage(const struct command *c, const char *format, ...) {
    va_list args;
    fprintf(stderr, "eve %s: ", c->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, " (see eve %s --help)\n", c->name);
    return STATUS_USAGE;
}

static bool parse_number(const char *text, double least, double most, bool whole, double *out) {
    char *end;
    if (!*text || strspn(text, whole ? "0123456789" : "0123456789.") != strlen(text))
        return false;
    *out = strtod(text, &end);
    return !*end && *out >= least && *out <= most;
}

/* "I/N", 1 <= I <= N */
static bool parse_shard(const char *text, unsigned *shardp, unsigned *n_shardsp) {
    double shard, n_shards;
    const char *slash = strchr(text, '/');
    char first[16];
    if (!slash || slash - text >= (long)sizeof first)
        return false;
    snprintf(first, sizeof first, "%.*s", (int)(slash - text), text);
    if (!parse_number(slash + 1, 1, 1e6, true, &n_shards) || !parse_number(first, 1, n_shards, true, &shard))
        return false;
    *shardp = (unsigned)shard;
    *n_shardsp = (unsigned)n_shards;
    return true;
}

static int convert(const struct command *c, struct arguments *a, const struct raw *raw) {
    double number;
    if (raw->budget && !parse_number(raw->budget, 0, 1e9, false, &a->budget))
        return usage(c, "--budget: '%s' is not a number of seconds", raw->budget);
    if (raw->threads) {
        if (!parse_number(raw->threads, 1, 256, true, &number))
            return usage(c, "--threads: '%s' is not a number from 1 to 256", raw->threads);
        a->threads = (unsigned)number;
    }
    if (raw->port) {
        if (!parse_number(raw->port, 1, 65535, true, &number))
            return usage(c, "--port: '%s' is not a port number", raw->port);
        a->port = (unsigned)number;
    }
    if (raw->per_address) {
        if (!parse_number(raw->per_address, 1, CLASS_AT_ONCE, true, &number))
            return usage(c, "--per-address: '%s' is not a number from 1 to %d", raw->per_address, CLASS_AT_ONCE);
        a->per_address = (unsigned)number;
    }
    if (raw->capture_max) {
        if (!parse_number(raw->capture_max, 1, 1 << 20, true, &number))
            return usage(c, "--capture-max: '%s' is not a number of MiB, 1 to %d", raw->capture_max, 1 << 20);
        a->capture_max = (unsigned)number;
    }
    if (raw->captures_max) {
        if (!parse_number(raw->captures_max, 1, 1 << 20, true, &number))
            return usage(c, "--captures-max: '%s' is not a number of MiB, 1 to %d", raw->captures_max, 1 << 20);
        a->captures_max = (unsigned)number;
    }
    if (raw->shard && !parse_shard(raw->shard, &a->shard, &a->n_shards))
        return usage(c, "--shard: '%s' is not I/N with I from 1 to N", raw->shard);
    if (raw->seed) {
        if (prg_seed(a->seed, raw->seed) < 0)
            return usage(c, "--seed: it is empty");
        a->seeded = true;
    }
    if (a->session && (strspn(a->session, "0123456789abcdef") != strlen(a->session) || !*a->session))
        return usage(c, "--session: an id has 16 digits of 0-9 and a-f; its first few are enough");
    if (raw->quiet && raw->verbose)
        return usage(c, "-q and -v do not go together");
    a->once = raw->once;
    a->quick = raw->quick;
    a->check_size = raw->check_size;
    a->json = raw->json;
    a->quiet = raw->quiet;
    a->verbose = raw->verbose;
    return STATUS_OK;
}

static bool copy_words(char ***out, const char **words) {
    size_t n = 0;
    while (words && words[n])
        n++;
    *out = calloc(n + 1, sizeof **out);
    for (size_t i = 0; *out && i < n; i++)
        if (!((*out)[i] = strdup(words[i])))
            return false;
    return *out;
}

static int parse(const struct command *c, struct arguments *a, struct raw *raw, int argc, const char **argv,
                 bool *runp) {
    const struct flag flags[] = {
        {"t", {"listen", 0, POPT_ARG_STRING, &a->listen, 0, "where Alice connects to", "HOST:PORT"}},
        {"v", {"listen", 0, POPT_ARG_STRING, &a->listen, 0, "where the page is (127.0.0.1:8422)", "HOST:PORT"}},
        {"v", {"lab", 0, POPT_ARG_STRING, &a->lab, 0, "the laboratory's results (those that came with eve)", "FOLDER"}},
        {"v", {"room", 0, POPT_ARG_STRING, &a->room, 0, "open a room: phones join, and talk to this bob", "HOST:PORT"}},
        {"v", {"join", 0, POPT_ARG_STRING, &a->join, 0, "where phones join ([::]:8423)", "HOST:PORT"}},
        {"v",
         {"params", 0, POPT_ARG_STRING, &a->params, 0, "the sets that this bob offers (those that phones may use)",
          "SET[,...]"}},
        {"v", {"per-address", 0, POPT_ARG_STRING, &raw->per_address, 0, "phones at once from one address (48)", "N"}},
        {"v", {"capture-max", 0, POPT_ARG_STRING, &raw->capture_max, 0, "of the room's capture (1024)", "MIB"}},
        {"v", {"captures-max", 0, POPT_ARG_STRING, &raw->captures_max, 0, "of all of its captures (4 of them)", "MIB"}},
        {"v", {"write", 'w', POPT_ARG_STRING, &a->write, 0, "the capture of the room to write", "FILE.pcap"}},
        {"v",
         {"budget", 0, POPT_ARG_STRING, &raw->budget, 0, "seconds that Eve's learners have for a session (60)",
          "SECONDS"}},
        {"t", {"to", 0, POPT_ARG_STRING, &a->to, 0, "where Bob listens", "HOST:PORT"}},
        {"t", {"once", 0, POPT_ARG_NONE, &raw->once, 0, "pass on one connection, then exit", NULL}},
        {"w", {"once", 0, POPT_ARG_NONE, &raw->once, 0, "end with the first session", NULL}},
        {"w",
         {"budget", 0, POPT_ARG_STRING, &raw->budget, 0, "seconds that Eve's learners have for a session (0: none)",
          "SECONDS"}},
        {"s", {"interface", 'i', POPT_ARG_STRING, &a->interface, 0, "where to listen, 'any' for all", "IF"}},
        {"s", {"port", 0, POPT_ARG_STRING, &raw->port, 0, "only this TCP port (all)", "P"}},
        {"ts", {"write", 'w', POPT_ARG_STRING, &a->write, 0, "the capture to write", "FILE.pcap"}},
        {"lrx", {"session", 0, POPT_ARG_STRING, &a->session, 0, "only this session (all)", "ID"}},
        {"l",
         {"learner", 0, POPT_ARG_STRING, &a->learner, 0,
          "which learners: gauss, isd, recipe, bkw, logistic, trees, mlp, blind, primal, guess, quantum, exec:CMD, or "
          "all",
          "NAME[,...]"}},
        {"l", {"budget", 0, POPT_ARG_STRING, &raw->budget, 0, "wall-clock seconds for all of it (60)", "SECONDS"}},
        {"e",
         {"budget", 0, POPT_ARG_STRING, &raw->budget, 0, "seconds to measure for, 0: formulas only (10)", "SECONDS"}},
        {"b", {"quick", 0, POPT_ARG_NONE, &raw->quick, 0, "a smaller version, in under a minute", NULL}},
        {"b", {"check-size", 0, POPT_ARG_NONE, &raw->check_size, 0, "smaller still: what the tests run", NULL}},
        {"b", {"sets", 0, POPT_ARG_STRING, &a->sets, 0, "these sets (the experiment's own)", "SET[,...]"}},
        {"b", {"out", 'o', POPT_ARG_STRING, &a->output, 0, "folder for what comes of it (lab-EXPERIMENT)", "FOLDER"}},
        {"b", {"shard", 0, POPT_ARG_STRING, &raw->shard, 0, "do only the I-th of N parts; see eve lab merge", "I/N"}},
        {"l", {"shard", 0, POPT_ARG_STRING, &raw->shard, 0, "search as the I-th of N, each in its own way", "I/N"}},
        {"b", {"budget", 0, POPT_ARG_STRING, &raw->budget, 0, "seconds that Eve has, where she takes part", "SECONDS"}},
        {"b",
         {"seed", 0, POPT_ARG_STRING, &raw->seed, 0, "64 hex digits or any text: repeat a run exactly, times aside",
          "SEED"}},
        {"b",
         {"fault", 0, POPT_ARG_STRING, &a->fault, 0,
          "make it wrong on purpose: violations must show (list: which there are)", "NAME|list"}},
        {"b",
         {"programs", 0, POPT_ARG_STRING, &a->programs, 0, "where alice and bob are (beside eve, then PATH)",
          "FOLDER"}},
        {"lbvw", {"threads", 0, POPT_ARG_STRING, &raw->threads, 0, "processors to use (all)", "T"}},
        {"l",
         {"seed", 0, POPT_ARG_STRING, &raw->seed, 0,
          "64 hex digits or any text: with --threads 1, search the same way again", "SEED"}},
        {"l",
         {"key-out", 0, POPT_ARG_STRING, &a->key_out, 0, "write the session key here; %s is the session id", "FILE"}},
        {"l", {"events", 0, POPT_ARG_STRING, &a->events, 0, "write JSON lines about what happens", "FILE"}},
        {"r", {"key", 0, POPT_ARG_STRING, &a->key, 0, "a session key, as --key-out writes it", "FILE"}},
        {"r",
         {"keylog", 0, POPT_ARG_STRING, &a->keylog, 0, "session keys, as alice or bob --keylog writes them", "FILE"}},
        {"r", {"from", 0, POPT_ARG_STRING, &a->from, 0, "only the bytes of one side, as they were sent", "alice|bob"}},
        {"x",
         {"both", 0, POPT_ARG_STRING, &a->both, 0,
          "with Alice's captions, from the file that she wrote them to (csv, npz)", "FILE"}},
        {"x",
         {"format", 0, POPT_ARG_STRING, &a->format, 0,
          "text, csv, npz for numpy, or the format of decodingchallenge.org or of the LWE challenge (text)",
          "text|csv|npz|syndrome|darmstadt"}},
        {"x", {"output", 'o', POPT_ARG_STRING, &a->output, 0, "write here (standard output)", "FILE"}},
        {"c", {"secret", 0, POPT_ARG_STRING, &a->secret, 0, "a claimed secret of Bob's, in hex", "HEX"}},
        {"e", {"params", 0, POPT_ARG_STRING, &a->params, 0, "only this parameter set (all)", "SET"}},
        {"ile", {"json", 0, POPT_ARG_NONE, &raw->json, 0, "one JSON object on standard output", NULL}},
        {"tsilrxebvwc", {"quiet", 'q', POPT_ARG_NONE, &raw->quiet, 0, "errors only", NULL}},
        {"tsilrxebvwc", {"verbose", 'v', POPT_ARG_NONE, &raw->verbose, 0, "more detail", NULL}},
        {"tsilrxebvwc", {"help", 'h', POPT_ARG_NONE, &raw->help, 0, "show this", NULL}},
    };
    _Static_assert(sizeof flags / sizeof flags[0] < FLAGS, "room for the end mark");
    struct poptOption table[FLAGS] = {{0}};
    size_t n = 0;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (strchr(flags[i].commands, c->letter))
            table[n++] = flags[i].option;
    char name[32], form[80];
    snprintf(name, sizeof name, "eve %s", c->name);
    snprintf(form, sizeof form, "%s", c->form);
    const char **words = malloc((size_t)(argc + 1) * sizeof *words);
    if (!words)
        return STATUS_INTERNAL;
    memcpy(words, argv, (size_t)(argc + 1) * sizeof *words);
    words[0] = name; /* what --help shows */
    poptContext context = poptGetContext(name, argc, words, table, 0);
    poptSetOtherOptionHelp(context, form);
    int r, status = STATUS_OK;
    while ((r = poptGetNextOpt(context)) >= 0)
        ;
    const char *file = r < -1 || raw->help ? NULL : poptGetArg(context);
    const char **more = file && c->takes_more ? poptGetArgs(context) : NULL;
    if (r < -1)
        status = usage(c, "%s: %s", poptBadOption(context, POPT_BADOPTION_NOALIAS), poptStrerror(r));
    else if (raw->help) {
        poptPrintHelp(context, stdout, 0);
        if (c->list) {
            fputc('\n', stdout);
            c->list(stdout, poptGetArg(context));
        }
    } else if (c->takes && !file) {
        status = usage(c, "which %s?", c->takes);
        if (c->list)
            c->list(stderr, NULL);
    } else if ((!c->takes && !c->takes_more && file) || (!c->takes_more && poptPeekArg(context)))
        status = usage(c, "'%s': no such argument is expected here", c->takes ? poptPeekArg(context) : file);
    else
        *runp = true;
    a->file = file ? strdup(file) : NULL;
    if (!copy_words(&a->more, more))
        status = STATUS_INTERNAL;
    poptFreeContext(context);
    free(words);
    return status == STATUS_OK && *runp ? convert(c, a, raw) : status;
}

int arguments_run(const struct command *command, int argc, const char **argv) {
    struct arguments a = {.budget = command->budget};
    struct raw raw = {0};
    char name[32];
    bool run = false;
    int status = parse(command, &a, &raw, argc, argv, &run);
    if (status == STATUS_OK && run) {
        snprintf(name, sizeof name, "eve %s", command->name);
        screen_init(&a.screen, name, a.quiet, a.verbose);
        status = command->run(&a);
    }
    char *texts[] = {
        a.file,           a.listen,   a.to,        a.write,  a.interface, a.session, a.learner,       a.params,
        a.key_out,        a.key,      a.keylog,    a.from,   a.format,    a.output,  a.sets,          a.fault,
        a.programs,       raw.budget, raw.threads, raw.port, raw.seed,    raw.shard, raw.per_address, raw.capture_max,
        raw.captures_max, a.events,   a.lab,       a.room,   a.join,      a.secret,  a.both};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    for (size_t i = 0; a.more && a.more[i]; i++)
        free(a.more[i]);
    free(a.more);
    return status;
}
