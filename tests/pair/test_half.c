/* The halves of the agreement without a session: each is asked in turn, and what one says the other hears. */
#include "alice/machine.h"
#include "bob/machine.h"
#include "common/base/prg.h"
#include "common/task/table/table.h"
#include "proto/turn.h"
#include "tests/lib/unit.h"

#include <stdlib.h>

struct actor {
    const struct half_ops *ops;
    struct half *half;
    struct turn_in in;
};

/* A1 ... B4 as acts: who says what, and what the other answers to it. A2 has its seed and its chunks. */
static const struct act {
    enum step step;
    enum message_kind kind;
    enum turn_kind answer;
} play[] = {
    {STEP_A1, MESSAGE_HELLO, TURN_HEARD},     {STEP_B1, MESSAGE_WELCOME, TURN_HEARD},
    {STEP_A2, MESSAGE_SAMPLES, TURN_PART},  /* the seed */
    {STEP_A2, MESSAGE_SAMPLES, TURN_HEARD}, /* n64 has one chunk */
    {STEP_B2, MESSAGE_LABELS, TURN_HEARD},    {STEP_A3, MESSAGE_LEARNED, TURN_HEARD},
    {STEP_B3, MESSAGE_CHALLENGE, TURN_HEARD}, {STEP_A4, MESSAGE_CONFIRM_ALICE, TURN_SAY}, /* B4, at once */
};
enum { N_ACTS = sizeof play / sizeof play[0] };

/* What is changed on the way in one act, and how the other side refuses it. */
struct fault {
    size_t act;
    void (*change)(struct message *m);
    enum abort_reason reason;
    const char *why;
};

static const uint8_t t3[32] = {"a transcript of some bytes"};

/* Runs the half's jobs until it answers or has none. */
static void work(struct actor *a, struct turn *turn) {
    struct job *job;
    for (size_t i = 0; i < 100000 && turn->kind == TURN_WAIT && (job = a->ops->work(a->half, &a->in)); i++) {
        job->run(job);
        assert_int_equal(a->ops->done(a->half, job, &a->in, turn), 0);
        if (turn->kind == TURN_PART && !turn->frame)
            turn->kind = TURN_WAIT; /* dealt with, and the step goes on */
    }
}

/* The message of a turn, as it comes out of the other side's parser. */
static void deliver(struct turn *turn, uint8_t **framep, struct message *m) {
    size_t n = turn->n_frame;
    const char *why = "";
    *framep = turn->frame;
    if (!turn->frame)
        assert_int_equal(message_encode(&turn->say, framep, &n), 0);
    assert_int_equal(message_parse(m, *framep + FRAME_HEADER, n - FRAME_HEADER, &why), 0);
}

/* A1 and B1 need what a session would fill in. */
static void fill_in(struct message *m) {
    if (m->kind == MESSAGE_HELLO)
        strcpy(m->hello.params, "n64");
    if (m->kind == MESSAGE_WELCOME)
        strcpy(m->welcome.params, "n64");
}

static void answer(struct actor *a, const struct message *m, struct turn *turn) {
    *turn = (struct turn){.kind = TURN_WAIT};
    assert_int_equal(a->ops->hear(a->half, m, &a->in, turn), 0);
    work(a, turn);
}

static void open_actors(struct actor actors[2], uint64_t number) {
    const struct set *set = table_set("n64");
    uint8_t seed[32];
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
        uint8_t text[2] = {(uint8_t)side, (uint8_t)number};
        struct actor *a = &actors[side];
        *a = (struct actor){.ops = side == SIDE_ALICE ? &alice_half : &bob_half,
                            .in = {.set = set, .t3 = t3, .signature = {t3, 0}, .peer_signed = true}};
        assert_int_equal(side == SIDE_ALICE ? alice_half_new(&a->half, set) : bob_half_new(&a->half), 0);
        prg_derive(seed, "parley test half", text, sizeof text);
        assert_int_equal(a->ops->begin(a->half, seed), 0);
    }
}

static void close_actors(struct actor actors[2]) {
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
        actors[side].ops->free(actors[side].half);
}

