#include "common/shell/told/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct line {
    char text[1000];
    size_t n;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line->text + line->n, sizeof line->text - line->n, format, args);
    va_end(args);
    size_t room = sizeof line->text - line->n - 1;
    line->n += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room;
}

/* A peer chooses its name and the words of its reasons: a quotation mark there would mislead whoever reads the log with
 * a program. */
static void add_quoted(struct line *line, const char *key, const char *value) {
    add(line, " %s=\"", key);
    for (; *value; value++) {
        if (*value == '"')
            add(line, "\\x22");
        else
            add(line, "%c", *value);
    }
    add(line, "\"");
}

/* The time of day, UTC, to the millisecond. It may jump; what counts seconds is another clock. */
static void add_time(struct line *line) {
    struct timespec now;
    struct tm day;
    char text[32] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &day))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &day);
    add(line, " time=%s.%03dZ", text, (int)(now.tv_nsec / 1000000));
}

static void begin(struct line *line, const char *event, const char *peer, const char *id, const char *step,
                  uint64_t bytes, double seconds) {
    line->n = 0;
    add(line, "%s peer=%s session=%s step=%s bytes=%llu seconds=%.3f", event, *peer ? peer : "-", *id ? id : "-", step,
        (unsigned long long)bytes, seconds);
    add_time(line);
}

/* With the figures of the whole session so far. */
static void begin_session(struct line *line, const char *event, const struct conn *conn, enum step step) {
    begin(line, event, conn_peer(conn), session_id(conn_session(conn)), step_name(step), conn_bytes(conn),
          conn_seconds(conn));
}

void log_connected(struct screen *screen, const struct conn *conn) {
    struct line line;
    begin_session(&line, "connected", conn, STEP_A1);
    screen_detail(screen, "%s", line.text);
}

static void log_open(struct log *log, struct screen *screen, const struct conn *conn) {
    struct line line;
    if (log->opened)
        return;
    log->opened = true;
    const struct session *session = conn_session(conn);
    const uint8_t *identity = session_peer_identity(session);
    char key[IDENTITY_TEXT] = "none";
    if (identity)
        identity_text(key, identity, false);
    begin_session(&line, "open", conn, STEP_OPEN);
    const struct set *set = session_set(session);
    add(&line, " set=%s%s%s identity=%s authenticated=%s", set->name, set->toy ? " toy=yes" : "",
        set->task->experimental ? " experimental=yes" : "", key, session_peer_pinned(session) ? "yes" : "no");
    add_quoted(&line, "fingerprint", log->fingerprint);
    if (*log->name)
        add_quoted(&line, "name", log->name);
    screen_line(screen, SCREEN_GOOD, "%s", line.text);
}

static void log_closed(struct screen *screen, const struct conn *conn, bool expected) {
    const struct session_end *end = session_end(conn_session(conn));
    bool done = end->outcome == SESSION_DONE;
    struct line line;
    begin_session(&line, "closed", conn, end->step);
    add(&line, " status=%d by=%s", (int)end->outcome, end->by_peer ? "peer" : "self");
    add_quoted(&line, "reason", done ? "done" : end->text);
    if (done || expected)
        screen_line(screen, SCREEN_PLAIN, "%s", line.text);
    else
        screen_always(screen, SCREEN_BAD, "%s", line.text);
}

void log_session(struct log *log, struct screen *screen, const struct conn *conn, const struct session_event *e,
                 bool expected) {
    const char *again = e->rekeying ? " rekey=yes" : "";
    struct line line;
    switch (e->kind) {
    case SESSION_STEP_DONE:
        begin(&line, "step", conn_peer(conn), session_id(conn_session(conn)), step_name(e->step), e->bytes,
              conn_step_seconds(conn));
        screen_detail(screen, "%s%s", line.text, again);
        break;
    case SESSION_LEARNED:
        begin_session(&line, "learned", conn, STEP_A3);
        add(&line, " accepted=%s", e->learned.accepted ? "yes" : "no");
        for (size_t i = 0; i < e->learned.numbers.n_figures; i++)
            add(&line, " %s=%.4f", e->learned.numbers.figures[i].name, e->learned.numbers.figures[i].measured);
        screen_detail(screen, "%s%s", line.text, again);
        break;
    case SESSION_ATTEMPT_FAILED:
        begin_session(&line, "failed", conn, STEP_A3);
        screen_line(screen, SCREEN_WARN, "%s attempt=%u%s", line.text, e->attempt, again);
        break;
    case SESSION_AGREED:
        begin_session(&line, "agreed", conn, STEP_B3);
        screen_detail(screen, "%s challenges=%llu%s", line.text, (unsigned long long)e->agreed.challenges, again);
        break;
    case SESSION_CONFIRMED:
        memcpy(log->fingerprint, e->confirmed.fingerprint, sizeof log->fingerprint);
        begin_session(&line, "confirmed", conn, STEP_B4);
        add_quoted(&line, "fingerprint", log->fingerprint);
        screen_line(screen, SCREEN_GOOD, "%s", line.text);
        break;
    case SESSION_PEER_NAME:
        snprintf(log->name, sizeof log->name, "%s", e->peer_name.text);
        log_open(log, screen, conn);
        break;
    case SESSION_PEER_END:
        log_open(log, screen, conn);
        break;
    case SESSION_REKEYED:
        begin_session(&line, "rekeyed", conn, STEP_B4);
        screen_line(screen, SCREEN_GOOD, "%s", line.text);
        break;
    case SESSION_CLOSED:
        log_closed(screen, conn, expected);
        break;
    default:
        break;
    }
}

void log_expired(struct screen *screen, const char *peer, const char *session, double seconds, const char *file) {
    struct line line;
    begin(&line, "expired", peer, session, "-", 0, seconds);
    add_quoted(&line, "file", file);
    screen_always(screen, SCREEN_BAD, "%s", line.text);
}
