/* When silence or a trickle becomes an error. A step that is owed gets the configured time, also in a re-keying; one
 * before which the peer has to compute gets two minutes, and so does what the peer may have to write much conversation
 * before: the switch to a new key, the end mark that answers ours when we only agree. The first B4 has to come soon,
 * however much time the configuration gives: Bob only has to look, and somebody in between would use the time to
 * search. A transfer must average 64 KiB/s; an established conversation waits for ever.
 *
 * And so does a re-keying for the conversation around it. Whoever is to answer a step may first have to read what was
 * said before, and reads only as fast as his user does; so the time of a step that is owed stands still while we do not
 * read ourselves, while conversation is queued ahead of the step that it answers, and once the peer has been sent so
 * much, since it last answered one, too, that its user may hold it up. It begins anew with each piece of conversation
 * that comes instead of the step. */
#include "proto/session_private.h"

void session_owed(struct session *s) {
    s->owed_since = s->now;
    s->output_since = s->now;
    if (s->due != STEP_A2)
        s->transfer_since = s->transfer_total = 0;
}

void session_count_input(struct session *s, size_t n) {
    if (!s->frame_since)
        s->frame_since = s->now ? s->now : 1;
    if (s->due == STEP_A2 && session_agrees(s)) {
        if (!s->transfer_since)
            s->transfer_since = s->now ? s->now : 1;
        s->transfer_total += n;
    }
}

void session_count_output(struct session *s, size_t n) {
    if (s->n_output < s->ahead_end)
        s->owed_since = s->now;
    s->n_output += n;
    s->output_since = s->now;
}

void session_set_reading(struct session *s, bool reading, uint64_t now_ms) {
    s->now = now_ms;
    if (reading != s->stopped)
        return;
    s->stopped = !reading;
    if (!reading) {
        s->stopped_since = now_ms;
    } else if (session_is_open(s)) {
        uint64_t stood = now_ms - s->stopped_since;
        s->owed_since += stood;
        s->frame_since += s->frame_since ? stood : 0;
        s->transfer_since += s->transfer_since ? stood : 0;
    }
}

/* A peer reads on until it holds QUEUE_LIMIT of conversation that its user has not taken; what came together with the
 * piece that was one too many it has read, too. So a step that it answers shows that nothing ahead of the step before
 * stops it: only what was sent after that can. */
static bool may_be_held_up(const struct session *s) {
    return session_is_open(s) &&
           (s->n_output < s->ahead_end || (s->step_data >= QUEUE_LIMIT && s->step_data > s->read_data));
}

/* Whether what the peer owes is due to our last step, which it has to read first: not the rest of a transfer. */
static bool answers_us(const struct session *s) {
    return !(session_agrees(s) && s->due == STEP_A2 && s->transfer_since);
}

/* Whether a step of ours, or anything before the first key, waits for the peer to read it. */
static bool output_is_owed(const struct session *s) {
    return session_is_open(s) ? s->stage == STAGE_REKEYING && s->n_output < s->step_end : s->output.head != NULL;
}

static bool peer_computes(const struct session *s) {
    return s->due != STEP_A1 && s->due != STEP_B1 && s->due != STEP_B4 && !(s->due == STEP_A2 && !s->transfer_since);
}

static uint64_t max_u64(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

static uint64_t min_u64(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* The time by which the peer must have done what it owes, and what to say if it has not. */
static uint64_t deadline(const struct session *s, const char **textp) {
    uint64_t timeout = s->config.timeout_ms, none = UINT64_MAX;
    *textp = "no answer in time";
    if (s->stage >= STAGE_ENDED)
        return none;
    bool computing = session_agrees(s) && peer_computes(s);
    if (session_is_open(s) && s->stopped)
        return none; /* what it owes may have come already */
    if (output_is_owed(s) && !may_be_held_up(s)) {
        *textp = "the peer does not read what we send";
        return s->output_since + max_u64(TRANSFER_MS, timeout);
    }
    if (session_agrees(s) && (s->doing == RESTARTING || step_speaker(s->due) == s->side || s->backlog.head))
        return none; /* it is our turn */
    if (!session_agrees(s) && s->heard == HEARD_NOTHING)
        return s->owed_since + timeout;
    if (may_be_held_up(s) && answers_us(s))
        return none;
    if (!session_agrees(s))
        return s->stage == STAGE_SWITCHING || s->config.agree_only ? s->owed_since + max_u64(COMPUTE_MS, timeout)
                                                                   : none;
    if (s->due == STEP_B4 && s->stage != STAGE_REKEYING)
        timeout = min_u64(timeout, CONFIRM_MS);
    uint64_t due = s->owed_since + (computing ? max_u64(COMPUTE_MS, timeout) : timeout);
    bool in_frame = s->reader.filled || s->reader.n_header;
    if (in_frame && s->frame_since)
        due = min_u64(due, s->frame_since + max_u64(TRANSFER_MS, s->reader.length * 1000 / TRANSFER_RATE));
    if (s->due == STEP_A2 && s->transfer_since)
        due =
            min_u64(due, s->transfer_since + max_u64(TRANSFER_MS, timeout) + s->transfer_total * 1000 / TRANSFER_RATE);
    if (in_frame || (s->due == STEP_A2 && s->transfer_since))
        *textp = "the transfer stalled";
    return due;
}

/* Until when our own end mark waits at most: the peer waits for it. */
static uint64_t hold_deadline(const struct session *s) {
    return session_is_open(s) && s->end_held && s->config.agree_only ? s->held_until : UINT64_MAX;
}

uint64_t session_deadline(const struct session *s) {
    const char *text;
    return min_u64(deadline(s, &text), hold_deadline(s));
}

void session_tick(struct session *s, uint64_t now_ms) {
    const char *text;
    s->now = now_ms;
    if (now_ms >= hold_deadline(s))
        session_hold_end(s, false);
    if (now_ms < deadline(s, &text))
        return;
    session_fail(s, SESSION_BROKEN, ABORT_TIMEOUT, "%s", text);
}
