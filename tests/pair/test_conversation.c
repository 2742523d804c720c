/* What follows the key: names, data with back-pressure, half-closed conversations, sessions that only agree. */
#include "tests/lib/pair.h"

static void start(struct pair *p) {
    pair_start(p);
    pair_run(p);
    assert_int_equal(p->side[SIDE_ALICE].n_keys, 1);
    assert_int_equal(p->side[SIDE_BOB].n_keys, 1);
}

static void check_done(struct pair *p) {
    assert_int_equal(pair_outcome(p, SIDE_ALICE), SESSION_DONE);
    assert_int_equal(pair_outcome(p, SIDE_BOB), SESSION_DONE);
    pair_check_end(p);
    pair_deinit(p);
}

static void names_are_escaped(void **state) {
    (void)state;
    static const struct {
        const char *name, *shown;
    } cases[] = {
        {"", ""},
        {"b\033]0;ob\n", "b\\x1b]0;ob\\x0a"},
        {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
         "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pair p;
        pair_init(&p, "n64", 51);
        p.config[SIDE_ALICE].name = p.config[SIDE_BOB].name = cases[i].name;
        start(&p);
        assert_string_equal(p.side[SIDE_ALICE].peer_name, cases[i].shown);
        assert_string_equal(p.side[SIDE_BOB].peer_name, cases[i].shown);
        pair_end(&p);
        pair_run(&p);
        check_done(&p);
    }
}

/* Megabytes both ways at once arrive whole and in order, in plain and in random pieces. */
static void megabytes(void **state) {
    (void)state;
    const size_t total = 5000000 / PAIR_THIN / pair_thin();
    struct prg g;
    unit_random(&g, __func__);
    uint8_t *text = (uint8_t *)malloc(total);
    assert_non_null(text);
    prg_read(&g, text, total);
    for (int random = 0; random < 2; random++) {
        struct pair p;
        pair_init(&p, "n64", 52);
        start(&p);
        size_t said[2] = {0};
        p.random = random ? &g : NULL;
        while (p.side[SIDE_ALICE].n_data < total || p.side[SIDE_BOB].n_data < total)
            for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
                size_t most = 1 + prg_below(&g, 200000);
                most = total - said[side] < most ? total - said[side] : most;
                said[side] += session_send(p.side[side].session, text + said[side], most);
                pair_pass(&p, (enum side)side);
                assert_int_equal(pair_outcome(&p, (enum side)side), SESSION_RUNNING);
            }
        p.random = NULL;
        pair_end(&p);
        pair_run(&p);
        for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
            assert_int_equal(p.side[side].n_data, total);
            assert_memory_equal(p.side[side].data, text, total);
        }
        check_done(&p);
    }
    free(text);
}

/* A reader who stops reading stops the writer: what waits in between stays bounded, and all of it comes in the end. */
static void back_pressure(void **state) {
    (void)state;
    enum { PIECE = 10000, WAITING_MAX = 6 << 20 };
    static const uint8_t piece[PIECE] = {1, 2, 3};
    struct pair p;
    pair_init(&p, "n64", 53);
    start(&p);
    p.side[SIDE_BOB].takes_no_data = true;
    size_t said = 0;
    for (unsigned refused = 0; refused < 5;) {
        size_t taken = session_send(p.side[SIDE_ALICE].session, piece, PIECE);
        said += taken;
        refused += taken == 0;
        assert_true(said < WAITING_MAX);
        pair_run(&p);
    }
    assert_true(said > 1 << 20);
    assert_false(session_wants_input(p.side[SIDE_BOB].session));
    assert_false(session_wants_data(p.side[SIDE_ALICE].session));
    pair_say(&p, SIDE_BOB, "wait"); /* the other direction is free */
    pair_run(&p);
    assert_int_equal(p.side[SIDE_ALICE].n_data, 4);
    p.side[SIDE_BOB].takes_no_data = false;
    pair_run(&p);
    assert_int_equal(p.side[SIDE_BOB].n_data, said);
    pair_end(&p);
    pair_run(&p);
    check_done(&p);
}

