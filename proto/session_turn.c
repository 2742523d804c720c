/* A half's turns become steps: what it says goes out and into the transcript, what it has heard moves the order on.
 *
 * The frames of A2 are large. They are hashed by jobs of the session's own, in order and as many at once as there are,
 * while they go out or the half works on them. Nothing else of Alice's goes into the transcript before all are in it:
 * her half gets no job for a later step, and Bob hears nothing more of her until then. His answer, B2, is of the other
 * direction and goes out before. */
#include "proto/session_private.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const uint8_t *old_key(const struct session *s) {
    return s->stage == STAGE_REKEYING ? s->secrets->key : NULL;
}

static struct turn_in turn_in(const struct session *s) {
    return (struct turn_in){.set = s->set,
                            .t3 = s->t3_due,
                            .old_key = old_key(s),
                            .signature = {s->signature, s->n_signature},
                            .n_queued = s->bulk && s->bulk->n == BULK_MAX ? SIZE_MAX : s->output.n_bytes,
                            .to_fail = s->n_attempts <= s->config.fail_attempts};
}

const char *turn_not_confirmed(enum side peer, bool mac_ok) {
    if (!mac_ok)
        return peer == SIDE_ALICE
                   ? "Alice's confirmation does not verify: the keys differ, or something was changed on the way"
                   : "Bob's confirmation does not verify: the keys differ, or something was changed on the way";
    return peer == SIDE_ALICE ? "Alice's confirmation does not verify: the number is not the one that she committed to"
                              : "Bob's confirmation does not verify: the number is not the one that he committed to";
}

/* ---- what is due */

/* T3 is complete once B3 is, and with it what this side signs. */
static void complete_t3(struct session *s) {
    transcript_hash(&s->transcript, s->t3_due);
    s->n_signature = session_sign(s, s->signature, s->t3_due);
}

/* The step under way is complete: the next one is due. */
static void advance(struct session *s, bool learned) {
    enum step next = order_next(s->due, learned);
    if (next != STEP_OPEN) /* the end of B4 is told before the key */
        session_step_event(s, SESSION_STEP_DONE);
    if (s->stage >= STAGE_ENDED)
        return;
    s->due = next;
    s->step_bytes = 0;
    s->doing = TO_DO;
    s->progress_done = s->progress_total = 0;
    session_owed(s);
    if (next == STEP_A4)
        complete_t3(s);
    if (next == STEP_OPEN) {
        s->failures = 0;
    } else {
        session_step_event(s, SESSION_STEP_BEGIN);
    }
}

/* Learning failed: all of it again from A1, or the end after the third time in a row. */
static void again(struct session *s) {
    s->failures++;
    session_emit_event(s, &(struct session_event){.kind = SESSION_ATTEMPT_FAILED,
                                                  .step = s->due,
                                                  .rekeying = s->stage == STAGE_REKEYING,
                                                  .attempt = s->failures});
    static const char text[] = "learning failed %u times in a row: the path or the peer is faulty or hostile";
    if (s->failures < SESSION_ATTEMPTS)
        s->doing = RESTARTING;
    else if (s->side == SIDE_ALICE) /* by her third A3 */
        session_fail_told(s, SESSION_NOT_CONFIRMED, ABORT_ATTEMPTS, text, s->failures);
    else
        session_fail(s, SESSION_NOT_CONFIRMED, ABORT_ATTEMPTS, text, s->failures);
}

/* What A3 says; of any other message true. */
static bool has_learned(const struct message *m) {
    return m->kind != MESSAGE_LEARNED || m->learned.learned;
}

/* What Bob's half knows is of no use once he has the key, and an open chat would keep it for hours. It begins anew, as
 * it does before each A1; the seed is nobody's, since session_begin gives another before that. */
static int forget_agreement(struct session *s) {
    static const uint8_t no_seed[32];
    return s->side == SIDE_BOB && s->stage < STAGE_ENDED && s->n_jobs == 0 ? s->ops->begin(s->half, no_seed) : 0;
}

/* learned: of A3. agreed: of B4. */
static int complete_step(struct session *s, bool learned, const struct agreed *agreed) {
    if (s->due == STEP_A3 && !learned) {
        again(s);
        return 0;
    }
    if (agreed) {
        session_step_event(s, SESSION_STEP_DONE);
        session_bulk_clear(s); /* all of it is hashed */
        int r = s->stage >= STAGE_ENDED ? 0 : session_open_accept(s, agreed);
        if (r == 0)
            r = forget_agreement(s);
        if (r < 0)
            return r;
    }
    advance(s, learned);
    return 0;
}

