/* alice: connects to a bob and agrees on a key with him. */
#include "alice/machine.h"
#include "common/shell/app/single.h"
#include "common/shell/host/system.h"
#include "common/shell/net/connect.h"
#include "common/shell/net/timer.h"
#include "common/shell/told/log.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>

enum {
    BUSY_FIRST_MS = 250,
    BUSY_MOST_MS = 8000,
    BACK_FIRST_MS = 500, /* --reconnect: after a session that failed; then twice as long, and so on */
    BACK_MOST_MS = 30000,
    LEAVE_MS = 2000, /* for bob's end mark after a signal */
    LARGE = 1 << 16, /* bytes of A2 from which on memory comes in large pages */
};

struct alice {
    struct program program;
    struct single *single;
    struct timer *again;  /* a busy bob is asked again */
    uint64_t wait_ms;     /* before the next time, 0 until he was busy */
    uint64_t busy_since;  /* timer_now_ms */
    struct attempt *next; /* which is being connected, or will be */

    /* --reconnect */
    bool waiting;      /* for the next session */
    bool stopping;     /* we have been told to go */
    bool had_key;      /* in any session */
    bool was_open;     /* this session */
    uint64_t began_ms; /* the last session or try, timer_boot_ms */
};

/* One connection. That to a busy bob may still be closing when there is the next one. */
struct attempt {
    struct alice *alice;
    struct conn *conn;
    bool over; /* another one takes its place */
};

static void go(struct alice *alice);

static void give_up(struct alice *alice, int status) {
    timer_free(alice->again);
    alice->again = NULL;
    if (alice->next) { /* nobody waits for the rest of its recipes */
        conn_drop(alice->next->conn);
        free(alice->next);
        alice->next = NULL;
    }
    alice->program.status = status;
    program_stop(&alice->program);
}

/* ---- signals */

/* --reconnect: to be told to go is the only end there is, and no failure once there has been a key. */
static void stop(struct alice *alice, int number) {
    struct program *program = &alice->program;
    int status = alice->had_key ? STATUS_OK : STATUS_SIGNAL + number;
    alice->stopping = true;
    program->status = status;
    if (single_is_open(alice->single)) {
        single_end(alice->single);
        timer_start(alice->again, LEAVE_MS, 0);
    } else if (alice->waiting) {
        give_up(alice, status);
    } else if (keyout_count(program->keyout) == 0) {
        program_leave(program, status);
    } /* else a command runs still: it may end, and no session follows */
}

static void on_signal(void *user, int number) {
    struct alice *alice = user;
    if (alice->program.options.reconnect && !alice->stopping)
        stop(alice, number);
    else
        single_interrupt(alice->single, number);
}

/* ---- --reconnect */

/* How long until the next session: after one that went well, what is left of --rekey; after others less and less often,
 * at a random moment, so that the alices of a bob who restarts do not all come at once. */
static uint64_t time_to_next(struct alice *alice, bool well) {
    uint64_t since = timer_boot_ms() - alice->began_ms, rekey = alice->program.options.rekey_ms;
    if (alice->was_open)
        alice->wait_ms = 0;
    alice->was_open = false;
    if (well && rekey)
        return since < rekey ? rekey - since : 1;
    alice->wait_ms = alice->wait_ms ? 2 * alice->wait_ms : BACK_FIRST_MS;
    if (alice->wait_ms > BACK_MOST_MS)
        alice->wait_ms = BACK_MOST_MS;
    return alice->wait_ms / 2 + randombytes_uniform((uint32_t)alice->wait_ms / 2);
}

static void go_later(struct alice *alice, bool well) {
    struct program *program = &alice->program;
    if (alice->stopping) {
        give_up(alice, program->status);
        return;
    }
    uint64_t wait = time_to_next(alice, well);
    alice->waiting = true;
    timer_start(alice->again, wait, 0);
    screen_detail(&program->screen, "the next session in %.1f s", (double)wait / 1e3);
}

/* The session is over, for good or bad. */
static void next_session(struct alice *alice, struct conn *conn) {
    bool well = session_end(conn_session(conn))->outcome == SESSION_DONE && alice->program.options.agree_only;
    single_renew(alice->single);
    go_later(alice, well);
}

