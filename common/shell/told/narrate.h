/* One session in plain sentences, with measured numbers beside expected ones. */
#ifndef PARLEY_TOLD_NARRATE_H
#define PARLEY_TOLD_NARRATE_H

#include "common/shell/net/conn.h"
#include "common/shell/term/screen.h"

/* What a session's event means to a person. */
void narrate_event(struct screen *screen, enum side side, const struct conn *conn, const struct session_event *e);

/* How the session ended; for a failure the line goes out with -q too. */
void narrate_end(struct screen *screen, enum side side, const struct conn *conn);

#endif
