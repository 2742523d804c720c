/* Cuts a peer's bytes into lines that are safe to show, no faster than they can be shown: a chunk of empty lines is
 * small, and each of them under a long name is not. */
#ifndef PARLEY_TERM_LINES_H
#define PARLEY_TERM_LINES_H

#include "proto/session.h"

enum { LINES_MAX = 1000 }; /* bytes; a longer line comes in several pieces */

struct lines {
    struct session_chunk chunk; /* its bytes from `at` on have not been looked at */
    size_t at;
    size_t n;
    uint8_t bytes[LINES_MAX]; /* of a line that is not complete */
};

struct lines_sink {
    bool (*room)(void *user);                                 /* whether more should be shown now */
    void (*show)(void *user, const char *line);               /* a line, escaped, without its newline */
    void (*said)(void *user, const uint8_t *bytes, size_t n); /* before that, as it came; not of an empty one. NULL:
                                                                 nobody wants it */
};

/* Takes a chunk; none may be waiting. */
void lines_give(struct lines *lines, struct session_chunk *chunk);
/* Shows while there is room. True if no chunk waits any more. */
bool lines_drain(struct lines *lines, const struct lines_sink *sink, void *user);
/* Shows what has no newline yet, if anything. */
void lines_flush(struct lines *lines, const struct lines_sink *sink, void *user);
/* Wipes. Idempotent. */
void lines_deinit(struct lines *lines);

#endif
