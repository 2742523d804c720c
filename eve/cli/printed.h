/* What a command has printed on standard output, at its end. */
#ifndef PARLEY_EVE_PRINTED_H
#define PARLEY_EVE_PRINTED_H

#include "common/shell/term/screen.h"

/* Flushes it. The status to exit with: `status`, also if whoever read has left, as head does, which is nobody's error;
 * or STATUS_IO, and one line on the screen, if it could not be written. */
int printed_end(struct screen *screen, int status);

#endif
