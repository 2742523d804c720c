/* TCP segments in, the bytes of Parley connections out, in order. A small reassembler for our one protocol: a
 * connection counts when the first bytes of either direction are our preface, on any port; all others are forgotten at
 * once.
 *
 * Segments may come out of order, overlap, repeat, or be missing; the connection may begin before the capture does, and
 * sequence numbers wrap. Where two segments claim the same place, the one that arrived first counts. Bytes that never
 * arrived become a gap, once the end of the capture (or a full store) shows that they will not come.
 *
 * Memory: at most STREAMS_HELD_MAX bytes of segments that wait, STREAMS_PENDING_MAX connections not yet recognised, and
 * a few hundred bytes for each connection that was. */
#ifndef PARLEY_EVE_STREAMS_H
#define PARLEY_EVE_STREAMS_H

#include "eve/wire/packet.h"

enum {
    STREAMS_HELD_MAX = 64 << 20,     /* waiting bytes of all connections, bookkeeping included */
    STREAMS_HALF_HELD_MAX = 8 << 20, /* of one direction */
    STREAMS_HALF_SEGMENTS_MAX = 4096,
    STREAMS_PENDING_MAX = 4096,
};

enum streams_end {
    STREAMS_OPEN,  /* the capture ended first */
    STREAMS_FIN,   /* this direction was closed in order */
    STREAMS_RESET, /* by either side */
};

/* Directions are 0: from the first address to the second, and 1: back. */
struct streams_connection {
    struct packet_address address[2];
    int initiator; /* the direction in which the connection was opened, -1 if the capture does not show it */
};

struct streams_ops {
    /* A Parley connection. The value returned stands for it in the other calls; NULL: not interested. */
    void *(*begin)(void *user, const struct streams_connection *c, uint64_t ns);
    void (*bytes)(void *user, void *connection, int direction, const uint8_t *p, size_t n, uint64_t ns);
    void (*gap)(void *user, void *connection, int direction, uint64_t n, uint64_t ns);
    /* No more bytes in this direction. Called once for each. */
    void (*end)(void *user, void *connection, int direction, enum streams_end how, uint64_t ns);
};

struct streams;

/* key: 16 random bytes, so that nobody can aim at the hash table. -ENOMEM. */
int streams_new(struct streams **sp, const struct streams_ops *ops, void *user, const uint8_t key[static 16]);
/* -ENOMEM. ns: when it was captured. */
int streams_segment(struct streams *s, const struct packet_segment *segment, uint64_t ns);
/* The end of the capture: what waits is given out, with gaps. */
void streams_finish(struct streams *s, uint64_t ns);
void streams_free(struct streams *s); /* NULL is fine */

/* Connections that turned out not to be Parley, or were never recognised. */
uint64_t streams_others(const struct streams *s);
/* Bytes of segments that wait. */
size_t streams_held(const struct streams *s);

#endif
