#include "common/shell/app/keyout.h"

#include "common/base/secret.h"
#include "common/shell/host/keyfile.h"
#include "common/shell/net/errand.h"
#include "common/shell/net/hook.h"

#include <errno.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACTIVE_MAX = 32 }; /* files being written and commands running, at the same time */

/* Whose key it is; owner: NULL once the session has ended. */
struct origin {
    struct keyout_pending *owner;
    char session[32], peer[ADDRESS_TEXT];
};

/* All that goes into one file. */
struct lane {
    char *path; /* sorts it among the others */
    struct keyout_task *waiting, *under_way;
    struct lane *next_ready;
    bool ready; /* in the queue of those that could go on */
};

struct keyout_task {
    struct errand *errand; /* writes the file */
    struct keyout *keyout;
    struct lane *lane;
    struct keyout_task *next;
    struct hook *hook; /* while the command runs */
    struct keyout_task *next_active, *previous_active;
    struct origin origin;
    uint8_t *key;                             /* secret_new */
    char named[ADDRESS_TEXT + IDENTITY_TEXT]; /* for PARLEY_PEER */
    int error;
};

/* One line of the key log. */
struct log_entry {
    struct log_entry *next;
    struct origin origin;
    uint8_t *key; /* secret_new */
    int error;
};

struct keyout {
    struct uv_loop_s *loop;
    const struct options *options;
    struct screen *screen;
    struct events *events;
    void *lanes; /* tsearch */
    struct lane *ready, **ready_end;
    struct keyout_task *active;
    size_t n_active, n_tasks;
    bool stopped, failed;
    void (*idle)(void *user);
    void *user;

    struct errand *log_errand;
    struct log_entry *log_waiting, **log_end; /* not given to the thread yet */
    struct log_entry *log_under_way;
};

static void write_log(void *user);
static void log_written(void *user);

int keyout_new(struct keyout **keyoutp, struct uv_loop_s *loop, const struct options *options, struct screen *screen,
               struct events *events) {
    struct keyout *keyout = calloc(1, sizeof *keyout);
    if (!keyout)
        return -ENOMEM;
    *keyout = (struct keyout){.loop = loop, .options = options, .screen = screen, .events = events};
    if (errand_new(&keyout->log_errand, loop, write_log, log_written, keyout) < 0) {
        free(keyout);
        return -ENOMEM;
    }
    keyout->ready_end = &keyout->ready;
    keyout->log_end = &keyout->log_waiting;
    *keyoutp = keyout;
    return 0;
}

void keyout_free(struct keyout *keyout) {
    if (keyout)
        errand_free(keyout->log_errand);
    free(keyout);
}

bool keyout_failed(const struct keyout *keyout) {
    return keyout->failed;
}

size_t keyout_count(const struct keyout *keyout) {
    return keyout->n_tasks + (keyout->log_under_way || keyout->log_waiting);
}

void keyout_on_idle(struct keyout *keyout, void (*idle)(void *user), void *user) {
    keyout->idle = idle;
    keyout->user = user;
}

static void look_whether_idle(struct keyout *keyout) {
    if (keyout->idle && keyout_count(keyout) == 0)
        keyout->idle(keyout->user);
}

/* ---- the session */

static bool is_settled(const struct keyout_pending *pending) {
    return !pending->key && !pending->waiting && !pending->under_way && !pending->n_logged;
}

/* Its end mark may pass. */
static void settle(struct keyout_pending *pending) {
    if (!pending || !pending->conn || !is_settled(pending))
        return;
    session_hold_end(conn_session(pending->conn), false);
    conn_touch(pending->conn);
}

__attribute__((format(printf, 3, 4))) static void fail(struct keyout *keyout, const struct origin *origin,
                                                       const char *format, ...) {
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct conn *conn = origin->owner ? origin->owner->conn : NULL;
    events_error(keyout->events, origin->session, origin->peer, text);
    keyout->failed = true;
    if (conn && !session_finished(conn_session(conn)))
        conn_give_up(conn, text); /* the session's end says it */
    else
        screen_error(keyout->screen, "session %s: %s", origin->session, text);
}

/* ---- lanes and tasks */

