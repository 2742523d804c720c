/* What the wire tells about one session: the bytes of both directions in, public facts out. Pure: no files, no clock,
 * no secret of anybody. The two directions need not be in step with each other, since captures are not.
 *
 * Bytes that are lost inside a frame, whose length is known, cost that frame alone: it is passed over, and what follows
 * is read on. Bytes that are lost between frames end what can be followed in that direction, since nothing tells where
 * the next frame begins. What was seen stays, and a session that lost a step is never complete. */
#ifndef PARLEY_EVE_OBSERVE_H
#define PARLEY_EVE_OBSERVE_H

#include "common/task/lpn/params.h"
#include "proto/fingerprint.h"
#include "proto/message.h"
#include "proto/order.h"

enum {
    OBSERVE_ATTEMPTS = 3, /* Bob refuses a fourth */
    OBSERVE_ID = 2 * SESSION_ID + 1,
    OBSERVE_PROBLEM = 160,
};

enum observe_end { OBSERVE_CUT, OBSERVE_CLOSED, OBSERVE_RESET };

/* One step of one attempt. */
struct observe_step {
    bool done;
    uint32_t frames;
    uint64_t bytes;             /* headers included */
    uint64_t first_ns, last_ns; /* of its first and last byte */
};

/* One direction. */
struct observe_direction {
    uint64_t bytes;   /* seen */
    uint64_t lost;    /* missing from the capture */
    unsigned attempt; /* that this side is in, from 0 */
    enum step due;    /* its next step; STEP_OPEN: sealed */
    bool ended;
    enum observe_end end;
    bool stuck;                    /* cannot be followed any further */
    char problem[OBSERVE_PROBLEM]; /* why */
    uint32_t lost_frames;          /* passed over, since a part of them is missing */
    bool lost_step;                /* one of them belonged to a step, not to the conversation */
    char gap[OBSERVE_PROBLEM];     /* what the first of them lacks */
    uint32_t abort_reason;         /* 0: none */
    uint64_t sealed_frames, sealed_bytes, sealed_first_ns, sealed_last_ns;
};

struct observe_facts {
    uint64_t first_ns, last_ns;
    unsigned version;            /* 0: not seen */
    const struct set *set;       /* NULL: not seen */
    const struct params *params; /* its numbers, if it is one of LPN; else NULL */
    char session[OBSERVE_ID];    /* "": not seen */
    bool has_identity[2];
    uint8_t identity[2][32]; /* by enum side */
    unsigned n_attempts;
    struct observe_step steps[OBSERVE_ATTEMPTS][STEP_OPEN];
    struct observe_direction direction[2]; /* by enum side of the sender */

    /* The last attempt. What has not been seen is NULL, or false where there is a flag. */
    bool has_hello, has_welcome, has_seed, has_learned, learned, has_challenge, has_confirm_alice, has_confirm_bob;
    uint8_t nonce[2][32];
    uint8_t commitment[2][32]; /* by enum side, as the three below */
    uint8_t matrix_seed[32];
    bool has_composed; /* all of them passed */
    uint8_t *composed; /* LPN: k rows of n/8 bytes; else the chunks of A2 one after the other; NULL when not kept */
    size_t n_composed; /* bytes */
    bool has_labels;
    uint8_t *labels; /* as in B2, the set's n_labels; NULL when not kept */
    uint8_t challenge_seed[32];
    uint8_t *masked; /* as in B3, L labels; NULL when not kept */
    uint8_t hash[HASH_BYTES];
    uint8_t r[2][32];
    uint8_t signature[2][SIGNATURE_BYTES];
    size_t n_signature[2];
    uint8_t mac[2][32];
    bool commitment_holds[2]; /* r opens the commitment */
    bool has_transcript;
    uint8_t h[2][32]; /* hA after A3, hB after B3 */
    uint8_t t3[32];
    char fingerprint[FINGERPRINT_TEXT]; /* "": not known */

    bool complete; /* A1 ... B4 were seen whole, and learned: all that a learner and the check of a key need passed */
    char problem[OBSERVE_PROBLEM]; /* if not complete: why */
};

/* Memory shared by the observers of a capture. Who wants more than there is left does without. */
struct observe_memory {
    size_t left;
    bool exceeded; /* somebody did without */
};

struct observe_config {
    bool keep_samples;             /* the composed vectors, labels and masked bits */
    int initiator;                 /* the direction that opened the connection, -1 if that is not known */
    struct observe_memory *memory; /* must stay */
    /* A sealed message, in the order of its direction. NULL: nobody wants them. */
    void (*sealed)(void *user, enum side from, const struct message *m, uint64_t ns);
    void *user;
};

struct observe;

/* -ENOMEM, also when the shared memory is used up. */
int observe_new(struct observe **op, const struct observe_config *config);
/* direction: 0 or 1, as it stands in the capture; who is Alice follows from what they say. */
void observe_bytes(struct observe *o, int direction, const uint8_t *p, size_t n, uint64_t ns);
void observe_gap(struct observe *o, int direction, uint64_t n, uint64_t ns);
void observe_end(struct observe *o, int direction, enum observe_end how, uint64_t ns);
/* What is known so far, always at the same place. */
const struct observe_facts *observe_facts(const struct observe *o);
/* After the last call of the others: completes the facts, which stay the observer's. */
const struct observe_facts *observe_finish(struct observe *o);
/* The direction of the capture that is this side's, -1 when unknown. */
int observe_direction_of(const struct observe *o, enum side side);
/* Gives up the samples of the facts, to make room. */
void observe_drop_samples(struct observe *o);
void observe_free(struct observe *o); /* NULL is fine */

#endif
