/* What the lecturer has hidden of the conversations: lines, and all that somebody says. Pure.
 *
 * A line is hidden by what it says (the key of said.h), so that it is gone from all tiles on which it stands, and stays
 * gone when somebody says it again. Who is known by a session is hidden by that; of whom there is no more than the
 * label under which Bob passes lines on, by the label. */
#ifndef PARLEY_EVE_PAGE_HIDDEN_H
#define PARLEY_EVE_PAGE_HIDDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HIDDEN_MAX = 1024, HIDDEN_KEY = 16 };

enum hidden_what { HIDDEN_LINE, HIDDEN_SESSION, HIDDEN_LABEL };

/* All zero is empty. The newest HIDDEN_MAX count. */
struct hidden {
    size_t n, next;
    uint8_t keys[HIDDEN_MAX][HIDDEN_KEY];
};

/* n bytes at p, n at least 1: the key of a line, a session's id, a label. */
void hidden_add(struct hidden *h, enum hidden_what what, const void *p, size_t n);
bool hidden_has(const struct hidden *h, enum hidden_what what, const void *p, size_t n);

#endif