static int compare_lanes(const void *a, const void *b) {
    return strcmp(((const struct lane *)a)->path, ((const struct lane *)b)->path);
}

/* Takes path. NULL: out of memory. */
static struct lane *lane_of(struct keyout *keyout, char *path) {
    struct lane *lane = calloc(1, sizeof *lane), **found = NULL;
    if (lane) {
        lane->path = path;
        found = tsearch(lane, &keyout->lanes, compare_lanes);
    }
    struct lane *there = found ? *found : NULL;
    if (!there || there != lane) {
        free(path);
        free(lane);
    }
    return there;
}

static void lane_empty(struct keyout *keyout, struct lane *lane) {
    if (lane->waiting || lane->under_way || lane->ready)
        return;
    tdelete(lane, &keyout->lanes, compare_lanes);
    free(lane->path);
    free(lane);
}

static void make_ready(struct keyout *keyout, struct lane *lane) {
    if (lane->ready || lane->under_way || !lane->waiting)
        return;
    lane->ready = true;
    lane->next_ready = NULL;
    *keyout->ready_end = lane;
    keyout->ready_end = &lane->next_ready;
}

static void append(struct lane *lane, struct keyout_task *task) {
    struct keyout_task **end = &lane->waiting;
    while (*end)
        end = &(*end)->next; /* few: one of each session that shares the file */
    task->next = NULL;
    *end = task;
}

static void take_out(struct lane *lane, struct keyout_task *task) {
    struct keyout_task **at = &lane->waiting;
    while (*at != task)
        at = &(*at)->next;
    *at = task->next;
}

static void task_free(struct keyout_task *task) {
    task->keyout->n_tasks--;
    secret_free(task->key);
    errand_free(task->errand);
    free(task);
}

static void start_ready(struct keyout *keyout);

static void finish(struct keyout_task *task) {
    struct keyout *keyout = task->keyout;
    struct keyout_pending *owner = task->origin.owner;
    struct lane *lane = task->lane;
    *(task->previous_active ? &task->previous_active->next_active : &keyout->active) = task->next_active;
    if (task->next_active)
        task->next_active->previous_active = task->previous_active;
    keyout->n_active--;
    lane->under_way = NULL;
    if (owner)
        owner->under_way = NULL;
    task_free(task);
    make_ready(keyout, lane);
    lane_empty(keyout, lane);
    start_ready(keyout);
    settle(owner);
    look_whether_idle(keyout);
}

static void hook_ended(void *user, const char *problem) {
    struct keyout_task *task = user;
    struct keyout *keyout = task->keyout;
    if (problem)
        fail(keyout, &task->origin, "the command of --on-key %s", problem);
    else
        screen_detail(keyout->screen, "session %s: the command of --on-key is done", task->origin.session);
    finish(task);
}

static void run_hook(struct keyout_task *task) {
    struct keyout *keyout = task->keyout;
    const struct hook_config config = {.command = keyout->options->on_key,
                                       .file = task->lane->path,
                                       .session = task->origin.session,
                                       .peer = task->named,
                                       .limit_ms = keyout->options->on_key_ms,
                                       .ended = hook_ended,
                                       .user = task};
    int r = hook_start(&task->hook, keyout->loop, &config);
    if (r == 0)
        return;
    fail(keyout, &task->origin, "the command of --on-key could not be started: %s", strerror(-r));
    finish(task);
}

static void write_file(void *user) {
    struct keyout_task *task = user;
    task->error = keyfile_write(task->lane->path, task->key);
}

static void not_handed_on(struct keyout_task *task) {
    fail(task->keyout, &task->origin, "the command of --on-key has not run: we were told to end");
}

static void file_written(void *user) {
    struct keyout_task *task = user;
    struct keyout *keyout = task->keyout;
    secret_free(task->key);
    task->key = NULL;
    if (task->error)
        fail(keyout, &task->origin, "--key-out %s: %s", task->lane->path, strerror(-task->error));
    else
        screen_detail(keyout->screen, "session %s: the key is in %s", task->origin.session, task->lane->path);
    if (task->error || !keyout->options->on_key)
        finish(task);
    else if (keyout->stopped) {
        not_handed_on(task);
        finish(task);
    } else
        run_hook(task);
}

