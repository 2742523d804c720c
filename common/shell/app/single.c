#include "common/shell/app/single.h"

#include "common/shell/app/talk.h"
#include "common/shell/net/enter.h"
#include "common/shell/net/timer.h"
#include "common/shell/told/log.h"
#include "common/shell/told/narrate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAR_MS = 100, LONG_STEP_MS = 300 };

struct single {
    struct program *program;
    struct conn *conn; /* NULL before and after */
    struct talk *talk; /* NULL with --agree-only and --reconnect */
    struct enter *enter;
    struct timer *bar, *rekey;
    struct keyout_pending pending;
    struct log log;  /* with --log */
    bool peer_talks; /* it does not only agree */
    bool open, accepted, interrupted;
    int status;
};

static void show_progress(void *user) {
    struct single *single = user;
    uint64_t done, total;
    if (!single->conn || single->open || conn_step_seconds(single->conn) * 1000 < LONG_STEP_MS)
        return;
    session_progress(conn_session(single->conn), &done, &total);
    screen_bar(&single->program->screen, done, total);
}

static void rekey(void *user) {
    struct single *single = user;
    if (!single->conn)
        return;
    session_rekey(conn_session(single->conn), timer_now_ms()); /* not possible now: the next time will do */
    conn_touch(single->conn);
}

static void enter_pressed(void *user) {
    struct single *single = user;
    if (!single->conn)
        return;
    conn_step_resumed(single->conn);
    session_continue(conn_session(single->conn), timer_now_ms());
    conn_touch(single->conn);
}

int single_new(struct single **singlep, struct program *program) {
    struct single *single = calloc(1, sizeof *single);
    const struct options *o = &program->options;
    if (!single) {
        screen_error(&program->screen, "out of memory");
        return STATUS_INTERNAL;
    }
    *singlep = single;
    single->program = program;
    if (timer_new(&single->bar, program->loop, show_progress, single) < 0 ||
        timer_new(&single->rekey, program->loop, rekey, single) < 0 ||
        (!o->agree_only && !o->reconnect &&
         talk_new(&single->talk, program->loop, &program->screen, program->side, o->rekey_ms || options_have_hooks(o)) <
             0)) {
        screen_error(&program->screen, "out of memory");
        return STATUS_INTERNAL;
    }
    if (o->step && enter_new(&single->enter, program->loop, enter_pressed, single) < 0) {
        screen_error(&program->screen, "--step waits for Enter, and there is no terminal to press it at");
        return STATUS_USAGE;
    }
    if (o->step)
        screen_line(&program->screen, SCREEN_WARN, "    --step: the other side gives up after 10 s, unless it is %s.",
                    program->side == SIDE_ALICE ? "bob --timeout 600" : "alice --timeout 600");
    return OPTIONS_GO_ON;
}

void single_begin(struct single *single, struct conn *conn) {
    single->conn = conn;
    if (single->talk)
        talk_connected(single->talk);
    timer_start(single->bar, BAR_MS, BAR_MS);
}

void single_let_go(struct single *single) {
    single->conn = NULL;
    timer_stop(single->bar);
}

void single_renew(struct single *single) {
    single_let_go(single);
    timer_stop(single->rekey);
    keyout_pending_deinit(single->program->keyout, &single->pending);
    single->log = (struct log){0};
    single->open = single->accepted = single->peer_talks = false;
}

bool single_is_open(const struct single *single) {
    return single->conn && single->open;
}

void single_end(struct single *single) {
    session_send_end(conn_session(single->conn));
    conn_touch(single->conn);
}

static void opened(struct single *single, struct conn *conn) {
    const struct options *o = &single->program->options;
    single->open = true;
    if (single->program->side == SIDE_ALICE)
        program_ready(single->program, "in conversation with Bob");
    if (single->enter)
        enter_free(single->enter); /* the terminal is the conversation's now */
    single->enter = NULL;
    int r = single->talk ? talk_open(single->talk, conn) : 0;
    if (r < 0) {
        char text[120];
        snprintf(text, sizeof text, "there is no conversation here (%s): it ended", strerror(-r));
        conn_fail(conn, text);
    }
    if (o->rekey_ms && !o->agree_only)
        timer_start(single->rekey, o->rekey_ms, o->rekey_ms);
}

static void say_unsent(struct single *single, struct conn *conn) {
    const char *text = "the peer only agreed on a key: what was to be sent has not been sent";
    screen_error(&single->program->screen, "%s", text);
    events_error(single->program->events, session_id(conn_session(conn)), conn_peer(conn), text);
    single->status = STATUS_IO;
}

