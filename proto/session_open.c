/* After B4: sealed messages, the conversation, end marks, and re-keying inside the sealed stream. WIRE.md section 8. */
#include "proto/session_private.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/base/text.h"

#include <errno.h>
#include <stdlib.h>

static void start_sender(struct session *s, const uint8_t key[static 32]) {
    uint8_t header[32], next[32];
    prg_subkey(header, s->secrets->seed, "stream header", 0);
    prg_subkey(next, s->secrets->seed, "after a stream header", 0);
    memcpy(s->secrets->seed, next, 32);
    sodium_memzero(next, sizeof next);
    sealed_sender_init(&s->secrets->sender, key, header);
}

int session_open_send(struct session *s, enum sealed_kind kind, const uint8_t *body, size_t n) {
    uint8_t *frame;
    size_t n_frame;
    if (s->stage >= STAGE_ENDED)
        return 0;
    int r = sealed_push(&s->secrets->sender, kind, body, n, &frame, &n_frame);
    if (r < 0)
        return r;
    if (kind == SEALED_END)
        s->our_end = END_SENT;
    r = chunk_queue_push(&s->output, frame, n_frame);
    uint64_t end = s->n_output + s->output.n_bytes;
    if (kind == SEALED_DATA)
        s->conversation_end = end;
    if (kind == SEALED_STEP || kind == SEALED_SWITCH) {
        s->step_end = end;
        s->ahead_end = s->conversation_end;
        s->step_data = s->sent_data;
        s->unanswered = true;
    }
    return r;
}

static void key_event(struct session *s, enum session_event_kind kind) {
    struct session_event e = {.kind = kind, .step = STEP_OPEN};
    memcpy(e.confirmed.key, s->secrets->key, 32);
    fingerprint_text(e.confirmed.fingerprint, s->fingerprint);
    session_emit_event(s, &e);
    session_event_wipe(&e);
}

/* The first key: both streams start. */
static int open_session(struct session *s, const struct agreed *result) {
    bool alice = s->side == SIDE_ALICE;
    memcpy(s->fingerprint, result->fingerprint, FINGERPRINT_BYTES);
    start_sender(s, alice ? result->stream_ab : result->stream_ba);
    sealed_receiver_init(&s->secrets->receiver, alice ? result->stream_ba : result->stream_ab);
    s->stage = STAGE_SEALED;
    key_event(s, SESSION_CONFIRMED);
    if (alice)
        session_emit_event(s, &(struct session_event){.kind = SESSION_OPEN, .step = STEP_OPEN});
    if (s->config.agree_only) {
        s->our_end = END_WANTED;
        s->held_until = s->now + s->config.hold_end_ms;
        return 0;
    }
    return session_open_send(s, SEALED_HELLO, (const uint8_t *)s->name, strlen(s->name));
}

/* A new key: Bob's stream changes after B4, which he has just sent; Alice's after her switch. */
static int switch_keys(struct session *s, const struct agreed *result) {
    if (s->side == SIDE_BOB) {
        start_sender(s, result->stream_ba);
        memcpy(s->secrets->next_ab, result->stream_ab, 32);
        s->stage = STAGE_SWITCHING;
        return 0;
    }
    int r = session_open_send(s, SEALED_SWITCH, NULL, 0);
    if (r < 0)
        return r;
    start_sender(s, result->stream_ab);
    sealed_receiver_init(&s->secrets->receiver, result->stream_ba);
    s->stage = STAGE_SEALED;
    key_event(s, SESSION_REKEYED);
    return 0;
}

int session_open_accept(struct session *s, const struct agreed *result) {
    memcpy(s->secrets->key, result->session_key, 32);
    memcpy(s->t3, result->t3, 32);
    if (s->stage == STAGE_REKEYING)
        return switch_keys(s, result);
    if (s->peer == PEER_NAMED)
        s->peer = PEER_PROVEN; /* its signature has been verified, else there were no result */
    return open_session(s, result);
}

/* Alice starts it by A1; Bob when A1 arrives. */
static int begin_rekeying(struct session *s) {
    s->stage = STAGE_REKEYING;
    transcript_init(&s->transcript, s->t3, s->t3);
    return session_begin(s);
}

