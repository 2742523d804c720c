/* A session's life: preface, frames of the agreement, the order of steps, output and events. What happens after B4 is
 * in session_open.c, deadlines are in session_deadline.c. */
#include "proto/session_private.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/base/secret.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum side session_peer(const struct session *s) {
    return s->side == SIDE_ALICE ? SIDE_BOB : SIDE_ALICE;
}

/* events */

/* An event carries the key, or tells the driver to start something: a session cannot do without. */
void session_emit_event(struct session *s, const struct session_event *e) {
    if (s->stage >= STAGE_ENDED)
        return;
    struct event_node *node = secret_new(sizeof *node);
    if (!node) {
        session_fail(s, SESSION_INTERNAL, ABORT_INTERNAL, "out of memory");
        return;
    }
    node->event = *e;
    if (s->last_event)
        s->last_event->next = node;
    else
        s->events = node;
    s->last_event = node;
}

bool session_next_event(struct session *s, struct session_event *e) {
    struct event_node *node = s->events;
    if (!node && s->stage == STAGE_ENDED) {
        s->stage = STAGE_CLOSED;
        *e = (struct session_event){.kind = SESSION_CLOSED, .step = s->due};
        return true;
    }
    if (!node)
        return false;
    *e = node->event;
    s->events = node->next;
    if (!s->events)
        s->last_event = NULL;
    secret_free(node);
    return true;
}

/* What was learned and agreed is no such thing: events have it before the message that follows from it is on the wire.
 */
bool session_only_tells(const struct session *s) {
    for (const struct event_node *node = s->events; node; node = node->next)
        switch (node->event.kind) {
        case SESSION_STEP_BEGIN:
        case SESSION_STEP_DONE:
        case SESSION_IDENTIFIED:
            break;
        default:
            return false;
        }
    return s->stage < STAGE_ENDED;
}

void session_event_wipe(struct session_event *e) {
    sodium_memzero(e, sizeof *e);
}

void session_step_event(struct session *s, enum session_event_kind kind) {
    session_emit_event(s, &(struct session_event){.kind = kind,
                                                  .step = s->due,
                                                  .rekeying = s->stage == STAGE_REKEYING,
                                                  .bytes = s->step_bytes,
                                                  .attempt = s->failures + 1});
}

/* the end */

static void finish(struct session *s) {
    s->stage = STAGE_ENDED;
    chunk_queue_clear(&s->backlog);
}

/* Ours, unless it is out already. */
static int send_preface(struct session *s) {
    if (s->preface_sent)
        return 0;
    uint8_t *copy = malloc(PREFACE_BYTES);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, preface, PREFACE_BYTES);
    s->preface_sent = true;
    return chunk_queue_push(&s->output, copy, PREFACE_BYTES);
}

/* Nothing of what waits goes out but the preface, by which the peer knows whom it has been talking to. */
static void drop_output(struct session *s) {
    bool again = s->preface_sent && s->n_output == 0; /* it is the first output */
    chunk_queue_clear(&s->output);
    if (again) {
        s->preface_sent = false;
        send_preface(s);
    }
}

static void send_abort(struct session *s, enum abort_reason reason) {
    struct message m = {.kind = MESSAGE_ABORT, .abort.reason = reason};
    uint8_t *frame;
    size_t n;
    drop_output(s);
    if (send_preface(s) == 0 && message_encode(&m, &frame, &n) == 0)
        chunk_queue_push(&s->output, frame, n);
}

static void add_text(struct session_end *end, const char *text) {
    size_t n = strlen(end->text);
    if (n + strlen(text) < sizeof end->text)
        memcpy(end->text + n, text, strlen(text) + 1);
}

/* Whatever ended it, what has to be known is how far it had come: Bob holds a key that Alice has not accepted, or Alice
 * has opened her number and Bob has not opened his. The latter is all that somebody in between who searches for words
 * that fit would show her (DESIGN.md, section 4). */
static void add_what_it_means(struct session *s) {
    if (s->end.outcome == SESSION_INTERNAL)
        return;
    if (s->side == SIDE_BOB && session_is_open(s) && s->heard == HEARD_NOTHING) {
        s->end.outcome = SESSION_NOT_CONFIRMED;
        add_text(&s->end, ", and Alice never showed that she accepted the key: discard it");
    } else if (s->side == SIDE_ALICE && s->stage == STAGE_AGREEING && s->due == STEP_B4 && !s->leaving) {
        s->end.outcome = SESSION_NOT_CONFIRMED;
        add_text(&s->end, ". Bob did not open his number: do not just try again if this repeats");
    }
}

