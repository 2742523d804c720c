/* What the mains of alice and bob share: options, loop, pool, screen, events, key files, signals, randomness. */
#ifndef PARLEY_APP_PROGRAM_H
#define PARLEY_APP_PROGRAM_H

#include "common/shell/app/keyout.h"
#include "common/shell/app/options.h"
#include "common/shell/host/status.h"
#include "common/shell/net/loop.h"
#include "common/shell/net/pool.h"
#include "common/shell/term/screen.h"
#include "common/shell/told/events.h"

struct uv_loop_s;

struct program {
    const char *name; /* "alice" */
    enum side side;
    struct options options;
    struct identity *identity; /* --identity; secret_new_guarded, NULL for none */
    struct loop *main_loop;
    struct uv_loop_s *loop; /* its */
    struct pool *pool;
    struct screen screen;
    struct events *events, *private_events;
    struct keyout *keyout;
    void (*on_signal)(void *user, int number);
    void *signal_user;
    int notify;       /* the service manager's socket, or -1 */
    uint64_t n_seeds; /* handed out under --seed */
    int status;       /* to exit with */
};

/* Parses the options and sets everything up. OPTIONS_GO_ON, or the status to exit with (program_deinit is needed
 * still). */
int program_init(struct program *p, enum side side, int argc, const char **argv);
/* Gives up what is needed no more, and then opens the files of the options: before connecting, or after binding.
 * OPTIONS_GO_ON, or the status to exit with, after saying why. */
int program_enter(struct program *p);
void program_deinit(struct program *p);

/* Calls on_signal for SIGINT and SIGTERM, until program_stop. */
void program_catch_signals(struct program *p, void (*on_signal)(void *user, int number), void *user);

/* Calls heard for this signal, which ends nothing: SIGHUP or SIGUSR1. Before program_stop. */
void program_hear_signal(struct program *p, int number, void (*heard)(void *user, int number), void *user);

/* The service manager is told once that we are ready, and what we are doing. */
void program_ready(struct program *p, const char *what);

/* What the signal of this number does. The caller may be released by it. */
void program_interrupt(struct program *p, int number);

/* Whether something that was to be written to a file could not be. */
bool program_failed(const struct program *p);

/* Runs until nothing is left to do. Returns the exit status. */
int program_run(struct program *p);

/* No more signals are caught: the loop ends when the rest has. Idempotent. */
void program_stop(struct program *p);

/* Leaves at once, whatever is under way, with the terminal in order. */
_Noreturn void program_leave(struct program *p, int status);

/* Whether the keys of these peers can be written. Negative errno, and the file's name. */
int program_check_files(const struct program *p, const struct roster *roster, const char **filep);
/* The lives of the files whose names are known before there is a key begin (--lifetime), but for those of the peers
 * that were known before; NULL for nobody. -ENOMEM. */
int program_watch_files(struct program *p, const struct roster *known);

/* The configuration of a session, from the options. */
struct session_config program_session_config(const struct program *p);
/* 32 fresh bytes for the next session: random, or from --seed (the seed itself for the first session). */
void program_seed(struct program *p, uint8_t out[static 32]);

/* The exit status of a session that has ended. */
int program_session_status(const struct program *p, const struct session_end *end);

#endif
