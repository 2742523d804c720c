/* Bob at his door: accepts alices, drives one session for each, keeps one line a session in the log. With --once the
 * first who says a valid Hello becomes the single session of the process. */
#ifndef PARLEY_BOB_SHELL_SERVER_H
#define PARLEY_BOB_SHELL_SERVER_H

#include "common/shell/app/program.h"

/* Serves until a signal or, with --once, to the end of the session. Returns the exit status. */
int server_run(struct program *program);

#endif
