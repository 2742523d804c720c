#include "common/shell/app/keyout.h"

#include "common/base/secret.h"
#include "common/shell/app/lives.h"
#include "common/shell/host/keyfile.h"
#include "common/shell/net/errand.h"
#include "common/shell/net/hook.h"
#include "common/shell/net/timer.h"
#include "common/shell/told/log.h"

#include <errno.h>
#include <search.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ACTIVE_MAX = 32, /* files being written and commands running, at the same time */
    AGAIN_MS = 1000, /* before a command that failed runs again; then twice as long, and so on, */
    AGAIN_MOST = 30000,
};

/* Whose key it is; owner: NULL once the session has ended. */
struct origin {
    struct keyout_pending *owner;
    char session[32], peer[ADDRESS_TEXT];
};

/* All that goes into one file. */
struct lane {
    char *path;                              /* sorts it among the others */
    struct keyout_task *waiting, *under_way; /* the newest key that waits; another makes it obsolete */
    struct lane *next_ready;
    bool ready; /* in the queue of those that could go on */
};

struct keyout_task {
    struct errand *errand; /* writes the file */
    struct keyout *keyout;
    struct lane *lane;
    struct keyout_task *next; /* among those that are given up */
    struct hook *hook;        /* while the command runs */
    struct timer *again;      /* until it runs again; NULL else */
    unsigned n_failed;        /* times */
    bool expires;             /* the key is random, since there has been none in time */
    bool told;                /* and that has been said */
    bool has_identity;        /* of the peer, which is the next line; for expires alone */
    uint8_t identity[IDENTITY_KEY];
    struct roster *roster; /* of the key's life; for expires alone */
    char *command;         /* NULL for none */
    char name[CONF_NAME];  /* of the peer, for PARLEY_NAME */
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
    bool stopped, failed, logs;
    struct lives *lives; /* NULL without --lifetime */
    uint64_t n_failed, n_expired;
    void (*idle)(void *user);
    void *user;

    struct errand *log_errand;
    struct log_entry *log_waiting, **log_end; /* not given to the thread yet */
    struct log_entry *log_under_way;
};

static void write_log(void *user);
static void log_written(void *user);
static void expired(void *user, const struct life *life);

int keyout_new(struct keyout **keyoutp, struct uv_loop_s *loop, const struct options *options, struct screen *screen,
               struct events *events, bool logs) {
    struct keyout *keyout = calloc(1, sizeof *keyout);
    if (!keyout)
        return -ENOMEM;
    *keyout = (struct keyout){.loop = loop, .options = options, .screen = screen, .events = events, .logs = logs};
    if (errand_new(&keyout->log_errand, loop, write_log, log_written, keyout) < 0 ||
        (options->lifetime_ms && lives_new(&keyout->lives, loop, options->lifetime_ms, expired, keyout) < 0)) {
        keyout_free(keyout);
        return -ENOMEM;
    }
    keyout->ready_end = &keyout->ready;
    keyout->log_end = &keyout->log_waiting;
    *keyoutp = keyout;
    return 0;
}

void keyout_free(struct keyout *keyout) {
    if (!keyout)
        return;
    lives_free(keyout->lives);
    errand_free(keyout->log_errand);
    free(keyout);
}

bool keyout_failed(const struct keyout *keyout) {
    return keyout->failed;
}

uint64_t keyout_failures(const struct keyout *keyout) {
    return keyout->n_failed;
}

