/* What a person types in a chat that is not for the other side. */
#ifndef PARLEY_TERM_COMMAND_H
#define PARLEY_TERM_COMMAND_H

#include <stddef.h>

enum command { COMMAND_NONE, COMMAND_HELP, COMMAND_WHO, COMMAND_QUIT, COMMAND_UNKNOWN };

/* What a line of n bytes, with its newline or without, asks for: /help, /who or /quit, alone in it. COMMAND_NONE: it is
 * for the other side, from byte *skipp on (1 where it begins with two slashes, else 0). COMMAND_UNKNOWN: it begins with
 * a slash, and is none of these. */
enum command command_of(const char *line, size_t n, size_t *skipp);

/* One line about what to do with such a line. */
#define COMMAND_HINT                                                                                                   \
    "there is no such command, and the line was not sent; // at its beginning sends a /, /help tells more"

#endif
