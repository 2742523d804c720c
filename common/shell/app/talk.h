/* A conversation between one open session and this process: a chat at a terminal, a plain pipe otherwise.
 *
 * Each direction ends by itself. Standard input at its end sends our end mark, also where there was nothing in it. Two
 * exceptions: at a terminal ours is sent when that of a peer arrives who has said something; and so it is where
 * standard input was at its end from the start and this side was told to stay for more keys. */
#ifndef PARLEY_APP_TALK_H
#define PARLEY_APP_TALK_H

#include "common/shell/net/conn.h"
#include "common/shell/term/screen.h"

struct talk;
struct uv_loop_s;

/* Looks at standard input and output, and reads nothing yet. stays: for more keys, if there is nothing to say. -ENOMEM.
 */
int talk_new(struct talk **talkp, struct uv_loop_s *loop, struct screen *screen, enum side side, bool stays);

/* The session begins: the last moment at which an end of standard input counts as one from the start (`: | alice` takes
 * a moment to close its pipe). */
void talk_connected(struct talk *talk);

/* The session is open. Negative errno. */
int talk_open(struct talk *talk, struct conn *conn);
/* Events of the open session that matter here: the peer's name, its end mark. */
void talk_event(struct talk *talk, const struct session_event *e);
/* The operations of a connection that are the conversation's. */
bool talk_room(struct talk *talk);
void talk_data(struct talk *talk, struct session_chunk *chunk);
void talk_feed(struct talk *talk);

/* Ctrl-C: true if our end mark has been sent because it tells nothing wrong (all that there was to send has been sent).
 */
bool talk_interrupt(struct talk *talk);

/* After a session that is done: whether there was something to send that nobody took (a peer with --agree-only). */
bool talk_unsent(const struct talk *talk);

/* The session has ended: gives the terminal back, lets the rest be written. */
void talk_close(struct talk *talk);

/* Whether something that arrived could not be written. Final once the loop has ended. */
bool talk_failed(const struct talk *talk);

/* Releases itself when libuv has let go of it. NULL is fine. */
void talk_free(struct talk *talk);

#endif
