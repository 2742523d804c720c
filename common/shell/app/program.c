#include "common/shell/app/program.h"

#include "common/base/chacha.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/shell/host/identity_file.h"
#include "common/shell/host/keyfile.h"
#include "common/shell/host/notify.h"
#include "common/shell/host/sandbox.h"
#include "common/shell/host/system.h"
#include "common/shell/host/user.h"
#include "common/shell/net/chat.h"
#include "common/shell/net/local.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file that we open must not become standard output. */
static void fill_standard_files(void) {
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
            abort();
    }
}

static int cannot_write(struct program *p, const char *option, const char *path, int error) {
    const char *user = p->options.user;
    screen_error(&p->screen, "%s %s: %s%s%s", option, path, strerror(error), user ? " for user " : "",
                 user ? user : "");
    return error == EACCES || error == EPERM || error == EROFS ? STATUS_PERMISSION
           : error == ENOMEM                                   ? STATUS_INTERNAL
                                                               : STATUS_IO;
}

static int open_events(struct program *p) {
    int r = events_open(&p->events, p->options.events, p->name, &p->screen);
    return r < 0 ? cannot_write(p, "--events", p->options.events, -r) : OPTIONS_GO_ON;
}

static int open_private_events(struct program *p) {
    int r = events_open_private(&p->private_events, p->options.private_events, p->name, &p->screen);
    return r < 0 ? cannot_write(p, "--private-events", p->options.private_events, -r) : OPTIONS_GO_ON;
}

int program_check_files(const struct program *p, const struct roster *roster, const char **filep) {
    const struct options *o = &p->options;
    char identity[IDENTITY_TEXT];
    int r = o->key_out ? keyfile_check(*filep = o->key_out, NULL) : 0;
    for (size_t i = 0; i < roster->n && r == 0; i++) {
        const char *file = options_file(o, &roster->peers[i]);
        identity_text(identity, roster->keys[i], true);
        if (file)
            r = keyfile_check(*filep = file, identity);
    }
    return r;
}

/* Now, not when the first key is there: by then the peer has one, too. */
static int check_key_out(struct program *p) {
    const char *file = NULL;
    int r = program_check_files(p, p->options.roster, &file);
    return r < 0 ? cannot_write(p, p->options.key_out == file ? "--key-out" : "file", file, -r) : OPTIONS_GO_ON;
}

static int check_keylog(struct program *p) {
    const char *path = p->options.keylog;
    int fd = keyfile_log_open(path);
    if (fd == -KEYFILE_EXPOSED) {
        screen_error(&p->screen, "--keylog %s: %s", path, keyfile_log_strerror(-fd));
        return STATUS_PERMISSION;
    }
    if (fd < 0)
        return cannot_write(p, "--keylog", path, -fd);
    close(fd);
    screen_warning(&p->screen, "--keylog: EVERY SESSION KEY IS WRITTEN to %s; whoever reads it reads the conversations",
                   path);
    return OPTIONS_GO_ON;
}

static int new_identity(struct program *p) {
    uint8_t public_key[IDENTITY_KEY];
    char text[IDENTITY_TEXT];
    const char *path = p->options.new_identity;
    int r = identity_file_new(path, public_key);
    if (r < 0) {
        screen_error(&p->screen, "--new-identity %s: %s%s", path, strerror(-r),
                     r == -EEXIST ? "; an identity is never overwritten" : "");
        return r == -EACCES || r == -EPERM ? STATUS_PERMISSION : STATUS_IO;
    }
    identity_text(text, public_key, false);
    if (puts(text) == EOF || fflush(stdout) == EOF) {
        screen_error(&p->screen, "--new-identity %s: the public key could not be printed; it is the file's last word",
                     path);
        return STATUS_IO;
    }
    return STATUS_OK;
}

static int ask_status(struct program *p) {
    const char *path = p->options.status;
    int r = local_ask(path, STDOUT_FILENO);
    if (r == 0)
        return STATUS_OK;
    bool nobody = r == -ECONNREFUSED || r == -ENOENT;
    screen_error(&p->screen, "--status %s: %s", path,
                 nobody ? "no bob is there: he needs --status-socket with this name" : strerror(-r));
    return nobody ? STATUS_UNAVAILABLE : r == -EACCES || r == -EPERM ? STATUS_PERMISSION : STATUS_IO;
}

static int load_identity(struct program *p) {
    char why[IDENTITY_WHY] = "", text[IDENTITY_TEXT];
    p->identity = secret_new_guarded(sizeof *p->identity);
    int r = p->identity ? identity_file_read(p->options.identity, p->identity, why) : -ENOMEM;
    if (r < 0) {
        screen_error(&p->screen, "--identity %s%s %s", p->options.identity, *why ? "" : ":", *why ? why : strerror(-r));
        return r == -EBADMSG                 ? STATUS_DATA
               : r == -EACCES || r == -EPERM ? STATUS_PERMISSION
               : r == -ENOMEM                ? STATUS_INTERNAL
                                             : STATUS_IO;
    }
    identity_text(text, p->identity->public_key, false);
    screen_line(&p->screen, SCREEN_PLAIN, "    our identity: %s", text);
    if (roster_find(p->options.roster, p->identity->public_key)) {
        screen_error(&p->screen, "--peer: %s is our own identity", text);
        return STATUS_USAGE;
    }
    return OPTIONS_GO_ON;
}

