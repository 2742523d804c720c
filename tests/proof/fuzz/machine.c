/* Alice's or Bob's machine (SUBJECT) after a valid prefix. The first byte chooses the honest conversation, the second
 * how many of its turns are replayed. Then operations, see operate: more honest turns, changed, repeated or left out;
 * frames, bytes and sealed messages from the input; the user's own doings; and time.
 *
 * Whatever comes, a key is accepted only if every byte before it was the honest peer's. */
#include "common/agree/keys.h"
#include "tests/proof/fuzz/conversation.h"
#include "tests/proof/fuzz/fuzz.h"
#include "tests/proof/fuzz/subject.h"

enum { OPERATIONS_MAX = 60 };

struct play {
    struct subject subject;
    const struct script *script;
    size_t next; /* turn */
    struct sealed_sender sender;
    bool sender_ready;
    unsigned n_keys;     /* of the subject, as the sender knows */
    bool deviates;       /* before the first key */
    size_t turn, inside; /* honest bytes that the subject has got */
};

/* Whether these bytes are what comes next in the honest stream. */
static void compare(struct play *p, const uint8_t *bytes, size_t n) {
    if (p->subject.n_keys)
        return;
    for (size_t i = 0; i < n && !p->deviates; i++) {
        while (p->turn < p->script->n_open &&
               (p->script->turns[p->turn].kind != TURN_BYTES || p->inside == p->script->turns[p->turn].n)) {
            p->turn++;
            p->inside = 0;
        }
        p->deviates = p->turn == p->script->n_open || p->script->turns[p->turn].bytes[p->inside++] != bytes[i];
    }
}

static void give(struct play *p, const uint8_t *bytes, size_t n, size_t piece) {
    compare(p, bytes, n);
    for (size_t at = 0; at < n;) {
        size_t more = piece && piece < n - at ? piece : n - at;
        subject_give(&p->subject, bytes + at, more);
        at += more;
    }
}

/* The peer's stream begins when the subject has a key, and anew with each further one. */
static bool sender_ready(struct play *p, const uint8_t header[static SEALED_HEADER]) {
    struct keys keys;
    if (p->subject.n_keys == p->n_keys)
        return p->sender_ready;
    p->n_keys = p->subject.n_keys;
    keys_from_session(&keys, p->subject.key);
    sealed_sender_init(&p->sender, SUBJECT == SIDE_ALICE ? keys.stream_ba : keys.stream_ab, header);
    return p->sender_ready = true;
}

/* Any plaintext with any tag, which no honest sealed_push would take. */
static void give_sealed(struct play *p, const uint8_t *plain, size_t n, uint8_t tag, size_t piece) {
    uint8_t *frame, *box;
    size_t n_frame;
    REQUIRE(message_encode_sealed(p->sender.header_due ? p->sender.header : NULL, n + SEALED_OVERHEAD, &frame, &n_frame,
                                  &box) == 0);
    crypto_secretstream_xchacha20poly1305_push(&p->sender.state, box, NULL, plain, n, NULL, 0, tag);
    p->sender.header_due = false;
    give(p, frame, n_frame, piece);
    free(frame);
}

static uint8_t tag_of(const uint8_t *plain, size_t n) {
    return n && plain[0] == SEALED_END ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
}

static void user_acts(struct play *p, enum turn_kind kind) {
    static const uint8_t words[] = "a few words\n";
    struct session *s = p->subject.session;
    if (kind == TURN_SAY)
        session_send(s, words, sizeof words - 1);
    else if (kind == TURN_REKEY)
        session_rekey(s, p->subject.now);
    else
        session_send_end(s);
    subject_pump(&p->subject);
}

static void play_turn(struct play *p, const struct turn *t, const uint8_t *bytes, size_t piece) {
    if (t->kind == TURN_BYTES)
        give(p, bytes, t->n, piece);
    else if (t->kind != TURN_SEALED)
        user_acts(p, t->kind);
    else if (sender_ready(p, t->header))
        give_sealed(p, bytes, t->n, tag_of(bytes, t->n), piece);
}

static void play_next(struct play *p, size_t piece) {
    if (p->next == p->script->n)
        return;
    const struct turn *t = &p->script->turns[p->next++];
    play_turn(p, t, t->bytes, piece);
}

static void play_changed(struct play *p, struct fuzz_input *in, size_t piece) {
    if (p->next == p->script->n)
        return;
    const struct turn *t = &p->script->turns[p->next++];
    uint8_t *copy = malloc(t->n ? t->n : 1);
    REQUIRE(copy);
    memcpy(copy, t->bytes, t->n);
    for (unsigned changes = 1 + fuzz_byte(in) % 4; changes && t->n; changes--) {
        size_t at = fuzz_u16(in) % t->n;
        copy[at] ^= (uint8_t)fuzz_byte(in);
    }
    play_turn(p, t, copy, piece);
    free(copy);
}