__attribute__((format(printf, 4, 0))) static void set_end(struct session *s, enum session_outcome outcome,
                                                          enum abort_reason reason, const char *format, va_list args) {
    s->end.outcome = outcome;
    s->end.reason = reason;
    s->end.step = s->due;
    vsnprintf(s->end.text, sizeof s->end.text, format, args);
    add_what_it_means(s);
}

void session_fail(struct session *s, enum session_outcome outcome, enum abort_reason reason, const char *format, ...) {
    if (s->stage >= STAGE_ENDED)
        return;
    va_list args;
    va_start(args, format);
    set_end(s, outcome, reason, format, args);
    va_end(args);
    if (session_is_open(s) || !reason)
        drop_output(s);
    else
        send_abort(s, reason);
    finish(s);
}

void session_fail_told(struct session *s, enum session_outcome outcome, enum abort_reason reason, const char *format,
                       ...) {
    if (s->stage >= STAGE_ENDED)
        return;
    va_list args;
    va_start(args, format);
    set_end(s, outcome, reason, format, args);
    va_end(args);
    finish(s);
}

void session_done(struct session *s, enum session_outcome outcome, const char *text) {
    if (s->stage >= STAGE_ENDED)
        return;
    s->end.outcome = outcome;
    s->end.step = STEP_OPEN;
    snprintf(s->end.text, sizeof s->end.text, "%s", text);
    finish(s);
}

bool session_finished(const struct session *s) {
    return s->stage >= STAGE_ENDED;
}

const struct session_end *session_end(const struct session *s) {
    return &s->end;
}

void session_abort(struct session *s, enum abort_reason reason, const char *text) {
    s->leaving = true;
    session_fail(s, reason == ABORT_SHUTDOWN || reason == ABORT_BUSY ? SESSION_REFUSED : SESSION_INTERNAL, reason, "%s",
                 text);
}

void session_abort_only(uint8_t out[static SESSION_ABORT_ONLY], enum abort_reason reason) {
    static const uint8_t header[] = {0, 0, 0, 4, 10 << 3 | 2, 2, 1 << 3}; /* Frame.abort, 2 bytes: Abort.reason */
    memcpy(out, preface, PREFACE_BYTES);
    memcpy(out + PREFACE_BYTES, header, sizeof header);
    out[SESSION_ABORT_ONLY - 1] = (uint8_t)reason;
}

void session_give_up(struct session *s, const char *text) {
    session_fail(s, SESSION_BROKEN, 0, "%s", text);
}

void session_broken(struct session *s, const char *text) {
    if (session_is_open(s) && s->heard == HEARD_NOTHING)
        session_fail(s, SESSION_BROKEN, 0, "%s", text);
    else if (session_is_open(s) && session_peer_ended(s))
        session_fail(s, SESSION_BROKEN, 0, "%s before our own end mark was sent", text);
    else if (session_is_open(s))
        session_fail(s, SESSION_BROKEN, 0, "%s without the peer's end mark", text);
    else
        session_fail(s, SESSION_BROKEN, 0, "%s", text);
}

void session_receive_eof(struct session *s, uint64_t now_ms) {
    s->now = now_ms;
    session_broken(s, "the peer closed the connection");
}

void session_violation(struct session *s, const char *text) {
    session_fail(s, SESSION_PROTOCOL, ABORT_PROTOCOL, "%s", text);
}

void session_identified(struct session *s, const uint8_t id[static SESSION_ID]) {
    if (s->id[0])
        return;
    memmove(s->id_bytes, id, SESSION_ID);
    bytes_to_hex(s->id, id, SESSION_ID);
    session_step_event(s, SESSION_IDENTIFIED);
}

/* attempts */

