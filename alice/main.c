/* alice: connects to a bob and agrees on a key with him. */
#include "alice/machine.h"
#include "common/net/connect.h"
#include "common/net/log.h"
#include "common/net/single.h"

#include <errno.h>
#include <sodium.h>

struct alice {
    struct program program;
    struct single *single;
};

static void on_signal(void *user, int number) {
    struct alice *alice = user;
    single_interrupt(alice->single, number);
}

static void give_up(struct alice *alice, int status) {
    alice->program.status = status;
    program_stop(&alice->program);
}

static void connected(void *user, const struct connect_result *result) {
    struct alice *alice = user;
    struct program *program = &alice->program;
    uint8_t seed[32];
    struct session *session;
    struct conn *conn;
    if (result->fallback)
        screen_warning(&program->screen, "there is no IPv6 here: trying %s instead", result->fallback);
    if (!result->tcp) {
        bool elsewhere = program->options.seeded && result->error == -EACCES;
        const char *text =
            elsewhere ? "--seed is for tests on this machine: connect to [::1] or 127.0.0.1" : result->text;
        screen_error(&program->screen, "%s", text);
        events_error(program->events, NULL, NULL, text);
        give_up(alice, elsewhere ? STATUS_USAGE : STATUS_UNAVAILABLE);
        return;
    }
    struct session_config config = program_session_config(program);
    program_seed(program, seed);
    int r = alice_new(&session, &config, seed);
    sodium_memzero(seed, sizeof seed);
    if (r == 0)
        r = conn_new(&conn, program->pool, result->tcp, session, &single_ops, alice->single);
    if (r < 0) {
        screen_error(&program->screen, "out of memory");
        program_leave(program, STATUS_INTERNAL);
    }
    if (program->options.log)
        log_connected(&program->screen, conn);
    else
        screen_line(&program->screen, SCREEN_PLAIN, "    connected to %s", conn_peer(conn));
    events_connected(program->events, conn);
    single_begin(alice->single, conn);
    conn_touch(conn);
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
    address_name(name, &o->address);
    screen_line(&program->screen, SCREEN_BOLD, "Alice, with set %s, to Bob at %s", o->params[0]->name, name);
    if (program_catch_signals(program, on_signal, alice) < 0 ||
        connect_start(program->loop, &o->address, o->seeded, o->timeout_ms, connected, alice) < 0) {
        screen_error(&program->screen, "cannot start to connect to %s", name);
        return STATUS_UNAVAILABLE;
    }
    status = program_run(program);
    return status ? status : single_status(alice->single);
}

int main(int argc, const char **argv) {
    static struct alice alice;
    int status = program_init(&alice.program, SIDE_ALICE, argc, argv);
    if (status == OPTIONS_GO_ON)
        status = run(&alice);
    single_free(alice.single);
    program_deinit(&alice.program);
    return status;
}
