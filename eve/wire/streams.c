/* A connection is two halves. Each half counts its bytes from 0 at the first one after SYN in 64 bits, so that wrapped
 * sequence numbers need thought in one place only (place_of). What arrives early waits in a sorted, non-overlapping
 * list.
 *
 * A half begins at SYN, at the other side's acknowledgement of it, or, without either, at the first segment that begins
 * with the preface. */
#include "eve/wire/streams.h"
#include "proto/preface.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUCKETS = 4096,
    WAITING_MIN = 16, /* places in a list that has any */
    SEGMENT_COST =
        128, /* of one that waits: its block, and four places in its list, since that may be a quarter full */
};

struct waiting {
    uint64_t at;
    size_t n;
    uint8_t *bytes;
};

struct half {
    bool based; /* base is known */
    bool has_fin, ended;
    uint32_t base;   /* sequence number of byte 0 */
    uint64_t next;   /* all before it has been given out */
    uint64_t fin_at; /* bytes of the whole direction */
    uint8_t head[PREFACE_NAME];
    struct waiting *waiting;
    size_t n_waiting, capacity, held;
};

struct connection {
    struct connection *next;            /* in the bucket */
    struct connection *later, *earlier; /* among those not recognised, by age */
    struct streams_connection known;
    struct half half[2];
    bool recognised, finished;
    void *handle; /* the owner's, once recognised */
};

struct streams {
    const struct streams_ops *ops;
    void *user;
    uint8_t key[crypto_shorthash_KEYBYTES];
    struct connection *buckets[BUCKETS];
    struct connection *oldest, *newest;
    size_t n_pending, held;
    uint64_t n_others;
};

int streams_new(struct streams **sp, const struct streams_ops *ops, void *user, const uint8_t key[static 16]) {
    struct streams *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->ops = ops;
    s->user = user;
    memcpy(s->key, key, sizeof s->key);
    *sp = s;
    return 0;
}

/* ---- finding connections */

static int compare_addresses(const struct packet_address *a, const struct packet_address *b) {
    int r = memcmp(a->ip, b->ip, 16);
    return r ? r : (int)a->port - (int)b->port;
}

static struct connection **bucket_of(struct streams *s, const struct packet_address address[2]) {
    uint8_t text[36], hash[crypto_shorthash_BYTES];
    for (int i = 0; i < 2; i++) {
        memcpy(text + 18 * i, address[i].ip, 16);
        text[18 * i + 16] = (uint8_t)(address[i].port >> 8);
        text[18 * i + 17] = (uint8_t)address[i].port;
    }
    crypto_shorthash(hash, text, sizeof text, s->key);
    return &s->buckets[((size_t)hash[0] << 8 | hash[1]) % BUCKETS];
}

static struct connection *find(struct streams *s, const struct packet_address address[2]) {
    struct connection *c = *bucket_of(s, address);
    while (c && (compare_addresses(&c->known.address[0], &address[0]) ||
                 compare_addresses(&c->known.address[1], &address[1])))
        c = c->next;
    return c;
}

static void leave_pending(struct streams *s, struct connection *c) {
    *(c->earlier ? &c->earlier->later : &s->oldest) = c->later;
    *(c->later ? &c->later->earlier : &s->newest) = c->earlier;
    c->earlier = c->later = NULL;
    s->n_pending--;
}

static void drop_waiting(struct streams *s, struct half *h) {
    for (size_t i = 0; i < h->n_waiting; i++)
        free(h->waiting[i].bytes);
    free(h->waiting);
    s->held -= h->held;
    h->waiting = NULL;
    h->n_waiting = h->capacity = h->held = 0;
}

static void forget(struct streams *s, struct connection *c) {
    struct connection **at = bucket_of(s, c->known.address);
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    if (!c->recognised) {
        leave_pending(s, c);
        s->n_others++;
    }
    drop_waiting(s, &c->half[0]);
    drop_waiting(s, &c->half[1]);
    free(c);
}