/* An end mark closes its own direction alone. */
static void half_closed(void **state) {
    (void)state;
    for (int first = SIDE_ALICE; first <= SIDE_BOB; first++) {
        enum side other = pair_other((enum side)first);
        struct pair p;
        pair_init(&p, "n64", 54);
        start(&p);
        pair_say(&p, (enum side)first, "last words");
        session_send_end(p.side[first].session);
        session_send_end(p.side[first].session);
        assert_false(session_wants_data(p.side[first].session));
        assert_int_equal(session_send(p.side[first].session, (const uint8_t *)"x", 1), 0);
        pair_run(&p);
        assert_int_equal(p.side[other].n_data, 10);
        assert_int_equal(p.side[other].seen[SESSION_PEER_END], 1);
        pair_say(&p, other, "an answer");
        pair_run(&p);
        assert_int_equal(p.side[first].n_data, 9);
        assert_int_equal(pair_outcome(&p, (enum side)first), SESSION_RUNNING);
        session_send_end(p.side[other].session);
        pair_run(&p);
        check_done(&p);
    }
}

static void only_agreeing(void **state) {
    (void)state;
    for (unsigned who = 1; who <= 3; who++)
        for (unsigned random = 0; random < 30; random++) {
            static const uint8_t key[32] = {55};
            struct prg g;
            struct pair p;
            prg_init(&g, key, random);
            pair_init(&p, "n64", 55);
            p.config[SIDE_ALICE].agree_only = who & 1;
            p.config[SIDE_BOB].agree_only = who & 2;
            p.random = random ? &g : NULL;
            start(&p);
            pair_run(&p); /* nobody has to say that it is over */
            assert_int_equal(p.side[SIDE_BOB].seen[SESSION_OPEN], 1);
            check_done(&p);
        }
}

/* Who speaks to somebody who only agrees is told that nobody has read it. */
static void speaking_to_nobody(void **state) {
    (void)state;
    for (int speaker = SIDE_ALICE; speaker <= SIDE_BOB; speaker++) {
        enum side other = pair_other((enum side)speaker);
        struct pair p;
        pair_init(&p, "n64", 56);
        p.config[other].agree_only = true;
        p.piece = 1; /* so that there is a moment between the key and the end mark */
        pair_start(&p);
        for (unsigned i = 0; !session_send(p.side[speaker].session, (const uint8_t *)"hello?", 6); i++)
            pair_pass(&p, i % 2 ? SIDE_BOB : SIDE_ALICE);
        assert_true(pair_settle(&p));
        assert_int_equal(pair_outcome(&p, (enum side)speaker), SESSION_BROKEN);
        assert_int_equal(pair_outcome(&p, other), SESSION_DONE);
        assert_int_equal(p.side[other].n_data, 0);
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* All steps but B4, which is one with the check of A4. */
static void step_by_step(void **state) {
    (void)state;
    struct pair p;
    pair_init(&p, "n64", 57);
    p.config[SIDE_ALICE].step_by_step = p.config[SIDE_BOB].step_by_step = true;
    pair_start(&p);
    pair_run(&p);
    for (unsigned step = STEP_A1; step < STEP_B4; step++) {
        enum side speaker = step_speaker((enum step)step);
        assert_int_equal(session_step(p.side[speaker].session), step);
        assert_int_equal(p.side[speaker].seen[SESSION_STEP_HELD], step / 2 + 1);
        session_continue(p.side[pair_other(speaker)].session, p.now); /* nothing: it is not that one's turn */
        pair_run(&p);
        assert_int_equal(session_step(p.side[speaker].session), step);
        session_continue(p.side[speaker].session, p.now);
        pair_run(&p);
    }
    assert_int_equal(p.side[SIDE_BOB].seen[SESSION_STEP_HELD], 3);
    assert_int_equal(p.side[SIDE_BOB].seen[SESSION_OPEN], 1);
    pair_end(&p);
    pair_run(&p);
    check_done(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_escaped), cmocka_unit_test(megabytes),     cmocka_unit_test(back_pressure),
        cmocka_unit_test(half_closed),       cmocka_unit_test(only_agreeing), cmocka_unit_test(speaking_to_nobody),
        cmocka_unit_test(step_by_step),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
