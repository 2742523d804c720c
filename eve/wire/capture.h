/* A capture file, from whatever tool, to the sessions in it. pcap and pcapng by libpcap, both byte orders, micro- and
 * nanoseconds; the link types of packet.h.
 *
 * Memory: CAPTURE_MEMORY, or what the caller allows, for what is kept of sessions, STREAMS_HELD_MAX for segments that
 * wait, STREAMS_PENDING_MAX connections not yet recognised, and libpcap's buffer for one packet. What does not fit is
 * left out, which is said. */
#ifndef PARLEY_EVE_CAPTURE_H
#define PARLEY_EVE_CAPTURE_H

#include "eve/wire/observe.h"
#include "eve/wire/streams.h"

enum { CAPTURE_MEMORY = 1 << 30, CAPTURE_ERROR = 300 };

struct capture_session {
    struct capture *capture;
    struct observe *observe; /* NULL: not selected */
    const struct observe_facts *facts;
    struct packet_address address[2]; /* by enum side */
    struct streams_connection connection;
    void *user; /* the sealed operation's own, NULL at first */
    unsigned open_directions;
};

struct capture_config {
    const char *session; /* only the one with this id, or whose id begins so; NULL: all */
    bool keep_samples;
    size_t memory; /* for what is kept of sessions; 0: CAPTURE_MEMORY */
    void (*sealed)(void *user, struct capture_session *session, enum side from, const struct message *m, uint64_t ns);
    void *user;
};

struct capture {
    struct capture_config config;
    struct streams *streams; /* while packets come */
    uint64_t last_ns;
    struct observe_memory memory;
    struct capture_session **sessions; /* in the order of their beginnings, the selected ones only */
    size_t n_sessions, capacity;
    char link[32]; /* "EN10MB" */
    uint64_t packets, segments, fragments, damaged, other_connections;
    uint64_t unkept;             /* sessions for which there was no memory */
    char warning[CAPTURE_ERROR]; /* why the file was not read to its end; "" */
};

/* A capture whose packets come one by one; capture_deinit in any case. -ENOMEM. link: a DLT_ value; ns: when it was
 * captured. */
int capture_begin(struct capture *c, const struct capture_config *config);
int capture_packet(struct capture *c, int link, uint64_t ns, const uint8_t *packet, size_t n);

/* All of that with a file. path "-": standard input. 0, or one line in error and -ENOMEM, -EBADMSG
 * for what is in it, or -EIO and the like where the file cannot be read. */
int capture_read(struct capture *c, const char *path, const struct capture_config *config,
                 char error[static CAPTURE_ERROR]);
void capture_deinit(struct capture *c);
/* Forgets session i, of which nothing more will come: its open_directions are 0. Those behind it move up. */
void capture_forget(struct capture *c, size_t i);

/* The two ends of a session by side, also while packets come. */
void capture_addresses(struct capture_session *session);

#endif
