/* One side of one connection, from the preface to the last end mark, without sockets, clocks, threads or a source of
 * randomness: bytes, milliseconds and a seed are arguments. alice/machine.h and bob/machine.h make one; everything here
 * works on both. All calls are made from one thread; only job->run may be called from others.
 *
 * The driver's loop, after every call that may have changed something:
 *     while session_take_output  -> write it (and hold back while the peer does not drain)
 *     while session_next_event   -> show it
 *     while session_take_data    -> stdout
 *     while session_next_job     -> run on a pool, then session_job_done
 *     read from the peer only while session_wants_input, and session_set_reading when that changes; read stdin only
 * while session_wants_data set the timer to session_deadline, then session_tick when session_finished and all output is
 * written and no job is outstanding: close, session_free
 *
 * A failed session stays failed: it starts no more jobs and takes no more bytes; what it hands out is data that had
 * verified before, and an Abort frame if the peer should learn of it. */
#ifndef PARLEY_PROTO_SESSION_H
#define PARLEY_PROTO_SESSION_H

#include "common/base/identity.h"
#include "common/base/job.h"
#include "common/task/task.h"
#include "proto/fingerprint.h"
#include "proto/order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

struct session_config {
    const struct set *const *sets; /* Alice: the one set to ask for. Bob: all sets that he accepts */
    size_t n_sets;                 /* 1 to SETS_MAX, else -EINVAL where a session is made */
    const char *name;              /* shown at the other side; at most SEALED_NAME_MAX bytes, "" for none */
    uint64_t timeout_ms;           /* for preface + Hello, and for each step once it is owed */
    bool agree_only;               /* close with an authenticated end once the key is confirmed */
    uint64_t hold_end_ms; /* our end mark waits until session_hold_end allows it (a key may have to be handed on first);
                             with agree_only, for which the peer waits, at most so long after the key. 0: it does not
                             wait */
    bool step_by_step;    /* hold before each step of this side until session_continue */
    unsigned fail_attempts; /* Alice, for tests: report this many attempts as failed */

    /* Who is who. All of it outlives the session. */
    const struct identity *identity;      /* ours, to prove; NULL for none */
    const uint8_t (*peers)[IDENTITY_KEY]; /* pinned: a peer that does not hold one of these keys is refused */
    size_t n_peers;                       /* 0: nobody is pinned, and anybody is served */
    bool named;                           /* a peer without an identity is refused even where nobody is pinned */
};

/* How a session ended. The numbers are the programs' exit statuses where they have one. */
enum session_outcome {
    SESSION_RUNNING = -1,
    SESSION_DONE = 0,          /* both end marks passed, or an agree-only session closed as it should */
    SESSION_NOT_CONFIRMED = 1, /* keys differ, the peer never accepted ours, is not who it has to be, or three attempts
                                  failed */
    SESSION_REFUSED = 69,      /* the peer said: set not offered, busy, shutting down */
    SESSION_BROKEN = 74,       /* the connection ended or stalled in the middle */
    SESSION_PROTOCOL = 76,     /* a violation, ours to report or reported by the peer; also another version */
    SESSION_INTERNAL = 70,     /* out of memory */
};

struct session_end {
    enum session_outcome outcome;
    bool by_peer;    /* the peer said so (unauthenticated Abort) */
    uint32_t reason; /* enum abort_reason, 0 for none */
    enum step step;  /* the step that was due */
    char text[280];  /* what happened, one plain line without the step or the peer's address; safe to print */
};

enum session_event_kind {
    SESSION_STEP_BEGIN,     /* a step starts (ours or the peer's); with step, rekeying */
    SESSION_STEP_HELD,      /* --step: waiting for session_continue before this step */
    SESSION_STEP_DONE,      /* with step, bytes */
    SESSION_IDENTIFIED,     /* B1 passed: session id and set known on both sides */
    SESSION_LEARNED,        /* Alice: the learner's numbers */
    SESSION_ATTEMPT_FAILED, /* learning failed; starting again from A1, or giving up after the third */
    SESSION_AGREED,         /* Alice: bit agreement measured. Bob: what he sent */
    SESSION_CONFIRMED,      /* this side accepts the key: key, fingerprint */
    SESSION_OPEN, /* Alice: right after. Bob: when Alice's first sealed message shows that she accepted it too.
                     With the peer's name where it is known (Bob); Alice learns it by SESSION_PEER_NAME */
    SESSION_PEER_NAME,
    SESSION_REKEYED,  /* a new key is in force: key (the fingerprint stays). Bob: when Alice's switch arrived */
    SESSION_PEER_END, /* the peer's end mark: no more data will come */
    SESSION_CLOSED,   /* finished, see session_end() */
};

struct session_event {
    enum session_event_kind kind;
    enum step step;
    bool rekeying;    /* STEP_*, LEARNED, AGREED inside a re-keying */
    uint64_t bytes;   /* STEP_DONE: on the wire in this step, headers included */
    unsigned attempt; /* 1, 2, 3 */
    union {
        struct {
            struct learned_numbers numbers;
            bool accepted;
            uint8_t captions[32]; /* Alice, at sets that are toys: the key from which her recipes follow. Else 0. Wipe
                                     after use: session_event_wipe */
        } learned;
        struct {
            uint64_t challenges; /* L */
            uint64_t agreeing;   /* Alice: results that say what their majority says; for Q = 2 a share of 1 - risk is
                                    expected, above that all. Bob: 0 */
            double noise;        /* Alice: mean distance of the results from that, modulo Q */
            double failure_log2; /* log2 of the bound on any distillate bit wrong, -INFINITY if none
                                    can be; a constant of the set */
        } agreed;
        struct {
            uint8_t key[32]; /* wipe after use: session_event_wipe */
            char fingerprint[FINGERPRINT_TEXT];
        } confirmed, rekeyed;
        struct {
            char text[4 * 64 + 1]; /* escaped: safe to print */
        } peer_name;
    };
};

