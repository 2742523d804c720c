#include "common/shell/told/events.h"

#include "common/shell/net/timer.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
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

static void set_integer(struct events *events, json_t *object, const char *name, uint64_t value) {
    set(events, object, name, json_integer((json_int_t)value));
}

static void set_real(struct events *events, json_t *object, const char *name, double value) {
    set(events, object, name, json_real(value));
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

static json_t *describe_step(struct events *events, const struct conn *conn, const struct session_event *e) {
    json_t *object = begin_for(events, "step", conn);
    set_text(events, object, "step", step_name(e->step));
    set_integer(events, object, "bytes", e->bytes);
    set_real(events, object, "seconds", conn_step_seconds(conn));
    set_integer(events, object, "attempt", e->attempt);
    return object;
}

/* Each under its name, and all in a list with words for people. */
static void set_figures(struct events *events, json_t *object, const struct learned_numbers *numbers) {
    json_t *list = json_array();
    for (size_t i = 0; i < numbers->n_figures; i++) {
        const struct figure *f = &numbers->figures[i];
        char name[64];
        snprintf(name, sizeof name, "%s_expected", f->name);
        set_real(events, object, f->name, f->measured);
        set_real(events, object, name, f->expected);
        if (json_array_append_new(list, json_pack("{s:s, s:f, s:f}", "what", f->what, "measured", f->measured,
                                                  "expected", f->expected)) < 0)
            events->no_memory = true;
    }
    set(events, object, "figures", list);
}

/* Nothing of a task that tells of none. */
static void set_rounds(struct events *events, json_t *object, const struct learned_numbers *numbers) {
    if (!numbers->n_rounds)
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < numbers->n_rounds; i++)
        if (json_array_append_new(list, json_pack("{s:I, s:I}", "wrong", (json_int_t)numbers->rounds[i].wrong,
                                                  "unsettled", (json_int_t)numbers->rounds[i].unsettled)) < 0)
            events->no_memory = true;
    set_integer(events, object, "code_bits", numbers->code_bits);
    set(events, object, "rounds", list);
}

static json_t *describe_learned(struct events *events, const struct conn *conn, const struct session_event *e,
                                const struct set *params) {
    const struct learned_numbers *numbers = &e->learned.numbers;
    json_t *object = begin_for(events, "learned", conn);
    set_text(events, object, "params", params->name);
    set_integer(events, object, "attempt", e->attempt);
    set(events, object, "accepted", json_boolean(e->learned.accepted));
    set_figures(events, object, numbers);
    set_integer(events, object, "iterations", numbers->iterations);
    set_rounds(events, object, numbers);
    set_integer(events, object, "disagreements", numbers->disagreements);
    set_integer(events, object, "plain_labels", numbers->n_checked);
    return object;
}

static json_t *describe_agreed(struct events *events, const struct conn *conn, const struct session_event *e,
                               const struct set *params) {
    json_t *object = begin_for(events, "agreed", conn);
    set_integer(events, object, "challenges", e->agreed.challenges);
    set_integer(events, object, "repeat", params->repeat);
    set_integer(events, object, "distillate", SET_DISTILLATE);
    if (isfinite(e->agreed.failure_log2)) /* some tasks are never wrong */
        set_real(events, object, "failure_log2", e->agreed.failure_log2);
    if (e->agreed.agreeing) { /* only Alice can count them */
        set_integer(events, object, "agreeing", e->agreed.agreeing);
        set_real(events, object, "agreement", (double)e->agreed.agreeing / (double)e->agreed.challenges);
    }
    set_real(events, object, "agreement_expected", params->modulus == 2 ? 1 - params->risk : 1);
    if (params->modulus > 2) {
        if (e->agreed.agreeing)
            set_real(events, object, "noise", e->agreed.noise);
        set_real(events, object, "noise_expected", params->task->label_noise(params));
    }
    return object;
}

static json_t *describe_closed(struct events *events, const struct conn *conn) {
    const struct session_end *end = session_end(conn_session(conn));
    json_t *object = begin_for(events, "closed", conn);
    set_text(events, object, "step", step_name(end->step));
    set_integer(events, object, "status", (uint64_t)end->outcome);
    set_text(events, object, "reason", end->outcome == SESSION_DONE ? "done" : end->text);
    set(events, object, "by_peer", json_boolean(end->by_peer));
    set_integer(events, object, "bytes", conn_bytes(conn));
    set_real(events, object, "seconds", conn_seconds(conn));
    return object;
}

void events_session(struct events *events, const struct conn *conn, const struct session_event *e) {
    const struct set *params = session_set(conn_session(conn));
    json_t *object = NULL;
    if (!events)
        return;
    if (e->kind == SESSION_STEP_DONE)
        object = describe_step(events, conn, e);
    else if (e->kind == SESSION_LEARNED)
        object = describe_learned(events, conn, e, params);
    else if (e->kind == SESSION_AGREED)
        object = describe_agreed(events, conn, e, params);
    else if (e->kind == SESSION_CONFIRMED || e->kind == SESSION_REKEYED) {
        object = begin_for(events, "confirmed", conn);
        set_text(events, object, "params", params->name);
        set_text(events, object, "task", params->task->name);
        set(events, object, "experimental", json_boolean(params->task->experimental));
        set_text(events, object, "fingerprint", e->confirmed.fingerprint);
        set(events, object, "authenticated", json_boolean(session_peer_pinned(conn_session(conn))));
        set_integer(events, object, "bytes", conn_bytes(conn));
        set_real(events, object, "seconds", conn_seconds(conn));
    } else if (e->kind == SESSION_OPEN)
        object = begin_for(events, "open", conn);
    else if (e->kind == SESSION_CLOSED)
        object = describe_closed(events, conn);
    else
        return;
    bool rekeying = e->rekeying || e->kind == SESSION_REKEYED;
    if (e->kind != SESSION_CLOSED && e->kind != SESSION_OPEN)
        set(events, object, "rekey", json_boolean(rekeying));
    finish(events, object);
}

void events_captions(struct events *events, const struct conn *conn, const struct session_event *e) {
    char hex[65];
    if (!events)
        return;
    json_t *object = begin_for(events, "captions", conn);
    set_text(events, object, "params", session_set(conn_session(conn))->name);
    set_integer(events, object, "attempt", e->attempt);
    set_text(events, object, "key", sodium_bin2hex(hex, sizeof hex, e->learned.captions, 32));
    sodium_memzero(hex, sizeof hex);
    finish(events, object);
}
