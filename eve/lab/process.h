/* Programs as processes: alice and bob as they are installed or built. */
#ifndef PARLEY_EVE_LAB_PROCESS_H
#define PARLEY_EVE_LAB_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process {
    pid_t pid; /* 0: none, or waited for */
    int in;    /* where its standard input is written to; -1: it has /dev/null */
};

/* What one used, once it has ended. */
struct process_usage {
    int status;     /* exit status, or 128 and the signal's number */
    double seconds; /* of processor time */
};

/* Starts it with these arguments, the first of which is its name; output and errors go to nowhere. piped: its standard
 * input stays open until process_close_input. -errno. */
int process_start(struct process *process, const char *path, char *const arguments[], bool piped);
void process_close_input(struct process *process);

/* Has it ended? 1 and *usage if so, 0 if not yet, -errno. */
int process_poll(struct process *process, struct process_usage *usage);

/* Asks it to end. */
void process_terminate(struct process *process);

/* Waits for its end for so many seconds; then kills it. 0, or -errno; -EINTR when the run is interrupted. */
int process_wait(struct process *process, double seconds, struct process_usage *usage);

/* Kills it if it still runs, and waits for it. */
void process_end(struct process *process);

/* Its peak memory so far in KiB; 0 where the system does not tell. (wait4's figure begins with its parent's.) */
size_t process_peak(const struct process *process);

/* A short sleep between two looks. */
void process_nap(void);

#endif
