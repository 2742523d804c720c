/* --events: one JSON object a line, "schema": 1, for programs that watch. Never a key in it, but in
 * the file of --private-events, at toys. */
#ifndef PARLEY_TOLD_EVENTS_H
#define PARLEY_TOLD_EVENTS_H

#include "common/shell/net/conn.h"
#include "common/shell/term/screen.h"

struct events; /* NULL is a sink */
struct json_t;

/* side: who writes them, "alice", "bob" or "eve". Truncates the file. The first line that cannot be written is reported
 * on the screen, which is kept as path is. Negative errno. */
int events_open(struct events **eventsp, const char *path, const char *side, struct screen *screen);
/* The same of a file that the owner alone may read (mode 0600), for events_captions. */
int events_open_private(struct events **eventsp, const char *path, const char *side, struct screen *screen);
/* Whether a line could not be written. */
bool events_failed(const struct events *events);
void events_close(struct events *events);

void events_listening(struct events *events, const char *address);
void events_connected(struct events *events, const struct conn *conn);
/* Those of a session's events that programs are told: step, learned, agreed, confirmed, open, closed. */
void events_session(struct events *events, const struct conn *conn, const struct session_event *e);
/* Of SESSION_LEARNED at a set that is a toy, once a session has begun: the key from which Alice's captions follow. */
void events_captions(struct events *events, const struct conn *conn, const struct session_event *e);
/* Of a bob who passes on what alices say: under which label he does. */
void events_called(struct events *events, const struct conn *conn, const char *label);
/* An event of another kind: object's fields after those that all have. Takes object. */
void events_write(struct events *events, const char *event, const char *session, struct json_t *object);
/* session and peer may be NULL. */
void events_error(struct events *events, const char *session, const char *peer, const char *text);

#endif
