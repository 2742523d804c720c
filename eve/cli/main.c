/* eve: listens, and learns what can be learned. She reads, and never writes on the wire. */
#include "common/shell/host/status.h"
#include "eve/cli/commands.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct command commands[] = {
    {"tap", "--listen HOST:PORT --to HOST:PORT --write FILE.pcap", "pass connections on, and write them down", NULL,
     false, tap_run},
    {"sniff", "--interface IF --write FILE.pcap", "capture from a network interface", NULL, false, sniff_run},
    {"inspect", "FILE.pcap", "what an eavesdropper sees in a capture", "capture file", false, inspect_run},
    {"learn", "FILE.pcap", "learn the secret from samples and labels", "capture file", false, learn_run_all},
    {"read", "FILE.pcap (--key FILE | --keylog FILE)", "open a conversation whose key is known", "capture file", false,
     read_run},
    {"export", "FILE.pcap", "samples and labels for one's own tools", "capture file", false, export_run},
    {"challenge", "FILE.pcap [KEY]", "whether a recorded challenge is solved", "challenge", true, challenge_run},
    {"estimate", "[OPTION...]", "what the known attacks cost", NULL, false, estimate_run},
    {"lab", "EXPERIMENT | merge FOLDER... | plot FOLDER", "the experiments", "experiment", true, lab_run},
    {"serve", "[SOURCE...]", "a page for a class to watch", NULL, true, serve_run},
    {"show", "SOURCE...", "the same in a terminal", "source", true, show_run},
};

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
