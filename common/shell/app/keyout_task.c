#include "common/shell/app/keyout_parts.h"

#include "common/base/secret.h"
#include "common/shell/host/keyfile.h"
#include "common/shell/told/log.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ACTIVE_MAX = 32, /* files being written and commands running, at the same time */
    AGAIN_MS = 1000, /* before a command that failed runs again; then twice as long, and so on, */
    AGAIN_MOST = 30000,
};

static int compare_lanes(const void *a, const void *b) {
    return strcmp(((const struct keyout_lane *)a)->path, ((const struct keyout_lane *)b)->path);
}

/* Takes path. NULL: out of memory. */
static struct keyout_lane *lane_of(struct keyout *keyout, char *path) {
    struct keyout_lane *lane = calloc(1, sizeof *lane), **found = NULL;
    if (lane) {
        lane->path = path;
        found = tsearch(lane, &keyout->lanes, compare_lanes);
    }
    struct keyout_lane *there = found ? *found : NULL;
    if (!there || there != lane) {
        free(path);
        free(lane);
    }
    return there;
}

static void lane_empty(struct keyout *keyout, struct keyout_lane *lane) {
    if (lane->waiting || lane->under_way || lane->ready)
        return;
    tdelete(lane, &keyout->lanes, compare_lanes);
    free(lane->path);
    free(lane);
}

static void make_ready(struct keyout *keyout, struct keyout_lane *lane) {
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
    struct keyout_lane *lane = task->lane;
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
    keyout_settle(owner);
    keyout_look_whether_idle(keyout);
}

static void not_handed_on(struct keyout_task *task) {
    keyout_fail(task->keyout, &task->origin, "the command of --on-key has not run: we were told to end");
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
    screen_warning(keyout->screen, "%s%s%sthe command of --on-key %s; again in %g s", KEYOUT_OF_SESSION(&task->origin),
                   problem, (double)wait / 1e3);
    timer_start(task->again, wait, 0);
    return true;
}

/* There is a newer key for this file: whether the command took the older one is no matter any more. */
static void superseded(struct keyout_task *task, const char *problem) {
    screen_warning(task->keyout->screen, "%s%s%sthe command of --on-key %s; it now gets a newer key",
                   KEYOUT_OF_SESSION(&task->origin), problem);
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
    keyout_fail(keyout, &task->origin, "a key has expired and may still be in use: %s %s%s", what, problem, next);
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
        keyout_fail(task->keyout, &task->origin, "the command of --on-key %s", problem);
    finish(task);
}

static void hook_ended(void *user, const char *problem) {
    struct keyout_task *task = user;
    task->hook = NULL;
    if (problem) {
        hook_failed(task, problem);
        return;
    }
    screen_detail(task->keyout->screen, "%s%s%sthe command of --on-key is done", KEYOUT_OF_SESSION(&task->origin));
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
        keyout_fail(keyout, &task->origin, "--key-out %s: %s", task->lane->path, strerror(-task->error));
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
        struct keyout_lane *lane = keyout->ready;
        keyout->ready = lane->next_ready;
        if (!keyout->ready)
            keyout->ready_end = &keyout->ready;
        lane->ready = false;
        struct keyout_task *task = lane->waiting;
        lane->waiting = NULL;
        start(task);
    }
}

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

static char *destination_command(const struct keyout *keyout, const struct keyout_destination *to, bool *wholep) {
    const char *hook = to->silent ? NULL : options_hook(keyout->options, to->peer);
    char *command = hook ? strdup(hook) : NULL;
    *wholep = !hook || command;
    return command;
}

struct keyout_task *keyout_task_put(struct keyout *keyout, const struct keyout_origin *origin,
                                    const struct keyout_destination *to, const uint8_t key[static 32]) {
    bool whole;
    struct keyout_task *task = task_new(keyout);
    uint8_t *copy = keyout_copy_key(key);
    char *command = destination_command(keyout, to, &whole);
    struct keyout_lane *lane = NULL;
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
        keyout_settle(owner);
    return task;
}

/* What waits only to be tried again makes room. */
void keyout_task_go_on(struct keyout *keyout, struct keyout_lane *lane) {
    if (lane->under_way && lane->under_way->again)
        superseded(lane->under_way, "has failed");
    else
        make_ready(keyout, lane);
    start_ready(keyout);
}

/* ---- the end */

/* A task that waits for its next try; NULL: none does. */
static struct keyout_task *one_that_waits(struct keyout *keyout) {
    struct keyout_task *task = keyout->active;
    while (task && !task->again)
        task = task->next_active;
    return task;
}

static void give_up_waiting(struct keyout_lane *lane, struct keyout_task **left) {
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
    struct keyout_lane *lane = keyout->ready, *next;
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
