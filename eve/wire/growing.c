/* The format: draft-ietf-opsawg-pcap. Both byte orders, micro- and nanoseconds. */
#include "eve/wire/growing.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FILE_HEADER = 24,
    PACKET_HEADER = 16,
    PACKET_BYTES_MAX = 262144, /* as libpcap has it */
    BUFFER = 4 * (PACKET_HEADER + PACKET_BYTES_MAX),
    BATCH = 4096, /* packets at one call, so that others have their turn */
};

struct growing {
    char *path;
    int fd;
    uint8_t *bytes;
    size_t n;
    bool begun, swapped, nanoseconds;
    int link;
};

int growing_new(struct growing **growingp, const char *path) {
    struct growing *g = calloc(1, sizeof *g);
    if (g) {
        g->fd = -1;
        g->path = strdup(path);
        g->bytes = malloc(BUFFER);
    }
    if (!g || !g->path || !g->bytes) {
        growing_free(g);
        return -ENOMEM;
    }
    *growingp = g;
    return 0;
}

void growing_free(struct growing *g) {
    if (!g)
        return;
    if (g->fd >= 0)
        close(g->fd);
    free(g->path);
    free(g->bytes);
    free(g);
}

static uint32_t word(const struct growing *g, const uint8_t *p) {
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return g->swapped ? __builtin_bswap32(v) : v;
}

static bool read_header(struct growing *g) {
    static const uint32_t micro = 0xa1b2c3d4, nano = 0xa1b23c4d;
    uint32_t magic = word(g, g->bytes);
    g->swapped = magic == __builtin_bswap32(micro) || magic == __builtin_bswap32(nano);
    magic = word(g, g->bytes);
    if (magic != micro && magic != nano)
        return false;
    g->nanoseconds = magic == nano;
    g->link = (int)(word(g, g->bytes + 20) & 0xffff);
    if (g->link == 101) /* LINKTYPE_RAW, whose DLT_ value is another one on each system */
        g->link = DLT_RAW;
    g->begun = true;
    return true;
}

int growing_read(struct growing *g, int (*packet)(void *user, int link, uint64_t ns, const uint8_t *bytes, size_t n),
                 void *user) {
    int count = 0;
    if (g->fd < 0 && (g->fd = open(g->path, O_RDONLY | O_CLOEXEC)) < 0)
        return errno == ENOENT ? 0 : -errno;
    while (count < BATCH) {
        ssize_t got = read(g->fd, g->bytes + g->n, BUFFER - g->n);
        if (got <= 0)
            return got < 0 ? -errno : count;
        g->n += (size_t)got;
        size_t at = 0;
        if (!g->begun) {
            if (g->n < FILE_HEADER)
                continue;
            if (!read_header(g))
                return -EINVAL;
            at = FILE_HEADER;
        }
        while (g->n - at >= PACKET_HEADER) {
            const uint8_t *header = g->bytes + at;
            size_t n = word(g, header + 8);
            if (n > PACKET_BYTES_MAX)
                return -EINVAL;
            if (g->n - at < PACKET_HEADER + n)
                break;
            uint64_t ns =
                (uint64_t)word(g, header) * 1000000000u + (uint64_t)word(g, header + 4) * (g->nanoseconds ? 1 : 1000);
            int r = packet(user, g->link, ns, header + PACKET_HEADER, n);
            if (r < 0)
                return r;
            at += PACKET_HEADER + n;
            count++;
        }
        memmove(g->bytes, g->bytes + at, g->n - at);
        g->n -= at;
    }
    return count;
}
