/* The sessions of a capture that a command works on. */
#ifndef PARLEY_EVE_SELECT_H
#define PARLEY_EVE_SELECT_H

#include "eve/cli/arguments.h"
#include "eve/wire/capture.h"

/* Reads the capture with its samples, --session only if it is given. Errors and warnings have been shown, and the
 * status to exit with is returned. capture_deinit in any case. */
int select_sessions(struct capture *capture, struct arguments *a);

/* The one complete session that is meant. */
int select_one(struct capture *capture, struct arguments *a, struct capture_session **sessionp);

#endif
