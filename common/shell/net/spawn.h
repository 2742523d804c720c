/* Other programs, started and watched from a loop: their lines of output as they come, their standard input, their end.
 * Each leads a process group of its own, which ends with it. */
#ifndef PARLEY_NET_SPAWN_H
#define PARLEY_NET_SPAWN_H

#include <stdbool.h>
#include <stddef.h>

struct spawn;
struct uv_loop_s;

enum { SPAWN_LINE_MAX = 1 << 20 }; /* a longer line is given in pieces */

struct spawn_config {
    const char *const *arguments; /* the program first, NULL behind the last */
    bool input;                   /* a pipe for its standard input; otherwise /dev/null */
    /* fd 1 or 2; text without its newline, NUL-terminated. NULL: thrown away. */
    void (*line)(void *user, int fd, const char *text, size_t n);
    /* The last call: it has ended and all its lines have been given. status: its exit status, or 128 + signal. */
    void (*ended)(void *user, int status);
    void *user;
};

/* -ENOENT and the like when it cannot be started: no callback is called then. */
int spawn_start(struct spawn **spawnp, struct uv_loop_s *loop, const struct spawn_config *config);
/* Negative errno when its standard input is gone. */
int spawn_say(struct spawn *process, const char *text, size_t n);
void spawn_close_input(struct spawn *process); /* idempotent */
void spawn_signal(struct spawn *process, int number);
/* Kills it if it still runs; no callback is called any more. NULL is fine. */
void spawn_free(struct spawn *process);

#endif
