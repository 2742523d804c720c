#include "alice/browser/told.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* What does not fit is left out, which then shows as an object that is no JSON. The longest event takes less than half.
 */
__attribute__((format(printf, 2, 3))) static void put(struct told *told, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(told->text + told->n, sizeof told->text - told->n, format, args);
    va_end(args);
    if (n > 0)
        told->n += (size_t)n < sizeof told->text - told->n ? (size_t)n : sizeof told->text - told->n - 1;
}

/* A field's name, with a comma before all but the first of an object or a list. */
static void put_name(struct told *told, const char *name) {
    char last = told->n ? told->text[told->n - 1] : '{';
    if (last != '{' && last != '[')
        put(told, ",");
    if (name)
        put(told, "\"%s\":", name);
}

/* ---- as telling.h asks for it */

static void put_text(void *to, const char *name, const char *value) {
    put_name(to, name);
    put(to, "\"");
    for (; *value; value++)
        if (*value == '"' || *value == '\\')
            put(to, "\\%c", *value);
        else if ((unsigned char)*value < 0x20)
            put(to, "\\u%04x", *value);
        else
            put(to, "%c", *value);
    put(to, "\"");
}

static void put_integer(void *to, const char *name, uint64_t value) {
    put_name(to, name);
    put(to, "%llu", (unsigned long long)value);
}

static void put_real(void *to, const char *name, double value) {
    if (!isfinite(value)) /* the page's clock, once it is told that time is over */
        return;
    put_name(to, name);
    put(to, "%.6g", value);
}

static void put_boolean(void *to, const char *name, bool value) {
    put_name(to, name);
    put(to, "%s", value ? "true" : "false");
}

static void put_open(void *to, const char *name, char bracket) {
    struct told *told = to;
    put_name(told, name);
    put(told, "%c", bracket);
    told->open[told->depth++] = bracket;
}

static void put_close(void *to) {
    struct told *told = to;
    put(told, "%c", told->open[--told->depth] == '[' ? ']' : '}');
}

static void begin(struct told *told, const char *event, const struct session *session,
                  const struct telling_moment *moment) {
    put(told, "{");
    put_integer(told, "schema", 1);
    put_text(told, "event", event);
    put_text(told, "side", "alice");
    put_real(told, "time", moment->seconds);
    if (*session_id(session))
        put_text(told, "session", session_id(session));
    const uint8_t *identity = session_peer_identity(session);
    if (identity) {
        char text[IDENTITY_TEXT];
        identity_text(text, identity, false);
        put_text(told, "identity", text);
    }
}

bool told_event(struct told *told, const struct session *session, const struct session_event *e,
                const struct telling_moment *moment) {
    const struct telling telling = {.to = told,
                                    .integer = put_integer,
                                    .real = put_real,
                                    .text = put_text,
                                    .boolean = put_boolean,
                                    .open = put_open,
                                    .close = put_close};
    const char *name = telling_name(e);
    bool named = e->kind == SESSION_PEER_NAME;
    told->n = told->depth = 0;
    if (e->kind == SESSION_REKEYED) /* a browser re-keys nothing */
        return false;
    if (!name && !named && e->kind != SESSION_PEER_END)
        return false;
    begin(told, name ? name : named ? "name" : "peer_end", session, moment);
    if (name)
        telling_fields(&telling, session, e, moment);
    else if (named) /* these two only a page wants to know */
        put_text(told, "name", e->peer_name.text);
    put(told, "}");
    return true;
}

void told_progress(struct told *told, const struct session *session) {
    uint64_t done, total;
    enum step step = session_step(session);
    session_progress(session, &done, &total);
    told->n = told->depth = 0;
    put(told, "{");
    put_text(told, "step", step_name(step));
    put_text(told, "sentence", step_sentence(step, session_set(session)));
    put_integer(told, "done", done);
    put_integer(told, "total", total);
    put(told, "}");
}
