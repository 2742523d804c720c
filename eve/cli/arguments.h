/* The command line of eve: a command and its flags. */
#ifndef PARLEY_EVE_ARGUMENTS_H
#define PARLEY_EVE_ARGUMENTS_H

#include "common/shell/term/screen.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct arguments {
    char *file;  /* the capture, or the experiment */
    char **more; /* what comes after it, up to a NULL */
    char *listen, *to, *write, *interface;
    char *session, *learner, *params, *key_out, *key, *keylog, *from, *format, *output, *programs, *sets, *fault;
    char *events, *lab, *room, *join, *secret, *both;
    double budget;            /* seconds */
    unsigned threads;         /* 0: as many as there are processors */
    unsigned port;            /* 0: any */
    unsigned per_address;     /* of CLASS_AT_ONCE */
    unsigned capture_max;     /* MiB */
    unsigned captures_max;    /* MiB, of all of them */
    unsigned shard, n_shards; /* 1 ... n_shards; 0: no shards */
    bool once, json, quiet, verbose, seeded, quick, check_size;
    uint8_t seed[32];
    struct screen screen;
};

struct command {
    char letter;                       /* by which the flags of arguments.c name the commands that they are for */
    const char *name, *form, *summary; /* form: what follows the name, for --help */
    const char *takes;                 /* the kind of argument that it needs, or NULL */
    bool takes_more;                   /* and any number after it, or of them */
    double budget;                     /* of --budget where that is not given */
    int (*run)(struct arguments *a);   /* returns the exit status */
    void (*list)(FILE *out, const char *name); /* what there is of what it takes, or of it the one of that name; NULL */
};

/* Parses what follows the command's name in argv[0]; runs it; the exit status. */
int arguments_run(const struct command *command, int argc, const char **argv);

#endif