/* ---- saying */

/* Takes the chunk, a frame. */
static int send_chunk(struct session *s, struct session_chunk *c) {
    int r = 0;
    s->step_bytes += c->n;
    if (s->stage < STAGE_ENDED && s->stage != STAGE_REKEYING)
        return chunk_queue_push_chunk(&s->output, c);
    if (s->stage < STAGE_ENDED)
        r = session_open_send(s, SEALED_STEP, c->data, c->n);
    session_chunk_free(c);
    return r;
}

static int send_message(struct session *s, const struct message *m) {
    uint8_t *frame, digest[32];
    size_t n;
    int r = message_encode(m, &frame, &n);
    if (r < 0)
        return r;
    transcript_digest(digest, frame, n);
    transcript_add(&s->transcript, s->side, digest);
    return send_chunk(s, &(struct session_chunk){.data = frame, .n = n, .block = frame});
}

/* A1 and B1 also say what is the session's own. */
static void fill_in(struct session *s, struct message *m) {
    if (m->kind == MESSAGE_HELLO) {
        memcpy(m->hello.params, s->set->name, sizeof m->hello.params);
        m->hello.has_identity = session_own_identity(s, m->hello.identity);
    } else if (m->kind == MESSAGE_WELCOME) {
        memcpy(m->welcome.params, s->set->name, sizeof m->welcome.params);
        memcpy(m->welcome.session, s->id_bytes, SESSION_ID);
        m->welcome.has_identity = session_own_identity(s, m->welcome.identity);
        session_identified(s, s->id_bytes);
    }
}

static void run_hash(struct job *job) {
    struct bulk *b = (struct bulk *)job;
    transcript_digests(b->digests, b->at_once, b->sizes, b->n_at_once);
}

/* -ENOMEM: nobody has taken the chunk. */
static int add_bulk(struct session *s, const struct bulk_frame *f) {
    if (!s->bulk)
        s->bulk = calloc(1, sizeof *s->bulk);
    if (!s->bulk)
        return -ENOMEM;
    s->bulk->job.run = run_hash;
    s->bulk->frames[s->bulk->n++] = *f;
    s->bulk->n_bytes += f->chunk.n;
    return 0;
}

/* Those that are hashed and dealt with. */
static void drop_bulk(struct bulk *b) {
    size_t n = b->n_hashed < b->n_dealt ? b->n_hashed : b->n_dealt;
    for (size_t i = 0; i < n; i++) {
        b->n_bytes -= b->frames[i].chunk.n;
        session_chunk_free(&b->frames[i].chunk);
    }
    b->n -= n;
    b->n_hashed -= n;
    b->n_dealt -= n;
    memmove(b->frames, b->frames + n, b->n * sizeof b->frames[0]);
}

/* A large frame goes out, and is hashed meanwhile. */
static int say_bulk(struct session *s, struct turn *t) {
    struct session_chunk chunk = {
        .data = t->frame, .n = t->n_frame, .block = t->frame, .sharing = malloc(sizeof(unsigned))};
    if (!chunk.sharing || add_bulk(s, &(struct bulk_frame){.chunk = chunk, .followed = t->followed}) < 0) {
        free(chunk.sharing);
        free(t->frame);
        return -ENOMEM;
    }
    *chunk.sharing = 2;
    s->progress_done = t->done;
    s->progress_total = t->total;
    s->bulk->n_dealt = s->bulk->n;
    return send_chunk(s, &chunk);
}

static int say(struct session *s, struct turn *t) {
    bool last = t->kind == TURN_SAY;
    fill_in(s, &t->say);
    int r = t->frame ? say_bulk(s, t) : send_message(s, &t->say);
    return r < 0 || !last || s->stage >= STAGE_ENDED ? r : complete_step(s, has_learned(&t->say), t->agreed);
}

/* ---- a turn */

static void refuse(struct session *s, const struct turn *t, bool peer_signed) {
    if (t->reason == ABORT_NOT_CONFIRMED && !peer_signed)
        session_not_signed(s);
    else if (t->reason == ABORT_NOT_CONFIRMED)
        session_fail(s, SESSION_NOT_CONFIRMED, t->reason, "%s", t->why);
    else
        session_violation(s, t->why);
}