static void start(struct keyout_task *task) {
    struct keyout *keyout = task->keyout;
    struct keyout_pending *owner = task->origin.owner;
    task->lane->under_way = task;
    if (owner) {
        owner->waiting = NULL;
        owner->under_way = task;
    }
    task->next_active = keyout->active;
    if (keyout->active)
        keyout->active->previous_active = task;
    keyout->active = task;
    keyout->n_active++;
    errand_start(task->errand);
}

static void start_ready(struct keyout *keyout) {
    while (keyout->ready && keyout->n_active < ACTIVE_MAX) {
        struct lane *lane = keyout->ready;
        keyout->ready = lane->next_ready;
        if (!keyout->ready)
            keyout->ready_end = &keyout->ready;
        lane->ready = false;
        struct keyout_task *task = lane->waiting;
        lane->waiting = task->next;
        start(task);
    }
}

/* ---- the key log */

static void write_log(void *user) {
    struct keyout *keyout = user;
    for (struct log_entry *e = keyout->log_under_way; e; e = e->next)
        e->error = keyfile_log(keyout->options->keylog, e->origin.session, e->key);
}

static void start_log(struct keyout *keyout);

static void log_written(void *user) {
    struct keyout *keyout = user;
    struct log_entry *e;
    while ((e = keyout->log_under_way)) {
        struct keyout_pending *owner = e->origin.owner;
        keyout->log_under_way = e->next;
        if (owner)
            owner->n_logged--;
        if (e->error)
            fail(keyout, &e->origin, "--keylog %s: %s", keyout->options->keylog, keyfile_log_strerror(-e->error));
        secret_free(e->key);
        free(e);
        settle(owner);
    }
    start_log(keyout);
    look_whether_idle(keyout);
}

static void start_log(struct keyout *keyout) {
    if (keyout->log_under_way || !keyout->log_waiting)
        return;
    keyout->log_under_way = keyout->log_waiting;
    keyout->log_waiting = NULL;
    keyout->log_end = &keyout->log_waiting;
    errand_start(keyout->log_errand);
}

static uint8_t *copy_key(const uint8_t key[static 32]) {
    uint8_t *copy = secret_new(32);
    if (copy)
        memcpy(copy, key, 32);
    return copy;
}

static int log_key(struct keyout *keyout, const struct origin *origin, const uint8_t key[static 32]) {
    struct log_entry *e = calloc(1, sizeof *e);
    uint8_t *copy = e ? copy_key(key) : NULL;
    if (!copy) {
        free(e);
        return -ENOMEM;
    }
    e->origin = *origin;
    e->key = copy;
    *keyout->log_end = e;
    keyout->log_end = &e->next;
    origin->owner->n_logged++;
    start_log(keyout);
    return 0;
}

/* ---- keys */

static struct keyout_task *task_new(struct keyout *keyout) {
    struct keyout_task *task = calloc(1, sizeof *task);
    if (task && errand_new(&task->errand, keyout->loop, write_file, file_written, task) < 0) {
        free(task);
        return NULL;
    }
    if (task) {
        task->keyout = keyout;
        keyout->n_tasks++;
    }
    return task;
}

static int hand_on(struct keyout *keyout, const struct origin *origin, const uint8_t key[static 32]) {
    struct keyout_pending *owner = origin->owner;
    struct keyout_task *task = owner->waiting;
    char in_path[IDENTITY_TEXT] = "", named[IDENTITY_TEXT] = "";
    if (task) { /* the older key is no use any more, and for a shared file this is the newest */
        memcpy(task->key, key, 32);
        take_out(task->lane, task);
        append(task->lane, task);
        return 0;
    }
    const uint8_t *identity = session_peer_identity(conn_session(owner->conn));
    if (identity) {
        identity_text(named, identity, false);
        identity_text(in_path, identity, true);
    }
    task = task_new(keyout);
    uint8_t *copy = copy_key(key);
    char *path = keyfile_path(keyout->options->key_out, origin->session, in_path);
    struct lane *lane = task && copy && path ? lane_of(keyout, path) : NULL;
    if (!lane) {
        if (!task || !copy)
            free(path); /* else it has been taken */
        if (task)
            task_free(task);
        secret_free(copy);
        return -ENOMEM;
    }
    task->lane = lane;
    task->origin = *origin;
    task->key = copy;
    snprintf(task->named, sizeof task->named, "%s", identity ? named : origin->peer);
    owner->waiting = task;
    append(lane, task);
    make_ready(keyout, lane);
    start_ready(keyout);
    return 0;
}

