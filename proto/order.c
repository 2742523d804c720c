/* The table of the protocol: nobody else decides whose turn it is. */
#include "proto/order.h"

enum {
    SMALL_BODY_MAX = 256, /* any of the messages without a large field, however it is encoded */
    ENVELOPE_MAX = 64,    /* what stands around the one large field of Samples or Labels */
};

static const struct {
    const char *name;
    enum side speaker;
    enum message_kind kind;
    const char *sentence; /* NULL: the task tells */
} table[] = {
    [STEP_A1] = {"A1", SIDE_ALICE, MESSAGE_HELLO, "Alice asks for a parameter set and commits to a secret number."},
    [STEP_B1] = {"B1", SIDE_BOB, MESSAGE_WELCOME, "Bob takes the set, names the session and commits to a number too."},
    [STEP_A2] = {"A2", SIDE_ALICE, MESSAGE_SAMPLES, NULL},
    [STEP_B2] = {"B2", SIDE_BOB, MESSAGE_LABELS, NULL},
    [STEP_A3] = {"A3", SIDE_ALICE, MESSAGE_LEARNED, NULL},
    [STEP_B3] = {"B3", SIDE_BOB, MESSAGE_CHALLENGE, NULL},
    [STEP_A4] = {"A4", SIDE_ALICE, MESSAGE_CONFIRM_ALICE,
                 "Alice unmasks the bits, makes and proves the key, opens her number."},
    [STEP_B4] = {"B4", SIDE_BOB, MESSAGE_CONFIRM_BOB,
                 "Bob checks her proof, proves his key the same and opens his number."},
    [STEP_OPEN] = {"open", SIDE_ALICE, MESSAGE_SEALED, "Both talk under the key that they have agreed on."},
};

enum side step_speaker(enum step step) {
    return table[step].speaker;
}

enum step order_next(enum step step, bool learned) {
    if (step == STEP_A3 && !learned)
        return STEP_A1;
    return step == STEP_OPEN ? STEP_OPEN : step + 1;
}

enum step order_next_of(enum side side, enum step step, bool learned) {
    do
        step = order_next(step, learned);
    while (step != STEP_OPEN && step_speaker(step) != side);
    return step;
}

bool order_allows(enum step step, enum side from, enum message_kind kind) {
    return kind == table[step].kind && (step == STEP_OPEN || from == table[step].speaker);
}

size_t order_body_max(enum step step, const struct set *set) {
    switch (step) {
    case STEP_A2:
        return set->chunk_max + ENVELOPE_MAX;
    case STEP_B2:
        return set_label_bytes(set, set->n_labels) + ENVELOPE_MAX;
    case STEP_B3:
        return set_label_bytes(set, set_challenges(set)) + SMALL_BODY_MAX;
    case STEP_OPEN:
        return FRAME_BODY_MAX;
    default:
        return SMALL_BODY_MAX;
    }
}

const char *step_name(enum step step) {
    return table[step].name;
}

const char *step_sentence(enum step step, const struct set *set) {
    switch (step) {
    case STEP_A2:
        return set->task->words->a2;
    case STEP_B2:
        return set->task->words->b2;
    case STEP_A3:
        return set->task->words->a3;
    case STEP_B3:
        return set->task->words->b3;
    default:
        return table[step].sentence;
    }
}
