#include "eve/record.h"

#include "eve/packet.h"

#include <errno.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    SNAPLEN = 262144,
    PAYLOAD_MAX = 32768, /* an IP packet has at most 65535 bytes */
    HEADERS_MAX = 60,
    WINDOW = 65535,
};

struct record {
    FILE *file;
    pcap_t *pcap;
    pcap_dumper_t *dumper;
    int error;
};

struct record_connection {
    struct record *record;
    struct packet_address address[2];
    uint32_t next[2]; /* sequence numbers by direction */
    bool v6;
};

int record_new(struct record **rp, FILE *file) {
    struct record *r = calloc(1, sizeof *r);
    if (r) {
        r->pcap = pcap_open_dead_with_tstamp_precision(DLT_RAW, SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
        r->dumper = r->pcap ? pcap_dump_fopen(r->pcap, file) : NULL;
    }
    if (!r || !r->dumper) {
        fclose(file);
        if (r && r->pcap)
            pcap_close(r->pcap);
        free(r);
        return -ENOMEM;
    }
    r->file = file;
    if (fflush(file))
        r->error = -errno;
    *rp = r;
    return 0;
}

int record_error(const struct record *r) {
    return r->error;
}

int record_close(struct record *r) {
    int error = r->error;
    if (pcap_dump_flush(r->dumper) < 0 && !error)
        error = -errno;
    pcap_dump_close(r->dumper);
    pcap_close(r->pcap);
    free(r);
    return error;
}

/* ---- headers */

static void put16(uint8_t *p, unsigned v) {
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v) {
    put16(p, v >> 16);
    put16(p + 2, v & 0xffff);
}

/* RFC 1071: the sum of 16-bit words, not yet complemented. n is even but for the last part. */
static uint64_t add_words(uint64_t sum, const uint8_t *p, size_t n) {
    for (; n > 1; n -= 2, p += 2)
        sum += (unsigned)p[0] << 8 | p[1];
    return n ? sum + ((unsigned)p[0] << 8) : sum;
}

static unsigned fold(uint64_t sum) {
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (unsigned)(~sum & 0xffff);
}

/* Returns the length of the header. */
static size_t put_ip(uint8_t *p, const struct record_connection *c, int d, size_t n_tcp) {
    if (c->v6) {
        put32(p, 0x60000000);
        put16(p + 4, (unsigned)n_tcp);
        p[6] = IPPROTO_TCP;
        p[7] = 64;
        memcpy(p + 8, c->address[d].ip, 16);
        memcpy(p + 24, c->address[!d].ip, 16);
        return 40;
    }
    put32(p, 0x45000000 | (uint32_t)(20 + n_tcp));
    put32(p + 4, 0x4000); /* may not be fragmented */
    p[8] = 64;
    p[9] = IPPROTO_TCP;
    put16(p + 10, 0);
    memcpy(p + 12, c->address[d].ip + 12, 4);
    memcpy(p + 16, c->address[!d].ip + 12, 4);
    put16(p + 10, fold(add_words(0, p, 20)));
    return 20;
}

static void put_tcp(uint8_t *p, const struct record_connection *c, int d, unsigned flags, const uint8_t *payload,
                    size_t n) {
    size_t at = c->v6 ? 0 : 12, length = c->v6 ? 16 : 4;
    memset(p, 0, 20);
    put16(p, c->address[d].port);
    put16(p + 2, c->address[!d].port);
    put32(p + 4, c->next[d]);
    if (flags & PACKET_ACK)
        put32(p + 8, c->next[!d]);
    p[12] = 5 << 4;
    p[13] = (uint8_t)flags;
    put16(p + 14, WINDOW);
    uint64_t sum = add_words(0, c->address[0].ip + at, length) + add_words(0, c->address[1].ip + at, length);
    sum += IPPROTO_TCP + 20 + n;
    put16(p + 16, fold(add_words(add_words(sum, p, 20), payload, n)));
}

static void put_packet(struct record_connection *c, int d, unsigned flags, const uint8_t *payload, size_t n) {
    static uint8_t packet[HEADERS_MAX + PAYLOAD_MAX];
    struct timespec now;
    size_t header = put_ip(packet, c, d, 20 + n);
    put_tcp(packet + header, c, d, flags, payload, n);
    if (n)
        memcpy(packet + header + 20, payload, n);
    clock_gettime(CLOCK_REALTIME, &now);
    struct pcap_pkthdr h = {.ts = {.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec}}; /* nanoseconds, as declared */
    h.caplen = h.len = (unsigned)(header + 20 + n);
    pcap_dump((u_char *)c->record->dumper, &h, packet);
    c->next[d] += (uint32_t)n + !!(flags & (PACKET_SYN | PACKET_FIN));
}

static void flush(struct record *r) {
    if ((pcap_dump_flush(r->dumper) < 0 || ferror(r->file)) && !r->error)
        r->error = errno ? -errno : -EIO;
}

/* ---- connections */

static bool set_address(struct packet_address *out, const struct sockaddr *sa) {
    if (sa->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)sa;
        memcpy(out->ip, &in6->sin6_addr, 16);
        out->port = ntohs(in6->sin6_port);
        return IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);
    }
    const struct sockaddr_in *in = (const void *)sa;
    memset(out->ip, 0, 10);
    out->ip[10] = out->ip[11] = 0xff;
    memcpy(out->ip + 12, &in->sin_addr, 4);
    out->port = ntohs(in->sin_port);
    return true;
}

struct record_connection *record_open(struct record *r, const struct sockaddr *first, const struct sockaddr *second) {
    struct record_connection *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->record = r;
    bool both_v4 = set_address(&c->address[0], first);
    both_v4 &= set_address(&c->address[1], second);
    c->v6 = !both_v4;
    c->next[0] = randombytes_random();
    c->next[1] = randombytes_random();
    put_packet(c, 0, PACKET_SYN, NULL, 0);
    put_packet(c, 1, PACKET_SYN | PACKET_ACK, NULL, 0);
    put_packet(c, 0, PACKET_ACK, NULL, 0);
    flush(r);
    return c;
}

void record_bytes(struct record_connection *c, int direction, const uint8_t *p, size_t n) {
    while (n) {
        size_t now = n < PAYLOAD_MAX ? n : PAYLOAD_MAX;
        put_packet(c, direction, PACKET_PSH | PACKET_ACK, p, now);
        p += now;
        n -= now;
    }
    flush(c->record);
}

void record_end(struct record_connection *c, int direction) {
    put_packet(c, direction, PACKET_FIN | PACKET_ACK, NULL, 0);
    put_packet(c, !direction, PACKET_ACK, NULL, 0);
    flush(c->record);
}

void record_reset(struct record_connection *c, int direction) {
    put_packet(c, direction, PACKET_RST | PACKET_ACK, NULL, 0);
    flush(c->record);
}

void record_release(struct record_connection *c) {
    free(c);
}