/* It was not what was asked for, though nothing went wrong. */
static void say_not_renewed(struct single *single, struct conn *conn) {
    const char *text = "the peer only agreed on a key: there is no session in which --rekey could renew it";
    screen_error(&single->program->screen, "%s", text);
    events_error(single->program->events, session_id(conn_session(conn)), conn_peer(conn), text);
    single->status = STATUS_UNAVAILABLE;
}

static void on_event(void *user, struct conn *conn, const struct session_event *e) {
    struct single *single = user;
    struct program *program = single->program;
    if (!program->options.log)
        narrate_event(&program->screen, program->side, conn, e);
    else if (e->kind != SESSION_CLOSED)
        log_session(&single->log, &program->screen, conn, e, false);
    events_session(program->events, conn, e);
    keyout_event(program->keyout, &single->pending, program->side, conn, e);
    if (single->talk)
        talk_event(single->talk, e);
    single->peer_talks |= e->kind == SESSION_PEER_NAME;
    if (e->kind == SESSION_STEP_HELD)
        enter_wait(single->enter);
    else if (e->kind == SESSION_CONFIRMED)
        single->accepted = true;
    else if (e->kind == SESSION_OPEN)
        opened(single, conn);
    else if (e->kind == SESSION_PEER_END && program->options.reconnect)
        session_send_end(conn_session(conn)); /* there is nothing that we would say */
    else if (e->kind == SESSION_CLOSED) {
        const struct session_end *end = session_end(conn_session(conn));
        if (!single->interrupted || end->outcome == SESSION_DONE) {
            single->status = program_session_status(program, end);
            if (end->outcome == SESSION_DONE && single->talk && talk_unsent(single->talk) &&
                !keyout_failed(program->keyout))
                say_unsent(single, conn);
            else if (end->outcome == SESSION_DONE && program->options.rekey_ms && !program->options.reconnect &&
                     !single->peer_talks)
                say_not_renewed(single, conn);
            else if (program->options.log)
                log_session(&single->log, &program->screen, conn, e, false);
            else
                narrate_end(&program->screen, program->side, conn);
        }
    }
}

static bool room(void *user, struct conn *conn) {
    struct single *single = user;
    (void)conn;
    return !single->talk || talk_room(single->talk);
}

static void take_data(void *user, struct conn *conn, struct session_chunk *chunk) {
    struct single *single = user;
    (void)conn;
    if (single->talk)
        talk_data(single->talk, chunk);
    else
        session_chunk_free(chunk);
}

static void feed(void *user, struct conn *conn) {
    struct single *single = user;
    (void)conn;
    if (single->talk)
        talk_feed(single->talk);
}

static void closed(void *user, struct conn *conn) {
    struct single *single = user;
    (void)conn;
    single->conn = NULL;
    keyout_pending_deinit(single->program->keyout, &single->pending);
    if (single->talk)
        talk_close(single->talk);
    timer_stop(single->bar);
    timer_stop(single->rekey);
    program_stop(single->program);
    if (single->enter)
        enter_free(single->enter);
    single->enter = NULL;
}

const struct conn_ops single_ops = {.event = on_event, .room = room, .data = take_data, .feed = feed, .closed = closed};

/* Before a key: the peer is told and the status says so. In a conversation: our end mark, if all that was to be sent
 * has been sent; otherwise the connection is cut, so that the peer does not take a part for the whole. A second one
 * always cuts. */
void single_interrupt(struct single *single, int number) {
    struct program *program = single->program;
    int status = STATUS_SIGNAL + number;
    if (!single->conn || single->interrupted) {
        screen_error(&program->screen, "interrupted");
        program_leave(program, status);
    }
    single->interrupted = true;
    single->status = status;
    if (single->open && single->talk && talk_interrupt(single->talk))
        return;
    screen_error(&program->screen, "interrupted");
    if (!single->accepted)
        session_abort(conn_session(single->conn), ABORT_SHUTDOWN, "interrupted");
    else
        session_broken(conn_session(single->conn), "interrupted");
    conn_touch(single->conn);
}

int single_status(const struct single *single) {
    int status = single->status;
    if (status == STATUS_OK && ((single->talk && talk_failed(single->talk)) || program_failed(single->program)))
        status = STATUS_IO;
    return status;
}

void single_free(struct single *single) {
    if (!single)
        return;
    keyout_pending_deinit(single->program->keyout, &single->pending);
    talk_free(single->talk);
    timer_free(single->bar);
    timer_free(single->rekey);
    if (single->enter)
        enter_free(single->enter);
    free(single);
}
