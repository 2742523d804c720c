#include "common/shell/app/keyout_parts.h"

#include "common/base/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uint8_t *keyout_copy_key(const uint8_t key[static 32]) {
    uint8_t *copy = secret_new(32);
    if (copy)
        memcpy(copy, key, 32);
    return copy;
}

void keyout_look_whether_idle(struct keyout *keyout) {
    if (keyout->idle && keyout_count(keyout) == 0)
        keyout->idle(keyout->user);
}

static bool is_settled(const struct keyout_pending *pending) {
    return !pending->key && !pending->waiting && !pending->under_way && !pending->n_logged;
}

void keyout_settle(struct keyout_pending *pending) {
    if (!pending || !pending->conn || !is_settled(pending))
        return;
    session_hold_end(conn_session(pending->conn), false);
    conn_touch(pending->conn);
}

__attribute__((format(printf, 3, 4))) void keyout_fail(struct keyout *keyout, const struct keyout_origin *origin,
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
        screen_error(keyout->screen, "%s%s%s%s", KEYOUT_OF_SESSION(origin), text);
}
