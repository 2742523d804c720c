#include "bob/shell_parts.h"

#include <stdio.h>
#include <string.h>

bool reload_struck(const struct client *client) {
    const struct options *o = &client->server->program->options;
    const uint8_t *key = session_peer_identity(conn_session(client->conn));
    return client->roster != o->roster && roster_find(client->roster, key) && !roster_find(o->roster, key);
}

void reload_strike(struct client *client) {
    conn_give_up(client->conn, "her key is no longer in the configuration");
}

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
        if (reload_struck(client))
            reload_strike(client);
    }
    roster_release(before);
}

void reload_on_signal(void *user, int number) {
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
