/* Writes what passed as a capture: the bytes of connections, in packets with IP and TCP headers made up around them (a
 * relay never sees the real ones). Raw IP packets with times in nanoseconds, readable by any tool that reads pcap.
 *
 * Packets are made and written by a thread of its own, behind a queue of RECORD_QUEUE bytes: whoever records does not
 * wait for the file, unless the queue is full; nothing is left out. All functions are for one thread. */
#ifndef PARLEY_EVE_RECORD_H
#define PARLEY_EVE_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    RECORD_QUEUE = 4 << 20,
    RECORD_READ = 256 << 10, /* what record_buffer gives */
};

struct record;
struct record_connection;
struct sockaddr;

/* Takes file, also on failure. -ENOMEM, or why there is no thread. */
int record_new(struct record **rp, FILE *file);
/* Waits until all is written. Negative errno of the first write that failed (nothing has been written since), 0. */
int record_close(struct record *r);
int record_error(struct record *r);
/* Bytes that the file has, or will have once all is written. */
uint64_t record_size(const struct record *r);

/* RECORD_READ bytes, in the queue itself: what is read into them and then given to record_bytes is not copied. Waits
 * while the queue is full. The same place until something is recorded. */
uint8_t *record_buffer(struct record *r);

/* The opening handshake. Direction 0 is the first's. NULL: out of memory. */
struct record_connection *record_open(struct record *r, const struct sockaddr *first, const struct sockaddr *second);
/* n <= RECORD_READ. */
void record_bytes(struct record_connection *c, int direction, const uint8_t *p, size_t n);
void record_end(struct record_connection *c, int direction);
void record_reset(struct record_connection *c, int direction);
/* A direction that has not ended is just not continued. */
void record_release(struct record_connection *c);

#endif
