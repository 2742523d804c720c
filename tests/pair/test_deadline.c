/* Silence, trickles and a peer that does not read: each frees the session by its deadline, on a virtual clock. */
#include "tests/lib/pair.h"

enum { COMPUTE_MS = 120000, CONFIRM_MS = 10000, TRANSFER_MS = 10000, QUEUE_LIMIT = 1 << 20 };

/* Until this step is due on both sides and its speaker holds it. Bob never holds B4: A4 is on its way to him instead.
 */
static void advance(struct pair *p, enum step step) {
    struct session *a = p->side[SIDE_ALICE].session, *b = p->side[SIDE_BOB].session;
    pair_run(p);
    while (session_step(a) != (step == STEP_B4 ? STEP_A4 : step) || session_step(b) != session_step(a)) {
        session_continue(a, p->now);
        session_continue(b, p->now);
        pair_run(p);
        assert_false(session_finished(a) || session_finished(b));
    }
    if (step == STEP_B4) {
        p->pipe[SIDE_ALICE].quota = 0;
        session_continue(a, p->now);
        pair_run(p);
        assert_int_equal(session_step(a), STEP_B4);
    }
}

/* The speaker of the step goes on with it. */
static void go_on(struct pair *p) {
    p->pipe[SIDE_ALICE].quota = PAIR_NO_LIMIT;
    session_continue(p->side[SIDE_ALICE].session, p->now);
    session_continue(p->side[SIDE_BOB].session, p->now);
}

static void start_held(struct pair *p, uint64_t timeout_ms, enum step step) {
    pair_init(p, "n64", 61);
    p->config[SIDE_ALICE].timeout_ms = p->config[SIDE_BOB].timeout_ms = timeout_ms;
    p->config[SIDE_ALICE].step_by_step = p->config[SIDE_BOB].step_by_step = true;
    pair_start(p);
    advance(p, step);
}

