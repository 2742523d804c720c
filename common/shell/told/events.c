#include "common/shell/told/events.h"

#include "common/shell/net/timer.h"
#include "proto/telling.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct events {
    FILE *file;
    const char *side;
    double start; /* timer_now */
    const char *path;
    struct screen *screen;
    bool no_memory; /* for all of the object at hand */
    bool failed;    /* no more is written: half a line would spoil the next one */
};

static int open_as(struct events **eventsp, const char *path, mode_t mode, const char *side, struct screen *screen) {
    struct events *events = calloc(1, sizeof *events);
    if (!events)
        return -ENOMEM;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd >= 0 && mode == 0600 && fchmod(fd, mode) < 0) { /* a file that was there already, too */
        int error = errno;
        close(fd);
        free(events);
        return -error;
    }
    events->file = fd < 0 ? NULL : fdopen(fd, "w");
    events->start = timer_now();
    events->side = side;
    events->path = path;
    events->screen = screen;
    events->failed = false;
    if (!events->file) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        free(events);
        return -error;
    }
    *eventsp = events;
    return 0;
}

int events_open(struct events **eventsp, const char *path, const char *side, struct screen *screen) {
    return open_as(eventsp, path, 0644, side, screen);
}

int events_open_private(struct events **eventsp, const char *path, const char *side, struct screen *screen) {
    return open_as(eventsp, path, 0600, side, screen);
}

void events_close(struct events *events) {
    if (!events)
        return;
    fclose(events->file);
    free(events);
}

/* Takes the value. Without memory for it the whole object is not written: half of one would mislead. */
static void set(struct events *events, json_t *object, const char *name, json_t *value) {
    if (json_object_set_new(object, name, value) < 0)
        events->no_memory = true;
}

/* A new object with what all have; session and peer may be NULL or "". */
static json_t *begin(struct events *events, const char *event, const char *session, const char *peer) {
    json_t *object = json_object();
    struct timespec clock;
    clock_gettime(CLOCK_REALTIME, &clock); /* to lay the events of several programs side by side, for nothing else */
    events->no_memory = false;
    set(events, object, "schema", json_integer(1));
    set(events, object, "event", json_string(event));
    set(events, object, "side", json_string(events->side));
    set(events, object, "time", json_real(timer_now() - events->start));
    set(events, object, "clock", json_integer((json_int_t)clock.tv_sec * 1000000 + clock.tv_nsec / 1000));
    if (session && *session)
        set(events, object, "session", json_string(session));
    if (peer && *peer)
        set(events, object, "peer", json_string(peer));
    return object;
}

static json_t *begin_for(struct events *events, const char *event, const struct conn *conn) {
    json_t *object = begin(events, event, session_id(conn_session(conn)), conn_peer(conn));
    const uint8_t *identity = session_peer_identity(conn_session(conn));
    if (identity) {
        char text[IDENTITY_TEXT];
        identity_text(text, identity, false);
        set(events, object, "identity", json_string(text));
    }
    return object;
}

static void finish(struct events *events, json_t *object) {
    char *line = events->failed || events->no_memory ? NULL : json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(object);
    if (events->failed || (line && fprintf(events->file, "%s\n", line) > 0 && fflush(events->file) == 0)) {
        free(line);
        return;
    }
    screen_error(events->screen, "--events %s: %s; what happens from now on is missing there", events->path,
                 line ? strerror(errno) : "out of memory");
    free(line);
    events->failed = true;
}

bool events_failed(const struct events *events) {
    return events && events->failed;
}

static void set_text(struct events *events, json_t *object, const char *name, const char *value) {
    set(events, object, name, json_string(value));
}

void events_write(struct events *events, const char *event, const char *session, json_t *object) {
    if (events) {
        json_t *whole = begin(events, event, session, NULL);
        json_object_update(whole, object);
        finish(events, whole);
    }
    json_decref(object);
}

void events_called(struct events *events, const struct conn *conn, const char *label) {
    if (!events)
        return;
    json_t *object = begin_for(events, "called", conn);
    set_text(events, object, "label", label);
    finish(events, object);
}

void events_listening(struct events *events, const char *address) {
    if (!events)
        return;
    json_t *object = begin(events, "listening", NULL, NULL);
    set_text(events, object, "address", address);
    finish(events, object);
}

void events_connected(struct events *events, const struct conn *conn) {
    if (events)
        finish(events, begin_for(events, "connected", conn));
}

void events_error(struct events *events, const char *session, const char *peer, const char *text) {
    if (!events)
        return;
    json_t *object = begin(events, "error", session, peer);
    set_text(events, object, "text", text);
    finish(events, object);
}

/* ---- what telling.h tells, as JSON */

enum { DEPTH = 4 }; /* of objects and lists in each other */

struct building {
    struct events *events;
    json_t *at[DEPTH]; /* what is open, the outermost first; each but that one belongs to the one before */
    size_t depth;
};

/* Takes the value; whether it is kept. */
static bool put(struct building *b, const char *name, json_t *value) {
    json_t *at = b->at[b->depth];
    bool kept = (name ? json_object_set_new(at, name, value) : json_array_append_new(at, value)) == 0;
    b->events->no_memory |= !kept;
    return kept;
}

static void put_integer(void *to, const char *name, uint64_t value) {
    put(to, name, json_integer((json_int_t)value));
}

static void put_real(void *to, const char *name, double value) {
    put(to, name, json_real(value));
}

static void put_text(void *to, const char *name, const char *value) {
    put(to, name, json_string(value));
}

static void put_boolean(void *to, const char *name, bool value) {
    put(to, name, json_boolean(value));
}

static void put_open(void *to, const char *name, char bracket) {
    struct building *b = to;
    json_t *value = bracket == '[' ? json_array() : json_object();
    value = put(b, name, value) ? value : NULL;
    b->at[++b->depth] = value;
}

static void put_close(void *to) {
    ((struct building *)to)->depth--;
}

void events_session(struct events *events, const struct conn *conn, const struct session_event *e) {
    const char *name = telling_name(e);
    if (!events || !name)
        return;
    struct building b = {.events = events, .at = {begin_for(events, name, conn)}};
    const struct telling telling = {.to = &b,
                                    .integer = put_integer,
                                    .real = put_real,
                                    .text = put_text,
                                    .boolean = put_boolean,
                                    .open = put_open,
                                    .close = put_close};
    const struct telling_moment moment = {
        .seconds = conn_seconds(conn), .step_seconds = conn_step_seconds(conn), .bytes = conn_bytes(conn)};
    telling_fields(&telling, conn_session(conn), e, &moment);
    finish(events, b.at[0]);
}

void events_captions(struct events *events, const struct conn *conn, const struct session_event *e) {
    char hex[65];
    if (!events)
        return;
    json_t *object = begin_for(events, "captions", conn);
    set_text(events, object, "params", session_set(conn_session(conn))->name);
    set(events, object, "attempt", json_integer((json_int_t)e->attempt));
    set_text(events, object, "key", sodium_bin2hex(hex, sizeof hex, e->learned.captions, 32));
    sodium_memzero(hex, sizeof hex);
    finish(events, object);
}