int session_rekey(struct session *s, uint64_t now_ms) {
    s->now = now_ms;
    if (s->side != SIDE_ALICE || s->stage != STAGE_SEALED || s->our_end != END_NONE || s->heard == HEARD_NOTHING ||
        session_peer_ended(s))
        return 1;
    if (begin_rekeying(s) < 0)
        session_fail(s, SESSION_INTERNAL, 0, "out of memory");
    session_pump(s);
    return 0;
}

/* A re-keying costs Bob what an agreement does. A few in quick succession are no harm: they may have been held up. */
static bool rekeying_allowed(struct session *s) {
    if (s->rekey_allowed < s->now)
        s->rekey_allowed = s->now;
    s->rekey_allowed += REKEY_LEAST_MS;
    return s->rekey_allowed <= s->now + REKEY_BURST * REKEY_LEAST_MS;
}

static int receive_step(struct session *s, const uint8_t *body, size_t n) {
    if (s->unanswered) {
        s->read_data = s->answered_data;
        s->answered_data = s->step_data;
        s->unanswered = false;
    }
    if (n <= FRAME_HEADER || load32_be(body) != n - FRAME_HEADER) {
        session_violation(s, "a step whose length does not fit");
        return 0;
    }
    if (s->side == SIDE_BOB && (s->our_end == END_SENT || s->config.agree_only) && s->stage != STAGE_REKEYING &&
        !s->void_rekey) {
        s->void_rekey = true; /* our end mark and her A1 have crossed */
        return 0;
    }
    if (s->stage != STAGE_REKEYING) {
        if (s->side == SIDE_ALICE || s->our_end == END_SENT || s->stage == STAGE_SWITCHING) {
            session_violation(s, "a step of a re-keying that nobody began");
            return 0;
        }
        if (!rekeying_allowed(s)) {
            session_violation(s, "re-keyings in too quick succession");
            return 0;
        }
        int r = begin_rekeying(s);
        if (r < 0)
            return r;
    }
    uint8_t *frame = malloc(n);
    if (!frame)
        return -ENOMEM;
    memcpy(frame, body, n);
    return session_agreement_frame(s, frame, n);
}

/* Our end mark is to follow what was sent so far. */
static void want_end(struct session *s) {
    if (s->our_end == END_NONE)
        s->our_end = END_WANTED;
}

static int receive_end(struct session *s) {
    if (s->stage == STAGE_REKEYING && s->side == SIDE_ALICE && s->due == STEP_B1) {
        s->stage = STAGE_SEALED; /* Bob's end mark and our A1 have crossed: nobody re-keys */
        s->due = STEP_OPEN;
    } else if (s->stage == STAGE_REKEYING || s->stage == STAGE_SWITCHING) {
        session_violation(s, "an end mark in a re-keying");
        return 0;
    }
    s->heard = s->heard == HEARD_HELLO ? HEARD_END : HEARD_END_ONLY;
    session_emit_event(s, &(struct session_event){.kind = SESSION_PEER_END, .step = STEP_OPEN});
    if (s->heard == HEARD_END_ONLY) /* nobody would read what we might say */
        want_end(s);
    return 0;
}

static void receive_name(struct session *s, const uint8_t *name, size_t n) {
    struct session_event e = {.kind = SESSION_PEER_NAME, .step = STEP_OPEN};
    text_escape(e.peer_name.text, sizeof e.peer_name.text, name, n);
    session_emit_event(s, &e);
}

/* Takes the block, in which the n bytes of body stand open. */
static int receive_data(struct session *s, uint8_t *block, uint8_t *body, size_t n) {
    s->owed_since = s->now; /* it stood ahead of what the peer owes */
    s->peer_spoke = true;
    if (s->config.agree_only) {
        sodium_memzero(body, n);
        free(block);
        return 0;
    }
    int r = chunk_queue_push(&s->data, block, n);
    if (r == 0) {
        s->data.tail->chunk.data = body;
        s->data.tail->chunk.secret = true;
    }
    return r;
}

