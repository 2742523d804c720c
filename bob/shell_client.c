#include "bob/shell_crowd.h"
#include "bob/shell_parts.h"
#include "common/shell/told/narrate.h"

#include <stdio.h>
#include <stdlib.h>

enum { CALM_MS = 1000 }; /* without an agreement that ends: nobody needs the memory that was kept for them */

struct client *client_new(struct server *server, bool beyond, bool leaving) {
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    client->server = server;
    client->roster = roster_share(server->program->options.roster);
    client->beyond = beyond;
    client->leaving = leaving;
    client->guest.since_ms = timer_now_ms();
    places_enter(client);
    return client;
}

void client_free(struct client *client) {
    places_leave(client);
    keyout_pending_deinit(client->server->program->keyout, &client->pending);
    roster_release(client->roster);
    lines_deinit(&client->lines);
    typed_deinit(&client->typed);
    free(client);
}

/* An agreement has ended, well or not. */
static void one_less(struct server *server) {
    if (server->calm)
        timer_start(server->calm, CALM_MS, 0);
}

/* Who reads sentences; a log has lines. */
static bool has_person(const struct server *server) {
    return server->program->screen.terminal && !server->program->options.log;
}

/* --once: the step of hers by which an alice becomes the one. Without pins that is A1, so that nobody in between gets
 * several tries at the words. With pins it is A4: only then she has proved to hold a key that is pinned, which a
 * stranger who copies one has not. Who is stepped through has to be the one from the start. */
static enum step choosing_step(const struct server *server) {
    const struct options *o = &server->program->options;
    return o->roster->n && !o->step ? STEP_A4 : STEP_A1;
}

/* --once: this is the session. The others are told that Bob is busy. Their events are passed as they come, so nobody
 * else can have come as far: what is about to be written, B4, is behind this event. */
static void choose(struct client *client, const struct session_event *e) {
    struct server *server = client->server;
    struct conn *conn = client->conn;
    struct session_event begin = {.kind = e->step == STEP_A1 ? SESSION_STEP_BEGIN : SESSION_IDENTIFIED,
                                  .step = STEP_A1};
    server->chosen = true;
    listener_free(server->listener);
    server->listener = NULL;
    client_free(client);
    for (struct client *other = server->clients; other; other = other->next) {
        session_abort(conn_session(other->conn), ABORT_BUSY, "another alice was first");
        conn_touch(other->conn);
    }
    conn_set_ops(conn, &single_ops, server->single);
    single_begin(server->single, conn);
    if (server->program->options.log)
        log_connected(&server->program->screen, conn);
    else
        screen_line(&server->program->screen, SCREEN_PLAIN, "    %s has connected", conn_peer(conn));
    if (e->step == STEP_A1)
        single_ops.event(server->single, conn, &begin);
    else if (!server->program->options.log)
        narrate_event(&server->program->screen, SIDE_BOB, conn, &begin); /* what came before was not told */
    single_ops.event(server->single, conn, e);
}

static void opened(struct client *client) {
    struct server *server = client->server;
    client->open = server->board != NULL;
    client->guest.open = true;
    client->guest.pinned = session_peer_pinned(conn_session(client->conn));
    client->guest.since_ms = client->guest.kept_ms = timer_now_ms();
    server->any_key = true;
    if (server->board)
        board_join(server->board, client);
    if (server->draining)
        session_send_end(conn_session(client->conn));
}

static void on_event(void *user, struct conn *conn, const struct session_event *e) {
    struct client *client = user;
    struct server *server = client->server;
    if (server->single && server->chosen && e->kind != SESSION_CLOSED)
        return; /* not the one */
    if (server->single && e->kind == SESSION_STEP_DONE && e->step == choosing_step(server)) {
        choose(client, e);
        return;
    }
    if ((e->kind == SESSION_OPEN || e->kind == SESSION_REKEYED) && reload_struck(client)) {
        reload_strike(client);
        return;
    }
    if (e->kind == SESSION_OPEN && !places_take(client)) {
        session_abort(conn_session(conn), ABORT_BUSY, "all places are taken by now");
        return;
    }
    if (e->kind == SESSION_STEP_DONE && e->step == STEP_A1 && client->guest.progress == EVICT_SILENT)
        client->guest.progress = EVICT_BEGUN;
    else if (e->kind == SESSION_STEP_DONE && e->step == STEP_A2)
        client->guest.progress = EVICT_SENT;
    events_session(server->program->events, conn, e);
    metrics_event(server->metrics, conn, e);
    keyout_event(server->program->keyout, &client->pending, SIDE_BOB, conn, e);
    if (e->kind == SESSION_CONFIRMED)
        client->shown_ms = timer_now_ms();
    if (e->kind == SESSION_CONFIRMED || e->kind == SESSION_REKEYED)
        one_less(server);
    if (e->kind == SESSION_PEER_NAME)
        snprintf(client->log.name, sizeof client->log.name, "%s", e->peer_name.text);
    if (e->kind == SESSION_OPEN)
        opened(client);
    else if (e->kind == SESSION_PEER_NAME && server->board)
        board_join(server->board, client);
    else if (e->kind == SESSION_PEER_END)
        session_send_end(conn_session(conn));
    if (has_person(server))
        crowd_event(client, &server->program->screen, e);
    else
        log_session(&client->log, &server->program->screen, conn, e, server->draining);
}

static bool room(void *user, struct conn *conn) {
    struct client *client = user;
    (void)conn;
    return !client->server->board || board_room(client->server->board, client);
}

static void take_data(void *user, struct conn *conn, struct session_chunk *chunk) {
    struct client *client = user;
    (void)conn;
    client->guest.said = true;
    if (client->server->board)
        board_data(client->server->board, client, chunk);
    else
        session_chunk_free(chunk);
}

static void feed(void *user, struct conn *conn) {
    struct client *client = user;
    (void)conn;
    if (client->server->board)
        board_feed(client->server->board, client);
}

static void count_draw(struct client *client) {
    struct server *server = client->server;
    if (!client->shown_ms || server->draining || session_peer_pinned(conn_session(client->conn)) ||
        !draws_end(&server->draws, client->shown_ms, timer_now_ms()))
        return;
    screen_warning(&server->program->screen,
                   "%d unauthenticated sessions within ten minutes have ended soon after their words were shown. "
                   "Somebody in between who searches for words that fit looks like this: compare all five, or pin "
                   "identities (--peer)",
                   DRAWS_MANY);
}

/* --once without pins: a Hello that asks for a set that is not offered, or whose identity is refused, was the one
 * connection, too. With pins only who holds one of the keys can end Bob. */
static void closed(void *user, struct conn *conn) {
    struct client *client = user;
    struct server *server = client->server;
    const struct session_end *end = session_end(conn_session(conn));
    bool identity = end->reason == ABORT_AUTHENTICATION && !end->by_peer;
    bool refused = server->single && !server->chosen && server->program->options.roster->n == 0 &&
                   (end->outcome == SESSION_REFUSED || identity);
    if (server->board)
        board_leave(server->board, client);
    if (!server->single && has_person(server))
        crowd_gone(client, &server->program->screen, server->draining);
    count_draw(client);
    if (refused) {
        server->chosen = true;
        server->program->status = program_session_status(server->program, end);
        listener_free(server->listener);
        server->listener = NULL;
        program_stop(server->program);
    }
    client_free(client);
    one_less(server);
    end_if_nothing_left(server);
}

const struct conn_ops client_ops = {.event = on_event, .room = room, .data = take_data, .feed = feed, .closed = closed};
