/* Sentences about one of many alices, for a person at a terminal; a log has the lines of common/shell/told/log.h
 * instead. */
#ifndef PARLEY_BOB_SHELL_CROWD_H
#define PARLEY_BOB_SHELL_CROWD_H

#include "bob/shell_client.h"

/* After the client's label is made. */
void crowd_event(struct client *client, struct screen *screen, const struct session_event *e);

/* The connection is closed, and all that came by it is shown. expected: that is no news. */
void crowd_gone(const struct client *client, struct screen *screen, bool expected);

/* "ann, 192.0.2.7:40112, unauthenticated: WORDS", also with -q. */
void crowd_who(const struct client *client, struct screen *screen);

#endif