void session_event_wipe(struct session_event *e);

/* Bytes to send, or to read; owned by the taker, who does not change them: they may be read elsewhere, too. */
struct session_chunk {
    uint8_t *data;
    size_t n;
    uint8_t *block;    /* what data lies in and free() gets, ... */
    unsigned *sharing; /* ... once nobody else has it: how many do, malloc'ed. NULL: it is the taker's alone */
    bool secret;       /* wiped by session_chunk_free: what the user reads; not what the wire carries */
};

/* On the session's thread. */
void session_chunk_free(struct session_chunk *c);

/* Bytes from the peer. now_ms: any clock that does not jump back. 0, or negative once the session has failed. */
int session_receive(struct session *s, const uint8_t *bytes, size_t n, uint64_t now_ms);
/* The peer closed its sending side (all bytes before were given). */
void session_receive_eof(struct session *s, uint64_t now_ms);
/* The connection broke (reset, write error): text says how. */
void session_broken(struct session *s, const char *text);

/* True while the machine can take more bytes; false while it is busy with those it has (back-pressure). */
bool session_wants_input(const struct session *s);
/* The driver has stopped reading from the peer, or reads again, for this reason or for one of its own. In an open
 * session the time of what the peer owes stands still meanwhile: it could not come. */
void session_set_reading(struct session *s, bool reading, uint64_t now_ms);

/* Bytes of input that this session holds, and those among them that wait to be worked on or
 * taken. */
size_t session_held(const struct session *s, size_t *waitingp);

/* The next piece of output, at most about 1 MiB, true if there is one. The driver tells how much it still holds
 * unwritten by not calling: take only while less than about 1 MiB is in the socket's queue. */
bool session_take_output(struct session *s, struct session_chunk *chunkp, uint64_t now_ms);

/* Whether session_take_output would give a piece. */
bool session_has_output(const struct session *s);

/* Jobs that can run now; NULL when none (more may follow when outstanding ones are done or bytes arrive). */
struct job *session_next_job(struct session *s);
void session_job_done(struct session *s, struct job *job, uint64_t now_ms);
/* Whether all its jobs are brief ones (struct task): they may as well run where they are asked for. */
bool session_is_brief(const struct session *s);

/* Whether what waits to be told only says how far the agreement is. Otherwise it is told before more output is taken:
 * the owner may want to end the session instead, and bob's words are shown before his number leaves. */
bool session_only_tells(const struct session *s);

/* Next event; e must be wiped by session_event_wipe after use. */
bool session_next_event(struct session *s, struct session_event *e);

/* Absolute time in ms at which session_tick must be called; UINT64_MAX for none. */
uint64_t session_deadline(const struct session *s);
void session_tick(struct session *s, uint64_t now_ms);

/* Alice, while she is being connected: begins what needs nothing of the peer, so that there may be jobs. Nothing else
 * comes of it before session_start. -ENOMEM: the session can only be freed. */
int session_prepare(struct session *s);
/* The first call but that starts the clock and, for Alice, queues preface and A1. */
void session_start(struct session *s, uint64_t now_ms);
void session_continue(struct session *s, uint64_t now_ms); /* after SESSION_STEP_HELD */

/* Conversation. session_send takes up to n bytes and returns how many it took (0 while the queue is full or not open).
 */
bool session_wants_data(const struct session *s);
size_t session_send(struct session *s, const uint8_t *bytes, size_t n);
/* Our end mark, after what was sent so far (and after a re-keying under way). Idempotent. */
void session_send_end(struct session *s);
/* Whether our end mark has to wait still. See hold_end_ms. */
void session_hold_end(struct session *s, bool hold);
bool session_take_data(struct session *s, struct session_chunk *chunkp);
/* Whether the peer has said anything in the conversation, taken or not. */
bool session_peer_spoke(const struct session *s);

/* Alice: start a re-keying (session open, none running, no end mark in either direction). 1 if not possible now. */
int session_rekey(struct session *s, uint64_t now_ms);
bool session_rekeying(const struct session *s);

/* We have to go (SIGTERM before a key, a full house): an Abort where the state allows one. */
void session_abort(struct session *s, enum abort_reason reason, const char *text);

/* The owner cannot go on, though the connection could: ends as broken, without an end mark. */
void session_give_up(struct session *s, const char *text);

/* What a session that is aborted before anything else sends: the preface and the Abort. For a connection that is not
 * worth a session. */
enum { SESSION_ABORT_ONLY = 16 };
void session_abort_only(uint8_t out[static SESSION_ABORT_ONLY], enum abort_reason reason);

/* True once nothing more will come: outcome is known. Output may remain to be written. */
bool session_finished(const struct session *s);
const struct session_end *session_end(const struct session *s);

/* For display. Progress of the step under way, 0 of 0 when unknown. */
void session_progress(const struct session *s, uint64_t *donep, uint64_t *totalp);
enum step session_step(const struct session *s);
const struct set *session_set(const struct session *s); /* NULL before it is known */
const char *session_id(const struct session *s);        /* 16 hex digits, "" before it is known */
/* The public key that the peer has proved to hold, from SESSION_CONFIRMED on; NULL for none. */
const uint8_t *session_peer_identity(const struct session *s);
/* Whether that key is one of the pinned ones: only then is the peer authenticated. */
bool session_peer_pinned(const struct session *s);

/* No job may be outstanding. NULL is fine. */
void session_free(struct session *s);

#endif
