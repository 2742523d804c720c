/* eve: listens, and learns what can be learned. She reads, and never writes on the wire. */
#include "common/shell/host/status.h"
#include "eve/cli/commands.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

// clang-format off
static const struct command commands[] = {
    {'t', "tap",       "--listen HOST:PORT --to HOST:PORT --write FILE.pcap", "pass connections on, and write them down",
     NULL, false, 60, tap_run, NULL},
    {'s', "sniff",     "--interface IF --write FILE.pcap", "capture from a network interface",
     NULL, false, 60, sniff_run, NULL},
    {'i', "inspect",   "FILE.pcap", "what an eavesdropper sees in a capture",
     "capture file", false, 60, inspect_run, NULL},
    {'l', "learn",     "FILE.pcap", "learn the secret from samples and labels",
     "capture file", false, 60, learn_run_all, NULL},
    {'r', "read",      "FILE.pcap (--key FILE | --keylog FILE)", "open a conversation whose key is known",
     "capture file", false, 60, read_run, NULL},
    {'x', "export",    "FILE.pcap", "samples and labels for one's own tools",
     "capture file", false, 60, export_run, NULL},
    {'c', "challenge", "FILE.pcap [KEY]", "whether a recorded challenge is solved",
     "challenge", true, 60, challenge_run, NULL},
    {'e', "estimate",  "[OPTION...]", "what the known attacks cost",
     NULL, false, 10, estimate_run, NULL},
    {'b', "lab",       "EXPERIMENT | merge FOLDER... | plot FOLDER", "the experiments",
     "experiment", true, 0, lab_run, lab_list},
    {'v', "serve",     "[SOURCE...]", "a page for a class to watch",
     NULL, true, 60, serve_run, NULL},
    {'w', "show",      "SOURCE...", "the same in a terminal",
     "source", true, 0, show_run, NULL},
};
// clang-format on

static void help(FILE *out) {
    fputs("Usage: eve COMMAND [OPTION...]\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
    fputs("eve COMMAND --help tells more, and so does the manual: man eve\n", out);
}

int main(int argc, const char **argv) {
    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0)
        return STATUS_INTERNAL;
    if (argc < 2) {
        help(stderr);
        return STATUS_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        help(stdout);
        return STATUS_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("eve (parley) %s\n", PARLEY_VERSION);
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return arguments_run(&commands[i], argc - 1, argv + 1);
    fprintf(stderr, "eve: no command '%.40s' (see eve --help)\n", argv[1]);
    return STATUS_USAGE;
}
