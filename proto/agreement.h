/* The seam between a session (proto/) and one side's half of the agreement A1 ... B4 (alice/, bob/). The session does
 * prefaces, frames, order, deadlines, transcript and everything sealed; the side does what the steps mean. The same
 * half serves the first agreement, a new attempt after a failed self-check, and a re-keying. */
#ifndef PARLEY_PROTO_AGREEMENT_H
#define PARLEY_PROTO_AGREEMENT_H

#include "proto/session.h"
#include "proto/transcript.h"

struct agreement; /* a side's own */

/* All of these run on the session's thread. Negative: fatal (-ENOMEM); a violation is reported by agreement_violation.
 */
struct agreement_ops {
    /* A new attempt: forget everything of the one before, if any. seed: 32 fresh bytes for this attempt alone. */
    int (*begin)(struct agreement *a, const uint8_t seed[static 32]);
    /* This side's step is due: do it, by agreement_send at once or later from job_done, then agreement_step. */
    int (*perform)(struct agreement *a, enum step step);
    /* A checked message of the peer that the order allows. For MESSAGE_SAMPLES the side takes *framep (free()) by
     * setting it to NULL, and adds the frame's digest to the transcript itself; for the others the session has done so.
     */
    int (*receive)(struct agreement *a, const struct message *m, uint8_t **framep, size_t n_frame);
    /* Whether receive may be called now (false: too much is waiting to be worked on). */
    bool (*can_receive)(const struct agreement *a);
    struct job *(*next_job)(struct agreement *a);
    int (*job_done)(struct agreement *a, struct job *job);
    void (*free)(struct agreement *a);
    size_t (*held)(const struct agreement *a); /* bytes of frames that were taken and wait; NULL: none ever do */
};

/* Makes a session around a side. On success the session owns a; on failure the caller still does. */
int session_new(struct session **sp, enum side side, const struct session_config *config, const uint8_t seed[static 32],
                const struct agreement_ops *ops, struct agreement *a);

/* What a side may ask of and tell its session. */

const struct session_config *agreement_config(const struct session *s);

/* Bob: the set that A1 asked for is one of ours; Alice has it from the start. */
void agreement_set_params(struct session *s, const struct params *params);
void agreement_set_id(struct session *s, const uint8_t id[static SESSION_ID]);
bool agreement_is_rekeying(const struct session *s);

/* Sends a message, or an encoded frame whose digest was computed on another thread; the frame becomes the session's.
 * Either goes into the transcript and, when re-keying, into the sealed stream. */
int agreement_send(struct session *s, const struct message *m);
int agreement_send_frame(struct session *s, uint8_t *frame, size_t n, const uint8_t digest[static 32]);
/* Bytes that wait to be taken by the driver: hold chunks back above about a megabyte. */
size_t agreement_queued(const struct session *s);

/* The step under way is complete; `next` is due. */
void agreement_step(struct session *s, enum step next);
/* Learning failed: all of it again from A1, or the end after the third time in a row. */
void agreement_restart(struct session *s);

struct transcript *agreement_transcript(struct session *s);
void agreement_event(struct session *s, const struct session_event *e);
void agreement_progress(struct session *s, uint64_t done, uint64_t total);

/* Identities. In a re-keying there are none: who is who was settled by the first agreement. */

/* For our A1 or B1; false: "none". */
bool agreement_own_identity(const struct session *s, uint8_t out[static IDENTITY_KEY]);
/* The peer's A1 or B1: false if the session has just ended because this is not somebody we talk to. */
bool agreement_meet(struct session *s, bool has, const uint8_t identity[static IDENTITY_KEY]);
/* For our A4 or B4: the span is empty or lies in out. */
struct span agreement_sign(const struct session *s, uint8_t out[static IDENTITY_SIGNATURE],
                           const uint8_t t3[static 32]);
/* Whether the peer's A4 or B4 has the signature that its identity asks for: none at all without one. */
bool agreement_signed(const struct session *s, struct span signature, const uint8_t t3[static 32]);
/* The peer's confirmation does not verify: ends the session. What failed is said here; the peer sees no difference. */
void agreement_not_confirmed(struct session *s, bool signature, bool mac, bool commitment);

/* The key in force, NULL before the first. */
const uint8_t *agreement_old_key(const struct session *s);

/* This side has verified the peer's confirmation and accepts the key. */
struct agreement_result {
    const uint8_t *session_key; /* 32 bytes each */
    const uint8_t *stream_ab;
    const uint8_t *stream_ba;
    const uint8_t *t3;
    const uint8_t *fingerprint; /* FINGERPRINT_BYTES */
};
int agreement_accept(struct session *s, const struct agreement_result *result);

/* The peer broke the protocol: ends the session. text: what, without step or peer. */
void agreement_violation(struct session *s, const char *text);
void agreement_refuse(struct session *s, enum session_outcome outcome, enum abort_reason reason, const char *text);

#endif
