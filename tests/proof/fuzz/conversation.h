/* Honest conversations with fixed seeds, of the smallest set of each task, recorded turn by turn from the place of one
 * side, its subject. A target replays one to the subject up to any turn and goes on as its input says; so it reaches
 * states that lie behind a MAC.
 */
#ifndef PARLEY_FUZZ_CONVERSATION_H
#define PARLEY_FUZZ_CONVERSATION_H

#include "proto/sealed.h"
#include "proto/session.h"

enum turn_kind {
    TURN_BYTES,  /* the peer's preface, or a frame before B4 */
    TURN_SEALED, /* a sealed message of the peer */
    TURN_SAY,    /* the subject's own user: says something, */
    TURN_REKEY,  /* asks for a new key (Alice), */
    TURN_END,    /* has no more to say */
};

struct turn {
    enum turn_kind kind;
    uint8_t *bytes; /* of TURN_SEALED: kind and body, in clear */
    size_t n;
    uint8_t header[SEALED_HEADER]; /* of TURN_SEALED: of the stream under way */
};

enum { SCRIPT_TURNS = 48 };

enum conversation {
    CONVERSATION_TALK,
    CONVERSATION_AGREE_ONLY,
    CONVERSATION_REKEY,
    CONVERSATION_RESTART, /* the first attempt fails */
    CONVERSATION_RING,    /* so far all are of n64 */
    CONVERSATION_LWE,
    N_CONVERSATIONS,
};

struct script {
    struct turn turns[SCRIPT_TURNS];
    size_t n;
    size_t n_open; /* turns before the subject has the key */
};

/* Recorded at the first use, kept for ever. */
const struct script *conversation_script(enum side subject, enum conversation which);

/* One side of it, not started. */
struct session *conversation_session(enum side side, enum conversation which);

#endif