static char gave_up[96];
static size_t n_gave_up;

/* libuv aborts where it cannot grow a table or start a thread. Only what a signal handler may do. */
static void aborted(int number) {
    (void)number;
    chat_restore_terminal();
    if (write(STDERR_FILENO, gave_up, n_gave_up) < 0)
        _exit(STATUS_INTERNAL);
    _exit(STATUS_INTERNAL);
}

static void catch_abort(const struct program *p) {
    int n = snprintf(gave_up, sizeof gave_up, "%s: a library gave up: out of memory, or of threads\n", p->name);
    n_gave_up = n > 0 ? (size_t)n : 0;
    signal(SIGABRT, aborted);
}

static int make_loop(struct program *p) {
    int r = loop_new(&p->main_loop);
    if (r < 0)
        return r;
    p->loop = loop_uv(p->main_loop);
    return pool_new(&p->pool, p->loop);
}

int program_init(struct program *p, enum side side, int argc, const char **argv) {
    *p = (struct program){.name = side == SIDE_ALICE ? "alice" : "bob", .side = side, .notify = -1};
    fill_standard_files();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR1, SIG_IGN); /* whoever asks for a status does not mean to kill */
    catch_abort(p);
    system_hide_memory();
    system_keep_memory();
    chacha_prepare();
    int status = options_parse(&p->options, side, argc, argv);
    if (status != OPTIONS_GO_ON)
        return status;
    screen_init(&p->screen, p->name, p->options.quiet, p->options.verbose);
    if (sodium_init() < 0 || make_loop(p) < 0) {
        screen_error(&p->screen, "cannot start: out of memory");
        return STATUS_INTERNAL;
    }
    if (p->options.new_identity)
        return new_identity(p);
    if (p->options.status)
        return ask_status(p);
    if (p->options.identity && (status = load_identity(p)) != OPTIONS_GO_ON)
        return status;
    p->notify = notify_open();
    if (p->options.seeded)
        screen_warning(&p->screen, "--seed: INSECURE. This side's secrets are no secret; use it for tests only");
    return OPTIONS_GO_ON;
}

/* Bob may have had to be root to bind his port. */
static int leave_root(struct program *p) {
    const char *name = p->options.user;
    int r = name ? user_become(name) : 0;
    system_hide_memory(); /* another user's process shows its memory anew */
    if (r == -ENOENT) {
        screen_error(&p->screen, "--user: there is no user '%s'", name);
        return STATUS_USAGE;
    }
    if (r < 0) {
        screen_error(&p->screen, "--user %s: %s", name,
                     r == -EPERM ? "only root can become another user" : strerror(-r));
        return STATUS_PERMISSION;
    }
    if (p->side == SIDE_BOB && user_is_root())
        screen_line(&p->screen, SCREEN_WARN,
                    "Bob is root and stays root: --user NAME gives that up once the port is bound.");
    return OPTIONS_GO_ON;
}

int program_watch_files(struct program *p, const struct roster *known) {
    const struct options *o = &p->options;
    const struct roster *roster = o->roster;
    int r = 0;
    if (!o->lifetime_ms)
        return 0;
    if (roster->n == 0 && !o->key_names_peer && !keyfile_names_session(o->key_out))
        r = keyout_watch(p->keyout, o->key_out, NULL);
    for (size_t i = 0; i < roster->n && r == 0; i++) {
        const char *file = options_file(o, &roster->peers[i]);
        if (file && !keyfile_names_session(file) && !(known && roster_find(known, roster->keys[i])))
            r = keyout_watch(p->keyout, file, roster->keys[i]);
    }
    return r;
}

/* Of a bob who serves many, outside of a terminal, and of who asks for them. */
static bool has_log_lines(const struct program *p) {
    return p->options.log || (p->side == SIDE_BOB && !p->options.once && !p->screen.terminal);
}

static void enter_sandbox(struct program *p) {
    const struct options *o = &p->options;
    const struct sandbox needs = {.connects = p->side == SIDE_ALICE,
                                  .replaces = options_have_files(o) || o->config,
                                  .appends = o->keylog != NULL,
                                  .commands = options_have_hooks(o),
                                  .answers = *o->metrics.port != 0};
    if (o->no_sandbox)
        return;
    int r = sandbox_enter(&needs);
    if (r < 0)
        screen_warning(&p->screen, "no filter of system calls: %s", strerror(-r));
    else
        screen_detail(&p->screen, "no new privileges%s",
                      r == SANDBOX_FILTERED ? "; system calls are filtered" : ", and no filter of system calls here");
}

