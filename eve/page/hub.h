/* All that has happened, in order: one JSON object a line, numbered from 1. Those who watch ask for what follows a
 * number, so that none of them can hold up another. */
#ifndef PARLEY_EVE_PAGE_HUB_H
#define PARLEY_EVE_PAGE_HUB_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HUB_BYTES_MAX =
        16 << 20, /* kept, with what keeping costs; what is older is given up, and who asks for it is told so */
};

struct hub;

/* told: called after each new event. -ENOMEM. */
int hub_new(struct hub **hubp, void (*told)(void *user), void *user);
void hub_free(struct hub *hub); /* NULL is fine */

/* Takes object, adds "schema": 1 and "id", and keeps it. */
void hub_add(struct hub *hub, json_t *object);

/* The event of this number, for the caller to free; NULL: it is not kept any more. */
json_t *hub_get(const struct hub *hub, uint64_t number);
/* It says something else from now on; takes object. Who has got it is not told. */
void hub_put(struct hub *hub, uint64_t number, json_t *object);

/* The first event behind *numberp and its number; NULL: none yet. Valid until the next call of any function. */
const char *hub_next(struct hub *hub, uint64_t *numberp);
/* The numbers of the oldest event that is kept and of the newest one; first is last + 1 when there is none. */
uint64_t hub_first(const struct hub *hub);
uint64_t hub_last(const struct hub *hub);
/* What is kept, in all; the texts are less. */
size_t hub_bytes(const struct hub *hub);

/* A new show begins: everything before it is forgotten. The numbers go on. */
void hub_clear(struct hub *hub);

#endif