/* The half begins anew. */
static int begin_half(struct session *s) {
    SECRET32 uint8_t attempt[32];
    SECRET32 uint8_t next[32];
    prg_subkey(attempt, s->secrets->seed, "attempt", 0);
    prg_subkey(next, s->secrets->seed, "later attempts", 0);
    memcpy(s->secrets->seed, next, 32); /* what was drawn before cannot be drawn again */
    if (s->side == SIDE_BOB && !s->id[0]) {
        uint8_t draw[32];
        prg_subkey(draw, attempt, "session id", 0);
        memcpy(s->id_bytes, draw, SESSION_ID);
    }
    s->n_attempts++;
    return s->ops->begin(s->half, attempt);
}

int session_prepare(struct session *s) {
    s->prepared = true;
    return begin_half(s);
}

int session_begin(struct session *s) {
    int r = s->prepared ? 0 : begin_half(s);
    s->prepared = false;
    s->doing = TO_DO;
    s->due = STEP_A1;
    s->step_bytes = 0;
    session_owed(s);
    session_step_event(s, SESSION_STEP_BEGIN);
    return s->stage >= STAGE_ENDED ? -ENOMEM : r;
}

static void fatal(struct session *s, int error) {
    if (error < 0)
        session_fail(s, SESSION_INTERNAL, ABORT_INTERNAL, "%s", error == -ENOMEM ? "out of memory" : strerror(-error));
}

void session_pump(struct session *s) {
    if (s->prepared)
        return;
    if (s->stage < STAGE_ENDED && s->doing == RESTARTING && s->n_jobs == 0)
        fatal(s, session_begin(s));
    while (session_agrees(s) && step_speaker(s->due) == s->side && (s->doing == TO_DO || s->doing == ALLOWED)) {
        if (s->config.step_by_step && s->stage != STAGE_REKEYING && s->doing == TO_DO) {
            s->doing = HELD;
            session_step_event(s, SESSION_STEP_HELD);
        } else {
            s->doing = BEGUN;
            fatal(s, session_speak(s));
        }
    }
    if (session_is_open(s))
        session_open_pump(s);
}

void session_continue(struct session *s, uint64_t now_ms) {
    s->now = now_ms;
    if (s->doing != HELD)
        return;
    s->doing = ALLOWED;
    session_pump(s);
}

/* input */

void session_peer_aborted(struct session *s, uint32_t reason) {
    const char *text = abort_text(reason);
    enum session_outcome outcome = SESSION_BROKEN;
    if (reason == ABORT_PARAMS || reason == ABORT_BUSY || reason == ABORT_SHUTDOWN)
        outcome = SESSION_REFUSED;
    else if (reason == ABORT_NOT_CONFIRMED || reason == ABORT_AUTHENTICATION || reason == ABORT_ATTEMPTS)
        outcome = SESSION_NOT_CONFIRMED;
    else if (reason == ABORT_PROTOCOL)
        outcome = SESSION_PROTOCOL;
    s->end.by_peer = true;
    if (text)
        session_fail(s, outcome, 0, "%s", text);
    else
        session_fail(s, outcome, 0, "the peer gave up for reason %u, which is unknown here", (unsigned)reason);
    s->end.reason = reason;
}

int session_agreement_frame(struct session *s, uint8_t *frame, size_t n) {
    struct message m;
    const char *why = "";
    int r = message_parse(&m, frame + FRAME_HEADER, n - FRAME_HEADER, &why);
    if (r == -EPROTO) {
        session_violation(s, why);
        r = 0;
    } else if (r == 0 && m.kind == MESSAGE_ABORT && s->stage != STAGE_REKEYING) {
        session_peer_aborted(s, m.abort.reason);
    } else if (r == 0 && !order_allows(s->due, session_peer(s), m.kind)) {
        session_fail(s, SESSION_PROTOCOL, ABORT_PROTOCOL, "%s came out of order", message_name(m.kind));
    } else if (r == 0) {
        s->step_bytes += n;
        if (s->due == STEP_A2)
            session_owed(s); /* the next chunk has its own time */
        return session_hear(s, &m, frame, n);
    }
    free(frame);
    return r;
}

