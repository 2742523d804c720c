/* The seam between a session (proto/) and one side's half of the agreement A1 ... B4 (alice/, bob/).
 *
 * The session owns what both sides have in common: prefaces, frames, the order of steps, deadlines, the transcript,
 * identities, and everything sealed. A half knows what the steps mean. It is asked, answers with a turn, and calls
 * nobody; so it can be driven by a table of messages as well as by a session. The same half serves the first
 * agreement, a new attempt after a failed self-check, and a re-keying. */
#ifndef PARLEY_PROTO_TURN_H
#define PARLEY_PROTO_TURN_H

#include "proto/session.h"

struct half; /* a side's own */

enum turn_kind {
    TURN_WAIT,   /* nothing yet: a job is out, or nothing is to be done */
    TURN_PART,   /* a frame of a step of many (A2): said, or dealt with; the step goes on */
    TURN_SAY,    /* the last or only message of our step. In answer to a message: that one has been heard, too */
    TURN_HEARD,  /* the peer's step is complete */
    TURN_REFUSE, /* the session ends; why is for our own user */
};

/* What an agreement results in, all of 32 bytes but the fingerprint. */
struct agreed {
    const uint8_t *session_key, *stream_ab, *stream_ba, *t3;
    const uint8_t *fingerprint; /* FINGERPRINT_BYTES */
};

/* Pointers in it last until the half is called again. */
struct turn {
    enum turn_kind kind;
    struct message say; /* SAY, PART. The session fills in what is its own: set, session id, identity */
    uint8_t *frame;     /* instead of say, for large ones; the session's now */
    size_t n_frame;
    bool followed;               /* the next frame is about to be written */
    uint32_t done, total;        /* PART: so many frames of so many */
    const struct agreed *agreed; /* with B4, said or heard */
    enum abort_reason reason;    /* REFUSE */
    char why[200];
    bool tells; /* whether event is to be told: kind and numbers; step and attempt are the session's to add */
    struct session_event event;
};

/* What only the session knows, and a half needs to know. */
struct turn_in {
    const struct set *set;  /* of the session, from A1 on */
    const uint8_t *t3;      /* A4, B4 */
    const uint8_t *old_key; /* the key in force in a re-keying; else NULL */
    struct span signature;  /* ours, for A4 or B4: empty without an identity */
    bool peer_signed;       /* the peer's A4 or B4 carries the signature that its identity asks for */
    size_t n_queued;        /* bytes that wait to be sent */
    bool to_fail;           /* for tests: A3 says no, whatever was learned */
};

/* All of these run on the session's thread. Negative: fatal (-ENOMEM). *turn is zeroed before. */
struct half_ops {
    /* A new attempt: forget everything of the one before, if any. seed: 32 fresh bytes for this attempt alone. */
    int (*begin)(struct half *h, const uint8_t seed[static 32]);
    /* This side's step is due. WAIT: the answer comes from done. */
    int (*speak)(struct half *h, enum step step, const struct turn_in *in, struct turn *turn);
    /* A checked message of the peer that the order allows. WAIT: the answer comes from done; what m points to stays
     * where it is until then, m itself does not, and no other message comes. */
    int (*hear)(struct half *h, const struct message *m, const struct turn_in *in, struct turn *turn);
    /* A job that can run now, NULL when there is none. */
    struct job *(*work)(struct half *h, const struct turn_in *in);
    int (*done)(struct half *h, struct job *job, const struct turn_in *in, struct turn *turn);
    void (*free)(struct half *h); /* no job is out */
};

/* Why the A4 or B4 of this side (SIDE_ALICE: A4) does not verify, once its signature does: the MAC, else the
 * commitment. */
const char *turn_not_confirmed(enum side peer, bool mac_ok);

/* Makes a session around a half. On success the session owns it; on failure the caller still does. */
int session_new(struct session **sp, enum side side, const struct session_config *config, const uint8_t seed[static 32],
                const struct half_ops *ops, struct half *half);

#endif
