/* A failed self-check: all of it again with everything fresh, at most three times. */
#include "tests/lib/pair.h"

enum { FIELDS_MAX = 64 };

/* All values of a run that have to be fresh in each attempt. */
struct fields {
    const char *name[FIELDS_MAX];
    uint8_t value[FIELDS_MAX][32];
    size_t n;
};

static void add(struct fields *f, const char *name, const uint8_t *p, size_t n) {
    assert_true(f->n < FIELDS_MAX);
    f->name[f->n] = name;
    crypto_generichash(f->value[f->n++], 32, p, n, NULL, 0);
}

static void collect(struct fields *f, const struct pair_record *r) {
    for (size_t i = 0; i < r->n; i++) {
        struct message m;
        const char *why;
        if (r->frames[i].offset == 0)
            continue;
        assert_int_equal(message_parse(&m, r->frames[i].bytes + FRAME_HEADER, r->frames[i].n - FRAME_HEADER, &why), 0);
        if (m.kind == MESSAGE_HELLO) {
            add(f, "nonce of A1", m.hello.nonce, 32);
            add(f, "commitment", m.hello.commitment, 32);
        } else if (m.kind == MESSAGE_WELCOME) {
            add(f, "nonce of B1", m.welcome.nonce, 32);
        } else if (m.kind == MESSAGE_SAMPLES && m.samples.has_seed) {
            add(f, "seed of A", m.samples.seed, 32);
        } else if (m.kind == MESSAGE_SAMPLES) {
            add(f, "vectors", m.samples.vectors.p, m.samples.vectors.n);
        } else if (m.kind == MESSAGE_LABELS) {
            add(f, "labels", m.labels.labels.p, m.labels.labels.n);
            add(f, "first labels", m.labels.labels.p, 32);
        } else if (m.kind == MESSAGE_CHALLENGE) {
            add(f, "seed of B3", m.challenge.seed, 32);
            add(f, "hash", m.challenge.hash, HASH_BYTES);
        }
    }
}

static void succeeds_after(unsigned fail, const char *set) {
    struct pair p;
    pair_init(&p, set, 41);
    p.config[SIDE_ALICE].fail_attempts = fail;
    p.recording = true;
    pair_good_session(&p);
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
        assert_int_equal(p.side[side].seen[SESSION_ATTEMPT_FAILED], fail);
        assert_int_equal(p.side[side].seen[SESSION_IDENTIFIED], 1);
    }
    struct fields f = {0};
    collect(&f, &p.record);
    assert_int_equal(f.n, (fail + 1) * 7 + 2);
    for (size_t i = 0; i < f.n; i++)
        for (size_t j = 0; j < i; j++)
            if (memcmp(f.value[i], f.value[j], 32) == 0)
                fail_msg("%s: the same value twice", f.name[i]);
    pair_deinit(&p);
}

static void with_everything_fresh(void **state) {
    (void)state;
    succeeds_after(0, "n64");
    succeeds_after(1, "n64");
    succeeds_after(2, "n64");
    succeeds_after(2, "n256");
}

/* The same under random splits and job orders: what belongs to one attempt never leaks into the next one. After two
 * attempts that are made to fail the third is the last, and at n64 one in some 28,000 fails by chance (4 to 7 in
 * 100,000, tests/bench/measure): of the 50 such sessions three do less than once in 10^7. */
static void at_random(void **state) {
    (void)state;
    unsigned n_unlucky = 0;
    struct prg g;
    unit_random(&g, __func__);
    for (unsigned run = 0; run < (100 + PAIR_THIN - 1) / PAIR_THIN; run++) {
        struct pair p;
        pair_init(&p, run % 2 ? "n64" : "n128", prg_u64(&g));
        p.config[SIDE_ALICE].fail_attempts = 1 + run % 2;
        p.random = &g;
        pair_start(&p);
        pair_run(&p);
        if (p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED] == 3)
            n_unlucky++;
        else
            pair_good_rest(&p);
        pair_deinit(&p);
    }
    assert_in_range(n_unlucky, 0, 2);
}

static void three_are_the_end(void **state) {
    (void)state;
    struct pair p;
    pair_init(&p, "n64", 42);
    p.config[SIDE_ALICE].fail_attempts = 3;
    pair_start(&p);
    assert_true(pair_settle(&p));
    const struct session_end *alice = session_end(p.side[SIDE_ALICE].session);
    const struct session_end *bob = session_end(p.side[SIDE_BOB].session);
    assert_int_equal(alice->outcome, SESSION_NOT_CONFIRMED);
    assert_int_equal(bob->outcome, SESSION_NOT_CONFIRMED);
    assert_int_equal(alice->reason, ABORT_ATTEMPTS);
    assert_int_equal(bob->reason, ABORT_ATTEMPTS);
    assert_false(bob->by_peer || alice->by_peer); /* each has counted */
    assert_int_equal(p.side[SIDE_BOB].seen[SESSION_ATTEMPT_FAILED], 3);
    assert_true(p.side[SIDE_BOB].gave_up); /* Bob says so by an Abort, Alice has by her third A3 */
    assert_false(p.side[SIDE_ALICE].gave_up);
    assert_int_equal(p.side[SIDE_ALICE].n_keys + p.side[SIDE_BOB].n_keys, 0);
    pair_check_end(&p);
    pair_deinit(&p);
}

