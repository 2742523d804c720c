/* Writes what passed as a capture: the bytes of connections, in packets with IP and TCP headers made up around them (a
 * relay never sees the real ones). Raw IP packets with times in nanoseconds, readable by any tool that reads pcap. */
#ifndef PARLEY_EVE_RECORD_H
#define PARLEY_EVE_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct record;
struct record_connection;
struct sockaddr;

/* Takes file, also on failure. -ENOMEM, -EIO. */
int record_new(struct record **rp, FILE *file);
/* Negative errno of the first write that failed, 0. */
int record_close(struct record *r);
int record_error(const struct record *r);

/* The opening handshake. Direction 0 is the first's. NULL: out of memory. */
struct record_connection *record_open(struct record *r, const struct sockaddr *first, const struct sockaddr *second);
void record_bytes(struct record_connection *c, int direction, const uint8_t *p, size_t n);
void record_end(struct record_connection *c, int direction);
void record_reset(struct record_connection *c, int direction);
/* A direction that has not ended is just not continued. */
void record_release(struct record_connection *c);

#endif
