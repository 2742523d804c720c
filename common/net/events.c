#include "common/net/events.h"

#include "common/net/timer.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct events {
    FILE *file;
    const char *side;
    double start; /* timer_now */
    const char *path;
    struct screen *screen;
    bool failed; /* no more is written: half a line would spoil the next one */
};

int events_open(struct events **eventsp, const char *path, const char *side, struct screen *screen) {
    struct events *events = malloc(sizeof *events);
    if (!events)
        return -ENOMEM;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
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

void events_close(struct events *events) {
    if (!events)
        return;
    fclose(events->file);
    free(events);
}

/* A new object with what all have; session and peer may be NULL or "". */
static json_t *begin(struct events *events, const char *event, const char *session, const char *peer) {
    json_t *object = json_object();
    json_object_set_new(object, "schema", json_integer(1));
    json_object_set_new(object, "event", json_string(event));
    json_object_set_new(object, "side", json_string(events->side));
    json_object_set_new(object, "time", json_real(timer_now() - events->start));
    struct timespec clock;
    clock_gettime(CLOCK_REALTIME,
                  &clock); /* to lay the events of several programs side by side, and for nothing else */
    json_object_set_new(object, "clock", json_integer((json_int_t)clock.tv_sec * 1000000 + clock.tv_nsec / 1000));
    if (session && *session)
        json_object_set_new(object, "session", json_string(session));
    if (peer && *peer)
        json_object_set_new(object, "peer", json_string(peer));
    return object;
}

static json_t *begin_for(struct events *events, const char *event, const struct conn *conn) {
    json_t *object = begin(events, event, session_id(conn_session(conn)), conn_peer(conn));
    const uint8_t *identity = session_peer_identity(conn_session(conn));
    if (identity) {
        char text[IDENTITY_TEXT];
        identity_text(text, identity, false);
        json_object_set_new(object, "identity", json_string(text));
    }
    return object;
}

static void finish(struct events *events, json_t *object) {
    if (events->failed) {
        json_decref(object);
        return;
    }
    json_dumpf(object, events->file, JSON_COMPACT | JSON_REAL_PRECISION(6));
    fputc('\n', events->file);
    json_decref(object);
    if (fflush(events->file) == 0 && !ferror(events->file))
        return;
    screen_error(events->screen, "--events %s: %s; what happens from now on is missing there", events->path,
                 strerror(errno));
    events->failed = true;
}

bool events_failed(const struct events *events) {
    return events && events->failed;
}

static void set_integer(json_t *object, const char *name, uint64_t value) {
    json_object_set_new(object, name, json_integer((json_int_t)value));
}

static void set_real(json_t *object, const char *name, double value) {
    json_object_set_new(object, name, json_real(value));
}

static void set_text(json_t *object, const char *name, const char *value) {
    json_object_set_new(object, name, json_string(value));
}

void events_write(struct events *events, const char *event, const char *session, json_t *object) {
    if (events) {
        json_t *whole = begin(events, event, session, NULL);
        json_object_update(whole, object);
        finish(events, whole);
    }
    json_decref(object);
}

void events_listening(struct events *events, const char *address) {
    if (!events)
        return;
    json_t *object = begin(events, "listening", NULL, NULL);
    set_text(object, "address", address);
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
    set_text(object, "text", text);
    finish(events, object);
}

static json_t *describe_step(struct events *events, const struct conn *conn, const struct session_event *e) {
    json_t *object = begin_for(events, "step", conn);
    set_text(object, "step", step_name(e->step));
    set_integer(object, "bytes", e->bytes);
    set_real(object, "seconds", conn_step_seconds(conn));
    set_integer(object, "attempt", e->attempt);
    return object;
}

static json_t *describe_learned(struct events *events, const struct conn *conn, const struct session_event *e,
                                const struct params *p) {
    json_t *object = begin_for(events, "learned", conn);
    set_text(object, "params", p->name);
    set_integer(object, "attempt", e->attempt);
    json_object_set_new(object, "accepted", json_boolean(e->learned.accepted));
    set_real(object, "symbol_error", e->learned.symbol_error);
    set_real(object, "symbol_error_expected", p->p);
    set_integer(object, "iterations", e->learned.iterations);
    set_integer(object, "disagreements", e->learned.disagreements);
    set_integer(object, "plain_labels", p->m);
    set_real(object, "disagreement", (double)e->learned.disagreements / p->m);
    set_real(object, "disagreement_expected", p->theta);
    return object;
}

static json_t *describe_agreed(struct events *events, const struct conn *conn, const struct session_event *e,
                               const struct params *p) {
    json_t *object = begin_for(events, "agreed", conn);
    set_integer(object, "challenges", e->agreed.challenges);
    set_integer(object, "repeat", p->repeat);
    set_integer(object, "distillate", PARAMS_DISTILLATE);
    set_real(object, "failure_log2", e->agreed.failure_log2);
    if (e->agreed.agreeing) { /* only Alice can count them */
        set_integer(object, "agreeing", e->agreed.agreeing);
        set_real(object, "agreement", (double)e->agreed.agreeing / (double)e->agreed.challenges);
    }
    set_real(object, "agreement_expected", 1 - p->theta);
    return object;
}

static json_t *describe_closed(struct events *events, const struct conn *conn) {
    const struct session_end *end = session_end(conn_session(conn));
    json_t *object = begin_for(events, "closed", conn);
    set_text(object, "step", step_name(end->step));
    set_integer(object, "status", (uint64_t)end->outcome);
    set_text(object, "reason", end->outcome == SESSION_DONE ? "done" : end->text);
    json_object_set_new(object, "by_peer", json_boolean(end->by_peer));
    set_integer(object, "bytes", conn_bytes(conn));
    set_real(object, "seconds", conn_seconds(conn));
    return object;
}

void events_session(struct events *events, const struct conn *conn, const struct session_event *e) {
    const struct params *p = session_params(conn_session(conn));
    json_t *object = NULL;
    if (!events)
        return;
    if (e->kind == SESSION_STEP_DONE)
        object = describe_step(events, conn, e);
    else if (e->kind == SESSION_LEARNED)
        object = describe_learned(events, conn, e, p);
    else if (e->kind == SESSION_AGREED)
        object = describe_agreed(events, conn, e, p);
    else if (e->kind == SESSION_CONFIRMED || e->kind == SESSION_REKEYED) {
        object = begin_for(events, "confirmed", conn);
        set_text(object, "params", p->name);
        set_text(object, "fingerprint", e->confirmed.fingerprint);
        json_object_set_new(object, "authenticated", json_boolean(session_peer_pinned(conn_session(conn))));
        set_integer(object, "bytes", conn_bytes(conn));
        set_real(object, "seconds", conn_seconds(conn));
    } else if (e->kind == SESSION_OPEN)
        object = begin_for(events, "open", conn);
    else if (e->kind == SESSION_CLOSED)
        object = describe_closed(events, conn);
    if (!object)
        return;
    bool rekeying = e->rekeying || e->kind == SESSION_REKEYED;
    if (e->kind != SESSION_CLOSED && e->kind != SESSION_OPEN)
        json_object_set_new(object, "rekey", json_boolean(rekeying));
    finish(events, object);
}
