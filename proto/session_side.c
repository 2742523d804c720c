/* What a side may ask of and tell its session: proto/agreement.h. */
#include "proto/session_private.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <stdlib.h>

const struct session_config *agreement_config(const struct session *s) {
    return &s->config;
}

void agreement_set_params(struct session *s, const struct params *params) {
    s->params = params;
}

void agreement_set_id(struct session *s, const uint8_t id[static SESSION_ID]) {
    bytes_to_hex(s->id, id, SESSION_ID);
    if (!s->has_id) {
        s->has_id = true;
        session_step_event(s, SESSION_IDENTIFIED);
    }
}

bool agreement_is_rekeying(const struct session *s) {
    return s->rekeying;
}

int agreement_send_frame(struct session *s, uint8_t *frame, size_t n, const uint8_t digest[static 32]) {
    transcript_add(&s->transcript, s->side, digest);
    s->step_bytes += n;
    if (s->finished) {
        free(frame);
        return 0;
    }
    if (!s->rekeying)
        return chunk_queue_push(&s->output, frame, n);
    int r = session_open_send(s, SEALED_STEP, frame, n);
    free(frame);
    return r;
}

int agreement_send(struct session *s, const struct message *m) {
    uint8_t *frame, digest[32];
    size_t n;
    int r = message_encode(m, &frame, &n);
    if (r < 0)
        return r;
    transcript_digest(digest, frame, n);
    return agreement_send_frame(s, frame, n, digest);
}

size_t agreement_queued(const struct session *s) {
    return s->output.n_bytes;
}

void agreement_step(struct session *s, enum step next) {
    if (next != STEP_OPEN) /* the end of B4 is told before the key, by agreement_accept */
        session_step_event(s, SESSION_STEP_DONE);
    if (s->finished)
        return;
    s->due = next;
    s->step_bytes = 0;
    s->performed = s->held = false;
    s->progress_done = s->progress_total = 0;
    session_owed(s);
    if (next == STEP_OPEN) {
        s->agreeing = s->rekeying = false;
        s->failures = 0;
    } else {
        session_step_event(s, SESSION_STEP_BEGIN);
    }
}

void agreement_restart(struct session *s) {
    s->failures++;
    session_emit_event(
        s, &(struct session_event){
               .kind = SESSION_ATTEMPT_FAILED, .step = s->due, .rekeying = s->rekeying, .attempt = s->failures});
    static const char text[] = "learning failed %u times in a row: the path or the peer is faulty or hostile";
    if (s->failures < SESSION_ATTEMPTS)
        s->restart_due = true;
    else if (s->side == SIDE_ALICE) /* by her third A3 */
        session_fail_told(s, SESSION_NOT_CONFIRMED, ABORT_ATTEMPTS, text, s->failures);
    else
        session_fail(s, SESSION_NOT_CONFIRMED, ABORT_ATTEMPTS, text, s->failures);
}

struct transcript *agreement_transcript(struct session *s) {
    return &s->transcript;
}

void agreement_event(struct session *s, const struct session_event *e) {
    struct session_event copy = *e;
    copy.step = s->due;
    copy.rekeying = s->rekeying;
    copy.attempt = s->failures + 1;
    session_emit_event(s, &copy);
    session_event_wipe(&copy);
}

void agreement_progress(struct session *s, uint64_t done, uint64_t total) {
    s->progress_done = done;
    s->progress_total = total;
}

const uint8_t *agreement_old_key(const struct session *s) {
    return s->rekeying ? s->secrets->key : NULL;
}

int agreement_accept(struct session *s, const struct agreement_result *result) {
    session_step_event(s, SESSION_STEP_DONE);
    return s->finished ? 0 : session_open_accept(s, result);
}

void agreement_violation(struct session *s, const char *text) {
    session_fail(s, SESSION_PROTOCOL, ABORT_PROTOCOL, "%s", text);
}

void agreement_refuse(struct session *s, enum session_outcome outcome, enum abort_reason reason, const char *text) {
    session_fail(s, outcome, reason, "%s", text);
}
