/* What this process may still ask of the kernel, from now on: no new privileges by any program that it runs, and
 * (Linux, where libseccomp is there) a filter of system calls. sandbox_linux.c or sandbox_other.c. */
#ifndef PARLEY_HOST_SANDBOX_H
#define PARLEY_HOST_SANDBOX_H

#include <stdbool.h>

struct sandbox {
    bool connects; /* resolves names and makes connections; otherwise it only listens */
    bool replaces; /* makes new files, renames and removes files */
    bool appends;  /* opens files to write at their end */
    bool answers;  /* answers requests of HTTP */
    bool commands; /* runs commands: they inherit the filter, which then forbids only what no such command has to do */
};

enum sandbox_kind { SANDBOX_NONE, SANDBOX_FILTERED };

/* For the whole process, threads that exist already and those to come. SANDBOX_NONE: this build or system has no
 * filter. Negative errno: it has one, but the kernel refused it. */
int sandbox_enter(const struct sandbox *needs);

#endif
