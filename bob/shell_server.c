#include "bob/shell_server.h"

#include "bob/shell_parts.h"
#include "common/shell/host/files.h"
#include "common/shell/host/system.h"
#include "common/shell/net/web.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    OTHER_FILES = 64,
    MEMORY =
        32 << 20, /* for samples that wait to be labelled, of all sessions: 13 of them may be as fast as they can */
};

static void give_memory_back(void *user) {
    (void)user;
    system_give_memory_back();
}

static void keys_are_out(void *user) {
    end_if_nothing_left(user);
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
    status = status_of_listener(listener_new(&server.listener, program->loop, &program->screen, &o->address, o->seeded,
                                             door_accepted, &server));
    if (status == 0 && !o->once)
        status = metrics_new(&server.metrics, program, read_gauges, &server);
    if (status == 0)
        status = program_enter(program);
    if (status != OPTIONS_GO_ON)
        ;
    else if (o->once)
        status = single_new(&server.single, program);
    else if (timer_new(&server.drain, program->loop, end_cut, &server) < 0 ||
             timer_new(&server.calm, program->loop, give_memory_back, &server) < 0)
        status = out_of_memory(program);
    else
        status = OPTIONS_GO_ON;
    if (status == OPTIONS_GO_ON) {
        program_catch_signals(program, end_on_signal, &server);
        if (!o->once)
            program_hear_signal(program, SIGUSR1, say_status, &server);
        if (o->config && !o->once)
            program_hear_signal(program, SIGHUP, reload_on_signal, &server);
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