static struct connection *add(struct streams *s, const struct packet_address address[2]) {
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    if (s->n_pending == STREAMS_PENDING_MAX)
        forget(s, s->oldest);
    c->known = (struct streams_connection){{address[0], address[1]}, -1};
    struct connection **bucket = bucket_of(s, address);
    c->next = *bucket;
    *bucket = c;
    c->earlier = s->newest;
    *(s->newest ? &s->newest->later : &s->oldest) = c;
    s->newest = c;
    s->n_pending++;
    return c;
}

/* ---- giving bytes out */

static void end_half(struct streams *s, struct connection *c, int d, enum streams_end how, uint64_t ns) {
    struct half *h = &c->half[d];
    if (h->ended)
        return;
    h->ended = true;
    if (c->handle)
        s->ops->end(s->user, c->handle, d, how, ns);
}

static void recognise(struct streams *s, struct connection *c, uint64_t ns) {
    leave_pending(s, c);
    c->recognised = true;
    c->handle = s->ops->begin(s->user, &c->known, ns);
    for (int d = 0; d < 2 && c->handle; d++) {
        size_t n = c->half[d].next < PREFACE_NAME ? (size_t)c->half[d].next : PREFACE_NAME;
        if (n)
            s->ops->bytes(s->user, c->handle, d, c->half[d].head, n, ns);
        if (c->half[d].ended) /* before anybody could be told */
            s->ops->end(s->user, c->handle, d, STREAMS_FIN, ns);
    }
}

/* The next n bytes of a half, in order. False if they show that this is no Parley connection. */
static bool give(struct streams *s, struct connection *c, int d, const uint8_t *p, size_t n, uint64_t ns) {
    struct half *h = &c->half[d];
    while (n && !c->recognised) {
        if (*p != preface[h->next])
            return false;
        h->head[h->next++] = *p++;
        n--;
        if (h->next == PREFACE_NAME) {
            recognise(s, c, ns);
            if (!c->handle)
                return false;
        }
    }
    h->next += n;
    if (n)
        s->ops->bytes(s->user, c->handle, d, p, n, ns);
    return true;
}

/* The first i are gone; a list that has become long for what is left gives memory back. */
static void shorten(struct half *h, size_t i) {
    h->n_waiting -= i;
    memmove(h->waiting, h->waiting + i, h->n_waiting * sizeof *h->waiting);
    if (h->capacity <= WAITING_MIN || h->n_waiting > h->capacity / 4)
        return;
    size_t capacity = 2 * h->n_waiting > WAITING_MIN ? 2 * h->n_waiting : WAITING_MIN;
    struct waiting *smaller = realloc(h->waiting, capacity * sizeof *smaller);
    if (smaller) {
        h->waiting = smaller;
        h->capacity = capacity;
    }
}

/* What waits and is due now. */
static bool give_waiting(struct streams *s, struct connection *c, int d, uint64_t ns) {
    struct half *h = &c->half[d];
    size_t i = 0;
    bool good = true;
    while (good && i < h->n_waiting && h->waiting[i].at <= h->next) {
        struct waiting *w = &h->waiting[i++];
        size_t skip = (size_t)(h->next - w->at);
        if (skip < w->n)
            good = give(s, c, d, w->bytes + skip, w->n - skip, ns);
        s->held -= w->n + SEGMENT_COST;
        h->held -= w->n + SEGMENT_COST;
        free(w->bytes);
    }
    if (i)
        shorten(h, i);
    return good;
}

/* Goes on behind the first gap. False if that shows no Parley connection. */
static bool pass_gap(struct streams *s, struct connection *c, int d, uint64_t ns) {
    struct half *h = &c->half[d];
    if (!c->recognised)
        return false; /* its beginning is lost */
    uint64_t n = h->waiting[0].at - h->next;
    h->next += n;
    if (n)
        s->ops->gap(s->user, c->handle, d, n, ns);
    return give_waiting(s, c, d, ns);
}

static void finish_half(struct streams *s, struct connection *c, int d, enum streams_end how, uint64_t ns) {
    struct half *h = &c->half[d];
    if (h->ended)
        return;
    while (h->n_waiting && pass_gap(s, c, d, ns))
        ;
    drop_waiting(s, h);
    if (h->has_fin && how == STREAMS_OPEN)
        how = STREAMS_FIN;
    if (h->has_fin && h->fin_at > h->next && c->handle) {
        s->ops->gap(s->user, c->handle, d, h->fin_at - h->next, ns);
        h->next = h->fin_at;
    }
    end_half(s, c, d, how, ns);
}

