#include "bob/shell_parts.h"
#include "common/shell/host/notify.h"

#include <signal.h>

enum {
    DRAIN_MS = 5000, /* for open conversations after SIGTERM */
    CUT_MS = 1500,   /* for everything else after that */
};

void end_if_nothing_left(struct server *server) {
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

void end_cut(void *user) {
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
    end_if_nothing_left(server);
}

void end_on_signal(void *user, int number) {
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
