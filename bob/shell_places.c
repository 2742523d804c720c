#include "bob/shell_parts.h"
#include "proto/preface.h"

#include <sodium.h>

static unsigned *count_of(const struct client *client) {
    struct server *server = client->server;
    return client->leaving ? &server->n_leaving : client->beyond ? &server->n_hoping : &server->n_clients;
}

void places_enter(struct client *client) {
    struct server *server = client->server;
    client->next = server->clients;
    if (client->next)
        client->next->previous = client;
    server->clients = client;
    ++*count_of(client);
}

void places_leave(struct client *client) {
    struct server *server = client->server;
    if (client->previous)
        client->previous->next = client->next;
    else
        server->clients = client->next;
    if (client->next)
        client->next->previous = client->previous;
    --*count_of(client);
}

void places_move(struct client *client, bool beyond, bool leaving) {
    --*count_of(client);
    client->beyond = beyond;
    client->leaving = leaving;
    ++*count_of(client);
}

struct client *places_who_would_go(struct server *server) {
    struct evict_choice choice = {0};
    for (struct client *client = server->clients; client; client = client->next) {
        if (!client->beyond)
            evict_consider(&choice, &client->guest, client, timer_now_ms(), server->program->options.stay_ms,
                           randombytes_uniform);
    }
    return evict_chosen(&choice);
}

static struct client *who_seems_early(struct server *server, bool also_hoping) {
    struct evict_early early = {0};
    for (struct client *client = server->clients; client; client = client->next) {
        if (!client->leaving && (!client->beyond || also_hoping))
            evict_early_consider(&early, &client->guest, client, timer_now_ms());
    }
    return evict_early_chosen(&early);
}

/* When many come at once, what they have said is looked at only after all have been let in: whoever has said more than
 * the preface does not count as silent. */
struct client *places_who_is_early(struct server *server, bool also_hoping) {
    struct client *client;
    while ((client = who_seems_early(server, also_hoping)) && client->guest.progress == EVICT_SILENT &&
           !session_finished(conn_session(client->conn)) && conn_unread(client->conn) > PREFACE_BYTES)
        client->guest.progress = EVICT_BEGUN;
    return client;
}

/* Whoever has agreed and is ending by herself only leaves her place: her end mark may be on its way. */
void places_push_out(struct client *client, const char *why) {
    struct conn *conn = client->conn;
    bool ended = session_finished(conn_session(conn));
    places_move(client, true, true);
    session_abort(conn_session(conn), ABORT_BUSY, why);
    conn_touch(conn);
    if (ended ? !client->guest.open : client->server->n_leaving > LEAVING_MAX)
        conn_close(conn);
}

/* She has agreed on a key, which has cost her something: only now does somebody who has, too, have to go for her. */
bool places_take(struct client *client) {
    struct server *server = client->server;
    if (!client->beyond)
        return true;
    struct client *other = NULL;
    if (server->n_clients >= server->limit) {
        other = places_who_would_go(server);
        if (!other) {
            places_move(client, true, true);
            return false;
        }
    }
    places_move(client, false, false);
    if (other)
        places_push_out(other, "her place was needed for somebody else");
    return true;
}
