#include "bob/shell_crowd.h"

#include <stdio.h>
#include <string.h>

/* As bob calls her after @, or as she calls herself where nobody types; her address before there is a name. */
static const char *name_of(const struct client *client) {
    return *client->label ? client->label : *client->log.name ? client->log.name : conn_peer(client->conn);
}

/* What to think of who she says she is. */
static void describe(char *out, size_t capacity, const struct client *client) {
    const struct session *session = conn_session(client->conn);
    const uint8_t *identity = session_peer_identity(session);
    char key[IDENTITY_TEXT] = "";
    if (identity)
        identity_text(key, identity, false);
    if (session_peer_pinned(session))
        snprintf(out, capacity, "authenticated by her key %s", key);
    else
        snprintf(out, capacity, "%s%s; compare: %s", identity ? "with a key that nobody pinned, " : "unauthenticated",
                 key, client->log.fingerprint);
}

static void come(struct client *client, struct screen *screen) {
    char what[200];
    if (client->log.opened)
        return;
    client->log.opened = true;
    describe(what, sizeof what, client);
    screen_wrap(screen, SCREEN_GOOD, 4, "%s has come (%s), %s", name_of(client), conn_peer(client->conn), what);
}

void crowd_gone(const struct client *client, struct screen *screen, bool expected) {
    const struct session_end *end = session_end(conn_session(client->conn));
    if (end->outcome == SESSION_DONE || expected)
        screen_wrap(screen, SCREEN_PLAIN, 4, "%s has gone", name_of(client));
    else
        screen_wrap_always(screen, SCREEN_BAD, 4, "%s has gone: %s%s, in step %s", name_of(client),
                           end->by_peer ? "the peer says: " : "", end->text, step_name(end->step));
}

void crowd_event(struct client *client, struct screen *screen, const struct session_event *e) {
    switch (e->kind) {
    case SESSION_CONFIRMED: /* now, since she may never come: then somebody has seen these words and gone */
        memcpy(client->log.fingerprint, e->confirmed.fingerprint, sizeof client->log.fingerprint);
        if (!session_peer_pinned(conn_session(client->conn)))
            screen_wrap(screen, SCREEN_PLAIN, 4, "%s is shown the words: %s", conn_peer(client->conn),
                        client->log.fingerprint);
        break;
    case SESSION_ATTEMPT_FAILED:
        screen_wrap(screen, SCREEN_WARN, 4, "%s: attempt %u of 3 failed%s", name_of(client), e->attempt,
                    e->attempt < 3 ? "; again, with everything fresh" : "");
        break;
    case SESSION_PEER_NAME: /* it comes first in a conversation; an end is next, where none comes */
    case SESSION_PEER_END:
        come(client, screen);
        break;
    case SESSION_REKEYED:
        screen_detail(screen, "%s has a fresh key", name_of(client));
        break;
    case SESSION_CLOSED: /* what she said last is shown first: see crowd_gone */
        break;
    default:
        log_session(&client->log, screen, client->conn, e, true); /* what -v shows */
        break;
    }
}

void crowd_who(const struct client *client, struct screen *screen) {
    char what[200];
    describe(what, sizeof what, client);
    screen_wrap_always(screen, SCREEN_PLAIN, 4, "%s (%s), %s", name_of(client), conn_peer(client->conn), what);
}
