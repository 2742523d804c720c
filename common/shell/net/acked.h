/* How much of what was sent over TCP has arrived. */
#ifndef PARLEY_NET_ACKED_H
#define PARLEY_NET_ACKED_H

#include <stdint.h>

/* Bytes that the peer's system has acknowledged since the connection began; -1 where the system does not tell. */
int64_t acked_bytes(int fd);

#endif
