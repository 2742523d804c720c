#include "eve/wire/record.h"

#include "eve/wire/packet.h"

#include <errno.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

enum {
    SNAPLEN = 262144,
    PAYLOAD_MAX = 32768, /* an IP packet has at most 65535 bytes */
    PACKETS_MAX = RECORD_READ / PAYLOAD_MAX,
    HEADERS_MAX = 16 + 40 + 20,
    WINDOW = 65535,
    EVENTS_MAX = 4096,
};

enum kind { OPENED, BYTES, ENDED, RESET, RELEASED };

/* What has passed, in order. The bytes of BYTES are in the ring. */
struct event {
    enum kind kind;
    int direction;
    struct record_connection *connection;
    struct timespec when;
    size_t at, n;
};

/* The bytes of the events that wait are one piece of the ring, or two: at its end and at its beginning. The place for
 * the next read is contiguous, so at most RECORD_READ bytes at the end stay unused. */
struct record {
    FILE *file;
    pcap_t *pcap;
    pcap_dumper_t *dumper;
    uint8_t *ring;
    size_t head;   /* where the next read goes: only the recording thread's, */
    uint64_t size; /* as is what all will take in the file */

    pthread_t writer;
    pthread_mutex_t lock;
    pthread_cond_t something, room;
    struct event events[EVENTS_MAX]; /* first, first + 1, ... modulo EVENTS_MAX */
    size_t first, n_events;
    bool closing;
    int error;
};

struct record_connection {
    struct record *record;
    struct packet_address address[2];
    uint32_t next[2]; /* sequence numbers by direction: the writer's */
    bool v6;
};

/* ---- headers */

static void put16(uint8_t *p, unsigned v) {
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v) {
    put16(p, v >> 16);
    put16(p + 2, v & 0xffff);
}

/* RFC 1071: the sum of 16-bit words, not yet complemented. n is even but for the last part. Long pieces are added up
 * four bytes at a time in this machine's order, and the sum is turned (section 2 there: the order does not matter). */