static void tell(struct session *s, struct turn *t) {
    t->event.step = s->due;
    t->event.rekeying = s->stage == STAGE_REKEYING;
    t->event.attempt = s->failures + 1;
    session_emit_event(s, &t->event);
}

/* heard: the message that this answers, NULL for none. */
static int take_turn(struct session *s, struct turn *t, const struct message *heard, const struct turn_in *in) {
    int r = 0;
    if (t->tells)
        tell(s, t);
    if (t->kind == TURN_REFUSE)
        refuse(s, t, in->peer_signed);
    else if (t->kind == TURN_HEARD)
        r = complete_step(s, !heard || has_learned(heard), t->agreed);
    else if (t->kind == TURN_SAY && heard) {
        r = complete_step(s, true, NULL);
        if (r == 0 && s->stage < STAGE_ENDED)
            r = say(s, t);
    } else if (t->kind == TURN_SAY || (t->kind == TURN_PART && !heard))
        r = say(s, t);
    else if (t->kind == TURN_PART) {
        s->progress_done = t->done;
        s->progress_total = t->total;
    }
    sodium_memzero(t, sizeof *t);
    return r;
}

int session_speak(struct session *s) {
    struct turn turn = {.kind = TURN_WAIT};
    struct turn_in in = turn_in(s);
    int r = s->ops->speak(s->half, s->due, &in, &turn);
    return r < 0 ? r : take_turn(s, &turn, NULL, &in);
}

/* ---- hearing */

static const struct set *offered(const struct session *s, const char *name) {
    for (size_t i = 0; i < s->config.n_sets; i++)
        if (strcmp(s->config.sets[i]->name, name) == 0)
            return s->config.sets[i];
    return NULL;
}

/* A1: false if the session has just ended. */
static bool meet_alice(struct session *s, const struct message *m) {
    const struct set *set = offered(s, m->hello.params);
    if (s->set && set != s->set)
        session_violation(s, "another parameter set than before");
    else if (!set)
        session_fail(s, SESSION_REFUSED, ABORT_PARAMS, "Alice asks for a parameter set that is not offered");
    else if (session_meet(s, m->hello.has_identity, m->hello.identity))
        s->set = set;
    return s->stage < STAGE_ENDED;
}

/* B1, likewise. */
static bool meet_bob(struct session *s, const struct message *m) {
    if (strcmp(m->welcome.params, s->set->name) != 0)
        session_violation(s, "Bob answers with another parameter set");
    else if (s->id[0] && memcmp(s->id_bytes, m->welcome.session, SESSION_ID) != 0)
        session_violation(s, "Bob answers with another session id than before");
    else if (session_meet(s, m->welcome.has_identity, m->welcome.identity))
        session_identified(s, m->welcome.session);
    return s->stage < STAGE_ENDED;
}

/* Whether the peer's A4 or B4 is signed as it has to be; true for every other message. */
static bool is_signed(const struct session *s, const struct message *m) {
    if (m->kind == MESSAGE_CONFIRM_ALICE)
        return session_signed(s, m->confirm_alice.signature, s->t3_due);
    return m->kind != MESSAGE_CONFIRM_BOB || session_signed(s, m->confirm_bob.signature, s->t3_due);
}

/* Gives a message to the half. *waitingp: its answer comes later. */
static int hear(struct session *s, const struct message *m, bool *waitingp) {
    struct turn turn = {.kind = TURN_WAIT};
    *waitingp = false;
    if ((m->kind == MESSAGE_HELLO && !meet_alice(s, m)) || (m->kind == MESSAGE_WELCOME && !meet_bob(s, m)))
        return 0;
    struct turn_in in = turn_in(s);
    in.peer_signed = is_signed(s, m);
    int r = s->ops->hear(s->half, m, &in, &turn);
    *waitingp = turn.kind == TURN_WAIT;
    return r < 0 ? r : take_turn(s, &turn, m, &in);
}

/* Gives frames of the peer to the half, one at a time. */
static int deliver(struct session *s) {
    struct bulk *b = s->bulk;
    int r = 0;
    while (r == 0 && b && s->stage < STAGE_ENDED && b->n_dealt < b->n && !b->in_half) {
        if (s->due != STEP_A2) {
            session_violation(s, "more samples than the set has");
            return 0;
        }
        r = hear(s, &b->frames[b->n_dealt].message, &b->in_half);
        if (!b->in_half) {
            b->n_dealt++;
            drop_bulk(b);
        }
    }
    return r;
}

