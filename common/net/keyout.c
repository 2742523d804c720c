#include "common/net/keyout.h"

#include "common/base/secret.h"
#include "common/net/keyfile.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

extern char **environ;

enum task_state { TASK_WAITS, TASK_WRITES, TASK_RUNS };

struct task {
    uv_work_t work;
    uv_process_t process;
    struct keyout *keyout;
    struct task *next;
    enum task_state state;
    uint8_t *key; /* secret_new */
    char *path;   /* NULL without --key-out */
    char session[32], peer[ADDRESS_TEXT];
    char named[ADDRESS_TEXT + IDENTITY_TEXT]; /* for PARLEY_PEER */
    int file_error, log_error;
};

struct keyout {
    uv_loop_t *loop;
    const struct options *options;
    struct screen *screen;
    struct events *events;
    struct task *tasks; /* in the order of their keys */
    bool failed;
    void (*on_failure)(void *user);
    void *user;
};

int keyout_new(struct keyout **keyoutp, struct uv_loop_s *loop, const struct options *options, struct screen *screen,
               struct events *events) {
    struct keyout *keyout = calloc(1, sizeof *keyout);
    if (!keyout)
        return -ENOMEM;
    *keyout = (struct keyout){.loop = loop, .options = options, .screen = screen, .events = events};
    *keyoutp = keyout;
    return 0;
}

static void task_free(struct task *task) {
    secret_free(task->key);
    free(task->path);
    free(task);
}

void keyout_free(struct keyout *keyout) {
    free(keyout);
}

bool keyout_failed(const struct keyout *keyout) {
    return keyout->failed;
}

bool keyout_busy(const struct keyout *keyout) {
    return keyout->tasks != NULL;
}

void keyout_on_failure(struct keyout *keyout, void (*failed)(void *user), void *user) {
    keyout->on_failure = failed;
    keyout->user = user;
}

__attribute__((format(printf, 4, 5))) static void fail(struct keyout *keyout, const char *session, const char *peer,
                                                       const char *format, ...) {
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    screen_error(keyout->screen, "session %s: %s", session, text);
    events_error(keyout->events, session, peer, text);
    keyout->failed = true;
    if (keyout->on_failure)
        keyout->on_failure(keyout->user);
}

static void start_tasks(struct keyout *keyout);

static void finish(struct task *task) {
    struct keyout *keyout = task->keyout;
    struct task **at = &keyout->tasks;
    while (*at != task)
        at = &(*at)->next;
    *at = task->next;
    task_free(task);
    start_tasks(keyout);
}

/* ---- the command */

static void process_closed(uv_handle_t *handle) {
    finish(handle->data);
}

static void process_exited(uv_process_t *process, int64_t status, int signal_number) {
    struct task *task = process->data;
    if (signal_number)
        fail(task->keyout, task->session, task->peer, "the command of --on-key was ended by signal %d", signal_number);
    else if (status)
        fail(task->keyout, task->session, task->peer, "the command of --on-key ended with status %d", (int)status);
    else
        screen_detail(task->keyout->screen, "session %s: the command of --on-key is done", task->session);
    uv_close((uv_handle_t *)process, process_closed);
}

/* Our environment without older values of ours, and the three. NULL: out of memory. */
static char **make_environment(const struct task *task) {
    size_t n = 0, used = 0;
    while (environ[n])
        n++;
    char **environment = calloc(n + 4, sizeof *environment);
    if (!environment)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (strncmp(environ[i], "PARLEY_KEY_FILE=", 16) != 0 && strncmp(environ[i], "PARLEY_SESSION=", 15) != 0 &&
            strncmp(environ[i], "PARLEY_PEER=", 12) != 0)
            environment[used++] = strdup(environ[i]);
    }
    const char *const names[] = {"PARLEY_KEY_FILE", "PARLEY_SESSION", "PARLEY_PEER"};
    const char *const values[] = {task->path, task->session, task->named};
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(names[i]) + strlen(values[i]) + 2;
        environment[used] = malloc(length);
        if (environment[used])
            snprintf(environment[used++], length, "%s=%s", names[i], values[i]);
    }
    return environment;
}

static void free_environment(char **environment) {
    for (size_t i = 0; environment && environment[i]; i++)
        free(environment[i]);
    free(environment);
}

