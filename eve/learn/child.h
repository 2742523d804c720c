/* Work in a process of its own: what a library or a program does there cannot outlive the budget, and its memory has a
 * limit. */
#ifndef PARLEY_EVE_CHILD_H
#define PARLEY_EVE_CHILD_H

#include "eve/learn/learner_run.h"

#include <sys/resource.h>
#include <sys/types.h>

struct child {
    pid_t pid;
    int out;     /* what it writes to its fd is read here */
    bool killed; /* after child_end: it had not ended by itself */
};

/* Forks; the child leads a process group of its own and ends with status work(context, fd). memory: bytes of address
 * space, 0 for no limit. -errno. Threads may do so at the same time; then the work must not wait for what another
 * thread of the parent may have held: locks of its own libraries, say. */
int child_start(struct child *child, int (*work)(void *context, int fd), void *context, size_t memory);

/* Waits for up to size bytes: how many, 0 at their end, -EINTR when the learner should stop. */
ssize_t child_read(const struct child *child, struct learn_run *run, void *buffer, size_t size);

/* Ends the child and all it started, at once or, if finished, once it has had a moment to end by itself. Its status as
 * waitpid has it, and what it used. */
int child_end(struct child *child, bool finished, struct rusage *usage);

#endif
