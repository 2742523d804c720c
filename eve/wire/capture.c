#include "eve/wire/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- from connections to observers */

static void pass_sealed(void *user, enum side from, const struct message *m, uint64_t ns) {
    struct capture_session *session = user;
    const struct capture_config *config = &session->capture->config;
    config->sealed(config->user, session, from, m, ns);
}

static void *begin(void *user, const struct streams_connection *connection, uint64_t ns) {
    struct capture *c = user;
    struct capture_session *session = NULL;
    (void)ns;
    if (c->memory.left < sizeof *session + 2 * sizeof session)
        goto full;
    if (c->n_sessions == c->capacity) {
        size_t capacity = c->capacity ? 2 * c->capacity : 16;
        struct capture_session **larger = realloc(c->sessions, capacity * sizeof(struct capture_session *));
        if (!larger)
            goto full;
        c->sessions = larger;
        c->capacity = capacity;
    }
    session = calloc(1, sizeof *session);
    if (!session)
        goto full;
    *session = (struct capture_session){.capture = c, .connection = *connection, .open_directions = 2};
    struct observe_config config = {.keep_samples = c->config.keep_samples,
                                    .initiator = connection->initiator,
                                    .memory = &c->memory,
                                    .sealed = c->config.sealed ? pass_sealed : NULL,
                                    .user = session};
    if (observe_new(&session->observe, &config) < 0)
        goto full;
    c->memory.left -= sizeof *session + 2 * sizeof session;
    session->facts = observe_facts(session->observe);
    c->sessions[c->n_sessions++] = session;
    return session;
full:
    c->unkept++;
    free(session);
    return NULL;
}

/* A session that turns out not to be the one that is wanted. */
static bool is_wanted(struct capture_session *session) {
    const char *wanted = session->capture->config.session;
    if (session->observe && wanted && session->facts->session[0] &&
        strncmp(session->facts->session, wanted, strlen(wanted)) != 0) {
        observe_free(session->observe);
        session->observe = NULL;
        session->facts = NULL;
    }
    return session->observe;
}

static void bytes(void *user, void *connection, int direction, const uint8_t *p, size_t n, uint64_t ns) {
    struct capture_session *session = connection;
    (void)user;
    if (is_wanted(session))
        observe_bytes(session->observe, direction, p, n, ns);
}

static void gap(void *user, void *connection, int direction, uint64_t n, uint64_t ns) {
    struct capture_session *session = connection;
    (void)user;
    if (is_wanted(session))
        observe_gap(session->observe, direction, n, ns);
}

static void end(void *user, void *connection, int direction, enum streams_end how, uint64_t ns) {
    struct capture_session *session = connection;
    (void)user;
    if (!is_wanted(session))
        return;
    observe_end(session->observe, direction,
                how == STREAMS_FIN     ? OBSERVE_CLOSED
                : how == STREAMS_RESET ? OBSERVE_RESET
                                       : OBSERVE_CUT,
                ns);
    if (--session->open_directions == 0 && !observe_finish(session->observe)->complete)
        observe_drop_samples(session->observe); /* nothing can be learned from a part */
}

static const struct streams_ops ops = {begin, bytes, gap, end};

void capture_addresses(struct capture_session *session) {
    int alice = observe_direction_of(session->observe, SIDE_ALICE);
    session->address[SIDE_ALICE] = session->connection.address[alice == 1];
    session->address[SIDE_BOB] = session->connection.address[alice != 1];
}

/* Names the two ends, and removes the sessions that are not wanted. */
static void finish_sessions(struct capture *c) {
    size_t kept = 0;
    for (size_t i = 0; i < c->n_sessions; i++) {
        struct capture_session *session = c->sessions[i];
        if (!is_wanted(session) || (c->config.session && !session->facts->session[0])) {
            observe_free(session->observe);
            free(session);
            continue;
        }
        capture_addresses(session);
        c->sessions[kept++] = session;
    }
    c->n_sessions = kept;
}

/* ---- from packets to connections */

int capture_begin(struct capture *c, const struct capture_config *config) {
    uint8_t key[16];
    *c = (struct capture){.config = *config, .memory.left = config->memory ? config->memory : CAPTURE_MEMORY};
    randombytes_buf(key, sizeof key);
    return streams_new(&c->streams, &ops, c, key);
}

