/* Follows a file of JSON lines as it grows (--events of alice, bob or eve), and tells what is in it. */
#ifndef PARLEY_EVE_PAGE_TAIL_H
#define PARLEY_EVE_PAGE_TAIL_H

#include <jansson.h>
#include <stdbool.h>

struct tail;

/* line: takes the object. A line that is no JSON object of schema 1 is passed over. -ENOMEM. The file may come later.
 */
int tail_new(struct tail **tailp, const char *path, void (*line)(void *user, json_t *object), void *user);
/* Reads what has come since. Whether there was anything. */
bool tail_poll(struct tail *tail);
void tail_free(struct tail *tail); /* NULL is fine */

#endif
