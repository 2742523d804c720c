/* Re-keying inside the sealed streams, with a conversation going on. */
#include "tests/lib/pair.h"

#include "proto/session_private.h" /* to make an attempt of a re-keying fail */

static void open_pair(struct pair *p, const char *set, uint64_t seed) {
    pair_init(p, set, seed);
    pair_start(p);
    pair_run(p);
    assert_int_equal(p->side[SIDE_BOB].seen[SESSION_OPEN], 1);
}

static int rekey(struct pair *p) {
    return session_rekey(p->side[SIDE_ALICE].session, p->now);
}

static void check_done(struct pair *p, size_t n_keys) {
    assert_int_equal(pair_outcome(p, SIDE_ALICE), SESSION_DONE);
    assert_int_equal(pair_outcome(p, SIDE_BOB), SESSION_DONE);
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
        assert_int_equal(p->side[side].n_keys, n_keys);
    assert_string_equal(p->side[SIDE_ALICE].fingerprint, p->side[SIDE_BOB].fingerprint);
    for (size_t i = 0; i < n_keys; i++)
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(p->side[SIDE_ALICE].keys[i], p->side[SIDE_ALICE].keys[j], 32);
    pair_check_end(p);
}

/* What each side has said so far is the start of one endless text, so what is heard can be checked at any time. */
struct talk {
    struct prg *random;
    size_t said[2];
};

static void say_some(struct talk *t, struct pair *p, enum side from) {
    uint8_t text[5000];
    size_t n = prg_below(t->random, sizeof text);
    for (size_t i = 0; i < n; i++)
        text[i] = (uint8_t)((t->said[from] + i) * 7 % 251);
    t->said[from] += session_send(p->side[from].session, text, n);
}

static void check_heard(const struct talk *t, const struct pair *p) {
    for (int from = SIDE_ALICE; from <= SIDE_BOB; from++) {
        const struct pair_side *reader = &p->side[pair_other((enum side)from)];
        assert_int_equal(reader->n_data, t->said[from]);
        for (size_t i = 0; i < reader->n_data; i++)
            assert_int_equal(reader->data[i], i * 7 % 251);
    }
}

/* Five in a row while both sides talk all the time. */
static void talk_through(const char *set, struct prg *g, bool random) {
    struct talk t = {.random = g};
    struct pair p;
    open_pair(&p, set, prg_u64(g));
    p.random = random ? g : NULL;
    unsigned during = 0;
    for (size_t n = 1; n <= 5; n++) {
        assert_int_equal(rekey(&p), 0);
        assert_int_equal(rekey(&p), 1); /* one at a time */
        for (unsigned i = 0; p.side[SIDE_BOB].n_keys <= n; i++) {
            if (session_rekeying(p.side[SIDE_ALICE].session) && prg_below(g, random ? 20 : 1) == 0) {
                say_some(&t, &p, SIDE_ALICE);
                say_some(&t, &p, SIDE_BOB);
                during++;
            }
            pair_pass(&p, i % 2 ? SIDE_BOB : SIDE_ALICE);
            assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_RUNNING);
            assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_RUNNING);
        }
    }
    assert_true(during > 5);
    assert_true(t.said[SIDE_ALICE] > 0 && t.said[SIDE_BOB] > 0);
    pair_end(&p);
    pair_run(&p);
    check_heard(&t, &p);
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_REKEYED], 5);
    assert_int_equal(p.side[SIDE_BOB].seen[SESSION_REKEYED], 5);
    check_done(&p, 6);
    pair_deinit(&p);
}

static void several_in_a_row(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (unsigned run = 0; run < (16 + PAIR_THIN - 1) / PAIR_THIN; run++) {
        talk_through("n64", &g, false);
        talk_through("n64", &g, true);
        talk_through("n256", &g, true);
    }
}

/* End marks that are wanted at every moment of a re-keying wait for its end. */
static void end_during_it(void **state) {
    (void)state;
    for (unsigned who = 1; who <= 3; who++)
        for (unsigned passes = 0; passes < 14; passes++) {
            struct pair p;
            open_pair(&p, "n64", 31);
            assert_int_equal(rekey(&p), 0);
            pair_pass(&p, SIDE_ALICE); /* A1 is on its way ... */
            pair_pass(&p, SIDE_BOB);   /* ... and has arrived */
            for (unsigned i = 0; i < passes; i++)
                pair_pass(&p, i % 2 ? SIDE_BOB : SIDE_ALICE);
            for (unsigned side = SIDE_ALICE; side <= SIDE_BOB; side++)
                if (who & 1u << side)
                    session_send_end(p.side[side].session);
            pair_run(&p);
            pair_end(&p);
            pair_run(&p);
            check_done(&p, 2);
            pair_deinit(&p);
        }
}

