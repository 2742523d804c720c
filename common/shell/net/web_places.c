/* Room in a full house: who has asked for nothing, or hardly gets on, makes room for whoever comes new. */
#include "common/shell/net/acked.h"
#include "common/shell/net/web_parts.h"

#include <string.h>
#include <sys/ioctl.h>

enum {
    SWEEP_MS = 1000,
    CROWDED_MS = 50,  /* the same in a full house */
    ROOM = 64,        /* connections that are kept free by letting go of those who do not get on */
    MOMENT_MS = 1000, /* over which is measured how somebody gets on: newcomers have that long in any case */
};

static void measure(struct web_client *x, uint64_t now) {
    uint64_t ms = now - x->marked_ms;
    if (ms < MOMENT_MS)
        return;
    int64_t bytes = x->asked ? acked_bytes(x->fd) : 0;
    x->rate = bytes < 0 ? WEB_CROWDED_RATE : 1000 * (bytes - x->marked) / (int64_t)ms;
    x->marked = bytes;
    x->marked_ms = now;
}

/* Its header fields have not come, and neither because it has just come itself nor because we have not read them. */
static bool is_half_open(const struct web_client *x, uint64_t now) {
    int unread = 0;
    return !x->begun && !x->cut && now - x->since_ms >= WEB_HALF_OPEN_MS &&
           !(ioctl(x->fd, FIONREAD, &unread) == 0 && unread > 0);
}

/* Of each address the oldest that are too many. */
static void cut_half_open(const struct web *web, uint64_t now) {
    for (struct web_client *x = web->oldest; x; x = x->newer) {
        unsigned newer = 0;
        for (const struct web_client *y = is_half_open(x, now) ? x->newer : NULL; y && newer < WEB_HALF_OPEN;
             y = y->newer)
            newer += !y->begun && !y->cut && memcmp(x->origin, y->origin, ORIGIN_ID) == 0;
        if (newer == WEB_HALF_OPEN)
            web_client_cut(x);
    }
}

/* Those who have not even asked go first, the oldest of them; then of those who hardly get on, or have been here for
 * long, the one who gets on least: strangers first, streams and WebSockets never. */
static struct web_client *find_laggard(const struct web *web, uint64_t now) {
    struct web_client *found = NULL;
    for (struct web_client *x = web->oldest; x; x = x->newer) {
        bool old = now - x->since_ms >= 1000 * WEB_CROWDED_SECONDS;
        if (is_half_open(x, now))
            return x;
        if (x->cut || x->kind == WEB_STREAM || x->kind == WEB_SOCKET || (x->rate >= WEB_CROWDED_RATE && !old))
            continue;
        if (!found || x->trusted < found->trusted || (x->trusted == found->trusted && x->rate < found->rate))
            found = x;
    }
    return found;
}

static bool is_crowded(const struct web *web) {
    return web->n_clients - web->n_cut + ROOM > WEB_CONNECTIONS_MAX;
}

static void swept(uv_timer_t *handle);

/* Whoever is not let in waits in the system's queue, so that a full house has to be looked at often. */
void web_places_pace(struct web *web) {
    bool crowded = web->n_clients + ROOM > WEB_CONNECTIONS_MAX;
    if (uv_is_active((uv_handle_t *)&web->sweep) && crowded == web->crowded)
        return;
    web->crowded = crowded;
    uint64_t ms = crowded ? CROWDED_MS : SWEEP_MS;
    uv_timer_start(&web->sweep, swept, ms, ms);
}

static void swept(uv_timer_t *handle) {
    struct web *web = handle->data;
    struct web_client *laggard;
    web_turn(web); /* it may be we who were kept from reading what they ask */
    uint64_t now = web_now_ms();
    for (struct web_client *x = web->oldest; x; x = x->newer) {
        measure(x, now);
        if (x->deadline_ms && now >= x->deadline_ms)
            web_client_cut(x);
    }
    cut_half_open(web, now);
    while (is_crowded(web) && (laggard = find_laggard(web, now)))
        web_client_cut(laggard);
    web_turn(web); /* whose own limits of time are due, and who lets newcomers in */
    if (web->n_clients)
        web_places_pace(web);
}
