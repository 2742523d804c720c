#include "proto/telling.h"

#include <math.h>
#include <stdio.h>

const char *telling_name(const struct session_event *e) {
    switch (e->kind) {
    case SESSION_STEP_DONE:
        return "step";
    case SESSION_LEARNED:
        return "learned";
    case SESSION_AGREED:
        return "agreed";
    case SESSION_CONFIRMED:
    case SESSION_REKEYED:
        return "confirmed";
    case SESSION_OPEN:
        return "open";
    case SESSION_CLOSED:
        return "closed";
    default:
        return NULL;
    }
}

/* A number that is not finite is left out. */
static void real(const struct telling *t, const char *name, double value) {
    if (isfinite(value))
        t->real(t->to, name, value);
}

static void step(const struct telling *t, const struct session_event *e, const struct telling_moment *moment) {
    t->text(t->to, "step", step_name(e->step));
    t->integer(t->to, "bytes", e->bytes);
    real(t, "seconds", moment->step_seconds);
    t->integer(t->to, "attempt", e->attempt);
}

/* Each under its name, and all in a list with words for people. */
static void figures(const struct telling *t, const struct learned_numbers *numbers) {
    for (size_t i = 0; i < numbers->n_figures; i++) {
        const struct figure *f = &numbers->figures[i];
        char name[64];
        snprintf(name, sizeof name, "%s_expected", f->name);
        real(t, f->name, f->measured);
        real(t, name, f->expected);
    }
    t->open(t->to, "figures", '[');
    for (size_t i = 0; i < numbers->n_figures; i++) {
        const struct figure *f = &numbers->figures[i];
        t->open(t->to, NULL, '{');
        t->text(t->to, "what", f->what);
        real(t, "measured", f->measured);
        real(t, "expected", f->expected);
        t->close(t->to);
    }
    t->close(t->to);
}

/* Nothing of a task that tells of none. */
static void rounds(const struct telling *t, const struct learned_numbers *numbers) {
    if (!numbers->n_rounds)
        return;
    t->integer(t->to, "code_bits", numbers->code_bits);
    t->open(t->to, "rounds", '[');
    for (size_t i = 0; i < numbers->n_rounds; i++) {
        t->open(t->to, NULL, '{');
        t->integer(t->to, "wrong", numbers->rounds[i].wrong);
        t->integer(t->to, "unsettled", numbers->rounds[i].unsettled);
        t->close(t->to);
    }
    t->close(t->to);
}

static void learned(const struct telling *t, const struct session_event *e, const struct set *set) {
    const struct learned_numbers *numbers = &e->learned.numbers;
    t->text(t->to, "params", set->name);
    t->integer(t->to, "attempt", e->attempt);
    t->boolean(t->to, "accepted", e->learned.accepted);
    figures(t, numbers);
    t->integer(t->to, "iterations", numbers->iterations);
    rounds(t, numbers);
    t->integer(t->to, "disagreements", numbers->disagreements);
    t->integer(t->to, "plain_labels", numbers->n_checked);
}

static void agreed(const struct telling *t, const struct session_event *e, const struct set *set) {
    t->integer(t->to, "challenges", e->agreed.challenges);
    t->integer(t->to, "repeat", set->repeat);
    t->integer(t->to, "distillate", SET_DISTILLATE);
    real(t, "failure_log2", e->agreed.failure_log2); /* some tasks are never wrong */
    if (e->agreed.agreeing) {                        /* only Alice can count them */
        t->integer(t->to, "agreeing", e->agreed.agreeing);
        real(t, "agreement", (double)e->agreed.agreeing / (double)e->agreed.challenges);
    }
    real(t, "agreement_expected", set->modulus == 2 ? 1 - set->risk : 1);
    if (set->modulus > 2) {
        if (e->agreed.agreeing)
            real(t, "noise", e->agreed.noise);
        real(t, "noise_expected", set->task->label_noise(set));
    }
}

static void confirmed(const struct telling *t, const struct session *session, const struct session_event *e,
                      const struct telling_moment *moment) {
    const struct set *set = session_set(session);
    t->text(t->to, "params", set->name);
    t->text(t->to, "task", set->task->name);
    t->boolean(t->to, "experimental", set->task->experimental);
    t->text(t->to, "fingerprint", e->confirmed.fingerprint);
    t->boolean(t->to, "authenticated", session_peer_pinned(session));
    t->integer(t->to, "bytes", moment->bytes);
    real(t, "seconds", moment->seconds);
}

static void closed(const struct telling *t, const struct session *session, const struct telling_moment *moment) {
    const struct session_end *end = session_end(session);
    t->text(t->to, "step", step_name(end->step));
    t->integer(t->to, "status", (uint64_t)end->outcome);
    t->text(t->to, "reason", end->outcome == SESSION_DONE ? "done" : end->text);
    t->boolean(t->to, "by_peer", end->by_peer);
    t->integer(t->to, "bytes", moment->bytes);
    real(t, "seconds", moment->seconds);
}

void telling_fields(const struct telling *t, const struct session *session, const struct session_event *e,
                    const struct telling_moment *moment) {
    if (e->kind == SESSION_STEP_DONE)
        step(t, e, moment);
    else if (e->kind == SESSION_LEARNED)
        learned(t, e, session_set(session));
    else if (e->kind == SESSION_AGREED)
        agreed(t, e, session_set(session));
    else if (e->kind == SESSION_CONFIRMED || e->kind == SESSION_REKEYED)
        confirmed(t, session, e, moment);
    else if (e->kind == SESSION_CLOSED)
        closed(t, session, moment);
    if (e->kind != SESSION_CLOSED && e->kind != SESSION_OPEN)
        t->boolean(t->to, "rekey", e->rekeying || e->kind == SESSION_REKEYED);
}
