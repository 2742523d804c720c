/* Writes down what happens to the Alice of every pair of sessions (tests/lib/pair.h), call by call, so that
 * recorded.mjs can do the same to Alice in WebAssembly. The linker puts these in front of proto/session.h
 * (meson.build); the test that is linked with them stays as it is.
 *
 * PARLEY_RECORD names the file, which may be a pipe. A line is a letter and what belongs to it, bytes and her name in
 * hex, milliseconds as now:
 *     N SET SEED NAME NOW   a session begins        R BYTES NOW   bytes from Bob       F NOW    he has closed
 *     B TEXT                the connection broke    O BYTES NOW   bytes for Bob        E JSON   an event
 *     D BYTES               what he said            S N BYTES     N of these are said  X        all is said
 *     J NOW                 a job is done           T NOW         the clock            K BYTES  a key that she accepted
 *     H                     she holds before a step of hers until she is told to go on: all else is as it is
 *     Z                     the end of the conversation
 *     - WHY                 instead of all that: one that no browser can have, for what its Alice is or is asked to do
 * What happens behind the end of a session is not written down. In a browser one job is done at a time, and so many
 * bytes go in at a time: here likewise. */
#include "alice/browser/surface.h"
#include "alice/browser/told.h"
#include "alice/machine.h"
#include "proto/session_private.h"
#include "tests/lib/pair.h"

enum { TIMEOUT_MS = 30000 }; /* as alice/browser/surface.c has it */

static struct {
    struct session *session;
    const char *why; /* it is left out; or NULL */
    FILE *file;
    char *text; /* what file writes, until the conversation is over */
    size_t n;
    bool working, held;
    uint64_t start, step_began, bytes;
} alice;

static unsigned depth; /* of calls of sessions, which call each other */

/* Of Identity: hundreds of conversations, in all of which she has an identity. */
__attribute__((constructor)) static void skip_what_is_left_out(void) {
    cmocka_set_skip_filter("every_bit");
}

/* A call of the test's or the pair's on her, before her end: sessions call some of these themselves. */
static bool hers(const struct session *s) {
    return s && s == alice.session && depth == 0 && !session_finished(s);
}

__attribute__((format(printf, 1, 2))) static void line(const char *format, ...) {
    va_list args;
    va_start(args, format);
    vfprintf(alice.file, format, args);
    va_end(args);
    fputc('\n', alice.file);
}

static void hex(const char *before, const uint8_t *p, size_t n) {
    fputs(before, alice.file);
    for (size_t i = 0; i < n; i++)
        fprintf(alice.file, "%02x", p[i]);
}

static void leave_out(const char *why) {
    if (!alice.why)
        alice.why = why;
}

/* In a browser she holds before nothing: what happens while she does has another meaning there. */
static void arrives(void) {
    if (alice.held)
        leave_out("something happens while she holds");
}

/* ---- what is in front of the sessions */

#define FRONT(type, name, arguments)                                                                                   \
    type __real_##name arguments;                                                                                      \
    type __wrap_##name arguments;                                                                                      \
    type __wrap_##name arguments

FRONT(int, alice_new, (struct session * *sp, const struct session_config *config, const uint8_t seed[static 32])) {
    struct session_config c = *config;
    if (alice.session) /* two pairs at the same time: the second one is not written down */
        return __real_alice_new(sp, config, seed);
    if (c.timeout_ms == PAIR_TIMEOUT_MS)
        c.timeout_ms = TIMEOUT_MS;
    int r = __real_alice_new(sp, &c, seed);
    if (r < 0)
        return r;
    memset(&alice, 0, sizeof alice);
    alice.session = *sp;
    alice.file = open_memstream(&alice.text, &alice.n);
    if (!alice.file)
        abort();
    if (pair_changed)
        leave_out(pair_changed);
    if (c.n_sets != 1 || c.timeout_ms != TIMEOUT_MS)
        leave_out("another configuration");
    if (c.agree_only)
        leave_out("she only agrees");
    if (c.hold_end_ms)
        leave_out("she hands her key on");
    if (c.fail_attempts)
        leave_out("she is made to fail");
    if (c.identity || c.n_peers || c.named)
        leave_out("she has an identity, or knows Bob's");
    fprintf(alice.file, "N %s ", c.sets[0]->name);
    hex("", seed, 32);
    hex(" ", (const uint8_t *)c.name, strlen(c.name));
    return 0;
}

FRONT(void, session_start, (struct session * s, uint64_t now_ms)) {
    if (hers(s)) {
        alice.start = alice.step_began = now_ms;
        line(" %llu", (unsigned long long)now_ms);
    }
    depth++;
    __real_session_start(s, now_ms);
    depth--;
}

FRONT(int, session_receive, (struct session * s, const uint8_t *bytes, size_t n, uint64_t now_ms)) {
    if (hers(s)) {
        alice.bytes += n;
        arrives();
        hex("R ", bytes, n);
        line(" %llu", (unsigned long long)now_ms);
    }
    depth++;
    int r = __real_session_receive(s, bytes, n, now_ms);
    depth--;
    return r;
}

FRONT(void, session_receive_eof, (struct session * s, uint64_t now_ms)) {
    if (hers(s)) {
        arrives();
        line("F %llu", (unsigned long long)now_ms);
    }
    depth++;
    __real_session_receive_eof(s, now_ms);
    depth--;
}

