#include "tests/proof/fuzz/conversation.h"
#include "common/task/table/table.h"

#include "alice/machine.h"
#include "bob/machine.h"
#include "common/agree/keys.h"
#include "tests/proof/fuzz/fuzz.h"
#include "tests/proof/fuzz/subject.h"

enum { PIPE = 1 << 20 };

static const uint8_t words[] = "a few words\n";

struct session *conversation_session(enum side side, enum conversation which) {
    static const struct set *set;
    uint8_t seed[32] = {(uint8_t)(1 + side), (uint8_t)which};
    struct session *s;
    set = table_set(which == CONVERSATION_RING ? "r509" : which == CONVERSATION_LWE ? "l32" : "n64");
    REQUIRE(set);
    struct session_config config = {.sets = &set,
                                    .n_sets = 1,
                                    .name = side == SIDE_ALICE ? "alice" : "bob",
                                    .timeout_ms = 10000,
                                    .agree_only = which == CONVERSATION_AGREE_ONLY,
                                    .fail_attempts = side == SIDE_ALICE && which == CONVERSATION_RESTART};
    REQUIRE(sodium_init() >= 0);
    REQUIRE((side == SIDE_ALICE ? alice_new(&s, &config, seed) : bob_new(&s, &config, seed)) == 0);
    return s;
}

/* What one side has sent and the other has not got yet. */
struct pipe {
    uint8_t *bytes;
    size_t n, taken;
};

struct recording {
    struct script *script;
    enum side subject;
    struct subject side[2];
    struct pipe pipe[2];
    struct sealed_receiver receiver; /* hears the peer with the subject's keys */
    uint8_t header[SEALED_HEADER];
    unsigned n_keys;
};

static void put(void *user, const uint8_t *frame, size_t n) {
    struct pipe *p = user;
    REQUIRE(p->n + n <= PIPE);
    memcpy(p->bytes + p->n, frame, n);
    p->n += n;
}

static struct turn *add_turn(struct recording *r, enum turn_kind kind, const uint8_t *bytes, size_t n) {
    REQUIRE(r->script->n < SCRIPT_TURNS);
    struct turn *t = &r->script->turns[r->script->n++];
    *t = (struct turn){.kind = kind, .bytes = malloc(n ? n : 1), .n = n};
    REQUIRE(t->bytes);
    if (n)
        memcpy(t->bytes, bytes, n);
    return t;
}

static size_t next_piece(const struct pipe *p) {
    const uint8_t *at = p->bytes + p->taken;
    if (p->taken == 0)
        return 8;
    return FRAME_HEADER + ((size_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3]);
}

static void listen_sealed(struct recording *r, const uint8_t *frame, size_t n) {
    struct message m;
    enum sealed_kind kind;
    size_t n_body;
    const char *why = "";
    uint8_t *plain = malloc(n);
    REQUIRE(plain && message_parse(&m, frame + FRAME_HEADER, n - FRAME_HEADER, &why) == 0);
    if (m.sealed.has_header)
        memcpy(r->header, m.sealed.header, SEALED_HEADER);
    REQUIRE(sealed_pull(&r->receiver, &m, plain, &kind, &n_body, &why) == 0);
    struct turn *t = add_turn(r, TURN_SEALED, plain, 1 + n_body);
    memcpy(t->header, r->header, SEALED_HEADER);
    free(plain);
}

/* The peer's next frame to the subject. */
static bool hear(struct recording *r) {
    enum side peer = r->subject == SIDE_ALICE ? SIDE_BOB : SIDE_ALICE;
    struct subject *s = &r->side[r->subject];
    struct pipe *p = &r->pipe[peer];
    if (p->taken == p->n)
        return false;
    const uint8_t *frame = p->bytes + p->taken;
    size_t n = next_piece(p);
    REQUIRE(p->taken + n <= p->n);
    p->taken += n;
    if (r->n_keys) {
        listen_sealed(r, frame, n);
    } else {
        add_turn(r, TURN_BYTES, frame, n);
        r->script->n_open = r->script->n;
    }
    subject_give(s, frame, n);
    if (s->n_keys != r->n_keys) {
        struct keys keys;
        keys_from_session(&keys, s->key);
        sealed_receiver_init(&r->receiver, peer == SIDE_ALICE ? keys.stream_ab : keys.stream_ba);
        r->n_keys = s->n_keys;
    }
    return true;
}

static bool answer(struct recording *r) {
    enum side peer = r->subject == SIDE_ALICE ? SIDE_BOB : SIDE_ALICE;
    struct pipe *p = &r->pipe[r->subject];
    if (p->taken == p->n)
        return false;
    subject_give(&r->side[peer], p->bytes + p->taken, p->n - p->taken);
    p->taken = p->n;
    return true;
}

static void rest(struct recording *r) {
    subject_pump(&r->side[0]);
    subject_pump(&r->side[1]);
    while (answer(r) || hear(r))
        ;
}

static void act(struct recording *r, enum side side, enum turn_kind kind) {
    struct subject *s = &r->side[side];
    if (side == r->subject)
        add_turn(r, kind, NULL, 0);
    if (kind == TURN_SAY)
        REQUIRE(session_send(s->session, words, sizeof words - 1) > 0);
    else if (kind == TURN_REKEY)
        REQUIRE(session_rekey(s->session, s->now) == 0);
    else
        session_send_end(s->session);
    rest(r);
}

static void record(struct script *script, enum side subject, enum conversation which) {
    struct recording r = {.script = script, .subject = subject};
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
        REQUIRE(r.pipe[side].bytes = malloc(PIPE));
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
        struct subject *s = &r.side[side];
        *s = (struct subject){
            .session = conversation_session((enum side)side, which), .now = 1000, .sent = put, .user = &r.pipe[side]};
        session_start(s->session, s->now);
    }
    rest(&r);
    if (which != CONVERSATION_AGREE_ONLY) {
        act(&r, SIDE_ALICE, TURN_SAY);
        act(&r, SIDE_BOB, TURN_SAY);
        if (which == CONVERSATION_REKEY) {
            act(&r, SIDE_ALICE, TURN_REKEY);
            act(&r, SIDE_BOB, TURN_SAY);
            act(&r, SIDE_ALICE, TURN_SAY);
        }
        act(&r, SIDE_BOB, TURN_END);
        act(&r, SIDE_ALICE, TURN_END);
    }
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
        REQUIRE(session_finished(r.side[side].session) && session_end(r.side[side].session)->outcome == SESSION_DONE);
        subject_stop(&r.side[side]);
        free(r.pipe[side].bytes);
    }
}

const struct script *conversation_script(enum side subject, enum conversation which) {
    static struct script scripts[2][N_CONVERSATIONS];
    struct script *script = &scripts[subject][which];
    if (!script->n)
        record(script, subject, which);
    return script;
}