/* Plays on until the fault's act has been answered, or to the end. Returns the last answer's turn in *turn. */
static void perform(struct actor actors[2], const struct fault *fault, struct turn *turn, uint8_t **last) {
    *last = NULL;
    for (size_t i = 0; i < N_ACTS; i++) {
        struct actor *speaker = &actors[step_speaker(play[i].step)], *other = &actors[!step_speaker(play[i].step)];
        struct turn said = {.kind = TURN_WAIT};
        struct message m;
        if (i == 0 || play[i].step != play[i - 1].step)
            assert_int_equal(speaker->ops->speak(speaker->half, play[i].step, &speaker->in, &said), 0);
        work(speaker, &said);
        bool last_of_step = i + 1 == N_ACTS || play[i + 1].step != play[i].step;
        assert_int_equal(said.kind, last_of_step ? TURN_SAY : TURN_PART);
        if (!said.frame)
            fill_in(&said.say);
        free(*last);
        deliver(&said, last, &m);
        assert_int_equal(m.kind, play[i].kind);
        bool faulty = fault && fault->act == i;
        if (faulty)
            fault->change(&m);
        answer(other, &m, turn);
        if (faulty)
            return;
        assert_int_equal(turn->kind, play[i].answer);
    }
}

static void agrees(void **state) {
    (void)state;
    struct actor actors[2];
    struct turn turn, end;
    struct message m;
    uint8_t *frame, *last;
    open_actors(actors, 1);
    perform(actors, NULL, &turn, &last);
    assert_non_null(turn.agreed);
    deliver(&turn, &frame, &m);
    answer(&actors[SIDE_ALICE], &m, &end);
    assert_int_equal(end.kind, TURN_HEARD);
    assert_non_null(end.agreed);
    assert_memory_equal(end.agreed->session_key, turn.agreed->session_key, 32);
    assert_memory_equal(end.agreed->stream_ab, turn.agreed->stream_ab, 32);
    assert_memory_equal(end.agreed->fingerprint, turn.agreed->fingerprint, FINGERPRINT_BYTES);
    free(frame);
    free(last);
    close_actors(actors);
}

static void shorten_labels(struct message *m) {
    m->labels.labels.n--;
}

static void another_index(struct message *m) {
    m->samples.index++;
}

static void shorten_chunk(struct message *m) {
    m->samples.vectors.n--;
}

static void no_seed(struct message *m) {
    m->samples.has_seed = false;
}

static void shorten_masked(struct message *m) {
    m->challenge.masked.n--;
}

static void another_mac(struct message *m) {
    m->confirm_alice.mac[31] ^= 1;
}

static void nothing(struct message *m) {
    (void)m;
}

static void is_no(struct message *m) {
    assert_false(m->learned.learned);
}

static void another_r(struct message *m) {
    m->confirm_alice.r[0] ^= 1;
}

static const struct fault faults[] = {
    {2, no_seed, ABORT_PROTOCOL, "samples without the seed of A before them"},
    {3, another_index, ABORT_PROTOCOL, "a chunk of samples with a wrong index or length"},
    {3, shorten_chunk, ABORT_PROTOCOL, "a chunk of samples with a wrong index or length"},
    {4, shorten_labels, ABORT_PROTOCOL, "not as many labels as there are samples"},
    {6, shorten_masked, ABORT_PROTOCOL, "not as many masked bits as the set has"},
    {7, another_mac, ABORT_NOT_CONFIRMED, "the keys differ"},
    {7, another_r, ABORT_NOT_CONFIRMED, "the keys differ"}, /* r is under the MAC */
};

static void refuses(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct actor actors[2];
        struct turn turn;
        uint8_t *last;
        open_actors(actors, 2);
        perform(actors, &faults[i], &turn, &last);
        assert_int_equal(turn.kind, TURN_REFUSE);
        assert_int_equal(turn.reason, faults[i].reason);
        assert_non_null(strstr(turn.why, faults[i].why));
        assert_null(turn.agreed);
        free(last);
        close_actors(actors);
    }
}

/* Whoever's signature does not verify gets nothing, however good the rest. */
static void refuses_without_signature(void **state) {
    (void)state;
    struct actor actors[2];
    struct turn turn;
    uint8_t *last;
    open_actors(actors, 3);
    actors[SIDE_BOB].in.peer_signed = false;
    perform(actors, &(struct fault){.act = N_ACTS - 1, .change = nothing}, &turn, &last);
    assert_int_equal(turn.kind, TURN_REFUSE);
    assert_int_equal(turn.reason, ABORT_NOT_CONFIRMED);
    assert_null(turn.agreed);
    free(last);
    close_actors(actors);
}

static void says_no_when_told_to(void **state) {
    (void)state;
    struct actor actors[2];
    struct turn turn;
    uint8_t *last;
    open_actors(actors, 4);
    actors[SIDE_ALICE].in.to_fail = true;
    perform(actors, &(struct fault){.act = 5, .change = is_no}, &turn, &last);
    assert_int_equal(turn.kind, TURN_HEARD); /* what follows from it is the session's to say */
    free(last);
    close_actors(actors);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_without_signature),
        cmocka_unit_test(says_no_when_told_to),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