static void finish(struct streams *s, struct connection *c, enum streams_end how, uint64_t ns) {
    finish_half(s, c, 0, how, ns);
    finish_half(s, c, 1, how, ns);
    c->finished = true;
}

/* ---- keeping bytes that came early */

static int insert(struct streams *s, struct half *h, size_t i, uint64_t at, const uint8_t *p, size_t n) {
    if (h->n_waiting == h->capacity) {
        size_t capacity = h->capacity ? 2 * h->capacity : WAITING_MIN;
        struct waiting *larger = realloc(h->waiting, capacity * sizeof *larger);
        if (!larger)
            return -ENOMEM;
        h->waiting = larger;
        h->capacity = capacity;
    }
    uint8_t *copy = malloc(n);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, p, n);
    memmove(h->waiting + i + 1, h->waiting + i, (h->n_waiting - i) * sizeof *h->waiting);
    h->waiting[i] = (struct waiting){at, n, copy};
    h->n_waiting++;
    h->held += n + SEGMENT_COST;
    s->held += n + SEGMENT_COST;
    return 0;
}

/* Keeps those of the bytes that nobody has sent before. */
static int keep(struct streams *s, struct half *h, uint64_t at, const uint8_t *p, size_t n) {
    size_t low = 0, high = h->n_waiting;
    while (low < high) { /* the first that ends behind `at` */
        size_t middle = (low + high) / 2;
        if (h->waiting[middle].at + h->waiting[middle].n <= at)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; n; i++) {
        bool last = i == h->n_waiting;
        uint64_t hole = last || h->waiting[i].at >= at + n ? n : h->waiting[i].at > at ? h->waiting[i].at - at : 0;
        if (hole) {
            int r = insert(s, h, i++, at, p, (size_t)hole);
            if (r < 0)
                return r;
        }
        uint64_t covered = hole == n ? n : h->waiting[i].at + h->waiting[i].n - at;
        if (covered >= n)
            return 0;
        at += covered;
        p += covered;
        n -= (size_t)covered;
    }
    return 0;
}

static bool is_full(const struct streams *s, const struct half *h) {
    return h->held > STREAMS_HALF_HELD_MAX || h->n_waiting > STREAMS_HALF_SEGMENTS_MAX || s->held > STREAMS_HELD_MAX;
}

/* ---- segments */

/* Where in its direction a segment stands, relative to what is expected; false if that is nowhere near. */
static bool place_of(const struct half *h, uint32_t seq, int64_t *atp) {
    int32_t ahead = (int32_t)(seq - (h->base + (uint32_t)h->next));
    *atp = (int64_t)h->next + ahead;
    return ahead > -(1 << 30) && ahead < 1 << 30;
}

static int take_bytes(struct streams *s, struct connection *c, int d, const uint8_t *p, size_t n, int64_t at,
                      uint64_t ns) {
    struct half *h = &c->half[d];
    if (at < 0) { /* a keep-alive, or from before the base */
        if ((uint64_t)-at >= n)
            return 0;
        p -= at;
        n -= (size_t)-at;
        at = 0;
    }
    if (h->has_fin && (uint64_t)at + n > h->fin_at)
        n = (uint64_t)at < h->fin_at ? (size_t)(h->fin_at - (uint64_t)at) : 0;
    if (n == 0 || (uint64_t)at + n <= h->next)
        return 0;
    bool good = true;
    if ((uint64_t)at <= h->next && (h->n_waiting == 0 || h->waiting[0].at >= (uint64_t)at + n)) {
        size_t skip = (size_t)(h->next - (uint64_t)at);
        good = give(s, c, d, p + skip, n - skip, ns) && give_waiting(s, c, d, ns);
    } else {
        if ((uint64_t)at < h->next) {
            p += h->next - (uint64_t)at;
            n -= (size_t)(h->next - (uint64_t)at);
            at = (int64_t)h->next;
        }
        int r = keep(s, h, (uint64_t)at, p, n);
        if (r < 0)
            return r;
        good = give_waiting(s, c, d, ns);
        while (good && h->n_waiting && is_full(s, h))
            good = pass_gap(s, c, d, ns);
    }
    return good ? 0 : 1;
}