static uint64_t add_words(uint64_t sum, const uint8_t *p, size_t n) {
    uint64_t many = 0;
    for (; n > 64; n -= 64, p += 64)
        for (size_t i = 0; i < 64; i += 4) {
            uint32_t word;
            memcpy(&word, p + i, 4);
            many += word;
        }
    while (many >> 16)
        many = (many & 0xffff) + (many >> 16);
    sum += ntohs((uint16_t)many);
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

/* ---- the writer */

/* Packets that go to the file together. */
struct batch {
    struct iovec parts[2 * PACKETS_MAX];
    int n_parts;
    uint8_t headers[PACKETS_MAX][HEADERS_MAX];
    size_t n_packets;
};

static void add_packet(struct batch *b, const struct event *e, int d, unsigned flags, const uint8_t *payload,
                       size_t n) {
    struct record_connection *c = e->connection;
    uint8_t *p = b->headers[b->n_packets++];
    size_t header = put_ip(p + 16, c, d, 20 + n);
    put_tcp(p + 16 + header, c, d, flags, payload, n);
    uint32_t length = (uint32_t)(header + 20 + n); /* pcap's own header, in this machine's order; times as declared */
    memcpy(p, (uint32_t[]){(uint32_t)e->when.tv_sec, (uint32_t)e->when.tv_nsec, length, length}, 16);
    b->parts[b->n_parts++] = (struct iovec){p, 16 + header + 20};
    if (n)
        b->parts[b->n_parts++] = (struct iovec){(uint8_t *)(uintptr_t)payload, n};
    c->next[d] += (uint32_t)n + !!(flags & (PACKET_SYN | PACKET_FIN));
}

static int write_batch(int fd, struct batch *b) {
    struct iovec *part = b->parts;
    for (int left = b->n_parts; left > 0;) {
        ssize_t done = writev(fd, part, left);
        if (done < 0 && errno != EINTR)
            return -errno;
        for (; left > 0 && done >= 0 && (size_t)done >= part->iov_len; part++, left--)
            done -= (ssize_t)part->iov_len;
        if (left > 0 && done > 0) {
            part->iov_base = (uint8_t *)part->iov_base + done;
            part->iov_len -= (size_t)done;
        }
    }
    return 0;
}

static void make_packets(struct batch *b, const struct event *e, const uint8_t *ring) {
    int d = e->direction;
    switch (e->kind) {
    case OPENED:
        add_packet(b, e, 0, PACKET_SYN, NULL, 0);
        add_packet(b, e, 1, PACKET_SYN | PACKET_ACK, NULL, 0);
        add_packet(b, e, 0, PACKET_ACK, NULL, 0);
        break;
    case BYTES:
        for (size_t at = 0; at < e->n; at += PAYLOAD_MAX)
            add_packet(b, e, d, PACKET_PSH | PACKET_ACK, ring + e->at + at,
                       e->n - at < PAYLOAD_MAX ? e->n - at : PAYLOAD_MAX);
        break;
    case ENDED:
        add_packet(b, e, d, PACKET_FIN | PACKET_ACK, NULL, 0);
        add_packet(b, e, !d, PACKET_ACK, NULL, 0);
        break;
    case RESET:
        add_packet(b, e, d, PACKET_RST | PACKET_ACK, NULL, 0);
        break;
    case RELEASED:
        free(e->connection);
        break;
    }
}

static void *write_all(void *argument) {
    struct record *r = argument;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        while (r->n_events == 0 && !r->closing)
            pthread_cond_wait(&r->something, &r->lock);
        if (r->n_events == 0)
            break;
        struct event e = r->events[r->first];
        int error = r->error;
        pthread_mutex_unlock(&r->lock);
        struct batch batch = {.n_parts = 0};
        make_packets(&batch, &e, r->ring);
        if (!error) /* after a failure what follows would make no sense */
            error = write_batch(fileno(r->file), &batch);
        pthread_mutex_lock(&r->lock);
        r->error = error;
        r->first = (r->first + 1) % EVENTS_MAX;
        r->n_events--;
        pthread_cond_signal(&r->room);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* ---- the queue */

/* Where the oldest bytes that wait begin, or SIZE_MAX. With the lock held. */
static size_t oldest(const struct record *r) {
    for (size_t i = 0; i < r->n_events; i++) {
        const struct event *e = &r->events[(r->first + i) % EVENTS_MAX];
        if (e->kind == BYTES)
            return e->at;
    }
    return SIZE_MAX;
}

/* Is there a place for a read at head? With the lock held. */
static bool has_room(struct record *r) {
    size_t tail = oldest(r);
    if (tail == SIZE_MAX) {
        r->head = 0; /* the same few pages again and again while the writer keeps up */
        return true;
    }
    if (r->head > tail && r->head + RECORD_READ > RECORD_QUEUE)
        r->head = 0;
    return r->head > tail || r->head + RECORD_READ < tail;
}

uint8_t *record_buffer(struct record *r) {
    pthread_mutex_lock(&r->lock);
    while (!has_room(r))
        pthread_cond_wait(&r->room, &r->lock);
    pthread_mutex_unlock(&r->lock);
    return r->ring + r->head;
}

/* The packets that make_packets makes of it. */
static uint64_t size_of(const struct record_connection *c, enum kind kind, size_t n) {
    static const unsigned n_packets[] = {[OPENED] = 3, [ENDED] = 2, [RESET] = 1, [RELEASED] = 0};
    uint64_t packets = kind == BYTES ? (n + PAYLOAD_MAX - 1) / PAYLOAD_MAX : n_packets[kind];
    return packets * (16 + (c->v6 ? 40 : 20) + 20) + n;
}

static void tell(struct record_connection *c, enum kind kind, int direction, size_t n) {
    struct record *r = c->record;
    r->size += size_of(c, kind, n);
    struct event e = {.kind = kind, .direction = direction, .connection = c, .at = r->head, .n = n};
    clock_gettime(CLOCK_REALTIME, &e.when);
    pthread_mutex_lock(&r->lock);
    while (r->n_events == EVENTS_MAX)
        pthread_cond_wait(&r->room, &r->lock);
    r->events[(r->first + r->n_events++) % EVENTS_MAX] = e;
    r->head += n;
    if (r->n_events == 1)
        pthread_cond_signal(&r->something);
    pthread_mutex_unlock(&r->lock);
}

int record_new(struct record **rp, FILE *file) {
    struct record *r = calloc(1, sizeof *r);
    int error = -ENOMEM;
    if (r) {
        r->ring = malloc(RECORD_QUEUE);
        r->pcap = pcap_open_dead_with_tstamp_precision(DLT_RAW, SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
        r->dumper = r->ring && r->pcap ? pcap_dump_fopen(r->pcap, file) : NULL;
    }
    if (r && r->dumper) {
        r->file = file;
        r->size = sizeof(struct pcap_file_header);
        if (fflush(file))
            r->error = -errno;
        pthread_mutex_init(&r->lock, NULL);
        pthread_cond_init(&r->something, NULL);
        pthread_cond_init(&r->room, NULL);
        error = -pthread_create(&r->writer, NULL, write_all, r);
    }
    if (error) {
        fclose(file);
        if (r && r->pcap)
            pcap_close(r->pcap);
        free(r ? r->ring : NULL);
        free(r);
        return error;
    }
    *rp = r;
    return 0;
}

int record_error(struct record *r) {
    pthread_mutex_lock(&r->lock);
    int error = r->error;
    pthread_mutex_unlock(&r->lock);
    return error;
}

uint64_t record_size(const struct record *r) {
    return r->size;
}

int record_close(struct record *r) {
    pthread_mutex_lock(&r->lock);
    r->closing = true;
    pthread_cond_signal(&r->something);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->writer, NULL);
    int error = r->error;
    if (pcap_dump_flush(r->dumper) < 0 && !error)
        error = -errno;
    pcap_dump_close(r->dumper);
    pcap_close(r->pcap);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->something);
    pthread_cond_destroy(&r->room);
    free(r->ring);
    free(r);
    return error;
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
    tell(c, OPENED, 0, 0);
    return c;
}

void record_bytes(struct record_connection *c, int direction, const uint8_t *p, size_t n) {
    if (p != c->record->ring + c->record->head) /* it was not read into record_buffer's place */
        memmove(record_buffer(c->record), p, n);
    tell(c, BYTES, direction, n);
}

void record_end(struct record_connection *c, int direction) {
    tell(c, ENDED, direction, 0);
}

void record_reset(struct record_connection *c, int direction) {
    tell(c, RESET, direction, 0);
}

void record_release(struct record_connection *c) {
    tell(c, RELEASED, 0, 0);
}