static uint64_t max_u64(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

static uint64_t min_u64(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* Runs on to the deadline of `who`: nothing before it, the end at it. */
static void check_ends_in(struct pair *p, enum side who, uint64_t ms) {
    struct session *s = p->side[who].session;
    assert_int_equal(session_deadline(s), p->now + ms);
    pair_wait(p, ms - 1);
    assert_false(session_finished(s));
    pair_wait(p, 1);
    assert_true(session_finished(s));
}

/* The speaker of a step says nothing: what the listener grants depends on whether the speaker has to compute. For B4 it
 * is never much, whatever the configuration says. */
static void silence_in_each_step(void **state) {
    (void)state;
    static const uint64_t timeouts[] = {10000, 3000, 200000};
    for (size_t t = 0; t < sizeof timeouts / sizeof timeouts[0]; t++)
        for (int step = STEP_A1; step <= STEP_B4; step++) {
            bool computing = step == STEP_B2 || step == STEP_A3 || step == STEP_B3 || step == STEP_A4;
            enum side speaker = step_speaker((enum step)step), listener = pair_other(speaker);
            struct pair p;
            start_held(&p, timeouts[t], (enum step)step);
            uint64_t granted = computing ? max_u64(COMPUTE_MS, timeouts[t]) : timeouts[t];
            if (step == STEP_B4)
                granted = min_u64(timeouts[t], CONFIRM_MS);
            else
                assert_true(session_deadline(p.side[speaker].session) == UINT64_MAX); /* it is its own turn */
            check_ends_in(&p, listener, granted);
            enum session_outcome expected = step == STEP_B4 ? SESSION_NOT_CONFIRMED : SESSION_BROKEN;
            const struct session_end *end = session_end(p.side[listener].session);
            assert_int_equal(end->outcome, expected);
            assert_int_equal(end->reason, ABORT_TIMEOUT);
            assert_int_equal(end->step, step);
            go_on(&p);
            pair_run(&p);
            end = session_end(p.side[speaker].session); /* the Abort has told it */
            assert_int_equal(end->outcome, expected);
            assert_int_equal(end->reason, ABORT_TIMEOUT);
            pair_check_end(&p);
            pair_deinit(&p);
        }
}

/* Bob counts from the connection on, whatever comes in that is no Hello. */
static void preface_and_hello_together(void **state) {
    (void)state;
    struct pair p;
    pair_init(&p, "n64", 62);
    p.pipe[SIDE_ALICE].quota = 0;
    pair_start(&p);
    pair_run(&p);
    pair_wait(&p, 9000);
    p.pipe[SIDE_ALICE].quota = 60;
    pair_run(&p);
    check_ends_in(&p, SIDE_BOB, 1000);
    assert_true(pair_settle(&p));
    pair_check_end(&p);
    pair_deinit(&p);
}

/* After B4, before the first sealed message of the other side. */
static void silence_after_b4(void **state) {
    (void)state;
    for (int silent = SIDE_ALICE; silent <= SIDE_BOB; silent++) {
        enum side other = pair_other((enum side)silent);
        struct pair p;
        start_held(&p, 7000, STEP_B4);
        go_on(&p);
        while (!p.side[SIDE_BOB].n_keys)
            pair_pass(&p, SIDE_BOB);
        if (silent == SIDE_BOB) /* his B4 arrives, his hello does not */
            p.pipe[SIDE_BOB].quota = (int64_t)p.side[SIDE_BOB].step_bytes[STEP_B4];
        else
            p.pipe[SIDE_ALICE].quota = 0;
        pair_run(&p);
        if (silent == SIDE_BOB)
            assert_int_equal(p.side[SIDE_ALICE].n_keys, 1);
        check_ends_in(&p, other, 7000);
        assert_int_equal(pair_outcome(&p, other), silent == SIDE_BOB ? SESSION_BROKEN : SESSION_NOT_CONFIRMED);
        p.pipe[silent].quota = PAIR_NO_LIMIT;
        assert_true(pair_settle(&p));
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* One byte a second, from each step on. A step's frame that is short enough gets through, the next long one does not.
 */
static void a_trickle_in_each_step(void **state) {
    (void)state;
    for (int step = STEP_A1; step <= STEP_B4; step++) {
        enum side speaker = step_speaker((enum step)step), listener = pair_other(speaker);
        struct pair p;
        start_held(&p, 10000, (enum step)step);
        if (step == STEP_B4)
            p.pipe[SIDE_ALICE].quota = PAIR_NO_LIMIT;
        p.pipe[speaker].quota = 0;
        uint64_t start = p.now;
        while (!session_finished(p.side[listener].session)) {
            session_continue(p.side[SIDE_ALICE].session, p.now);
            session_continue(p.side[SIDE_BOB].session, p.now);
            pair_run(&p);
            pair_wait(&p, 1000);
            p.pipe[speaker].quota += 1;
            pair_run(&p);
            assert_true(p.now - start <= 25000);
        }
        assert_true(pair_outcome(&p, listener) != SESSION_DONE);
        p.pipe[speaker].quota = PAIR_NO_LIMIT;
        assert_true(pair_settle(&p));
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* A2 in frames: it has to average 64 KiB a second over ten seconds, whatever its chunks do. */
static void slow_transfer(void **state) {
    (void)state;
    static const struct {
        int64_t per_second;
        bool good;
    } cases[] = {{70 * 1024, true}, {40 * 1024, false}, {1024, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pair p;
        pair_init(&p, "n2048", 63); /* about 3 MB */
        p.pipe[SIDE_ALICE].quota = 0;
        pair_start(&p);
        uint64_t start = p.now;
        while (!session_finished(p.side[SIDE_BOB].session) && !p.side[SIDE_BOB].seen[SESSION_OPEN]) {
            p.pipe[SIDE_ALICE].quota = cases[i].per_second;
            pair_run(&p);
            pair_wait(&p, 1000);
        }
        assert_int_equal(p.side[SIDE_BOB].seen[SESSION_OPEN], cases[i].good);
        if (!cases[i].good)
            assert_true(p.now - start <= 40000);
        pair_end(&p);
        p.pipe[SIDE_ALICE].quota = PAIR_NO_LIMIT;
        assert_true(pair_settle(&p));
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* The peer lets us write nothing, from each of our steps on. */
static void nothing_is_read(void **state) {
    (void)state;
    for (int step = STEP_A1; step <= STEP_B4; step++) {
        enum side speaker = step_speaker((enum step)step);
        struct pair p;
        start_held(&p, 10000, (enum step)step);
        p.side[speaker].takes_no_output = true;
        uint64_t start = p.now;
        go_on(&p);
        pair_run(&p);
        while (!session_finished(p.side[speaker].session)) {
            pair_wait(&p, 1000);
            assert_true(p.now - start <= TRANSFER_MS);
        }
        assert_true(pair_outcome(&p, speaker) != SESSION_DONE);
        pair_close(&p, speaker);
        assert_true(pair_settle(&p));
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

static void start_open(struct pair *p) {
    pair_init(p, "n64", 64);
    pair_start(p);
    pair_run(p);
    assert_int_equal(p->side[SIDE_BOB].seen[SESSION_OPEN], 1);
}

static void a_conversation_waits(void **state) {
    (void)state;
    struct pair p;
    start_open(&p);
    for (int round = 0; round < 3; round++) {
        assert_true(session_deadline(p.side[SIDE_ALICE].session) == UINT64_MAX);
        assert_true(session_deadline(p.side[SIDE_BOB].session) == UINT64_MAX);
        pair_wait(&p, UINT64_C(1000) * 3600 * 24 * 365);
        if (round == 0)
            pair_say(&p, SIDE_ALICE, "good morning");
        else
            session_send_end(p.side[round == 1 ? SIDE_ALICE : SIDE_BOB].session);
        pair_run(&p);
    }
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_DONE);
    pair_check_end(&p);
    pair_deinit(&p);
}

/* What this side grants the other in a re-keying: as in the first agreement, but that there the last step has to come
 * sooner; and the switch may stand behind much conversation. */
static uint64_t granted_in_a_rekeying(const struct pair *p, enum side side) {
    enum step due = session_step(p->side[side].session);
    bool brief = due == STEP_A1 || due == STEP_B1 || due == STEP_A2 || due == STEP_B4;
    return session_rekeying(p->side[side].session) && brief ? PAIR_TIMEOUT_MS : COMPUTE_MS;
}

/* A re-keying has deadlines again, until the switch. */
static void silence_in_a_rekeying(void **state) {
    (void)state;
    for (int silent = SIDE_ALICE; silent <= SIDE_BOB; silent++)
        for (unsigned passes = silent == SIDE_ALICE ? 2 : 1; passes < 30; passes++) { /* Bob has A1 */
            enum side other = pair_other((enum side)silent);
            struct pair p;
            start_open(&p);
            assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
            for (unsigned i = 0; i < passes; i++)
                pair_pass(&p, i % 2 ? SIDE_BOB : SIDE_ALICE);
            if (p.side[SIDE_BOB].n_keys == 2) {
                pair_deinit(&p);
                assert_true(passes > 10);
                break;
            }
            p.pipe[silent].quota = 0;
            pair_run(&p);
            bool waits = session_deadline(p.side[other].session) != UINT64_MAX;
            assert_true(waits || p.side[other].n_keys == 2);
            if (waits)
                check_ends_in(&p, other, granted_in_a_rekeying(&p, other));
            pair_deinit(&p);
        }
}

static void check_ends_well(struct pair *p, size_t n_keys) {
    pair_run(p);
    pair_end(p);
    assert_true(pair_settle(p));
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
        assert_int_equal(p->side[side].n_keys, n_keys);
        assert_int_equal(pair_outcome(p, (enum side)side), SESSION_DONE);
    }
    pair_check_end(p);
}

/* As much as goes, up to n bytes. */
static size_t pour(struct pair *p, enum side from, size_t n) {
    static const uint8_t text[100000] = "so much to say";
    size_t said = 0, now = 1;
    while (said < n && now) {
        now = session_send(p->side[from].session, text, n - said < sizeof text ? n - said : sizeof text);
        said += now;
        pair_run(p);
    }
    return said;
}

/* Who reads pauses for an hour, before, in and after the re-keying; the conversation stands ahead of its steps. */
static void the_reader_pauses(void **state) {
    (void)state;
    for (int talks = 1; talks <= 3; talks++) /* Alice, Bob, both */
        for (size_t n = QUEUE_LIMIT - 1; n <= 5 * QUEUE_LIMIT; n += QUEUE_LIMIT) {
            struct pair p;
            size_t said[2] = {0};
            start_open(&p);
            for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
                p.side[side].takes_no_data = true;
            for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
                said[side] = talks >> side & 1 ? pour(&p, (enum side)side, n) : 0;
            assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
            for (int round = 0; round < 100; round++) { /* a little is read now and then */
                pair_run(&p);
                pair_wait(&p, UINT64_C(1000) * 3600);
                for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
                    assert_false(session_finished(p.side[side].session));
                    said[side] += talks >> side & 1 && round == 5 ? pour(&p, (enum side)side, n) : 0;
                    struct session_chunk chunk;
                    if (session_take_data(p.side[side].session, &chunk)) {
                        p.side[side].n_read += chunk.n;
                        session_chunk_free(&chunk);
                    }
                }
            }
            for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
                p.side[side].takes_no_data = false;
            check_ends_well(&p, 2);
            for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
                assert_int_equal(p.side[side].n_read + p.side[side].n_data, said[pair_other((enum side)side)]);
            pair_deinit(&p);
        }
}

/* Nothing can be written: with conversation ahead of A1 that is the conversation's affair, without any it is A1's. */
static void a_step_behind_conversation(void **state) {
    (void)state;
    for (size_t n = 0; n <= 100000; n += 100000) {
        struct pair p;
        start_open(&p);
        p.side[SIDE_ALICE].takes_no_output = true;
        pour(&p, SIDE_ALICE, n);
        assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
        pair_run(&p);
        if (n == 0) {
            check_ends_in(&p, SIDE_ALICE, TRANSFER_MS);
        } else {
            pair_wait(&p, UINT64_C(1000) * 3600);
            p.side[SIDE_ALICE].takes_no_output = false;
            check_ends_well(&p, 2);
        }
        pair_deinit(&p);
    }
}

/* Alice stops in the midst of a frame. When she reads again, an hour later, no time has passed. */
static void the_clock_stood_still(void **state) {
    (void)state;
    struct pair p;
    start_open(&p);
    p.piece = 5000;
    p.side[SIDE_ALICE].takes_no_data = true;
    pour(&p, SIDE_BOB, 2 * QUEUE_LIMIT);
    assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
    pair_run(&p);
    pair_wait(&p, UINT64_C(1000) * 3600);
    p.pipe[SIDE_BOB].quota = 0;
    p.side[SIDE_ALICE].takes_no_data = false;
    pair_run(&p);
    uint64_t due = session_deadline(p.side[SIDE_ALICE].session);
    assert_true(due > p.now && due <= p.now + TRANSFER_MS); /* of the frame */
    p.pipe[SIDE_BOB].quota = PAIR_NO_LIMIT;
    check_ends_well(&p, 2);
    pair_deinit(&p);
}

/* Nobody is held up by a short conversation: silence after it is silence. */
static void silence_after_a_short_conversation(void **state) {
    (void)state;
    for (int silent = SIDE_ALICE; silent <= SIDE_BOB; silent++) {
        enum side other = pair_other((enum side)silent);
        struct pair p;
        start_open(&p);
        pour(&p, SIDE_ALICE, 100000);
        pour(&p, SIDE_BOB, 100000);
        assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
        for (int i = 0; silent == SIDE_ALICE && i < 4; i++)
            pair_pass(&p, i % 2 ? SIDE_BOB : SIDE_ALICE); /* Bob has A1 */
        p.pipe[silent].quota = 0;
        pair_run(&p);
        check_ends_in(&p, other, granted_in_a_rekeying(&p, other));
        pair_deinit(&p);
    }
}

/* Nor by a long one that it has read: it has answered a step behind it. */
static void silence_after_an_answer(void **state) {
    (void)state;
    for (int silent = SIDE_ALICE; silent <= SIDE_BOB; silent++) {
        enum side other = pair_other((enum side)silent);
        struct pair p;
        start_open(&p);
        pour(&p, SIDE_ALICE, 3 * QUEUE_LIMIT);
        pour(&p, SIDE_BOB, 3 * QUEUE_LIMIT);
        assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
        pair_run(&p);
        assert_int_equal(p.side[other].n_keys, 2);
        assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
        for (int i = 0; silent == SIDE_ALICE && i < 4; i++)
            pair_pass(&p, i % 2 ? SIDE_BOB : SIDE_ALICE); /* Bob has A1 */
        p.pipe[silent].quota = 0;
        pair_run(&p);
        check_ends_in(&p, other, granted_in_a_rekeying(&p, other));
        pair_deinit(&p);
    }
}

/* The rest of a transfer answers nothing: however much Bob has said, Alice must go on with her samples. */
static void a_transfer_stalls_behind_a_long_conversation(void **state) {
    (void)state;
    struct pair p;
    start_open(&p);
    pour(&p, SIDE_BOB, 2 * QUEUE_LIMIT);
    assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
    p.pipe[SIDE_ALICE].quota = 600; /* A1, the seed, and a piece of a chunk */
    pair_run(&p);
    pair_wait(&p, TRANSFER_MS - 1);
    assert_false(session_finished(p.side[SIDE_BOB].session));
    pair_wait(&p, 100);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_BROKEN);
    assert_non_null(strstr(session_end(p.side[SIDE_BOB].session)->text, "stalled"));
    pair_deinit(&p);
}

/* A side that only wants the key does not wait for ever for the other's end mark. */
static void silence_instead_of_the_end(void **state) {
    (void)state;
    for (int only = SIDE_ALICE; only <= SIDE_BOB; only++) {
        enum side other = pair_other((enum side)only);
        struct pair p;
        pair_init(&p, "n64", 65);
        p.config[only].agree_only = true;
        p.piece = 1;
        pair_start(&p);
        for (unsigned i = 0; !p.side[only].seen[SESSION_PEER_NAME]; i++)
            pair_pass(&p, i % 2 ? SIDE_BOB : SIDE_ALICE);
        p.pipe[other].quota = 0;
        pair_run(&p);
        assert_false(session_finished(p.side[only].session));
        pair_wait(&p, COMPUTE_MS);
        assert_true(session_finished(p.side[only].session));
        assert_int_equal(pair_outcome(&p, (enum side)only), SESSION_BROKEN);
        p.pipe[other].quota = PAIR_NO_LIMIT;
        assert_true(pair_settle(&p));
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_in_each_step),
        cmocka_unit_test(preface_and_hello_together),
        cmocka_unit_test(silence_after_b4),
        cmocka_unit_test(a_trickle_in_each_step),
        cmocka_unit_test(slow_transfer),
        cmocka_unit_test(nothing_is_read),
        cmocka_unit_test(a_conversation_waits),
        cmocka_unit_test(silence_in_a_rekeying),
        cmocka_unit_test(the_reader_pauses),
        cmocka_unit_test(a_step_behind_conversation),
        cmocka_unit_test(the_clock_stood_still),
        cmocka_unit_test(silence_after_a_short_conversation),
        cmocka_unit_test(silence_after_an_answer),
        cmocka_unit_test(a_transfer_stalls_behind_a_long_conversation),
        cmocka_unit_test(silence_instead_of_the_end),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
