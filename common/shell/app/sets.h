/* The parameter sets that there are, as errors and --help name them. */
#ifndef PARLEY_SHELL_SETS_H
#define PARLEY_SHELL_SETS_H

#include <stdio.h>

enum { SETS_TEXT = 600 };

/* "n64, n128, ...; ring, experimental: r509, ...", in one line. */
void sets_names(char text[static SETS_TEXT]);

/* A paragraph for each task: its sets, which of them are toys, and what it rests on. preset: the set that is taken when
 * none is named. In lines of at most 79 columns. */
void sets_print(FILE *out, const char *preset);

#endif