uint64_t keyout_expirations(const struct keyout *keyout) {
    return keyout->n_expired;
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

/* For "%s%s%s" before what is said: nothing where a key expires that is of no session of ours. */
#define OF_SESSION(origin) *(origin)->session ? "session " : "", (origin)->session, *(origin)->session ? ": " : ""

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
        screen_error(keyout->screen, "%s%s%s%s", OF_SESSION(origin), text);
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

static void task_free(struct keyout_task *task) {
    task->keyout->n_tasks--;
    secret_free(task->key);
    timer_free(task->again);
    roster_release(task->roster);
    free(task->command);
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

static void not_handed_on(struct keyout_task *task) {
    fail(task->keyout, &task->origin, "the command of --on-key has not run: we were told to end");
}

static void run_hook(struct keyout_task *task);

static void run_again(void *user) {
    struct keyout_task *task = user;
    timer_free(task->again);
    task->again = NULL;
    run_hook(task);
}

/* False: it has had its tries. */
static bool try_later(struct keyout_task *task, const char *problem) {
    struct keyout *keyout = task->keyout;
    uint64_t wait = AGAIN_MS;
    if (keyout->stopped || task->n_failed > keyout->options->on_key_retries ||
        timer_new(&task->again, keyout->loop, run_again, task) < 0)
        return false;
    for (unsigned i = 1; i < task->n_failed && wait < AGAIN_MOST; i++)
        wait *= 2;
    wait = wait < AGAIN_MOST ? wait : AGAIN_MOST;
    screen_warning(keyout->screen, "%s%s%sthe command of --on-key %s; again in %g s", OF_SESSION(&task->origin),
                   problem, (double)wait / 1e3);
    timer_start(task->again, wait, 0);
    return true;
}

/* There is a newer key for this file: whether the command took the older one is no matter any more. */
static void superseded(struct keyout_task *task, const char *problem) {
    screen_warning(task->keyout->screen, "%s%s%sthe command of --on-key %s; it now gets a newer key",
                   OF_SESSION(&task->origin), problem);
    finish(task);
}

/* The old key may still be in use: it is to end all the same, so its file has another life, unless there is a newer key
 * or we have been told to end. False: out of memory. */
static bool expire_again(struct keyout_task *task) {
    struct keyout *keyout = task->keyout;
    struct life life = {
        .path = task->lane->path, .has_key = task->has_identity, .roster = task->roster, .told = task->told};
    snprintf(life.session, sizeof life.session, "%s", task->origin.session);
    snprintf(life.peer, sizeof life.peer, "%s", task->named);
    memcpy(life.key, task->identity, IDENTITY_KEY);
    return keyout->stopped || task->lane->waiting || lives_renew(keyout->lives, &life) == 0;
}

/* what: the file, or the command. */
static void expiring_failed(struct keyout_task *task, const char *what, const char *problem) {
    struct keyout *keyout = task->keyout;
    char next[40] = "";
    if (expire_again(task) && !keyout->stopped)
        snprintf(next, sizeof next, "; again in %g s", (double)keyout->options->lifetime_ms / 1e3);
    fail(keyout, &task->origin, "a key has expired and may still be in use: %s %s%s", what, problem, next);
}

static void hook_failed(struct keyout_task *task, const char *problem) {
    task->n_failed++;
    task->keyout->n_failed++;
    if (task->lane->waiting) {
        superseded(task, problem);
        return;
    }
    if (try_later(task, problem))
        return;
    if (task->expires)
        expiring_failed(task, "the command of --on-key", problem);
    else
        fail(task->keyout, &task->origin, "the command of --on-key %s", problem);
    finish(task);
}

static void hook_ended(void *user, const char *problem) {
    struct keyout_task *task = user;
    task->hook = NULL;
    if (problem) {
        hook_failed(task, problem);
        return;
    }
    screen_detail(task->keyout->screen, "%s%s%sthe command of --on-key is done", OF_SESSION(&task->origin));
    finish(task);
}

static void run_hook(struct keyout_task *task) {
    struct keyout *keyout = task->keyout;
    const struct hook_config config = {.command = task->command,
                                       .event = task->expires ? "expired" : "agreed",
                                       .file = task->lane->path,
                                       .session = task->origin.session,
                                       .peer = task->named,
                                       .name = task->name,
                                       .limit_ms = keyout->options->on_key_ms,
                                       .ended = hook_ended,
                                       .user = task};
    int r = hook_start(&task->hook, keyout->loop, &config);
    if (r == 0)
        return;
    char problem[100];
    snprintf(problem, sizeof problem, "could not be started: %s", strerror(-r));
    hook_failed(task, problem);
}

static void write_file(void *user) {
    struct keyout_task *task = user;
    task->error = (task->expires ? keyfile_replace : keyfile_write)(task->lane->path, task->key);
}

static void say_expired(struct keyout_task *task) {
    struct keyout *keyout = task->keyout;
    double seconds = (double)keyout->options->lifetime_ms / 1e3;
    char text[400];
    if (task->told) /* the same key, which its command has not taken yet */
        return;
    task->told = true;
    keyout->n_expired++;
    snprintf(text, sizeof text, "no fresh key within %g s: %.250s holds random bytes now", seconds, task->lane->path);
    events_error(keyout->events, *task->origin.session ? task->origin.session : NULL, *task->named ? task->named : NULL,
                 text);
    if (keyout->logs)
        log_expired(keyout->screen, task->named, task->origin.session, seconds, task->lane->path);
    else
        screen_always(keyout->screen, SCREEN_BAD, "%s", text);
}

static void file_not_expired(struct keyout_task *task) {
    char what[300], problem[100];
    snprintf(what, sizeof what, "--key-out %.250s:", task->lane->path);
    snprintf(problem, sizeof problem, "%s", strerror(-task->error));
    expiring_failed(task, what, problem);
}

static void file_written(void *user) {
    struct keyout_task *task = user;
    struct keyout *keyout = task->keyout;
    secret_free(task->key);
    task->key = NULL;
    if (task->error && task->expires)
        file_not_expired(task);
    else if (task->error)
        fail(keyout, &task->origin, "--key-out %s: %s", task->lane->path, strerror(-task->error));
    else if (task->expires)
        say_expired(task);
    else
        screen_detail(keyout->screen, "session %s: the key is in %s", task->origin.session, task->lane->path);
    if (task->error || !task->command)
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
        if (owner->under_way) /* for another file */
            owner->under_way->origin.owner = NULL;
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
        lane->waiting = NULL;
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

/* The life of the task's file; peer: NULL where it is not pinned. */
struct destination {
    char *path; /* taken */
    const struct roster_peer *peer;
    const char *named;
    bool silent; /* there is no command */
};

static char *destination_command(const struct keyout *keyout, const struct destination *to, bool *wholep) {
    const char *hook = to->silent ? NULL : options_hook(keyout->options, to->peer);
    char *command = hook ? strdup(hook) : NULL;
    *wholep = !hook || command;
    return command;
}

/* The task waits in its lane, in the place of any that did. NULL: out of memory. */
static struct keyout_task *enqueue(struct keyout *keyout, const struct origin *origin, const struct destination *to,
                                   const uint8_t key[static 32]) {
    bool whole;
    struct keyout_task *task = task_new(keyout);
    uint8_t *copy = copy_key(key);
    char *command = destination_command(keyout, to, &whole);
    struct lane *lane = NULL;
    if (task && copy && whole && to->path)
        lane = lane_of(keyout, to->path);
    else
        free(to->path);
    if (!lane) {
        if (task)
            task_free(task);
        secret_free(copy);
        free(command);
        return NULL;
    }
    struct keyout_task *older = lane->waiting;
    struct keyout_pending *owner = older ? older->origin.owner : NULL;
    if (owner)
        owner->waiting = NULL;
    task->lane = lane;
    task->origin = *origin;
    task->key = copy;
    task->command = command;
    snprintf(task->named, sizeof task->named, "%s", to->named);
    snprintf(task->name, sizeof task->name, "%s", to->peer ? to->peer->name : "");
    lane->waiting = task;
    if (origin->owner && origin->owner->waiting) /* for another file, by what the configuration said before */
        origin->owner->waiting->origin.owner = NULL;
    if (origin->owner)
        origin->owner->waiting = task;
    if (older)
        task_free(older);
    if (owner && owner != origin->owner)
        settle(owner);
    return task;
}

/* What waits only to be tried again makes room. */
static void go_on(struct keyout *keyout, struct lane *lane) {
    if (lane->under_way && lane->under_way->again)
        superseded(lane->under_way, "has failed");
    else
        make_ready(keyout, lane);
    start_ready(keyout);
}

/* pattern: of its file. */
static int hand_on(struct keyout *keyout, const struct origin *origin, const char *pattern,
                   const uint8_t key[static 32]) {
    char in_path[IDENTITY_TEXT] = "";
    struct life life = {.roster = keyout->options->roster};
    const uint8_t *identity = session_peer_identity(conn_session(origin->owner->conn));
    snprintf(life.session, sizeof life.session, "%s", origin->session);
    snprintf(life.peer, sizeof life.peer, "%s", origin->peer);
    if (identity) {
        identity_text(life.peer, identity, false);
        identity_text(in_path, identity, true);
        memcpy(life.key, identity, IDENTITY_KEY);
        life.has_key = true;
    }
    const struct destination to = {.path = keyfile_path(pattern, origin->session, in_path),
                                   .peer = roster_find(keyout->options->roster, identity),
                                   .named = life.peer};
    struct keyout_task *task = enqueue(keyout, origin, &to, key);
    if (!task)
        return -ENOMEM;
    life.path = task->lane->path;
    int r = keyout->lives ? lives_renew(keyout->lives, &life) : 0;
    go_on(keyout, task->lane);
    return r;
}

static void take_key(struct keyout *keyout, struct keyout_pending *pending, const uint8_t key[static 32]) {
    const struct options *o = keyout->options;
    const struct roster_peer *peer = roster_find(o->roster, session_peer_identity(conn_session(pending->conn)));
    const char *file = options_file(o, peer);
    struct origin origin = {.owner = pending};
    snprintf(origin.session, sizeof origin.session, "%s", session_id(conn_session(pending->conn)));
    snprintf(origin.peer, sizeof origin.peer, "%s", conn_peer(pending->conn));
    session_hold_end(conn_session(pending->conn), true);
    if (o->keylog && log_key(keyout, &origin, key) < 0)
        fail(keyout, &origin, "--keylog: out of memory");
    if (!file)
        ;
    else if (keyout->stopped && options_hook(o, peer))
        fail(keyout, &origin, "the command of --on-key has not run: we were told to end");
    else if (hand_on(keyout, &origin, file, key) < 0)
        fail(keyout, &origin, "--key-out: out of memory");
    settle(pending);
}

void keyout_event(struct keyout *keyout, struct keyout_pending *pending, enum side side, struct conn *conn,
                  const struct session_event *e) {
    pending->conn = conn;
    if (!options_have_files(keyout->options) && !keyout->options->keylog)
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

/* ---- a key's life */

/* The configuration has been read again and has another file for this peer, who has had a key there since: the command
 * has handed that on, and its life counts. */
static bool has_moved(const struct keyout *keyout, const struct life *life, const struct roster_peer *peer) {
    const char *pattern = options_file(keyout->options, peer);
    char in_path[IDENTITY_TEXT];
    identity_text(in_path, life->key, true);
    char *path = pattern ? keyfile_path(pattern, life->session, in_path) : NULL;
    const struct life *other = path ? lives_find(keyout->lives, path) : NULL;
    free(path);
    return other && *other->session;
}

/* The file gets a key that nobody else has, as from a peer, and the command is told: also that of a peer who has gone
 * from the configuration since. */
static void expired(void *user, const struct life *life) {
    struct keyout *keyout = user;
    struct origin origin = {.peer = "-"};
    const uint8_t *identity = life->has_key ? life->key : NULL;
    struct destination to = {.peer = roster_find(keyout->options->roster, identity), .named = life->peer};
    if (to.peer)
        to.silent = has_moved(keyout, life, to.peer);
    else
        to.peer = roster_find(life->roster, identity);
    uint8_t *random = secret_new(32);
    struct keyout_task *task = NULL;
    snprintf(origin.session, sizeof origin.session, "%s", life->session);
    if (random) {
        randombytes_buf(random, 32);
        to.path = strdup(life->path);
        task = enqueue(keyout, &origin, &to, random);
    }
    secret_free(random);
    if (!task) {
        fail(keyout, &origin, "%s: its key has expired and cannot be overwritten: out of memory", life->path);
        return;
    }
    task->expires = true;
    task->told = life->told;
    task->has_identity = life->has_key;
    task->roster = roster_share(life->roster);
    memcpy(task->identity, life->key, IDENTITY_KEY);
    go_on(keyout, task->lane);
}

int keyout_watch(struct keyout *keyout, const char *pattern, const uint8_t *key) {
    char in_path[IDENTITY_TEXT] = "";
    struct life life = {.has_key = key != NULL, .roster = keyout->options->roster};
    if (key) {
        identity_text(life.peer, key, false);
        identity_text(in_path, key, true);
        memcpy(life.key, key, IDENTITY_KEY);
    }
    life.path = keyfile_path(pattern, "", in_path);
    int r = !life.path ? -ENOMEM : keyout->lives ? lives_renew(keyout->lives, &life) : 0;
    free(life.path);
    return r;
}

/* ---- the end */

/* A task that waits for its next try; NULL: none does. */
static struct keyout_task *one_that_waits(struct keyout *keyout) {
    struct keyout_task *task = keyout->active;
    while (task && !task->again)
        task = task->next_active;
    return task;
}

static void give_up_waiting(struct lane *lane, struct keyout_task **left) {
    if (!lane->waiting || !lane->waiting->command)
        return;
    lane->waiting->next = *left;
    *left = lane->waiting;
    lane->waiting = NULL;
}

void keyout_stop(struct keyout *keyout) {
    if (!keyout || keyout->stopped)
        return;
    lives_stop(keyout->lives);
    keyout->stopped = true;
    struct keyout_task *left = NULL, *task;
    struct lane *lane = keyout->ready, *next;
    keyout->ready = NULL;
    keyout->ready_end = &keyout->ready;
    for (; lane; lane = next) {
        next = lane->next_ready;
        lane->ready = false;
        give_up_waiting(lane, &left);
        make_ready(keyout, lane); /* a key that only has to be written still is */
        lane_empty(keyout, lane);
    }
    for (struct keyout_task *active = keyout->active; active; active = active->next_active)
        give_up_waiting(active->lane, &left);
    while ((task = left)) {
        left = task->next;
        if (task->origin.owner)
            task->origin.owner->waiting = NULL;
        not_handed_on(task);
        task_free(task);
    }
    while ((task = one_that_waits(keyout))) {
        not_handed_on(task);
        finish(task);
    }
}

void keyout_kill(struct keyout *keyout) {
    for (struct keyout_task *task = keyout ? keyout->active : NULL; task; task = task->next_active) {
        if (task->hook)
            hook_kill(task->hook);
    }
}