/* An Alice who would go on for ever is stopped by Bob. */
static void once_more(struct pair *p, struct pair_frame *f, void *context) {
    unsigned *n_failed = context;
    if (f->from != SIDE_ALICE || f->index == 0 || f->bytes[FRAME_HEADER] >> 3 != MESSAGE_LEARNED || ++*n_failed < 3)
        return;
    struct message m = {.kind = MESSAGE_HELLO, .hello.params = "n64"};
    pair_put(p, SIDE_ALICE, f->bytes, f->n);
    pair_put_message(p, SIDE_ALICE, &m);
    f->n = 0;
}

static void bob_refuses_a_fourth(void **state) {
    (void)state;
    unsigned n_failed = 0;
    struct pair p;
    pair_init(&p, "n64", 43);
    p.config[SIDE_ALICE].fail_attempts = 3;
    p.hook = once_more;
    p.context = &n_failed;
    pair_start(&p);
    assert_true(pair_settle(&p));
    assert_int_equal(n_failed, 3);
    const struct session_end *bob = session_end(p.side[SIDE_BOB].session);
    assert_int_equal(bob->outcome, SESSION_NOT_CONFIRMED);
    assert_int_equal(bob->reason, ABORT_ATTEMPTS);
    assert_true(p.side[SIDE_BOB].gave_up);
    pair_check_end(&p);
    pair_deinit(&p);
}

/* Somebody on the way spoils the labels of the first attempt: the self-check sees it, and the frames of the failed
 * attempt count in the transcript, so that the second one does not confirm. */
static void spoil_labels(struct pair *p, struct pair_frame *f, void *context) {
    bool *done = context;
    (void)p;
    if (*done || f->from != SIDE_BOB || f->index == 0 || f->bytes[FRAME_HEADER] >> 3 != MESSAGE_LABELS)
        return;
    struct prg g;
    static const uint8_t key[32] = {44};
    prg_init(&g, key, 0);
    prg_read(&g, f->bytes + 16, f->n - 16);
    *done = true;
}

static void spoiled_labels(void **state) {
    (void)state;
    bool done = false;
    struct pair p;
    pair_init(&p, "n64", 44);
    p.hook = spoil_labels;
    p.context = &done;
    pair_start(&p);
    assert_true(pair_settle(&p));
    assert_true(done);
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_LEARNED], 2);
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], 1);
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_NOT_CONFIRMED);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_NOT_CONFIRMED);
    assert_int_equal(p.side[SIDE_BOB].n_keys, 0);
    pair_check_end(&p);
    pair_deinit(&p);
}

/* The session keeps its id in all attempts. */
static void change_second_id(struct pair *p, struct pair_frame *f, void *context) {
    unsigned *welcomes = context;
    struct message m;
    const char *why;
    if (f->from != SIDE_BOB || f->index == 0 || f->bytes[FRAME_HEADER] >> 3 != MESSAGE_WELCOME || ++*welcomes != 2)
        return;
    assert_int_equal(message_parse(&m, f->bytes + FRAME_HEADER, f->n - FRAME_HEADER, &why), 0);
    m.welcome.session[SESSION_ID - 1] ^= 1;
    pair_put_message(p, SIDE_BOB, &m);
    f->n = 0;
}

static void another_session_id(void **state) {
    (void)state;
    unsigned welcomes = 0;
    struct pair p;
    pair_init(&p, "n64", 45);
    p.config[SIDE_ALICE].fail_attempts = 1;
    p.hook = change_second_id;
    p.context = &welcomes;
    pair_start(&p);
    assert_true(pair_settle(&p));
    assert_int_equal(welcomes, 2);
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_PROTOCOL);
    assert_int_equal(session_end(p.side[SIDE_ALICE].session)->step, STEP_B1);
    pair_check_end(&p);
    pair_deinit(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_everything_fresh), cmocka_unit_test(at_random),      cmocka_unit_test(three_are_the_end),
        cmocka_unit_test(bob_refuses_a_fourth),  cmocka_unit_test(spoiled_labels), cmocka_unit_test(another_session_id),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
