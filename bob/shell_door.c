#include "bob/machine.h"
#include "bob/shell_parts.h"

#include <sodium.h>

/* So many are told in full that there is no room that the others get no session, and no time to take it in. */
static void turn_away(struct uv_tcp_s *tcp) {
    uint8_t words[SESSION_ABORT_ONLY];
    session_abort_only(words, ABORT_BUSY);
    conn_turn_away(tcp, words, sizeof words);
}

/* For one more connection: whether all places are taken, and whether she may hope for one. Who has said too little goes
 * for her if nobody else may. */
static void look_for_place(struct server *server, bool *fullp, bool *hopesp) {
    /* of sessions that have ended */
    bool handing_on = keyout_count(server->program->keyout) >= (size_t)2 * server->limit;
    *fullp = handing_on || server->n_clients >= server->limit;
    *hopesp = *fullp && !handing_on && places_who_would_go(server);
    if (!*fullp || handing_on || (*hopesp && server->n_hoping < HOPING_MAX))
        return;
    struct client *early = places_who_is_early(server, *hopesp);
    if (early)
        places_push_out(early, "she had said too little when somebody else came");
    *fullp = server->n_clients >= server->limit;
    *hopesp = *fullp && early;
}

static void no_memory(struct server *server) {
    screen_error(&server->program->screen, "out of memory: a connection is refused");
}

void door_accepted(void *user, struct uv_tcp_s *tcp) {
    struct server *server = user;
    struct program *program = server->program;
    struct session_config config = program_session_config(program);
    struct session *session;
    uint8_t seed[32];
    bool full, hopes;
    look_for_place(server, &full, &hopes);
    bool leaves = full && !hopes;
    if (leaves && server->n_leaving >= LEAVING_MAX) {
        turn_away(tcp);
        metrics_turned_away(server->metrics);
        return;
    }
    program_seed(program, seed);
    int r = bob_new(&session, &config, seed);
    sodium_memzero(seed, sizeof seed);
    struct client *client = r < 0 ? NULL : client_new(server, full, leaves);
    if (!client) {
        if (r == 0)
            session_free(session);
        no_memory(server);
        conn_refuse(tcp);
        return;
    }
    if (conn_new(&client->conn, program->pool, tcp, session, &client_ops, client) < 0) {
        no_memory(server);
        client_free(client);
        return;
    }
    conn_share(client->conn, &server->memory);
    events_connected(program->events, client->conn);
    if (!server->single)
        log_connected(&program->screen, client->conn);
    if (leaves)
        session_abort(session, ABORT_BUSY, "all places are taken, she was told to try later");
    conn_touch(client->conn);
}