static void give_frame(struct play *p, struct fuzz_input *in, size_t piece) {
    size_t n = fuzz_u16(in);
    uint8_t *body = fuzz_block(in, &n), *frame = malloc(FRAME_HEADER + n);
    REQUIRE(frame);
    frame[0] = 0;
    frame[1] = (uint8_t)(n >> 16);
    frame[2] = (uint8_t)(n >> 8);
    frame[3] = (uint8_t)n;
    memcpy(frame + FRAME_HEADER, body, n);
    give(p, frame, FRAME_HEADER + n, piece);
    free(body);
    free(frame);
}

static void give_bytes(struct play *p, struct fuzz_input *in, size_t piece) {
    size_t n = fuzz_u16(in);
    uint8_t *bytes = fuzz_block(in, &n);
    give(p, bytes, n, piece);
    free(bytes);
}

static void give_sealed_input(struct play *p, struct fuzz_input *in, size_t piece) {
    static const uint8_t header[SEALED_HEADER] = {1};
    unsigned tag = fuzz_byte(in);
    size_t n = fuzz_u16(in);
    uint8_t *plain = fuzz_block(in, &n);
    if (sender_ready(p, header) && n > 0)
        give_sealed(p, plain, n, tag & 128 ? (uint8_t)(tag & 3) : tag_of(plain, n), piece);
    free(plain);
}

static void pass_time(struct play *p, uint64_t ms) {
    p->subject.now += ms;
    if (session_deadline(p->subject.session) <= p->subject.now) {
        session_tick(p->subject.session, p->subject.now);
        REQUIRE(session_finished(p->subject.session)); /* a deadline that has passed ends it */
    }
    subject_pump(&p->subject);
}

static void local(struct play *p, unsigned what) {
    struct session *s = p->subject.session;
    if (what % 8 < 3)
        user_acts(p, what % 8 == 0 ? TURN_SAY : what % 8 == 1 ? TURN_REKEY : TURN_END);
    else if (what % 8 == 3)
        session_receive_eof(s, p->subject.now);
    else if (what % 8 == 4)
        session_broken(s, "the connection broke");
    else if (what % 8 == 5)
        session_abort(s, ABORT_SHUTDOWN, "going");
    else if (what % 8 == 6)
        session_continue(s, p->subject.now);
    else
        session_tick(s, p->subject.now);
    subject_pump(&p->subject);
}

static void operate(struct play *p, struct fuzz_input *in) {
    unsigned control = fuzz_byte(in);
    size_t piece = control >> 3 & 3 ? (size_t)1 << 2 * (control >> 3 & 3) : 0;
    switch (control & 7) {
    case 0:
        play_next(p, piece);
        break;
    case 1:
        play_changed(p, in, piece);
        break;
    case 2:
        give_frame(p, in, piece);
        break;
    case 3:
        give_bytes(p, in, piece);
        break;
    case 4:
        give_sealed_input(p, in, piece);
        break;
    case 5:
        pass_time(p, (uint64_t)fuzz_byte(in) * 500);
        break;
    case 6:
        local(p, fuzz_byte(in));
        break;
    default:
        if (control & 32)
            p->next += p->next < p->script->n;
        else
            p->next -= p->next > 0;
    }
}

static bool ended_at_length(const struct session *s) {
    const char *text = session_end(s)->text;
    return strncmp(text, "a frame longer than", 19) == 0 || strncmp(text, "a frame of length 0", 19) == 0;
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct fuzz_input in = {data, size};
    enum conversation which = (enum conversation)(fuzz_byte(&in) % N_CONVERSATIONS);
    struct play p = {.script = conversation_script(SUBJECT, which)};
    size_t prefix = fuzz_byte(&in) % (p.script->n + 1);
    subject_start(&p.subject, conversation_session(SUBJECT, which));
    while (p.next < prefix)
        play_next(&p, 0);
    REQUIRE(!p.deviates && (prefix < p.script->n_open || p.subject.n_keys));
    REQUIRE(!session_finished(p.subject.session) || prefix == p.script->n);
    REQUIRE(prefix < p.script->n || session_end(p.subject.session)->outcome == SESSION_DONE);
    for (unsigned i = 0; i < OPERATIONS_MAX && in.n; i++) {
        unsigned keys = p.subject.n_keys;
        operate(&p, &in);
        REQUIRE(!p.deviates || p.subject.n_keys == keys);
    }
    if (ended_at_length(p.subject.session))
        fuzz_ended_at_length();
    subject_stop(&p.subject);
}
