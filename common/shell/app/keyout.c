#include "common/shell/app/keyout_parts.h"

#include "common/base/secret.h"
#include "common/shell/host/keyfile.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    struct keyout_origin origin = {.peer = "-"};
    const uint8_t *identity = life->has_key ? life->key : NULL;
    struct keyout_destination to = {.peer = roster_find(keyout->options->roster, identity), .named = life->peer};
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
        task = keyout_task_put(keyout, &origin, &to, random);
    }
    secret_free(random);
    if (!task) {
        keyout_fail(keyout, &origin, "%s: its key has expired and cannot be overwritten: out of memory", life->path);
        return;
    }
    task->expires = true;
    task->told = life->told;
    task->has_identity = life->has_key;
    task->roster = roster_share(life->roster);
    memcpy(task->identity, life->key, IDENTITY_KEY);
    keyout_task_go_on(keyout, task->lane);
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

/* ---- the whole */

int keyout_new(struct keyout **keyoutp, struct uv_loop_s *loop, const struct options *options, struct screen *screen,
               struct events *events, bool logs) {
    struct keyout *keyout = calloc(1, sizeof *keyout);
    if (!keyout)
        return -ENOMEM;
    *keyout = (struct keyout){.loop = loop, .options = options, .screen = screen, .events = events, .logs = logs};
    if (keyout_log_open(keyout) < 0 ||
        (options->lifetime_ms && lives_new(&keyout->lives, loop, options->lifetime_ms, expired, keyout) < 0)) {
        keyout_free(keyout);
        return -ENOMEM;
    }
    keyout->ready_end = &keyout->ready;
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

/* ---- keys of sessions */

/* pattern: of its file. */
static int hand_on(struct keyout *keyout, const struct keyout_origin *origin, const char *pattern,
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
    const struct keyout_destination to = {.path = keyfile_path(pattern, origin->session, in_path),
                                          .peer = roster_find(keyout->options->roster, identity),
                                          .named = life.peer};
    struct keyout_task *task = keyout_task_put(keyout, origin, &to, key);
    if (!task)
        return -ENOMEM;
    life.path = task->lane->path;
    int r = keyout->lives ? lives_renew(keyout->lives, &life) : 0;
    keyout_task_go_on(keyout, task->lane);
    return r;
}

static void take_key(struct keyout *keyout, struct keyout_pending *pending, const uint8_t key[static 32]) {
    const struct options *o = keyout->options;
    const struct roster_peer *peer = roster_find(o->roster, session_peer_identity(conn_session(pending->conn)));
    const char *file = options_file(o, peer);
    struct keyout_origin origin = {.owner = pending};
    snprintf(origin.session, sizeof origin.session, "%s", session_id(conn_session(pending->conn)));
    snprintf(origin.peer, sizeof origin.peer, "%s", conn_peer(pending->conn));
    session_hold_end(conn_session(pending->conn), true);
    if (o->keylog && keyout_log_put(keyout, &origin, key) < 0)
        keyout_fail(keyout, &origin, "--keylog: out of memory");
    if (!file)
        ;
    else if (keyout->stopped && options_hook(o, peer))
        keyout_fail(keyout, &origin, "the command of --on-key has not run: we were told to end");
    else if (hand_on(keyout, &origin, file, key) < 0)
        keyout_fail(keyout, &origin, "--key-out: out of memory");
    keyout_settle(pending);
}

void keyout_event(struct keyout *keyout, struct keyout_pending *pending, enum side side, struct conn *conn,
                  const struct session_event *e) {
    pending->conn = conn;
    if (!options_have_files(keyout->options) && !keyout->options->keylog)
        return;
    if (e->kind == SESSION_REKEYED || (e->kind == SESSION_CONFIRMED && side == SIDE_ALICE)) {
        take_key(keyout, pending, e->confirmed.key);
    } else if (e->kind == SESSION_CONFIRMED) {
        pending->key = keyout_copy_key(e->confirmed.key);
        if (!pending->key) {
            struct keyout_origin origin = {.owner = pending};
            snprintf(origin.session, sizeof origin.session, "%s", session_id(conn_session(conn)));
            snprintf(origin.peer, sizeof origin.peer, "%s", conn_peer(conn));
            keyout_fail(keyout, &origin, "--key-out: out of memory");
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
    if (keyout)
        keyout_log_forget(keyout, pending);
    secret_free(pending->key);
    *pending = (struct keyout_pending){0};
}