FRONT(void, session_broken, (struct session * s, const char *text)) {
    if (hers(s))
        line("B %s", text);
    depth++;
    __real_session_broken(s, text);
    depth--;
}

FRONT(bool, session_take_output, (struct session * s, struct session_chunk *chunkp, uint64_t now_ms)) {
    depth++;
    bool there = __real_session_take_output(s, chunkp, now_ms);
    depth--;
    if (there && s == alice.session) {
        alice.bytes += chunkp->n;
        hex("O ", chunkp->data, chunkp->n);
        line(" %llu", (unsigned long long)now_ms);
    }
    return there;
}

FRONT(bool, session_next_event, (struct session * s, struct session_event *e)) {
    struct told told;
    depth++;
    bool there = __real_session_next_event(s, e);
    depth--;
    if (!there || s != alice.session)
        return there;
    struct telling_moment moment = {.bytes = alice.bytes}; /* and no time: recorded.mjs leaves it aside */
    if (e->kind == SESSION_STEP_HELD) {
        alice.held = true;
        line("H");
    }
    if (told_event(&told, s, e, &moment))
        line("E %s", told.text);
    if (e->kind == SESSION_CONFIRMED) {
        hex("K ", e->confirmed.key, 32);
        line("%s", "");
    }
    return true;
}

FRONT(bool, session_take_data, (struct session * s, struct session_chunk *chunkp)) {
    depth++;
    bool there = __real_session_take_data(s, chunkp);
    depth--;
    if (there && s == alice.session) {
        hex("D ", chunkp->data, chunkp->n);
        line("%s", "");
    }
    return there;
}

FRONT(struct job *, session_next_job, (struct session * s)) {
    if (s && s == alice.session && alice.working && !session_finished(s))
        return NULL;
    depth++;
    struct job *job = __real_session_next_job(s);
    depth--;
    if (job && s == alice.session)
        alice.working = true;
    return job;
}

FRONT(void, session_job_done, (struct session * s, struct job *job, uint64_t now_ms)) {
    if (s && s == alice.session)
        alice.working = false;
    if (hers(s))
        line("J %llu", (unsigned long long)now_ms);
    depth++;
    __real_session_job_done(s, job, now_ms);
    depth--;
}

FRONT(size_t, session_send, (struct session * s, const uint8_t *bytes, size_t n)) {
    bool is_hers = hers(s);
    if (is_hers && n > SURFACE_INPUT)
        n = SURFACE_INPUT;
    depth++;
    size_t taken = __real_session_send(s, bytes, n);
    depth--;
    if (is_hers) {
        fprintf(alice.file, "S %zu", taken);
        hex(" ", bytes, n);
        line("%s", "");
    }
    return taken;
}

FRONT(void, session_send_end, (struct session * s)) {
    if (hers(s))
        line("X");
    depth++;
    __real_session_send_end(s);
    depth--;
}

FRONT(void, session_tick, (struct session * s, uint64_t now_ms)) {
    if (hers(s)) {
        arrives();
        line("T %llu", (unsigned long long)now_ms);
    }
    depth++;
    __real_session_tick(s, now_ms);
    depth--;
}

FRONT(void, session_continue, (struct session * s, uint64_t now_ms)) {
    if (hers(s))
        alice.held = false;
    depth++;
    __real_session_continue(s, now_ms);
    depth--;
}

FRONT(int, session_rekey, (struct session * s, uint64_t now_ms)) {
    bool is_hers = hers(s);
    depth++;
    int r = __real_session_rekey(s, now_ms);
    depth--;
    if (is_hers && r == 0)
        leave_out("she re-keys");
    return r;
}

FRONT(void, session_hold_end, (struct session * s, bool hold)) {
    if (hers(s))
        leave_out("she hands her key on");
    depth++;
    __real_session_hold_end(s, hold);
    depth--;
}

FRONT(void, session_abort, (struct session * s, enum abort_reason reason, const char *text)) {
    if (hers(s))
        leave_out("she is told to go");
    depth++;
    __real_session_abort(s, reason, text);
    depth--;
}

FRONT(void, session_give_up, (struct session * s, const char *text)) {
    if (hers(s))
        leave_out("she is told to go");
    depth++;
    __real_session_give_up(s, text);
    depth--;
}

FRONT(int, session_open_send, (struct session * s, enum sealed_kind kind, const uint8_t *body, size_t n)) {
    if (hers(s))
        leave_out("she says what she never would");
    depth++;
    int r = __real_session_open_send(s, kind, body, n);
    depth--;
    return r;
}

/* Only what is complete is written out, so that a file never ends in the middle. */
FRONT(void, session_free, (struct session * s)) {
    if (s && s == alice.session) {
        static FILE *record;
        const char *name = getenv("PARLEY_RECORD");
        if (!record && name)
            record = fopen(name, "a");
        if (!record || fclose(alice.file) != 0)
            abort();
        if (alice.why)
            fprintf(record, "- %s\n", alice.why);
        else
            fprintf(record, "%sZ\n", alice.text);
        if (fflush(record) != 0)
            abort();
        free(alice.text);
        memset(&alice, 0, sizeof alice);
    }
    depth++;
    __real_session_free(s);
    depth--;
}
