#include "bob/shell_server.h"

#include "bob/draws.h"
#include "bob/machine.h"
#include "bob/shell_board.h"
#include "bob/shell_crowd.h"
#include "bob/shell_metrics.h"
#include "common/shell/app/single.h"
#include "common/shell/host/files.h"
#include "common/shell/host/notify.h"
#include "common/shell/host/system.h"
#include "common/shell/net/listener.h"
#include "common/shell/net/timer.h"
#include "common/shell/net/web.h"
#include "common/shell/told/narrate.h"
#include "proto/preface.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOPING_MAX = 32,  /* sessions beyond the limit that may hope for a place */
    LEAVING_MAX = 32, /* sessions that have been told that Bob is busy, and have time to take it in */
    OTHER_FILES = 64,
    MEMORY =
        32 << 20,    /* for samples that wait to be labelled, of all sessions: 13 of them may be as fast as they can */
    DRAIN_MS = 5000, /* for open conversations after SIGTERM */
    CUT_MS = 1500,   /* for everything else after that */
    CALM_MS = 1000,  /* without an agreement that ends: nobody needs the memory that was kept for them */
};

struct server {
    struct program *program;
    struct listener *listener;
    struct board *board;     /* NULL with --once and --agree-only */
    struct single *single;   /* with --once */
    struct metrics *metrics; /* NULL with --once */
    struct client *clients;
    unsigned n_clients, n_hoping, n_leaving; /* places taken, and sessions that have none */
    unsigned limit;
    struct conn_memory memory;
    struct draws draws;
    bool runs_commands; /* since the start */
    bool chosen;        /* --once: the session has been found */
    bool draining, cut, any_key;
    struct timer *drain;
    struct timer *calm; /* NULL with --once */
};

/* ---- the list */

static unsigned *count_of(const struct client *client) {
    struct server *server = client->server;
    return client->leaving ? &server->n_leaving : client->beyond ? &server->n_hoping : &server->n_clients;
}

static void unlink_client(struct client *client) {
    struct server *server = client->server;
    if (client->previous)
        client->previous->next = client->next;
    else
        server->clients = client->next;
    if (client->next)
        client->next->previous = client->previous;
    --*count_of(client);
}

/* From one count to another. */
static void move_client(struct client *client, bool beyond, bool leaving) {
    --*count_of(client);
    client->beyond = beyond;
    client->leaving = leaving;
    ++*count_of(client);
}

static void client_free(struct client *client) {
    unlink_client(client);
    keyout_pending_deinit(client->server->program->keyout, &client->pending);
    roster_release(client->roster);
    lines_deinit(&client->lines);
    typed_deinit(&client->typed);
    free(client);
}

static void nothing_left(struct server *server) {
    if (!server->draining || server->clients)
        return;
    program_stop(server->program);
    metrics_stop(server->metrics);
    board_free(server->board);
    server->board = NULL;
    if (keyout_count(server->program->keyout))
        return; /* the timer still bounds the commands of --on-key; else we are called again */
    timer_free(server->drain);
    server->drain = NULL;
    timer_free(server->calm);
    server->calm = NULL;
}

static void give_memory_back(void *user) {
    (void)user;
    system_give_memory_back();
}

/* An agreement has ended, well or not. */
static void one_less(struct server *server) {
    if (server->calm)
        timer_start(server->calm, CALM_MS, 0);
}

static void keys_are_out(void *user) {
    nothing_left(user);
}

/* ---- a client's events */

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

/* Who would have to go if somebody needed a place, or NULL. */
static struct client *who_would_go(struct server *server) {
    struct room_choice choice = {0};
    for (struct client *client = server->clients; client; client = client->next) {
        if (!client->beyond)
            room_consider(&choice, &client->guest, client, timer_now_ms(), server->program->options.stay_ms,
                          randombytes_uniform);
    }
    return room_chosen(&choice);
}

static struct client *who_seems_early(struct server *server, bool also_hoping) {
    struct room_early early = {0};
    for (struct client *client = server->clients; client; client = client->next) {
        if (!client->leaving && (!client->beyond || also_hoping))
            room_early_consider(&early, &client->guest, client, timer_now_ms());
    }
    return room_early_chosen(&early);
}

/* Who would have to go for one more connection, or NULL. When many come at once, what they have said is looked at only
 * after all have been let in: whoever has said more than the preface does not count as silent. */
static struct client *who_is_early(struct server *server, bool also_hoping) {
    struct client *client;
    while ((client = who_seems_early(server, also_hoping)) && client->guest.progress == ROOM_SILENT &&
           !session_finished(conn_session(client->conn)) && conn_unread(client->conn) > PREFACE_BYTES)
        client->guest.progress = ROOM_BEGUN;
    return client;
}

