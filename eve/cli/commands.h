/* The commands of eve, each in command_NAME.c. They return the exit status. */
#ifndef PARLEY_EVE_COMMANDS_H
#define PARLEY_EVE_COMMANDS_H

#include "eve/cli/arguments.h"

#include <stdio.h>

int tap_run(struct arguments *a);
int sniff_run(struct arguments *a);
int inspect_run(struct arguments *a);
int learn_run_all(struct arguments *a);
int read_run(struct arguments *a);
int export_run(struct arguments *a);
int estimate_run(struct arguments *a);
int lab_run(struct arguments *a);
/* The experiments with their times, or that one alone. */
void lab_list(FILE *out, const char *name);
int serve_run(struct arguments *a);
int show_run(struct arguments *a);
int challenge_run(struct arguments *a);

#endif