/* Bob's end mark and Alice's A1 cross: nobody re-keys, and Alice may go on talking. */
static void end_marks_cross_a1(void **state) {
    (void)state;
    for (unsigned order = 0; order < 2; order++) {
        struct pair p;
        open_pair(&p, "n64", 32);
        if (order)
            session_send_end(p.side[SIDE_BOB].session);
        assert_int_equal(rekey(&p), 0);
        if (!order)
            session_send_end(p.side[SIDE_BOB].session);
        pair_say(&p, SIDE_ALICE, "still here");
        pair_run(&p);
        assert_false(session_rekeying(p.side[SIDE_ALICE].session));
        assert_int_equal(rekey(&p), 1);
        pair_say(&p, SIDE_ALICE, ", Bob?");
        pair_run(&p);
        assert_int_equal(p.side[SIDE_BOB].n_data, 16);
        assert_memory_equal(p.side[SIDE_BOB].data, "still here, Bob?", 16);
        session_send_end(p.side[SIDE_ALICE].session);
        pair_run(&p);
        check_done(&p, 1);
        pair_deinit(&p);
    }
    for (unsigned moment = 0; moment < 2; moment++) { /* Alice wants to end as well */
        struct pair p;
        open_pair(&p, "n64", 33);
        assert_int_equal(rekey(&p), 0);
        session_send_end(p.side[SIDE_BOB].session);
        if (moment)
            pair_pass(&p, SIDE_ALICE);
        session_send_end(p.side[SIDE_ALICE].session);
        pair_run(&p);
        check_done(&p, 1);
        pair_deinit(&p);
    }
}

/* The A1 that crossed is the one step that Bob ignores. */
static void only_one_step_is_void(void **state) {
    (void)state;
    static const uint8_t step[] = {0, 0, 0, 1, 'x'};
    struct pair p;
    open_pair(&p, "n64", 37);
    assert_int_equal(rekey(&p), 0);
    session_send_end(p.side[SIDE_BOB].session);
    pair_run(&p);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_RUNNING);
    assert_int_equal(session_open_send(p.side[SIDE_ALICE].session, SEALED_STEP, step, sizeof step), 0);
    pair_run(&p);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_PROTOCOL);
    assert_true(pair_settle(&p));
    pair_check_end(&p);
    pair_deinit(&p);
}

static void not_possible_now(void **state) {
    (void)state;
    struct pair p;
    pair_init(&p, "n64", 34);
    pair_start(&p);
    assert_int_equal(rekey(&p), 1); /* before there is a key */
    pair_run(&p);
    assert_int_equal(session_rekey(p.side[SIDE_BOB].session, p.now), 1);
    session_send_end(p.side[SIDE_ALICE].session);
    assert_int_equal(rekey(&p), 1);
    session_send_end(p.side[SIDE_BOB].session);
    pair_run(&p);
    check_done(&p, 1);
    pair_deinit(&p);
}

/* A failed self-check inside it: the conversation goes on, and the next attempt gives the key. The third one is the
 * end. */
static void failed_attempts(void **state) {
    (void)state;
    for (unsigned fail = 1; fail <= 3; fail++) {
        struct pair p;
        open_pair(&p, "n64", 35);
        p.side[SIDE_ALICE].session->config.fail_attempts = 1 + fail; /* the first agreement was one */
        assert_int_equal(rekey(&p), 0);
        pair_run(&p);
        assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], fail);
        if (fail < 3) {
            assert_int_equal(p.side[SIDE_BOB].seen[SESSION_ATTEMPT_FAILED], fail);
            pair_end(&p);
            pair_run(&p);
            check_done(&p, 2);
        } else {
            assert_true(pair_settle(&p));
            assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_NOT_CONFIRMED);
            assert_true(pair_outcome(&p, SIDE_BOB) != SESSION_DONE);
            pair_check_end(&p);
        }
        pair_deinit(&p);
    }
}

/* Both sides with the same seeds re-key to the same bytes. */
static void reproducible(void **state) {
    (void)state;
    struct pair p[2];
    for (int i = 0; i < 2; i++) {
        open_pair(&p[i], "n64", 36);
        p[i].recording = true;
        assert_int_equal(rekey(&p[i]), 0);
        pair_run(&p[i]);
        pair_end(&p[i]);
        pair_run(&p[i]);
        check_done(&p[i], 2);
    }
    assert_int_equal(p[0].record.n, p[1].record.n);
    for (size_t i = 0; i < p[0].record.n; i++) {
        assert_int_equal(p[0].record.frames[i].n, p[1].record.frames[i].n);
        assert_memory_equal(p[0].record.frames[i].bytes, p[1].record.frames[i].bytes, p[0].record.frames[i].n);
    }
    pair_deinit(&p[0]);
    pair_deinit(&p[1]);
}

static void rekey_whole(struct pair *p) {
    assert_int_equal(rekey(p), 0);
    pair_run(p);
}

/* Bob lets nobody re-key without end: a few at once, and then one in REKEY_LEAST_MS. */
static void in_quick_succession(void **state) {
    (void)state;
    struct pair p;
    open_pair(&p, "n64", 77);
    for (unsigned i = 0; i < REKEY_BURST; i++) {
        rekey_whole(&p);
        assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_RUNNING);
    }
    rekey_whole(&p);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_PROTOCOL);
    assert_non_null(strstr(session_end(p.side[SIDE_BOB].session)->text, "quick succession"));
    assert_int_equal(p.side[SIDE_BOB].n_keys, 1 + REKEY_BURST);
    pair_deinit(&p);

    open_pair(&p, "n64", 78);
    for (unsigned i = 0; i < REKEY_BURST; i++)
        rekey_whole(&p);
    for (unsigned i = REKEY_BURST; i < 14; i++) { /* at the least interval it goes on for ever */
        p.now += REKEY_LEAST_MS;
        rekey_whole(&p);
    }
    pair_end(&p);
    pair_run(&p);
    check_done(&p, 15);
    pair_deinit(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_in_a_row),   cmocka_unit_test(end_during_it),
        cmocka_unit_test(end_marks_cross_a1), cmocka_unit_test(only_one_step_is_void),
        cmocka_unit_test(not_possible_now),   cmocka_unit_test(failed_attempts),
        cmocka_unit_test(reproducible),       cmocka_unit_test(in_quick_succession),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