/* The peer's preface, which may arrive in pieces. */
static void take_preface(struct session *s, const uint8_t **pp, size_t *np) {
    while (s->n_preface < PREFACE_BYTES && *np) {
        s->preface[s->n_preface++] = *(*pp)++;
        --*np;
        if (s->n_preface <= PREFACE_NAME && s->preface[s->n_preface - 1] != preface[s->n_preface - 1]) {
            session_fail(s, SESSION_PROTOCOL, 0, "the peer does not speak Parley");
            return;
        }
    }
    if (s->n_preface < PREFACE_BYTES)
        return;
    fatal(s, send_preface(s));
    unsigned theirs = (unsigned)s->preface[PREFACE_NAME] << 8 | s->preface[PREFACE_NAME + 1];
    if (theirs != PREFACE_VERSION && s->stage < STAGE_ENDED) {
        s->end.outcome = SESSION_PROTOCOL;
        s->end.step = s->due;
        snprintf(s->end.text, sizeof s->end.text, "the peer speaks version %u of the protocol, this side version %u",
                 theirs, PREFACE_VERSION);
        finish(s); /* the preface stays in the output: it tells the peer our version */
    }
}

static size_t body_max(const struct session *s) {
    return session_is_open(s) ? (size_t)FRAME_BODY_MAX : order_body_max(s->due, s->set);
}

/* A frame of the conversation that is whole in what has come is opened from there, without a copy of it. */
static size_t whole_frame(const struct session *s, const uint8_t *p, size_t n) {
    if (!session_is_open(s) || !frame_reader_idle(&s->reader) || n < FRAME_HEADER)
        return 0;
    size_t n_body = load32_be(p);
    return n_body > 0 && n_body <= body_max(s) && n_body <= n - FRAME_HEADER ? FRAME_HEADER + n_body : 0;
}

static void frame_over(struct session *s, size_t n_left) {
    s->frame_since = n_left ? s->now + !s->now : 0; /* the next one has begun */
}

static void take_input(struct session *s, const uint8_t *p, size_t n) {
    if (s->n_preface < PREFACE_BYTES)
        take_preface(s, &p, &n);
    while (n && s->stage < STAGE_ENDED) {
        if (!session_can_hear(s)) {
            uint8_t *rest = malloc(n);
            if (!rest) {
                fatal(s, -ENOMEM);
                return;
            }
            memcpy(rest, p, n);
            fatal(s, chunk_queue_push(&s->backlog, rest, n));
            return;
        }
        uint8_t *frame;
        size_t n_frame = whole_frame(s, p, n);
        if (n_frame) {
            const uint8_t *whole = p;
            p += n_frame;
            n -= n_frame;
            frame_over(s, n);
            fatal(s, session_open_frame(s, whole, n_frame, NULL));
            session_pump(s);
            continue;
        }
        int r = frame_reader_feed(&s->reader, &p, &n, body_max(s), &frame, &n_frame);
        if (r == -EPROTO)
            session_violation(s, "a frame of length 0");
        else if (r == -EMSGSIZE)
            session_violation(s, "a frame longer than this step allows");
        else if (r < 0)
            fatal(s, r);
        else if (r == 1) {
            frame_over(s, n);
            fatal(s, session_is_open(s) ? session_open_frame(s, frame, n_frame, frame)
                                        : session_agreement_frame(s, frame, n_frame));
            session_pump(s);
        }
    }
}

/* What was put aside while the side could not take it. */
static void take_backlog(struct session *s) {
    struct session_chunk chunk;
    struct chunk_queue waiting = s->backlog;
    s->backlog = (struct chunk_queue){0};
    while (s->stage < STAGE_ENDED && session_can_hear(s) && chunk_queue_take(&waiting, &chunk)) {
        take_input(s, chunk.data, chunk.n);
        session_chunk_free(&chunk);
    }
    /* what is left stands behind what take_input has put aside again */
    while (s->stage < STAGE_ENDED && chunk_queue_take(&waiting, &chunk))
        fatal(s, chunk_queue_push(&s->backlog, chunk.data, chunk.n));
    chunk_queue_clear(&waiting);
}

int session_receive(struct session *s, const uint8_t *bytes, size_t n, uint64_t now_ms) {
    s->now = now_ms;
    if (s->stage >= STAGE_ENDED)
        return -EPROTO;
    session_count_input(s, n);
    if (s->backlog.head) { /* keep the order */
        uint8_t *copy = malloc(n);
        if (!copy)
            fatal(s, -ENOMEM);
        else {
            memcpy(copy, bytes, n);
            fatal(s, chunk_queue_push(&s->backlog, copy, n));
        }
    } else {
        take_input(s, bytes, n);
    }
    session_pump(s);
    return s->stage >= STAGE_ENDED && s->end.outcome != SESSION_DONE ? -EPROTO : 0;
}