int capture_packet(struct capture *c, int link, uint64_t ns, const uint8_t *packet, size_t n) {
    struct packet_segment segment;
    c->last_ns = ns ? ns : 1;
    c->packets++;
    switch (packet_parse(&segment, link, packet, n)) {
    case PACKET_TCP:
        c->segments++;
        return streams_segment(c->streams, &segment, c->last_ns);
    case PACKET_FRAGMENT:
        c->fragments++;
        break;
    case PACKET_DAMAGED:
        c->damaged++;
        break;
    case PACKET_OTHER:
        break;
    }
    return 0;
}

/* No more will come: completes the facts and the addresses. */
static void end_capture(struct capture *c) {
    streams_finish(c->streams, c->last_ns ? c->last_ns : 1);
    c->other_connections = streams_others(c->streams);
    streams_free(c->streams);
    c->streams = NULL;
    finish_sessions(c);
}

/* ---- from the file to packets */

static int read_packets(struct capture *c, pcap_t *pcap) {
    struct pcap_pkthdr *header;
    const uint8_t *data;
    int link = pcap_datalink(pcap), r, failed = 0;
    while (!failed && (r = pcap_next_ex(pcap, &header, &data)) == 1) /* nanoseconds, as asked for */
        failed = capture_packet(c, link, (uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec, data,
                                header->caplen);
    if (!failed && r == PCAP_ERROR)
        snprintf(c->warning, sizeof c->warning, "the file was read up to packet %llu only: %.200s",
                 (unsigned long long)c->packets, pcap_geterr(pcap));
    return failed;
}

static pcap_t *open_file(const char *path, char error[static CAPTURE_ERROR], int *errorp) {
    char text[PCAP_ERRBUF_SIZE] = "";
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    if (!file) {
        snprintf(error, CAPTURE_ERROR, "%.150s: %s", path, strerror(errno));
        *errorp = -errno;
        return NULL;
    }
    pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, text);
    if (pcap && packet_link_known(pcap_datalink(pcap)))
        return pcap;
    if (pcap) {
        const char *name = pcap_datalink_val_to_name(pcap_datalink(pcap));
        snprintf(error, CAPTURE_ERROR, "%.150s: packets of link type %s cannot be read here", path, name ? name : "?");
        pcap_close(pcap);
        *errorp = -EBADMSG;
    } else {
        *errorp = ferror(file) ? -EIO : -EBADMSG;
        snprintf(error, CAPTURE_ERROR, "%.100s: %s%.150s", path, ferror(file) ? "" : "no capture file: ", text);
        if (file != stdin)
            fclose(file);
    }
    return NULL;
}

int capture_read(struct capture *c, const char *path, const struct capture_config *config,
                 char error[static CAPTURE_ERROR]) {
    int r = 0;
    *c = (struct capture){.memory.left = CAPTURE_MEMORY};
    pcap_t *pcap = open_file(path, error, &r);
    if (!pcap)
        return r;
    if (capture_begin(c, config) < 0 || read_packets(c, pcap) < 0) {
        snprintf(error, CAPTURE_ERROR, "out of memory");
        r = -ENOMEM;
    }
    const char *link = pcap_datalink_val_to_name(pcap_datalink(pcap));
    snprintf(c->link, sizeof c->link, "%.30s", link ? link : "?");
    pcap_close(pcap);
    if (c->streams)
        end_capture(c);
    return r;
}

void capture_forget(struct capture *c, size_t i) {
    struct capture_session *session = c->sessions[i];
    observe_free(session->observe);
    free(session);
    c->memory.left += sizeof *session + 2 * sizeof session;
    c->n_sessions--;
    memmove(c->sessions + i, c->sessions + i + 1, (c->n_sessions - i) * sizeof(struct capture_session *));
}

void capture_deinit(struct capture *c) {
    for (size_t i = 0; i < c->n_sessions; i++) {
        observe_free(c->sessions[i]->observe);
        free(c->sessions[i]);
    }
    free(c->sessions);
    streams_free(c->streams);
    *c = (struct capture){0};
}
