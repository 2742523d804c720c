/* Ethernet (with VLAN tags), Linux cooked v1 and v2, BSD loopback, raw IP; IPv4, IPv6 with extension headers; TCP.
 * Checksums are not looked at: on the sending machine the network card fills them in later than the capture sees them.
 * For the same reason an IP length of 0 (segmentation offload) means all that was captured. */
#include "eve/wire/packet.h"

#include <arpa/inet.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>

enum {
    ETHER_IPV4 = 0x0800,
    ETHER_IPV6 = 0x86dd,
    ETHER_VLAN = 0x8100,
    ETHER_VLAN_OUTER = 0x88a8,
    ETHER_VLAN_OLD = 0x9100,
    VLAN_MAX = 4,
    EXTENSIONS_MAX = 16,
    IP_TCP = 6,
};

/* What is left of the packet. */
struct rest {
    const uint8_t *p;
    size_t n;
};

static unsigned get16(const uint8_t *p) {
    return (unsigned)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static bool skip(struct rest *r, size_t n) {
    if (r->n < n)
        return false;
    r->p += n;
    r->n -= n;
    return true;
}

/* Limits the rest to what a header claims: what follows is padding. */
static void limit(struct rest *r, size_t claimed) {
    if (claimed < r->n)
        r->n = claimed;
}

/* n_wire: bytes from the TCP header on, as IP states them. */
static enum packet_kind parse_tcp(struct packet_segment *out, struct rest r, size_t n_wire) {
    if (r.n < 20)
        return PACKET_DAMAGED;
    size_t header = (size_t)(r.p[12] >> 4) * 4;
    if (header < 20 || header > n_wire)
        return PACKET_DAMAGED;
    out->from.port = (uint16_t)get16(r.p);
    out->to.port = (uint16_t)get16(r.p + 2);
    out->seq = get32(r.p + 4);
    out->ack = get32(r.p + 8);
    out->flags = r.p[13];
    out->n_wire = n_wire - header;
    if (!skip(&r, header))
        r = (struct rest){r.p + r.n, 0}; /* options cut off: no payload was captured */
    out->data = r.p;
    out->n = r.n;
    return PACKET_TCP;
}

static void map_ipv4(uint8_t out[static 16], const uint8_t *ip) {
    memset(out, 0, 10);
    out[10] = out[11] = 0xff;
    memcpy(out + 12, ip, 4);
}

static enum packet_kind parse_ipv4(struct packet_segment *out, struct rest r) {
    if (r.n < 20)
        return PACKET_DAMAGED;
    size_t header = (size_t)(r.p[0] & 15) * 4, total = get16(r.p + 2);
    if (total == 0)
        total = r.n;
    if (header < 20 || total < header)
        return PACKET_DAMAGED;
    if (r.p[9] != IP_TCP)
        return PACKET_OTHER;
    if (get16(r.p + 6) & 0x3fff)
        return PACKET_FRAGMENT;
    map_ipv4(out->from.ip, r.p + 12);
    map_ipv4(out->to.ip, r.p + 16);
    limit(&r, total);
    return skip(&r, header) ? parse_tcp(out, r, total - header) : PACKET_DAMAGED;
}

/* Length of an extension header that may stand before TCP, 0 for what is none of those. */
static size_t extension_length(unsigned kind, const uint8_t *p) {
    switch (kind) {
    case 0:   /* hop by hop */
    case 43:  /* routing */
    case 60:  /* destination */
    case 135: /* mobility */
    case 139: /* host identity */
    case 140: /* shim6 */
        return ((size_t)p[1] + 1) * 8;
    case 44: /* fragment */
        return 8;
    case 51: /* authentication */
        return ((size_t)p[1] + 2) * 4;
    default:
        return 0;
    }
}

static enum packet_kind parse_ipv6(struct packet_segment *out, struct rest r) {
    if (r.n < 40)
        return PACKET_DAMAGED;
    size_t wire = get16(r.p + 4);
    unsigned kind = r.p[6];
    memcpy(out->from.ip, r.p + 8, 16);
    memcpy(out->to.ip, r.p + 24, 16);
    skip(&r, 40);
    if (wire == 0)
        wire = r.n;
    limit(&r, wire);
    for (int i = 0; i < EXTENSIONS_MAX && kind != IP_TCP; i++) {
        if (r.n < 8)
            return extension_length(kind, (const uint8_t[8]){0}) ? PACKET_DAMAGED : PACKET_OTHER;
        size_t length = extension_length(kind, r.p);
        if (length == 0)
            return PACKET_OTHER;
        if (kind == 44 && (get16(r.p + 2) & 0xfff9)) /* offset or more to come; an atomic fragment is whole */
            return PACKET_FRAGMENT;
        kind = r.p[0];
        if (!skip(&r, length))
            return PACKET_DAMAGED;
        wire -= length; /* r.n was at most wire */
    }
    return kind == IP_TCP ? parse_tcp(out, r, wire) : PACKET_OTHER;
}

static enum packet_kind parse_ip(struct packet_segment *out, struct rest r) {
    if (r.n == 0)
        return PACKET_DAMAGED;
    unsigned version = r.p[0] >> 4;
    return version == 4 ? parse_ipv4(out, r) : version == 6 ? parse_ipv6(out, r) : PACKET_OTHER;
}

static enum packet_kind parse_ether_type(struct packet_segment *out, unsigned type, struct rest r) {
    for (int i = 0; i < VLAN_MAX && (type == ETHER_VLAN || type == ETHER_VLAN_OUTER || type == ETHER_VLAN_OLD); i++) {
        if (r.n < 4)
            return PACKET_DAMAGED;
        type = get16(r.p + 2);
        skip(&r, 4);
    }
    return type == ETHER_IPV4 ? parse_ipv4(out, r) : type == ETHER_IPV6 ? parse_ipv6(out, r) : PACKET_OTHER;
}

/* A link header of `header` bytes with the type of what follows at `at`. */
static enum packet_kind parse_link(struct packet_segment *out, struct rest r, size_t header, size_t at) {
    if (r.n < header)
        return PACKET_DAMAGED;
    unsigned type = get16(r.p + at);
    skip(&r, header);
    return parse_ether_type(out, type, r);
}

bool packet_link_known(int link) {
    switch (link) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_NULL:
    case DLT_LOOP:
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        return true;
    default:
        return false;
    }
}

enum packet_kind packet_parse(struct packet_segment *out, int link, const uint8_t *bytes, size_t n) {
    struct rest r = {bytes, n};
    memset(out, 0, sizeof *out);
    switch (link) {
    case DLT_EN10MB:
        return parse_link(out, r, 14, 12);
    case DLT_LINUX_SLL:
        return parse_link(out, r, 16, 14);
    case DLT_LINUX_SLL2:
        return parse_link(out, r, 20, 0);
    case DLT_NULL:
    case DLT_LOOP: /* four bytes of address family, whose numbers and order differ by system: IP itself knows better */
        return skip(&r, 4) ? parse_ip(out, r) : PACKET_DAMAGED;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        return parse_ip(out, r);
    default:
        return PACKET_OTHER;
    }
}

void packet_address_text(char out[static PACKET_ADDRESS_TEXT], const struct packet_address *a) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char host[INET6_ADDRSTRLEN] = "?";
    bool v4 = memcmp(a->ip, mapped, sizeof mapped) == 0;
    inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? a->ip + 12 : a->ip, host, sizeof host);
    snprintf(out, PACKET_ADDRESS_TEXT, v4 ? "%s:%u" : "[%s]:%u", host, a->port);
}
