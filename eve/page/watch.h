/* Follows a capture as it grows, and tells what an eavesdropper sees in it: the public half of the page. */
#ifndef PARLEY_EVE_PAGE_WATCH_H
#define PARLEY_EVE_PAGE_WATCH_H

#include "proto/message.h"
#include "proto/order.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { WATCH_SEALED_MAX = 1000 }; /* sealed messages of a session that are told of one by one */

struct watch;

struct watch_ops {
    void (*event)(void *user, json_t *object); /* takes the object */
    /* All that a learner needs of this session has passed. */
    void (*complete)(void *user, const char *session, const char *params);
    /* Sealed messages have come since the last call; so many are there now. */
    void (*sealed)(void *user, const char *session, unsigned n);
    /* Each of them, as it comes; NULL: nobody wants them. ns: when it was captured. */
    void (*message)(void *user, const char *session, enum side from, const struct message *m, uint64_t ns);
};

/* source: what the events are marked with. The file may come later. A file in another form than pcap (pcapng) is read
 * once, as it is. -ENOMEM. */
int watch_new(struct watch **watchp, const char *path, int source, const struct watch_ops *ops, void *user);
/* Reads what has come since, and tells of it. Whether there was anything. */
bool watch_poll(struct watch *watch);
/* So many packets of it have been told of. */
uint64_t watch_packets(const struct watch *watch);
/* Why no more can be read of it; "" while all is well. */
const char *watch_error(const struct watch *watch);
void watch_free(struct watch *watch); /* NULL is fine */

#endif