/* Who sends as much also computes for longer than it takes to start a thread. */
static bool has_long_jobs(const struct options *o) {
    enum { LONG = 64 << 10 };
    bool any = false;
    for (size_t i = 0; i < o->n_sets; i++)
        any |= (uint64_t)o->sets[i]->n_chunks * o->sets[i]->chunk_max >= LONG;
    return any;
}

int program_enter(struct program *p) {
    int status = leave_root(p);
    if (status == OPTIONS_GO_ON && p->options.events)
        status = open_events(p);
    if (status == OPTIONS_GO_ON && p->options.private_events)
        status = open_private_events(p);
    if (status == OPTIONS_GO_ON && p->options.keylog)
        status = check_keylog(p);
    if (status == OPTIONS_GO_ON && options_have_files(&p->options))
        status = check_key_out(p);
    if (status != OPTIONS_GO_ON)
        return status;
    if (keyout_new(&p->keyout, p->loop, &p->options, &p->screen, p->events, has_log_lines(p)) < 0 ||
        program_watch_files(p, NULL) < 0) {
        screen_error(&p->screen, "out of memory");
        return STATUS_INTERNAL;
    }
    enter_sandbox(p);
    if (has_long_jobs(&p->options))
        pool_warm(p->pool);
    return OPTIONS_GO_ON;
}

void program_ready(struct program *p, const char *what) {
    char state[200];
    snprintf(state, sizeof state, "READY=1\nSTATUS=%s", what);
    notify_say(p->notify, state);
}

void program_deinit(struct program *p) {
    program_stop(p);
    if (p->main_loop)
        loop_run(p->main_loop); /* close callbacks */
    keyout_free(p->keyout);
    notify_close(p->notify);
    events_close(p->events);
    events_close(p->private_events);
    pool_free(p->pool);
    loop_free(p->main_loop);
    secret_free_guarded(p->identity);
    sodium_memzero(p->options.seed, sizeof p->options.seed);
    options_deinit(&p->options);
    *p = (struct program){0};
}

static void caught(void *user, int number) {
    struct program *p = user;
    keyout_stop(p->keyout);
    p->on_signal(p->signal_user, number);
}

void program_catch_signals(struct program *p, void (*on_signal)(void *user, int number), void *user) {
    p->on_signal = on_signal;
    p->signal_user = user;
    loop_catch(p->main_loop, caught, p);
}

void program_hear_signal(struct program *p, int number, void (*heard)(void *user, int number), void *user) {
    loop_hear(p->main_loop, number, heard, user);
}

void program_interrupt(struct program *p, int number) {
    if (p->on_signal)
        caught(p, number);
}

void program_stop(struct program *p) {
    if (p->main_loop)
        loop_ignore(p->main_loop);
    p->on_signal = NULL;
}

bool program_failed(const struct program *p) {
    return keyout_failed(p->keyout) || events_failed(p->events) || events_failed(p->private_events);
}

int program_run(struct program *p) {
    loop_run(p->main_loop);
    if (p->status == STATUS_OK && program_failed(p))
        p->status = STATUS_IO;
    return p->status;
}

void program_leave(struct program *p, int status) {
    if (status == STATUS_OK && p->keyout && program_failed(p))
        status = STATUS_IO;
    keyout_kill(p->keyout);
    fflush(stdout);
    chat_restore_terminal();
    screen_bar_clear(&p->screen);
    fflush(NULL);
    _exit(status); /* a thread may be stuck in a write that nobody reads: do not wait for it */
}

/* While a peer who only agrees waits for our end mark, which is a step that we owe: a part of the time for one. */
static uint64_t hold_end_ms(const struct options *o) {
    enum { MOST_MS = 2500 };
    return o->timeout_ms / 4 < MOST_MS ? o->timeout_ms / 4 : MOST_MS;
}

struct session_config program_session_config(const struct program *p) {
    const struct options *o = &p->options;
    return (struct session_config){.sets = o->sets,
                                   .n_sets = o->n_sets,
                                   .name = o->name,
                                   .timeout_ms = o->timeout_ms,
                                   .agree_only = o->agree_only,
                                   .hold_end_ms = options_have_files(o) || o->keylog ? hold_end_ms(o) : 0,
                                   .step_by_step = o->step,
                                   .fail_attempts = o->fail_attempts,
                                   .identity = p->identity,
                                   .peers = (const uint8_t(*)[IDENTITY_KEY])o->roster->keys,
                                   .n_peers = o->roster->n,
                                   .named = o->key_names_peer};
}

void program_seed(struct program *p, uint8_t out[static 32]) {
    if (!p->options.seeded)
        randombytes_buf(out, 32);
    else if (p->n_seeds == 0)
        memcpy(out, p->options.seed, 32);
    else
        prg_subkey(out, p->options.seed, "session", p->n_seeds);
    p->n_seeds++;
}

int program_session_status(const struct program *p, const struct session_end *end) {
    if (end->outcome == SESSION_DONE && program_failed(p))
        return STATUS_IO;
    return end->outcome == SESSION_RUNNING ? STATUS_INTERNAL : (int)end->outcome;
}
