/* From a captured packet to the TCP segment inside: link layer, IP, TCP. Pure: bytes in, a view of them out. Every
 * length in a packet is a claim, and is believed only as far as captured bytes go. */
#ifndef PARLEY_EVE_PACKET_H
#define PARLEY_EVE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packet_address {
    uint8_t ip[16]; /* IPv4 as ::ffff:a.b.c.d */
    uint16_t port;
};

enum {
    PACKET_FIN = 1,
    PACKET_SYN = 2,
    PACKET_RST = 4,
    PACKET_PSH = 8,
    PACKET_ACK = 16,
    PACKET_ADDRESS_TEXT = 64, /* "[v6]:port" and a NUL */
};

struct packet_segment {
    struct packet_address from, to;
    uint32_t seq, ack;
    uint8_t flags;
    const uint8_t *data; /* what was captured of the payload, inside the packet */
    size_t n;
    size_t n_wire; /* payload on the wire, at least n */
};

enum packet_kind {
    PACKET_TCP,
    PACKET_OTHER,    /* something else, whole as far as it was looked at */
    PACKET_FRAGMENT, /* a part of an IP packet: not put together, so whatever it carried will be missing */
    PACKET_DAMAGED,  /* cut off before the end of its headers, or they contradict each other */
};

/* Whether packets of this link type (a DLT_ value of libpcap) can be read. */
bool packet_link_known(int link);

/* bytes: n captured bytes of a packet. */
enum packet_kind packet_parse(struct packet_segment *out, int link, const uint8_t *bytes, size_t n);

/* "192.0.2.7:24022" or "[::1]:24022" */
void packet_address_text(char out[static PACKET_ADDRESS_TEXT], const struct packet_address *a);

#endif
