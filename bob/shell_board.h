/* The switchboard: lines from all alices on standard output, each under its name; lines from standard input to all of
 * them or, with @name, to one. The end of standard input closes nothing. */
#ifndef PARLEY_BOB_SHELL_BOARD_H
#define PARLEY_BOB_SHELL_BOARD_H

#include "bob/shell_client.h"
#include "common/shell/app/program.h"

struct board;

/* clients: the head of the server's list, read when a line is to be sent. Negative errno. */
int board_new(struct board **boardp, struct program *program, struct client *const *clients);
void board_free(struct board *board); /* gives the terminal back. NULL is fine */

/* A client has become open: gives it its label. */
void board_join(struct board *board, struct client *client);
/* Shows what waits of the client's lines, as far as there is room. True if there is room for its next chunk then. */
bool board_room(struct board *board, struct client *client);
/* Bytes from a client, after board_room. Takes the chunk. */
void board_data(struct board *board, struct client *client, struct session_chunk *chunk);
/* The client's session may take data. */
void board_feed(struct board *board, struct client *client);
/* No more will come from it: shows the rest of its last line. */
void board_leave(struct board *board, struct client *client);

#endif
