/* The inside of a session, shared by session*.c alone. */
#ifndef PARLEY_PROTO_SESSION_PRIVATE_H
#define PARLEY_PROTO_SESSION_PRIVATE_H

#include "common/base/hash_lanes.h"
#include "proto/frame.h"
#include "proto/preface.h"
#include "proto/sealed.h"
#include "proto/session.h"
#include "proto/transcript.h"
#include "proto/turn.h"

enum {
    SESSION_ATTEMPTS = 3,
    QUEUE_LIMIT = 1 << 20,     /* conversation bytes that may wait in either direction */
    COMPUTE_MS = 120 * 1000,   /* what the peer's own computing gets */
    CONFIRM_MS = 10 * 1000,    /* what the first B4 gets at most */
    TRANSFER_MS = 10 * 1000,   /* a transfer averages TRANSFER_RATE over this long */
    TRANSFER_RATE = 64 * 1024, /* bytes a second */
    REKEY_LEAST_MS = 100,      /* between two re-keyings, over REKEY_BURST of them */
    REKEY_BURST = 10,
    BULK_MAX = 8, /* large frames that may wait to be hashed or dealt with */
};

/* First in, first out; owns its chunks. */
struct chunk_node {
    struct chunk_node *next;
    struct session_chunk chunk;
};

struct chunk_queue {
    struct chunk_node *head, *tail;
    size_t n_bytes;
};

/* The large frames of A2 that are still to be hashed or, by Bob's half, to be dealt with, the oldest first. One does
 * not wait for the other: Alice's go out at once, Bob's to his half. The first n_hashed are in the transcript, the
 * first n_dealt dealt with; what is both goes. */
struct bulk_frame {
    struct session_chunk chunk;
    struct message message; /* Bob; its span lies in the chunk */
    bool followed;          /* Alice: the next one is about to be written */
};

struct bulk {
    struct job job;   /* hashes the next n_at_once frames that are not yet */
    size_t n_at_once; /* 0: the job is not out */
    const uint8_t *at_once[HASH_LANES];
    size_t sizes[HASH_LANES];
    uint8_t digests[HASH_LANES][32];
    struct bulk_frame frames[BULK_MAX];
    size_t n, n_hashed, n_dealt, n_bytes;
    bool in_half; /* Bob: his half works on frame n_dealt */
};

struct event_node {
    struct event_node *next;
    struct session_event event;
};

/* Everything secret that lives as long as the session, in one guarded block. */
struct session_secrets {
    uint8_t seed[32];    /* of the attempts to come */
    uint8_t key[32];     /* K in force */
    uint8_t next_ab[32]; /* Bob, re-keying: Alice's stream after her switch */
    struct sealed_sender sender;
    struct sealed_receiver receiver;
};

/* Where a session is. What an end mark or a name has to do with it lies beside it. */
enum stage {
    STAGE_AGREEING,  /* prefaces, and the first A1 ... B4 */
    STAGE_SEALED,    /* a key is in force, sealed frames flow */
    STAGE_REKEYING,  /* and A1 ... B4 run among them */
    STAGE_SWITCHING, /* Bob: B4 of a new key is said, Alice's switch has not come */
    STAGE_ENDED,     /* nothing more is sent or taken; SESSION_CLOSED follows the events that wait */
    STAGE_CLOSED,    /* and has been told */
};

/* What this side does about the step that is due, if it is ours. */
enum doing {
    TO_DO,
    HELD,    /* it waits for session_continue */
    ALLOWED, /* which came */
    BEGUN,
    RESTARTING, /* a new attempt begins once no job is outstanding, whosever step it was */
};

/* What is known of who the peer is. */
enum peer_is {
    PEER_UNKNOWN,  /* before A1 or B1 */
    PEER_NAMELESS, /* "none" */
    PEER_NAMED,    /* it presented an identity, */
    PEER_PROVEN,   /* and has signed with it */
};

