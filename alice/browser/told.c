#include "alice/browser/told.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

/* A field's name, with a comma before all but the first of an object. */
static void put_name(struct told *told, const char *name) {
    put(told, "%s\"%s\":", told->n && told->text[told->n - 1] != '{' ? "," : "", name);
}

static void put_text(struct told *told, const char *name, const char *value) {
    put_name(told, name);
    put(told, "\"");
    for (; *value; value++)
        if (*value == '"' || *value == '\\')
            put(told, "\\%c", *value);
        else if ((unsigned char)*value < 0x20)
            put(told, "\\u%04x", *value);
        else
            put(told, "%c", *value);
    put(told, "\"");
}

static void put_integer(struct told *told, const char *name, uint64_t value) {
    put_name(told, name);
    put(told, "%llu", (unsigned long long)value);
}

static void put_real(struct told *told, const char *name, double value) {
    if (!isfinite(value)) /* JSON has no others */
        return;
    put_name(told, name);
    put(told, "%.6g", value);
}

static void put_bool(struct told *told, const char *name, bool value) {
    put_name(told, name);
    put(told, "%s", value ? "true" : "false");
}

static void begin(struct told *told, const char *event, const struct session *session,
                  const struct told_moment *moment) {
    told->n = 0;
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

/* Each under its name, and all in a list with words for people. */
static void put_figures(struct told *told, const struct learned_numbers *numbers) {
    for (size_t i = 0; i < numbers->n_figures; i++) {
        const struct figure *f = &numbers->figures[i];
        char name[64];
        snprintf(name, sizeof name, "%s_expected", f->name);
        put_real(told, f->name, f->measured);
        put_real(told, name, f->expected);
    }
    put_name(told, "figures");
    put(told, "[");
    for (size_t i = 0; i < numbers->n_figures; i++) {
        const struct figure *f = &numbers->figures[i];
        put(told, "%s{", i ? "," : "");
        put_text(told, "what", f->what);
        put_real(told, "measured", f->measured);
        put_real(told, "expected", f->expected);
        put(told, "}");
    }
    put(told, "]");
}

/* Nothing of a task that tells of none. */
static void put_rounds(struct told *told, const struct learned_numbers *numbers) {
    if (!numbers->n_rounds)
        return;
    put_integer(told, "code_bits", numbers->code_bits);
    put_name(told, "rounds");
    for (size_t i = 0; i < numbers->n_rounds; i++)
        put(told, "%s{\"wrong\":%u,\"unsettled\":%u}", i ? "," : "[", (unsigned)numbers->rounds[i].wrong,
            (unsigned)numbers->rounds[i].unsettled);
    put(told, "]");
}

static void put_learned(struct told *told, const struct session_event *e, const struct set *set) {
    const struct learned_numbers *numbers = &e->learned.numbers;
    put_text(told, "params", set->name);
    put_integer(told, "attempt", e->attempt);
    put_bool(told, "accepted", e->learned.accepted);
    put_figures(told, numbers);
    put_integer(told, "iterations", numbers->iterations);
    put_rounds(told, numbers);
    put_integer(told, "disagreements", numbers->disagreements);
    put_integer(told, "plain_labels", numbers->n_checked);
}

static void put_agreed(struct told *told, const struct session_event *e, const struct set *set) {
    put_integer(told, "challenges", e->agreed.challenges);
    put_integer(told, "repeat", set->repeat);
    put_integer(told, "distillate", SET_DISTILLATE);
    put_real(told, "failure_log2", e->agreed.failure_log2);
    put_integer(told, "agreeing", e->agreed.agreeing);
    put_real(told, "agreement", (double)e->agreed.agreeing / (double)e->agreed.challenges);
    put_real(told, "agreement_expected", set->modulus == 2 ? 1 - set->risk : 1);
    if (set->modulus > 2) {
        put_real(told, "noise", e->agreed.noise);
        put_real(told, "noise_expected", set->task->label_noise(set));
    }
}

static void put_confirmed(struct told *told, const struct session *session, const struct session_event *e,
                          const struct set *set, const struct told_moment *moment) {
    put_text(told, "params", set->name);
    put_text(told, "task", set->task->name);
    put_bool(told, "experimental", set->task->experimental);
    put_text(told, "fingerprint", e->confirmed.fingerprint);
    put_bool(told, "authenticated", session_peer_pinned(session));
    put_integer(told, "bytes", moment->bytes);
    put_real(told, "seconds", moment->seconds);
}

static void put_closed(struct told *told, const struct session *session, const struct told_moment *moment) {
    const struct session_end *end = session_end(session);
    put_text(told, "step", step_name(end->step));
    put_integer(told, "status", (uint64_t)end->outcome);
    put_text(told, "reason", end->outcome == SESSION_DONE ? "done" : end->text);
    put_bool(told, "by_peer", end->by_peer);
    put_integer(told, "bytes", moment->bytes);
    put_real(told, "seconds", moment->seconds);
}

bool told_event(struct told *told, const struct session *session, const struct session_event *e,
                const struct told_moment *moment) {
    const struct set *set = session_set(session);
    bool of_agreeing = true;
    told->n = 0;
    switch (e->kind) {
    case SESSION_STEP_DONE:
        begin(told, "step", session, moment);
        put_text(told, "step", step_name(e->step));
        put_integer(told, "bytes", e->bytes);
        put_real(told, "seconds", moment->step_seconds);
        put_integer(told, "attempt", e->attempt);
        break;
    case SESSION_LEARNED:
        begin(told, "learned", session, moment);
        put_learned(told, e, set);
        break;
    case SESSION_AGREED:
        begin(told, "agreed", session, moment);
        put_agreed(told, e, set);
        break;
    case SESSION_CONFIRMED:
        begin(told, "confirmed", session, moment);
        put_confirmed(told, session, e, set, moment);
        break;
    case SESSION_OPEN:
        begin(told, "open", session, moment);
        of_agreeing = false;
        break;
    case SESSION_PEER_NAME:
        begin(told, "name", session, moment);
        put_text(told, "name", e->peer_name.text);
        of_agreeing = false;
        break;
    case SESSION_PEER_END:
        begin(told, "peer_end", session, moment);
        of_agreeing = false;
        break;
    case SESSION_CLOSED:
        begin(told, "closed", session, moment);
        put_closed(told, session, moment);
        of_agreeing = false;
        break;
    default: /* a browser re-keys nothing */
        return false;
    }
    if (of_agreeing)
        put_bool(told, "rekey", e->rekeying);
    put(told, "}");
    return true;
}

void told_progress(struct told *told, const struct session *session) {
    uint64_t done, total;
    enum step step = session_step(session);
    session_progress(session, &done, &total);
    told->n = 0;
    put(told, "{");
    put_text(told, "step", step_name(step));
    put_text(told, "sentence", step_sentence(step, session_set(session)));
    put_integer(told, "done", done);
    put_integer(told, "total", total);
    put(told, "}");
}
