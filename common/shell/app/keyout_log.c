#include "common/shell/app/keyout_parts.h"

#include "common/base/secret.h"
#include "common/shell/host/keyfile.h"

#include <errno.h>
#include <stdlib.h>

static void write_log(void *user) {
    struct keyout *keyout = user;
    for (struct keyout_log_entry *e = keyout->log_under_way; e; e = e->next)
        e->error = keyfile_log(keyout->options->keylog, e->origin.session, e->key);
}

static void start_log(struct keyout *keyout);

static void log_written(void *user) {
    struct keyout *keyout = user;
    struct keyout_log_entry *e;
    while ((e = keyout->log_under_way)) {
        struct keyout_pending *owner = e->origin.owner;
        keyout->log_under_way = e->next;
        if (owner)
            owner->n_logged--;
        if (e->error)
            keyout_fail(keyout, &e->origin, "--keylog %s: %s", keyout->options->keylog,
                        keyfile_log_strerror(-e->error));
        secret_free(e->key);
        free(e);
        keyout_settle(owner);
    }
    start_log(keyout);
    keyout_look_whether_idle(keyout);
}

static void start_log(struct keyout *keyout) {
    if (keyout->log_under_way || !keyout->log_waiting)
        return;
    keyout->log_under_way = keyout->log_waiting;
    keyout->log_waiting = NULL;
    keyout->log_end = &keyout->log_waiting;
    errand_start(keyout->log_errand);
}

int keyout_log_open(struct keyout *keyout) {
    keyout->log_end = &keyout->log_waiting;
    return errand_new(&keyout->log_errand, keyout->loop, write_log, log_written, keyout);
}

int keyout_log_put(struct keyout *keyout, const struct keyout_origin *origin, const uint8_t key[static 32]) {
    struct keyout_log_entry *e = calloc(1, sizeof *e);
    uint8_t *copy = e ? keyout_copy_key(key) : NULL;
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

void keyout_log_forget(struct keyout *keyout, const struct keyout_pending *pending) {
    struct keyout_log_entry *const lists[] = {keyout->log_waiting, keyout->log_under_way};
    for (size_t i = 0; i < 2 && pending->n_logged; i++) {
        for (struct keyout_log_entry *e = lists[i]; e; e = e->next) {
            if (e->origin.owner == pending)
                e->origin.owner = NULL;
        }
    }
}