static bool begins_like_preface(const struct packet_segment *g) {
    return g->n && memcmp(g->data, preface, g->n < PREFACE_NAME ? g->n : PREFACE_NAME) == 0;
}

static void set_base(struct half *h, uint32_t base) {
    if (!h->based) {
        h->based = true;
        h->base = base;
    }
}

/* A segment that opens a new connection between the same addresses. */
static bool opens_again(const struct connection *c, int d, const struct packet_segment *g) {
    const struct half *h = &c->half[d];
    int64_t at;
    if (g->flags & PACKET_SYN)
        return h->based && g->seq + 1 != h->base && (c->finished || !(g->flags & PACKET_ACK));
    if (!c->finished || g->n < PREFACE_NAME || !begins_like_preface(g))
        return false;
    return !h->based || !place_of(h, g->seq, &at) || at < 0 || at >= (int64_t)h->next;
}

static int take_segment(struct streams *s, struct connection *c, int d, const struct packet_segment *g, uint64_t ns) {
    struct half *h = &c->half[d], *other = &c->half[!d];
    uint32_t seq = g->seq;
    int64_t at;
    if (g->flags & PACKET_SYN) {
        seq++;
        set_base(h, seq);
        if (g->flags & PACKET_ACK)
            set_base(other, g->ack);
        if (c->known.initiator < 0 && !c->recognised)
            c->known.initiator = g->flags & PACKET_ACK ? !d : d;
    }
    if (!h->based && begins_like_preface(g))
        set_base(h, seq);
    if (h->based && !h->ended && place_of(h, seq, &at)) {
        int r = take_bytes(s, c, d, g->data, g->n, at, ns);
        if (r)
            return r;
        int64_t end = at + (int64_t)g->n_wire;
        if (g->flags & PACKET_FIN && !h->has_fin && end >= (int64_t)h->next) {
            h->has_fin = true;
            h->fin_at = (uint64_t)end;
        }
    }
    if (h->has_fin && !h->ended && h->next >= h->fin_at)
        end_half(s, c, d, STREAMS_FIN, ns);
    if (g->flags & PACKET_RST)
        finish(s, c, STREAMS_RESET, ns);
    else if (h->ended && other->ended)
        c->finished = true;
    return c->finished && !c->recognised ? 1 : 0;
}

int streams_segment(struct streams *s, const struct packet_segment *g, uint64_t ns) {
    int d = compare_addresses(&g->from, &g->to) > 0;
    const struct packet_address address[2] = {d ? g->to : g->from, d ? g->from : g->to};
    struct connection *c = find(s, address);
    if (c && opens_again(c, d, g)) {
        if (c->recognised)
            finish(s, c, STREAMS_OPEN, ns);
        forget(s, c);
        c = NULL;
    }
    if (!c) {
        if (g->flags & PACKET_RST || !(g->flags & PACKET_SYN || begins_like_preface(g)))
            return 0;
        c = add(s, address);
        if (!c)
            return -ENOMEM;
    }
    if (c->finished)
        return 0;
    int r = take_segment(s, c, d, g, ns);
    if (r > 0)
        forget(s, c);
    return r < 0 ? r : 0;
}

void streams_finish(struct streams *s, uint64_t ns) {
    for (size_t i = 0; i < BUCKETS; i++) {
        while (s->buckets[i]) {
            struct connection *c = s->buckets[i];
            if (c->recognised)
                finish(s, c, STREAMS_OPEN, ns);
            forget(s, c);
        }
    }
}

void streams_free(struct streams *s) {
    if (!s)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (s->buckets[i])
            forget(s, s->buckets[i]);
    free(s);
}

uint64_t streams_others(const struct streams *s) {
    return s->n_others;
}

size_t streams_held(const struct streams *s) {
    return s->held;
}