/* Takes the block, in which plain stands open: the kind, and n bytes of body. */
static int receive_message(struct session *s, enum sealed_kind kind, uint8_t *block, uint8_t *plain, size_t n) {
    if (s->heard == HEARD_NOTHING) {
        s->heard = HEARD_FIRST;
        if (s->side == SIDE_BOB)
            session_emit_event(s, &(struct session_event){.kind = SESSION_OPEN, .step = STEP_OPEN});
        if (kind != SEALED_HELLO && kind != SEALED_END)
            session_violation(s, "a first message that is neither hello nor end");
    } else if (kind == SEALED_HELLO) {
        session_violation(s, "a second hello");
    }
    int r = 0;
    if (s->stage >= STAGE_ENDED)
        ;
    else if (kind == SEALED_DATA)
        return receive_data(s, block, plain + 1, n);
    else if (kind == SEALED_HELLO) {
        s->heard = HEARD_HELLO;
        receive_name(s, plain + 1, n);
    } else if (kind == SEALED_END)
        r = receive_end(s);
    else if (kind == SEALED_STEP)
        r = receive_step(s, plain + 1, n);
    else if (s->stage == STAGE_SWITCHING) {
        s->stage = STAGE_SEALED;
        sealed_receiver_init(&s->secrets->receiver, s->secrets->next_ab);
        sodium_memzero(s->secrets->next_ab, 32);
        key_event(s, SESSION_REKEYED);
    } else
        session_violation(s, "a switch that is not due");
    sodium_memzero(plain, n + 1);
    free(block);
    return r;
}

int session_open_frame(struct session *s, const uint8_t *bytes, size_t n, uint8_t *block) {
    struct message m;
    enum sealed_kind kind;
    size_t n_body;
    const char *why = "";
    int r = message_parse(&m, bytes + FRAME_HEADER, n - FRAME_HEADER, &why);
    if (r == 0 && m.kind == MESSAGE_ABORT &&
        s->heard == HEARD_NOTHING) { /* Alice does not accept the key; Bob has to go */
        session_peer_aborted(s, m.abort.reason);
        free(block);
        return 0;
    }
    if (r == 0 && m.kind != MESSAGE_SEALED) {
        session_fail(s, SESSION_PROTOCOL, 0, "%s came out of order", message_name(m.kind));
        free(block);
        return 0;
    }
    uint8_t *plain = NULL;
    if (r == 0 && block) {
        plain = block + (m.sealed.box.p - bytes) + 1; /* opened in place */
    } else if (r == 0) {
        plain = block = malloc(m.sealed.box.n);
        r = block ? 0 : -ENOMEM;
    }
    if (r == 0)
        r = sealed_pull(&s->secrets->receiver, &m, plain, &kind, &n_body, &why);
    if (r == 0)
        return receive_message(s, kind, block, plain, n_body);
    free(block);
    if (r == -EPROTO) {
        session_violation(s, why);
        return 0;
    }
    return r;
}

void session_open_pump(struct session *s) {
    if (s->our_end == END_WANTED && !s->end_held && s->stage == STAGE_SEALED &&
        session_open_send(s, SEALED_END, NULL, 0) < 0)
        session_fail(s, SESSION_INTERNAL, 0, "out of memory");
    if (s->our_end == END_SENT && session_peer_ended(s)) {
        if (s->heard == HEARD_END_ONLY && s->sent_data)
            session_done(s, SESSION_BROKEN, "the peer only agreed on a key: nobody read what was sent");
        else
            session_done(s, SESSION_DONE, "");
    }
}

bool session_wants_data(const struct session *s) {
    return session_is_open(s) && s->our_end == END_NONE && s->output.n_bytes < QUEUE_LIMIT;
}

size_t session_send(struct session *s, const uint8_t *bytes, size_t n) {
    size_t taken = 0;
    while (taken < n && session_wants_data(s)) {
        size_t piece = n - taken < SEALED_DATA_MAX ? n - taken : SEALED_DATA_MAX;
        if (session_open_send(s, SEALED_DATA, bytes + taken, piece) < 0) {
            session_fail(s, SESSION_INTERNAL, 0, "out of memory");
            return taken;
        }
        taken += piece;
        s->sent_data += piece;
    }
    return taken;
}

void session_send_end(struct session *s) {
    want_end(s);
    session_pump(s);
}

void session_hold_end(struct session *s, bool hold) {
    s->end_held = hold && s->config.hold_end_ms;
    session_pump(s);
}

bool session_peer_spoke(const struct session *s) {
    return s->peer_spoke;
}

bool session_take_data(struct session *s, struct session_chunk *chunkp) {
    return chunk_queue_take(&s->data, chunkp);
}