bool session_wants_input(const struct session *s) {
    return s->stage < STAGE_ENDED && !s->backlog.head && session_can_hear(s) && s->data.n_bytes < QUEUE_LIMIT;
}

size_t session_held(const struct session *s, size_t *waitingp) {
    *waitingp = s->backlog.n_bytes + s->data.n_bytes + (s->bulk ? s->bulk->n_bytes : 0);
    return *waitingp + s->reader.capacity;
}

/* output and work */

bool session_take_output(struct session *s, struct session_chunk *chunkp, uint64_t now_ms) {
    s->now = now_ms;
    bool got = chunk_queue_take(&s->output, chunkp);
    session_count_output(s, got ? chunkp->n : 0);
    return got;
}

bool session_has_output(const struct session *s) {
    return s->output.head != NULL;
}

struct job *session_next_job(struct session *s) {
    if (!session_agrees(s) || s->doing == RESTARTING)
        return NULL;
    struct job *job = session_turn_work(s);
    s->n_jobs += job != NULL;
    return job;
}

bool session_is_brief(const struct session *s) {
    return s->set && s->set->task->is_brief && s->set->task->is_brief(s->set);
}

void session_job_done(struct session *s, struct job *job, uint64_t now_ms) {
    s->now = now_ms;
    s->n_jobs--;
    if (s->stage >= STAGE_ENDED)
        return; /* nothing is sent or told any more */
    fatal(s, session_turn_done(s, job));
    session_pump(s);
    if (s->stage < STAGE_ENDED && s->backlog.head)
        take_backlog(s);
}

/* life */

int session_new(struct session **sp, enum side side, const struct session_config *config, const uint8_t seed[static 32],
                const struct half_ops *ops, struct half *half) {
    struct session *s;
    if (config->n_sets == 0 || config->n_sets > SETS_MAX)
        return -EINVAL;
    s = secret_new(sizeof *s);
    if (!s)
        return -ENOMEM;
    s->secrets = secret_new_guarded(sizeof *s->secrets);
    if (!s->secrets) {
        secret_free(s);
        return -ENOMEM;
    }
    memcpy(s->secrets->seed, seed, 32);
    s->side = side;
    s->config = *config;
    memcpy(s->allowed, config->sets, config->n_sets * sizeof s->allowed[0]);
    s->config.sets = s->allowed;
    snprintf(s->name, sizeof s->name, "%s", config->name ? config->name : "");
    s->config.name = s->name;
    s->end.outcome = SESSION_RUNNING;
    s->ops = ops;
    s->half = half;
    frame_reader_init(&s->reader);
    if (side == SIDE_ALICE)
        s->set = s->allowed[0];
    *sp = s;
    return 0;
}

void session_start(struct session *s, uint64_t now_ms) {
    uint8_t first[32];
    s->now = now_ms;
    s->end_held = s->config.hold_end_ms > 0;
    transcript_digest(first, preface, PREFACE_BYTES);
    transcript_init(&s->transcript, first, first);
    if (s->side == SIDE_ALICE)
        fatal(s, send_preface(s));
    fatal(s, session_begin(s));
    session_pump(s);
}

void session_progress(const struct session *s, uint64_t *donep, uint64_t *totalp) {
    *donep = s->progress_done;
    *totalp = s->progress_total;
}

enum step session_step(const struct session *s) {
    return s->due;
}

const struct set *session_set(const struct session *s) {
    return s->set;
}

const char *session_id(const struct session *s) {
    return s->id;
}

bool session_rekeying(const struct session *s) {
    return s->stage == STAGE_REKEYING;
}

void session_free(struct session *s) {
    if (!s)
        return;
    struct session_event e;
    while (session_next_event(s, &e))
        session_event_wipe(&e);
    s->ops->free(s->half);
    session_bulk_clear(s);
    chunk_queue_clear(&s->backlog);
    chunk_queue_clear(&s->data);
    chunk_queue_clear(&s->output);
    frame_reader_deinit(&s->reader);
    secret_free_guarded(s->secrets);
    secret_free(s);
}
