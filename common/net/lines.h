/* Cuts a peer's bytes into lines that are safe to show. */
#ifndef PARLEY_NET_LINES_H
#define PARLEY_NET_LINES_H

#include <stddef.h>
#include <stdint.h>

enum { LINES_MAX = 1000 }; /* bytes; a longer line comes in several pieces */

struct lines {
    size_t n;
    uint8_t bytes[LINES_MAX];
};

/* show gets each complete line, escaped, without its newline. */
void lines_feed(struct lines *lines, const uint8_t *bytes, size_t n, void (*show)(void *user, const char *line),
                void *user);
/* Shows what has no newline yet, if anything. */
void lines_flush(struct lines *lines, void (*show)(void *user, const char *line), void *user);

#endif