/* She is told why while there are few such; more of them have no time to take it in. Whoever has agreed and is ending
 * by herself only leaves her place: her end mark may be on its way. */
static void push_out(struct client *client, const char *why) {
    struct conn *conn = client->conn;
    bool ended = session_finished(conn_session(conn));
    move_client(client, true, true);
    session_abort(conn_session(conn), ABORT_BUSY, why);
    conn_touch(conn);
    if (ended ? !client->guest.open : client->server->n_leaving > LEAVING_MAX)
        conn_close(conn);
}

/* She has agreed on a key, which has cost her something: only now does somebody who has, too, have to go for her. False
 * if there is no place for her after all. */
static bool take_place(struct client *client) {
    struct server *server = client->server;
    if (!client->beyond)
        return true;
    struct client *other = NULL;
    if (server->n_clients >= server->limit) {
        other = who_would_go(server);
        if (!other) {
            move_client(client, true, true);
            return false;
        }
    }
    move_client(client, false, false);
    if (other)
        push_out(other, "her place was needed for somebody else");
    return true;
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

/* Her key has left the configuration since she came. What she has agreed on is not handed on. */
static bool is_struck(const struct client *client) {
    const struct options *o = &client->server->program->options;
    const uint8_t *key = session_peer_identity(conn_session(client->conn));
    return client->roster != o->roster && roster_find(client->roster, key) && !roster_find(o->roster, key);
}

static void strike(struct client *client) {
    conn_give_up(client->conn, "her key is no longer in the configuration");
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
    if ((e->kind == SESSION_OPEN || e->kind == SESSION_REKEYED) && is_struck(client)) {
        strike(client);
        return;
    }
    if (e->kind == SESSION_OPEN && !take_place(client)) {
        session_abort(conn_session(conn), ABORT_BUSY, "all places are taken by now");
        return;
    }
    if (e->kind == SESSION_STEP_DONE && e->step == STEP_A1 && client->guest.progress == ROOM_SILENT)
        client->guest.progress = ROOM_BEGUN;
    else if (e->kind == SESSION_STEP_DONE && e->step == STEP_A2)
        client->guest.progress = ROOM_SENT;
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
    nothing_left(server);
}

/* ---- the door */

/* So many are told in full that there is no room that the others get no session, and no time to take it in. */
static void turn_away(struct uv_tcp_s *tcp) {
    uint8_t words[SESSION_ABORT_ONLY];
    session_abort_only(words, ABORT_BUSY);
    conn_turn_away(tcp, words, sizeof words);
}

static void accepted(void *user, struct uv_tcp_s *tcp) {
    static const struct conn_ops ops = {
        .event = on_event, .room = room, .data = take_data, .feed = feed, .closed = closed};
    struct server *server = user;
    struct program *program = server->program;
    struct session_config config = program_session_config(program);
    struct session *session;
    uint8_t seed[32];
    bool handing_on = keyout_count(program->keyout) >= (size_t)2 * server->limit; /* of sessions that have ended */
    bool full = handing_on || server->n_clients >= server->limit;
    bool hopes = full && !handing_on && who_would_go(server);
    if (full && !handing_on && !(hopes && server->n_hoping < HOPING_MAX)) {
        struct client *early = who_is_early(server, hopes);
        if (early)
            push_out(early, "she had said too little when somebody else came");
        full = server->n_clients >= server->limit;
        hopes = full && early;
    }
    if (full && !hopes && server->n_leaving >= LEAVING_MAX) {
        turn_away(tcp);
        metrics_turned_away(server->metrics);
        return;
    }
    struct client *client = calloc(1, sizeof *client);
    program_seed(program, seed);
    int r = client ? bob_new(&session, &config, seed) : -1;
    sodium_memzero(seed, sizeof seed);
    if (r < 0) {
        free(client);
        screen_error(&program->screen, "out of memory: a connection is refused");
        conn_refuse(tcp);
        return;
    }
    client->server = server;
    client->roster = roster_share(program->options.roster);
    client->beyond = full;
    client->leaving = full && !hopes;
    client->guest.since_ms = timer_now_ms();
    client->next = server->clients;
    if (client->next)
        client->next->previous = client;
    server->clients = client;
    ++*count_of(client);
    if (conn_new(&client->conn, program->pool, tcp, session, &ops, client) < 0) {
        screen_error(&program->screen, "out of memory: a connection is refused");
        client_free(client);
        return;
    }
    conn_share(client->conn, &server->memory);
    events_connected(program->events, client->conn);
    if (!server->single)
        log_connected(&program->screen, client->conn);
    if (full && !hopes)
        session_abort(session, ABORT_BUSY, "all places are taken, she was told to try later");
    conn_touch(client->conn);
}

/* Once for each task. */
static void say_experimental(struct screen *screen, const struct options *o) {
    for (size_t i = 0; i < o->n_sets; i++) {
        const struct task *task = o->sets[i]->task;
        bool said = !task->experimental;
        for (size_t j = 0; j < i; j++)
            said |= o->sets[j]->task == task;
        if (!said)
            screen_wrap(screen, SCREEN_WARN, 0,
                        "%s, the task of %s, is experimental: it rests on %s, and nobody outside has looked at it "
                        "yet.",
                        task->name, o->sets[i]->name, task->assumption);
    }
}

static void say_where(struct server *server) {
    struct screen *screen = &server->program->screen;
    const struct options *o = &server->program->options;
    const char *address;
    char sets[SETS_MAX * (SET_NAME_MAX + 2) + 1] = "";
    for (size_t i = 0; i < o->n_sets; i++)
        snprintf(sets + strlen(sets), sizeof sets - strlen(sets), "%s%s", i ? ", " : "", o->sets[i]->name);
    for (size_t i = 0; (address = listener_address(server->listener, i)); i++) {
        screen_line(screen, SCREEN_BOLD, "Bob, with set%s %s, waits for %s at %s", o->n_sets > 1 ? "s" : "", sets,
                    o->once ? "one alice" : "alices", address);
        events_listening(server->program->events, address);
    }
    for (size_t i = 0; i < o->n_sets && !o->once; i++) {
        const char *toy = o->sets[i]->toy;
        if (toy)
            screen_line(screen, SCREEN_WARN, "%s is a toy: an eavesdropper finds its keys %s.", o->sets[i]->name, toy);
    }
    if (!o->once)
        say_experimental(screen, o);
    if (o->roster->n)
        screen_line(screen, SCREEN_GOOD, "Only who holds %s of %zu pinned key%s is served.",
                    o->roster->n > 1 ? "one" : "the secret", o->roster->n, o->roster->n > 1 ? "s" : "");
    else if (!o->once)
        screen_line(screen, SCREEN_WARN, "Alices are unauthenticated: compare each fingerprint with hers.");
}

/* ---- the end */

/* The time for the polite end is over. */
static void cut_all(void *user) {
    struct server *server = user;
    struct client *next;
    if (server->cut || !server->clients)
        program_leave(server->program, server->program->status);
    server->cut = true;
    timer_start(server->drain, CUT_MS, 0);
    for (struct client *client = server->clients; client; client = next) {
        next = client->next;
        session_abort(conn_session(client->conn), ABORT_SHUTDOWN, "bob is shutting down");
        conn_touch(client->conn);
    }
}

static void begin_drain(struct server *server) {
    struct client *next;
    server->draining = true;
    notify_say(server->program->notify, "STOPPING=1");
    listener_free(server->listener);
    server->listener = NULL;
    timer_start(server->drain, DRAIN_MS, 0);
    for (struct client *client = server->clients; client; client = next) {
        struct session *session = conn_session(client->conn);
        next = client->next;
        if (*client->log.fingerprint)
            session_send_end(session);
        else if (session_step(session) == STEP_A1 ||
                 options_have_hooks(&server->program->options)) /* which will not run any more */
            session_abort(session, ABORT_SHUTDOWN, "bob is shutting down");
        conn_touch(client->conn);
    }
    nothing_left(server);
}

static void on_signal(void *user, int number) {
    struct server *server = user;
    struct program *program = server->program;
    if (server->single && server->chosen) {
        single_interrupt(server->single, number);
        return;
    }
    if (server->single || server->draining)
        program_leave(program, STATUS_SIGNAL + number);
    program->status = number == SIGTERM || server->any_key ? STATUS_OK : STATUS_SIGNAL + number;
    screen_line(&program->screen, SCREEN_PLAIN, "Bob is going; open conversations get %d seconds.", DRAIN_MS / 1000);
    begin_drain(server);
}

/* ---- how he is */

static void read_gauges(void *user, struct metrics_gauges *gauges) {
    const struct server *server = user;
    *gauges = (struct metrics_gauges){
        .beyond = server->n_hoping + server->n_leaving, .limit = server->limit, .held = server->memory.held};
    for (const struct client *client = server->clients; client; client = client->next) {
        gauges->open += !client->beyond && client->guest.open;
        gauges->agreeing += !client->beyond && !client->guest.open;
    }
}

static void say_status(void *user, int number) {
    struct server *server = user;
    (void)number;
    metrics_say(server->metrics);
}

/* ---- the configuration, read again */

/* Why this roster cannot take the place of the one that is; NULL if it can. */
static const char *cannot_take(struct server *server, const struct roster *roster, char *text, size_t capacity) {
    struct program *program = server->program;
    const char *file = "";
    if (program->options.roster->n && !roster->n)
        return "nobody would be pinned any more, and anybody served";
    if (roster_has_hooks(roster) && !server->runs_commands && !program->options.no_sandbox)
        return "it has a first hook, and a bob who started without any may run no command: restart him";
    int r = program_check_files(program, roster, &file);
    if (r == 0)
        return NULL;
    snprintf(text, capacity, "%.250s: %s", file, strerror(-r));
    return text;
}

/* Whose key is still there notices nothing. */
static void take_roster(struct server *server, struct roster *roster) {
    struct program *program = server->program;
    struct roster *before = program->options.roster;
    struct client *next;
    program->options.roster = roster;
    if (program_watch_files(program, before) < 0)
        screen_error(&program->screen, "out of memory: the life of a new peer's key file has not begun");
    for (struct client *client = server->clients; client; client = next) {
        next = client->next;
        if (is_struck(client))
            strike(client);
    }
    roster_release(before);
}

static void read_again(void *user, int number) {
    struct server *server = user;
    struct program *program = server->program;
    const char *path = program->options.config, *problem;
    char why[CONF_WHY], changed[CONF_WHY], text[400];
    struct roster *roster = NULL;
    (void)number;
    if (server->draining)
        return;
    problem = options_read_again(&program->options, &roster, changed, why) < 0
                  ? why
                  : cannot_take(server, roster, text, sizeof text);
    if (problem) {
        roster_release(roster);
        screen_error(&program->screen, "--config %s: %s; what it said before still holds", path, problem);
        return;
    }
    take_roster(server, roster);
    screen_always(&program->screen, SCREEN_PLAIN, "--config %s: read again, %zu pinned key%s", path, roster->n,
                  roster->n == 1 ? "" : "s");
    if (*changed)
        screen_warning(&program->screen, "--config %s: %s has changed too, which takes a restart", path, changed);
}

/* As many sessions as there may be open files for. */
static int set_limit(struct server *server) {
    struct program *program = server->program;
    uint64_t others =
                 HOPING_MAX + LEAVING_MAX + OTHER_FILES + (*program->options.metrics.port ? WEB_CONNECTIONS_MAX : 0),
             wanted = program->options.max_sessions + others;
    uint64_t files = files_may_be_open(wanted);
    server->limit = program->options.max_sessions;
    if (files >= wanted)
        return 0;
    if (files <= others) {
        screen_error(&program->screen, "only %llu open files are allowed here: raise it with ulimit -n %llu",
                     (unsigned long long)files, (unsigned long long)wanted);
        return STATUS_IO;
    }
    server->limit = (unsigned)(files - others);
    screen_warning(&program->screen,
                   "--max-sessions: %u, not more, since only %llu open files are allowed here (ulimit -n)",
                   server->limit, (unsigned long long)files);
    return 0;
}

static int out_of_memory(struct program *program) {
    screen_error(&program->screen, "out of memory");
    return STATUS_INTERNAL;
}

int server_run(struct program *program) {
    struct server server = {.program = program, .memory.limit = MEMORY};
    const struct options *o = &program->options;
    int status = set_limit(&server);
    if (status)
        return status;
    status = status_of_listener(
        listener_new(&server.listener, program->loop, &program->screen, &o->address, o->seeded, accepted, &server));
    if (status == 0 && !o->once)
        status = metrics_new(&server.metrics, program, read_gauges, &server);
    if (status == 0)
        status = program_enter(program);
    if (status != OPTIONS_GO_ON)
        ;
    else if (o->once)
        status = single_new(&server.single, program);
    else if (timer_new(&server.drain, program->loop, cut_all, &server) < 0 ||
             timer_new(&server.calm, program->loop, give_memory_back, &server) < 0)
        status = out_of_memory(program);
    else
        status = OPTIONS_GO_ON;
    if (status == OPTIONS_GO_ON) {
        program_catch_signals(program, on_signal, &server);
        if (!o->once)
            program_hear_signal(program, SIGUSR1, say_status, &server);
        if (o->config && !o->once)
            program_hear_signal(program, SIGHUP, read_again, &server);
        server.runs_commands = options_have_hooks(o);
        keyout_on_idle(program->keyout, keys_are_out, &server);
        say_where(&server);
        program_ready(program, "waiting for alices");
        if (!o->once && !o->agree_only && board_new(&server.board, program, &server.clients) < 0)
            screen_warning(&program->screen, "there is no chat: standard input or output cannot be used");
        status = program_run(program);
        if (o->once && status == STATUS_OK)
            status = single_status(server.single);
    }
    if (program->keyout)
        keyout_on_idle(program->keyout, NULL, NULL);
    listener_free(server.listener);
    timer_free(server.drain);
    timer_free(server.calm);
    metrics_free(server.metrics);
    board_free(server.board);
    single_free(server.single);
    return status;
}
