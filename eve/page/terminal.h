/* eve show: what happens, on standard output. A terminal gets colours; anything else the same lines without them. */
#ifndef PARLEY_EVE_PAGE_TERMINAL_H
#define PARLEY_EVE_PAGE_TERMINAL_H

#include "eve/page/hub.h"

#include <stdbool.h>

struct terminal;

/* n_files files of events are followed, and captures where capture is set. hub is borrowed. -ENOMEM. */
int terminal_new(struct terminal **terminalp, struct hub *hub, unsigned n_files, bool capture);
/* Draws what is new in the hub; called at least several times a second. -EIO: standard output takes no more. */
int terminal_poll(struct terminal *terminal);
/* Draws what still waits for others to tell the same. */
void terminal_settle(struct terminal *terminal);
/* Whether a session has been told to its end. */
bool terminal_over(const struct terminal *terminal);
void terminal_free(struct terminal *terminal); /* NULL is fine */

#endif