int session_hear(struct session *s, const struct message *m, uint8_t *frame, size_t n) {
    bool waiting;
    if (m->kind == MESSAGE_SAMPLES && m->samples.vectors.n) {
        int added = add_bulk(s, &(struct bulk_frame){.chunk = {.data = frame, .n = n, .block = frame}, .message = *m});
        if (added < 0)
            free(frame);
        return added < 0 ? added : deliver(s);
    }
    uint8_t digest[32];
    transcript_digest(digest, frame, n);
    transcript_add(&s->transcript, session_peer(s), digest);
    int r = hear(s, m, &waiting);
    free(frame);
    return r;
}

/* Bob: while there is room, and after A2 not before all of it is hashed. */
bool session_can_hear(const struct session *s) {
    return !session_agrees(s) || (s->doing != RESTARTING && (s->side == SIDE_ALICE || !s->bulk ||
                                                             s->bulk->n < (s->due == STEP_A2 ? BULK_MAX : 1)));
}

/* ---- bulk */

void session_bulk_clear(struct session *s) {
    for (size_t i = 0; s->bulk && i < s->bulk->n; i++)
        session_chunk_free(&s->bulk->frames[i].chunk);
    free(s->bulk);
    s->bulk = NULL;
}

/* Some are hashed at once in little more time than one. So while fewer have come and the next one is on its way, they
 * wait for it, if a job is out that ends before long: then they are looked at again. */
static bool hash_can_wait(const struct session *s) {
    const struct bulk *b = s->bulk;
    bool followed = s->side == SIDE_BOB ? s->frame_since != 0 : b->frames[b->n - 1].followed;
    return b->n - b->n_hashed < HASH_LANES && b->n < BULK_MAX && followed;
}

static struct job *next_hash(struct bulk *b) {
    if (b->n_at_once || b->n_hashed == b->n)
        return NULL;
    size_t n_bytes = 0;
    for (size_t i = b->n_hashed; i < b->n && b->n_at_once < HASH_LANES; i++) {
        b->at_once[b->n_at_once] = b->frames[i].chunk.data;
        b->sizes[b->n_at_once++] = b->frames[i].chunk.n;
        n_bytes += b->frames[i].chunk.n;
    }
    b->job.micros = job_micros(n_bytes, JOB_HASH);
    return &b->job;
}

static void hashed(struct session *s) {
    struct bulk *b = s->bulk;
    for (size_t i = 0; i < b->n_at_once; i++)
        transcript_add(&s->transcript, SIDE_ALICE, b->digests[i]);
    b->n_hashed += b->n_at_once;
    b->n_at_once = 0;
    drop_bulk(b);
}

/* ---- jobs */

/* While A2 goes on the half's work comes first, for which the peer is waiting; there is room for some frames. */
static bool hash_first(const struct session *s) {
    return s->bulk->n == BULK_MAX || s->due != STEP_A2;
}

struct job *session_turn_work(struct session *s) {
    struct turn_in in = turn_in(s);
    struct bulk *b = s->bulk;
    bool waiting = b && b->n > b->n_hashed && !b->n_at_once;
    if (waiting && hash_first(s))
        return next_hash(b);
    if (s->doing == HELD || (b && s->side == SIDE_ALICE && s->due != STEP_A2 && b->n))
        return NULL;
    struct job *job = s->ops->work(s->half, &in);
    return job || !waiting || (s->n_jobs && hash_can_wait(s)) ? job : next_hash(b);
}

int session_turn_done(struct session *s, struct job *job) {
    struct bulk *b = s->bulk;
    if (b && job == &b->job) {
        hashed(s);
        return 0;
    }
    struct turn turn = {.kind = TURN_WAIT};
    struct turn_in in = turn_in(s);
    in.peer_signed = true;
    int r = s->ops->done(s->half, job, &in, &turn);
    if (r < 0)
        return r;
    bool dealt_with = b && b->in_half && turn.kind != TURN_WAIT;
    r = take_turn(s, &turn, b && b->in_half ? &b->frames[b->n_dealt].message : NULL, &in);
    if (dealt_with) {
        b->in_half = false;
        b->n_dealt++;
        drop_bulk(b);
    }
    return r < 0 || s->side == SIDE_ALICE ? r : deliver(s);
}