/* ---- a busy bob is asked again, for as long as --timeout, and less and less often */

/* Only instead of B1. Later on "busy" may be the answer of somebody in between to a number that does not suit her, who
 * would like another one.
 * A random part of the wait is left out: those who were sent away together must not come back together. */
static bool may_come_again(struct alice *alice, const struct session_end *end) {
    uint64_t now = timer_now_ms();
    if (end->outcome != SESSION_REFUSED || end->reason != ABORT_BUSY || !end->by_peer || end->step != STEP_B1)
        return false;
    if (!alice->wait_ms)
        alice->busy_since = now;
    alice->wait_ms = alice->wait_ms ? 2 * alice->wait_ms : BUSY_FIRST_MS;
    if (alice->wait_ms > BUSY_MOST_MS)
        alice->wait_ms = BUSY_MOST_MS;
    return now + alice->wait_ms < alice->busy_since + alice->program.options.timeout_ms;
}

static void on_event(void *user, struct conn *conn, const struct session_event *e) {
    struct attempt *attempt = user;
    struct alice *alice = attempt->alice;
    struct program *program = &alice->program;
    if (e->kind == SESSION_OPEN)
        alice->was_open = alice->had_key = true;
    if (e->kind == SESSION_LEARNED && !e->rekeying) /* what a re-keying says passes sealed, and nobody can export it */
        events_captions(program->private_events, conn, e);
    if (e->kind != SESSION_CLOSED || program->options.reconnect ||
        !may_come_again(alice, session_end(conn_session(conn)))) {
        single_ops.event(alice->single, conn, e);
        return;
    }
    attempt->over = true;
    single_let_go(alice->single);
    uint64_t wait = alice->wait_ms / 2 + randombytes_uniform((uint32_t)alice->wait_ms / 2);
    timer_start(alice->again, wait, 0);
    events_session(program->events, conn, e);
    if (program->options.log)
        log_session(&(struct log){0}, &program->screen, conn, e, true);
    else
        screen_line(&program->screen, SCREEN_WARN, "    Bob is busy; trying again in %.1f s", (double)wait / 1e3);
}

/* Who was sent away has said nothing. */
static bool room(void *user, struct conn *conn) {
    struct attempt *attempt = user;
    return attempt->over || single_ops.room(attempt->alice->single, conn);
}

static void take_data(void *user, struct conn *conn, struct session_chunk *chunk) {
    struct attempt *attempt = user;
    if (attempt->over)
        session_chunk_free(chunk);
    else
        single_ops.data(attempt->alice->single, conn, chunk);
}

static void feed(void *user, struct conn *conn) {
    struct attempt *attempt = user;
    if (!attempt->over)
        single_ops.feed(attempt->alice->single, conn);
}

static void closed(void *user, struct conn *conn) {
    struct attempt *attempt = user;
    struct alice *alice = attempt->alice;
    if (!attempt->over && alice->program.options.reconnect) {
        next_session(alice, conn);
    } else if (!attempt->over) {
        single_ops.closed(alice->single, conn);
        timer_free(alice->again);
        alice->again = NULL;
    }
    free(attempt);
}

static void come_again(void *user) {
    struct alice *alice = user;
    if (alice->stopping)
        program_leave(&alice->program, alice->program.status);
    alice->waiting = false;
    go(alice);
}

/* A service manager that reloads means no end. */
static void not_read_again(void *user, int number) {
    struct alice *alice = user;
    (void)number;
    screen_warning(&alice->program.screen, "--config %s: alice reads it when she starts, and not again",
                   alice->program.options.config);
}

/* ---- connecting */

/* Her recipes are drawn while she is being connected; a connection that fails does not cost her them. */
static int prepare(struct alice *alice) {
    static const struct conn_ops ops = {
        .event = on_event, .room = room, .data = take_data, .feed = feed, .closed = closed};
    struct program *program = &alice->program;
    struct session_config config = program_session_config(program);
    struct session *session;
    uint8_t seed[32];
    if (alice->next)
        return 0;
    struct attempt *attempt = malloc(sizeof *attempt);
    if (!attempt)
        return -ENOMEM;
    *attempt = (struct attempt){.alice = alice};
    program_seed(program, seed);
    int r = alice_new(&session, &config, seed);
    sodium_memzero(seed, sizeof seed);
    if (r == 0)
        r = conn_prepare(&attempt->conn, program->pool, session, &ops, attempt);
    if (r == 0)
        alice->next = attempt;
    else
        free(attempt);
    return r;
}