/* What of the peer's sealed stream has come. */
enum heard {
    HEARD_NOTHING,
    HEARD_FIRST,    /* its first message: it accepted the key */
    HEARD_HELLO,    /* which was its name */
    HEARD_END,      /* its end mark */
    HEARD_END_ONLY, /* and nothing else: it wants the key and no conversation */
};

enum our_end { END_NONE, END_WANTED, END_SENT };

struct session {
    enum side side;
    enum stage stage;
    struct session_config config;
    const struct set *allowed[SETS_MAX];
    char name[SEALED_NAME_MAX + 1];
    const struct half_ops *ops;
    struct half *half;
    struct session_secrets *secrets;

    /* input */
    uint8_t preface[PREFACE_BYTES];
    size_t n_preface;
    bool preface_sent;
    bool prepared; /* the half has begun, the session has not been started yet */
    struct frame_reader reader;
    struct chunk_queue backlog; /* bytes given while the side could not take them */

    /* the agreement under way */
    const struct set *set;
    uint8_t id_bytes[SESSION_ID];
    char id[2 * SESSION_ID + 1]; /* "" before it is known to both */
    enum step due;
    enum doing doing;
    size_t n_jobs; /* outstanding */
    enum peer_is peer;
    uint8_t peer_identity[IDENTITY_KEY];
    bool void_rekey;     /* Bob: his end mark crossed Alice's A1, which is ignored */
    unsigned failures;   /* in a row */
    unsigned n_attempts; /* begun so far */
    struct transcript transcript;
    struct bulk *bulk;  /* from the first such frame to the end of the agreement: an open chat has none */
    uint8_t t3_due[32]; /* of the agreement under way, from A4 on */
    uint8_t signature[IDENTITY_SIGNATURE]; /* ours of it */
    size_t n_signature;
    uint8_t t3[32]; /* of the key in force */
    uint8_t fingerprint[FINGERPRINT_BYTES];
    uint64_t step_bytes;
    uint64_t progress_done, progress_total;

    /* after B4 */
    enum heard heard;
    enum our_end our_end;
    bool end_held;             /* it is wanted, but not yet */
    bool peer_spoke;           /* data has come */
    uint64_t held_until;       /* with agree_only */
    uint64_t rekey_allowed;    /* Bob: in theory, at the least interval, the next one would come now */
    uint64_t sent_data;        /* bytes of conversation, in all; ... */
    uint64_t step_data;        /* ... those ahead of our last step of a re-keying, or our switch, */
    uint64_t answered_data;    /* ... of the last of these that the peer has answered, */
    uint64_t read_data;        /* ... and of the one that it had answered before */
    bool unanswered;           /* our last step */
    uint64_t n_output;         /* bytes of output that have been taken */
    uint64_t step_end;         /* where in the output our last step of a re-keying, or our switch, ends ... */
    uint64_t conversation_end; /* ... where our last data, */
    uint64_t ahead_end;        /* ... and where the last data ahead of that step */
    struct chunk_queue data;   /* to the local user */

    struct chunk_queue output;
    struct event_node *events, *last_event;

    /* time, all in ms */
    uint64_t now;
    uint64_t owed_since;     /* when the step of the peer that is due became so, or its last frame came */
    uint64_t frame_since;    /* when the frame under way began, 0 for none */
    uint64_t transfer_since; /* when the first byte of a step of many frames came, 0 for none */
    uint64_t transfer_total; /* bytes since then */
    uint64_t output_since;   /* when output was last taken */
    bool stopped;            /* the driver does not read from the peer, ... */
    uint64_t stopped_since;  /* ... since then */

    struct session_end end;
    bool leaving; /* it is this side that wants to go */
};

static inline bool session_is_open(const struct session *s) {
    return s->stage == STAGE_SEALED || s->stage == STAGE_REKEYING || s->stage == STAGE_SWITCHING;
}

static inline bool session_peer_ended(const struct session *s) {
    return s->heard == HEARD_END || s->heard == HEARD_END_ONLY;
}