static void take_key(struct keyout *keyout, struct keyout_pending *pending, const uint8_t key[static 32]) {
    const struct options *o = keyout->options;
    struct origin origin = {.owner = pending};
    snprintf(origin.session, sizeof origin.session, "%s", session_id(conn_session(pending->conn)));
    snprintf(origin.peer, sizeof origin.peer, "%s", conn_peer(pending->conn));
    session_hold_end(conn_session(pending->conn), true);
    if (o->keylog && log_key(keyout, &origin, key) < 0)
        fail(keyout, &origin, "--keylog: out of memory");
    if (!o->key_out)
        ;
    else if (keyout->stopped && o->on_key)
        fail(keyout, &origin, "the command of --on-key has not run: we were told to end");
    else if (hand_on(keyout, &origin, key) < 0)
        fail(keyout, &origin, "--key-out: out of memory");
    settle(pending);
}

void keyout_event(struct keyout *keyout, struct keyout_pending *pending, enum side side, struct conn *conn,
                  const struct session_event *e) {
    pending->conn = conn;
    if (!keyout->options->key_out && !keyout->options->keylog)
        return;
    if (e->kind == SESSION_REKEYED || (e->kind == SESSION_CONFIRMED && side == SIDE_ALICE)) {
        take_key(keyout, pending, e->confirmed.key);
    } else if (e->kind == SESSION_CONFIRMED) {
        pending->key = copy_key(e->confirmed.key);
        if (!pending->key) {
            struct origin origin = {.owner = pending};
            snprintf(origin.session, sizeof origin.session, "%s", session_id(conn_session(conn)));
            snprintf(origin.peer, sizeof origin.peer, "%s", conn_peer(conn));
            fail(keyout, &origin, "--key-out: out of memory");
        }
    } else if (e->kind == SESSION_OPEN && pending->key) {
        uint8_t *key = pending->key;
        pending->key = NULL;
        take_key(keyout, pending, key);
        secret_free(key);
    }
}

void keyout_pending_deinit(struct keyout *keyout, struct keyout_pending *pending) {
    if (pending->waiting)
        pending->waiting->origin.owner = NULL;
    if (pending->under_way)
        pending->under_way->origin.owner = NULL;
    struct log_entry *const lists[] = {keyout ? keyout->log_waiting : NULL, keyout ? keyout->log_under_way : NULL};
    for (size_t i = 0; i < 2 && pending->n_logged; i++) {
        for (struct log_entry *e = lists[i]; e; e = e->next) {
            if (e->origin.owner == pending)
                e->origin.owner = NULL;
        }
    }
    secret_free(pending->key);
    *pending = (struct keyout_pending){0};
}

/* ---- the end */

void keyout_stop(struct keyout *keyout) {
    if (!keyout || keyout->stopped || !keyout->options->on_key)
        return;
    keyout->stopped = true;
    struct lane *lane;
    struct keyout_task *left = NULL, *task;
    while ((lane = keyout->ready)) {
        keyout->ready = lane->next_ready;
        lane->ready = false;
        while ((task = lane->waiting)) {
            lane->waiting = task->next;
            task->next = left;
            left = task;
        }
        lane_empty(keyout, lane);
    }
    keyout->ready_end = &keyout->ready;
    for (struct keyout_task *active = keyout->active; active; active = active->next_active) {
        while ((task = active->lane->waiting)) {
            active->lane->waiting = task->next;
            task->next = left;
            left = task;
        }
    }
    while ((task = left)) {
        left = task->next;
        if (task->origin.owner)
            task->origin.owner->waiting = NULL;
        not_handed_on(task);
        task_free(task);
    }
}

void keyout_kill(struct keyout *keyout) {
    for (struct keyout_task *task = keyout ? keyout->active : NULL; task; task = task->next_active) {
        if (task->hook)
            hook_kill(task->hook);
    }
}