static void connected(void *user, const struct connect_result *result) {
    struct alice *alice = user;
    struct program *program = &alice->program;
    struct conn *conn;
    if (result->fallback)
        screen_warning(&program->screen, "there is no IPv6 here: trying %s instead", result->fallback);
    if (!result->tcp) {
        bool elsewhere = program->options.seeded && result->error == -EACCES;
        const char *text =
            elsewhere ? "--seed is for tests on this machine: connect to [::1] or 127.0.0.1" : result->text;
        screen_error(&program->screen, "%s", text);
        events_error(program->events, NULL, NULL, text);
        if (program->options.reconnect && !elsewhere) {
            go_later(alice, false);
            return;
        }
        give_up(alice, elsewhere ? STATUS_USAGE : result->error == -ENOMEM ? STATUS_INTERNAL : STATUS_UNAVAILABLE);
        return;
    }
    if (alice->stopping) {
        conn_refuse(result->tcp);
        give_up(alice, program->status);
        return;
    }
    conn = alice->next->conn;
    alice->next = NULL;
    conn_attach(conn, result->tcp);
    if (program->options.log)
        log_connected(&program->screen, conn);
    else
        screen_line(&program->screen, SCREEN_PLAIN, "    connected to %s", conn_peer(conn));
    events_connected(program->events, conn);
    single_begin(alice->single, conn);
    conn_touch(conn);
}

static void go(struct alice *alice) {
    struct program *program = &alice->program;
    const struct options *o = &program->options;
    char name[ADDRESS_TEXT + 256];
    alice->began_ms = timer_boot_ms();
    if (prepare(alice) < 0) {
        screen_error(&program->screen, "out of memory");
        program_leave(program, STATUS_INTERNAL);
    }
    int r = connect_start(program->loop, &o->address, o->seeded, o->timeout_ms, connected, alice);
    if (r == 0) {
        conn_touch(alice->next->conn);
        return;
    }
    address_name(name, &o->address);
    screen_error(&program->screen, "cannot start to connect to %s%s", name, r == -ENOMEM ? ": out of memory" : "");
    give_up(alice, r == -ENOMEM ? STATUS_INTERNAL : STATUS_UNAVAILABLE);
}

static int run(struct alice *alice) {
    struct program *program = &alice->program;
    const struct options *o = &program->options;
    char name[ADDRESS_TEXT + 256];
    int status = program_enter(program);
    if (status == OPTIONS_GO_ON)
        status = single_new(&alice->single, program);
    if (status != OPTIONS_GO_ON)
        return status;
    if ((uint64_t)o->sets[0]->n_chunks * o->sets[0]->chunk_max >= LARGE)
        system_large_pages();
    address_name(name, &o->address);
    screen_line(&program->screen, SCREEN_BOLD, "Alice, with set %s, to Bob at %s", o->sets[0]->name, name);
    program_catch_signals(program, on_signal, alice);
    if (o->config)
        program_hear_signal(program, SIGHUP, not_read_again, alice);
    if (timer_new(&alice->again, program->loop, come_again, alice) < 0) {
        screen_error(&program->screen, "out of memory");
        return STATUS_INTERNAL;
    }
    go(alice);
    status = program_run(program);
    return status || o->reconnect ? status : single_status(alice->single);
}

int main(int argc, const char **argv) {
    static struct alice alice;
    int status = program_init(&alice.program, SIDE_ALICE, argc, argv);
    if (status == OPTIONS_GO_ON)
        status = run(&alice);
    timer_free(alice.again);
    if (alice.next)
        conn_drop(alice.next->conn);
    free(alice.next);
    single_free(alice.single);
    program_deinit(&alice.program);
    return status;
}