static inline bool session_agrees(const struct session *s) {
    return s->stage == STAGE_AGREEING || s->stage == STAGE_REKEYING;
}

/* A copy-free hand-over: data becomes the queue's. -ENOMEM frees it. */
int chunk_queue_push(struct chunk_queue *q, uint8_t *data, size_t n);
int chunk_queue_push_chunk(struct chunk_queue *q, struct session_chunk *c); /* likewise: c becomes the queue's */
bool chunk_queue_take(struct chunk_queue *q, struct session_chunk *chunkp);
void chunk_queue_clear(struct chunk_queue *q);

/* Without memory for it the session fails, as it does wherever an event is emitted: nothing is sent or told after that.
 */
void session_emit_event(struct session *s, const struct session_event *e);
/* An event about the step under way. */
void session_step_event(struct session *s, enum session_event_kind kind);

/* The first failure counts; later ones are ignored. reason 0: the peer gets no Abort. */
void session_fail(struct session *s, enum session_outcome outcome, enum abort_reason reason, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same where the peer knows it from what we have said, which still goes out; reason is for the local user. */
void session_fail_told(struct session *s, enum session_outcome outcome, enum abort_reason reason, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));
/* Both end marks have passed; what waits to be written still goes out. */
void session_done(struct session *s, enum session_outcome outcome, const char *text);
/* The peer's Abort has come. */
void session_peer_aborted(struct session *s, uint32_t reason);

/* The peer broke the protocol. text: what, without step or peer. */
void session_violation(struct session *s, const char *text);
enum side session_peer(const struct session *s);
/* The session's id is known to both sides. */
void session_identified(struct session *s, const uint8_t id[static SESSION_ID]);
/* A frame of the agreement, from the wire or out of a sealed step. Takes the frame. */
int session_agreement_frame(struct session *s, uint8_t *frame, size_t n);
/* Begins an attempt with everything fresh. */
int session_begin(struct session *s);
/* Does what this side owes now, as far as it goes without more bytes or jobs. */
void session_pump(struct session *s);

/* session_turn.c */
int session_speak(struct session *s); /* our step is due */
/* A message that is due. Takes its frame. */
int session_hear(struct session *s, const struct message *m, uint8_t *frame, size_t n);
bool session_can_hear(const struct session *s);
struct job *session_turn_work(struct session *s);
int session_turn_done(struct session *s, struct job *job);
void session_bulk_clear(struct session *s); /* no job is out */

/* session_identity.c: in a re-keying nobody presents an identity, who is who was settled by the first agreement. */
/* For our A1 or B1; false: "none". */
bool session_own_identity(const struct session *s, uint8_t out[static IDENTITY_KEY]);
/* The peer's A1 or B1: false if the session has just ended because this is not somebody we talk to. */
bool session_meet(struct session *s, bool has, const uint8_t identity[static IDENTITY_KEY]);
/* For our A4 or B4: IDENTITY_SIGNATURE bytes, or 0. */
size_t session_sign(const struct session *s, uint8_t out[static IDENTITY_SIGNATURE], const uint8_t t3[static 32]);
/* Whether the peer's A4 or B4 has the signature that its identity asks for: none at all without one. */
bool session_signed(const struct session *s, struct span signature, const uint8_t t3[static 32]);
/* It has not: ends the session. */
void session_not_signed(struct session *s);

/* session_open.c */
int session_open_accept(struct session *s, const struct agreed *result);
/* A whole frame of n bytes. block: if it lies in memory of its own, that: it is taken, and the box opened in place. */
int session_open_frame(struct session *s, const uint8_t *bytes, size_t n, uint8_t *block);
int session_open_send(struct session *s, enum sealed_kind kind, const uint8_t *body, size_t n);
void session_open_pump(struct session *s);

/* session_deadline.c */
void session_owed(struct session *s);                   /* the peer's step has become due */
void session_count_input(struct session *s, size_t n);  /* bytes have come */
void session_count_output(struct session *s, size_t n); /* bytes have been taken */

#endif
