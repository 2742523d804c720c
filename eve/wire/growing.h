/* Packets of a pcap file that is still being written. libpcap reads files that are whole, and takes the middle of a
 * packet for damage; here a packet counts once all of it is there. */
#ifndef PARLEY_EVE_PAGE_GROWING_H
#define PARLEY_EVE_PAGE_GROWING_H

#include <stddef.h>
#include <stdint.h>

struct growing;

/* The file may come later. -ENOMEM. */
int growing_new(struct growing **growingp, const char *path);
/* Gives the packets that have come since: how many, -EINVAL for a file that is no pcap (or a damaged one), or what
 * packet returned below 0. link: a DLT_ value; ns: when it was captured. */
int growing_read(struct growing *g, int (*packet)(void *user, int link, uint64_t ns, const uint8_t *bytes, size_t n),
                 void *user);
void growing_free(struct growing *g); /* NULL is fine */

#endif