/* Data goes to standard output, so the command's own words go to standard error. */
static void run_command(struct task *task) {
    char *arguments[] = {"/bin/sh", "-c", task->keyout->options->on_key, NULL};
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE},
                                     {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
                                     {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO}};
    uv_process_options_t options = {
        .file = arguments[0], .args = arguments, .exit_cb = process_exited, .stdio = stdio, .stdio_count = 3};
    task->state = TASK_RUNS;
    task->process.data = task;
    options.env = make_environment(task);
    int r = options.env ? uv_spawn(task->keyout->loop, &task->process, &options) : UV_ENOMEM;
    free_environment(options.env);
    if (r < 0) {
        fail(task->keyout, task->session, task->peer, "the command of --on-key could not be started: %s",
             uv_strerror(r));
        if (options.env)
            uv_close((uv_handle_t *)&task->process, process_closed);
        else
            finish(task);
    }
}

/* ---- the files */

static void write_files(uv_work_t *work) {
    struct task *task = work->data;
    if (task->path)
        task->file_error = keyfile_write(task->path, task->key);
    if (task->keyout->options->keylog)
        task->log_error = keyfile_log(task->keyout->options->keylog, task->session, task->key);
}

static void files_written(uv_work_t *work, int status) {
    struct task *task = work->data;
    struct keyout *keyout = task->keyout;
    (void)status; /* never cancelled */
    secret_free(task->key);
    task->key = NULL;
    if (task->log_error)
        fail(keyout, task->session, task->peer, "--keylog %s: %s", keyout->options->keylog,
             keyfile_log_strerror(-task->log_error));
    if (task->file_error)
        fail(keyout, task->session, task->peer, "--key-out %s: %s", task->path, strerror(-task->file_error));
    else if (task->path)
        screen_detail(keyout->screen, "session %s: the key is in %s", task->session, task->path);
    if (task->path && !task->file_error && keyout->options->on_key)
        run_command(task);
    else
        finish(task);
}

/* Starts those that have no earlier one of the same session, or for the same file, before them. */
static void start_tasks(struct keyout *keyout) {
    for (struct task *task = keyout->tasks; task; task = task->next) {
        bool first = true;
        for (struct task *earlier = keyout->tasks; earlier != task; earlier = earlier->next)
            first &= strcmp(earlier->session, task->session) != 0 &&
                     (!task->path || !earlier->path || strcmp(earlier->path, task->path) != 0);
        if (task->state != TASK_WAITS || !first)
            continue;
        task->state = TASK_WRITES;
        task->work.data = task;
        uv_queue_work(keyout->loop, &task->work, write_files, files_written);
    }
}

void keyout_key(struct keyout *keyout, const struct conn *conn, const uint8_t key[static 32]) {
    const char *session = session_id(conn_session(conn)), *peer = conn_peer(conn);
    const uint8_t *identity = session_peer_identity(conn_session(conn));
    char named[IDENTITY_TEXT] = "", in_path[IDENTITY_TEXT] = "";
    const struct options *options = keyout->options;
    if (!options->key_out && !options->keylog)
        return;
    if (identity) {
        identity_text(named, identity, false);
        identity_text(in_path, identity, true);
    }
    struct task *task = calloc(1, sizeof *task);
    uint8_t *copy = secret_new(32);
    char *path = options->key_out ? keyfile_path(options->key_out, session, in_path) : NULL;
    if (!task || !copy || (options->key_out && !path)) {
        free(task);
        free(path);
        secret_free(copy);
        fail(keyout, session, peer, "--key-out: out of memory");
        return;
    }
    memcpy(copy, key, 32);
    *task = (struct task){.keyout = keyout, .key = copy, .path = path};
    snprintf(task->session, sizeof task->session, "%s", session);
    snprintf(task->peer, sizeof task->peer, "%s", peer);
    snprintf(task->named, sizeof task->named, "%s", identity ? named : peer);
    struct task **last = &keyout->tasks;
    while (*last)
        last = &(*last)->next;
    *last = task;
    start_tasks(keyout);
}

void keyout_event(struct keyout *keyout, struct keyout_pending *pending, enum side side, const struct conn *conn,
                  const struct session_event *e) {
    const char *session = session_id(conn_session(conn)), *peer = conn_peer(conn);
    if (e->kind == SESSION_REKEYED || (e->kind == SESSION_CONFIRMED && side == SIDE_ALICE)) {
        keyout_key(keyout, conn, e->confirmed.key);
    } else if (e->kind == SESSION_CONFIRMED) {
        pending->key = secret_new(32);
        if (pending->key)
            memcpy(pending->key, e->confirmed.key, 32);
        else
            fail(keyout, session, peer, "--key-out: out of memory");
    } else if (e->kind == SESSION_OPEN && pending->key) {
        keyout_key(keyout, conn, pending->key);
        keyout_pending_deinit(pending);
    }
}

void keyout_pending_deinit(struct keyout_pending *pending) {
    secret_free(pending->key);
    pending->key = NULL;
}
