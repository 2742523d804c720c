/* Follows a file of lines as it grows (--events of alice, bob or eve), and gives what is in it, line by line. */
#ifndef PARLEY_EVE_PAGE_TAIL_H
#define PARLEY_EVE_PAGE_TAIL_H

#include <stdbool.h>
#include <stddef.h>

enum {
    TAIL_LINE_MAX = 64 << 10,    /* bytes */
    TAIL_POLL_BYTES = 128 << 10, /* after which a poll takes no more, so that others have their turn */
};

struct tail;

/* line: n bytes without the newline, valid during the call; number: counts from 1. Of a line longer than TAIL_LINE_MAX
 * that many bytes are given, and the rest of it is passed over. The file may come later. -ENOMEM. */
int tail_new(struct tail **tailp, const char *path,
             void (*line)(void *user, const char *text, size_t n, unsigned long number), void *user);
/* Reads of what has come since as much as one poll takes. Whether there was anything; then there may be more. */
bool tail_poll(struct tail *tail);
void tail_free(struct tail *tail); /* NULL is fine */

#endif
