/* What the files of the serving bob know of each other.
 *
 *   shell_server.c  opens the house and tells how it is
 *   shell_door.c    lets in or turns away who connects
 *   shell_client.c  what happens with one alice
 *   shell_places.c  who has one of the places, and who has to go
 *   shell_reload.c  the configuration, read again
 *   shell_end.c     how the house closes
 *
 * Beside them shell_board has the chat, shell_crowd what is told of many, shell_metrics what is counted. */
#ifndef PARLEY_BOB_SHELL_PARTS_H
#define PARLEY_BOB_SHELL_PARTS_H

#include "bob/draws.h"
#include "bob/shell_board.h"
#include "bob/shell_client.h"
#include "bob/shell_metrics.h"
#include "common/shell/app/single.h"
#include "common/shell/net/listener.h"
#include "common/shell/net/timer.h"

enum {
    HOPING_MAX = 32,  /* sessions beyond the limit that may hope for a place */
    LEAVING_MAX = 32, /* sessions that have been told that Bob is busy, and have time to take it in */
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

/* shell_door.c: of the listener. Takes tcp. */
void door_accepted(void *user, struct uv_tcp_s *tcp);

/* shell_client.c */
extern const struct conn_ops client_ops;
/* In the list of its server, counted as beyond and leaving say; its connection is still missing. NULL: no memory. */
struct client *client_new(struct server *server, bool beyond, bool leaving);
void client_free(struct client *client);

/* shell_places.c: the list of clients, and a count for each kind of place. */
void places_enter(struct client *client);
void places_leave(struct client *client);
/* From one count to another. */
void places_move(struct client *client, bool beyond, bool leaving);
/* Who would have to go if somebody needed a place, or NULL. */
struct client *places_who_would_go(struct server *server);
/* Who would have to go for one more connection, or NULL. */
struct client *places_who_is_early(struct server *server, bool also_hoping);
/* She is told why while there are few such; more of them have no time to take it in. */
void places_push_out(struct client *client, const char *why);
/* She has agreed on a key. False if there is no place for her after all. */
bool places_take(struct client *client);

/* shell_reload.c */
/* Her key has left the configuration since she came: what she has agreed on is not handed on. */
bool reload_struck(const struct client *client);
void reload_strike(struct client *client);
/* SIGHUP, to a server with --config. */
void reload_on_signal(void *user, int number);

/* shell_end.c */
/* Stops the program once the house is closing and the last has left. */
void end_if_nothing_left(struct server *server);
/* Of the timer `drain`: the time for the polite end is over. */
void end_cut(void *user);
void end_on_signal(void *user, int number);

#endif
