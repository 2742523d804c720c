/* Who is let in: every combination of identities and pins, and what somebody in between can do to them. */
#include "tests/lib/pair.h"

#include "common/base/bytes.h"

enum { NOBODY = -1, ALICE, BOB, MALLORY, N_PEOPLE };

static struct identity people[N_PEOPLE];

static void make_people(void) {
    for (int i = 0; i < N_PEOPLE; i++) {
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        identity_from_seed(&people[i], seed);
    }
}

/* pin NOBODY: no pins */
static void set(struct pair *p, enum side side, int identity, int pin) {
    struct session_config *c = &p->config[side];
    c->identity = identity == NOBODY ? NULL : &people[identity];
    c->peers = pin == NOBODY ? NULL : (const uint8_t(*)[IDENTITY_KEY]) & people[pin].public_key;
    c->n_peers = pin != NOBODY;
}

static const struct session_end *end_of(const struct pair *p, enum side side) {
    return session_end(p->side[side].session);
}

/* Both end with status 1, one because the other said so, and nobody has a key. */
static void check_refused(struct pair *p, enum side refuser, uint32_t reason, enum step step, const char *text) {
    const struct session_end *here = end_of(p, refuser), *there = end_of(p, pair_other(refuser));
    assert_int_equal(here->outcome, SESSION_NOT_CONFIRMED);
    assert_int_equal(here->reason, reason);
    assert_int_equal(here->step, step);
    assert_false(here->by_peer);
    if (!strstr(here->text, text))
        fail_msg("'%s' does not say '%s'", here->text, text);
    assert_int_equal(there->outcome, SESSION_NOT_CONFIRMED);
    assert_int_equal(there->reason, reason);
    assert_true(there->by_peer);
    for (int i = SIDE_ALICE; i <= SIDE_BOB; i++) {
        assert_int_equal(p->side[i].n_keys, 0);
        assert_int_equal(p->side[i].n_data, 0);
        assert_null(session_peer_identity(p->side[i].session));
    }
    pair_check_end(p);
}

static void check_peer(const struct pair *p, enum side side, int identity, bool pinned) {
    const uint8_t *found = session_peer_identity(p->side[side].session);
    if (identity == NOBODY) {
        assert_null(found);
    } else {
        assert_non_null(found);
        assert_memory_equal(found, people[identity].public_key, IDENTITY_KEY);
    }
    assert_int_equal(session_peer_pinned(p->side[side].session), pinned);
}

/* What the one with these pins says of this identity, NULL for nothing. */
static const char *objection(int own, int presented, int pin) {
    if (presented == NOBODY)
        return pin == NOBODY ? NULL : "presents no identity";
    if (presented == own)
        return "is our own";
    return pin == NOBODY || pin == presented ? NULL : "is not pinned";
}

static void all_combinations(void **state) {
    (void)state;
    unsigned n_good = 0;
    for (int a = NOBODY; a < N_PEOPLE; a++) {
        for (int b = NOBODY; b < N_PEOPLE; b++) {
            for (int pins = 0; pins < 9; pins++) {
                int alices_pin = pins % 3 == 0 ? NOBODY : pins % 3 == 1 ? BOB : MALLORY;
                int bobs_pin = pins / 3 == 0 ? NOBODY : pins / 3 == 1 ? ALICE : MALLORY;
                const char *at_bob = objection(b, a, bobs_pin), *at_alice = objection(a, b, alices_pin);
                struct pair p;
                pair_init(&p, "n64", 91);
                set(&p, SIDE_ALICE, a, alices_pin);
                set(&p, SIDE_BOB, b, bobs_pin);
                if (at_bob || at_alice) {
                    pair_script(&p);
                    check_refused(&p, at_bob ? SIDE_BOB : SIDE_ALICE, ABORT_AUTHENTICATION, at_bob ? STEP_A1 : STEP_B1,
                                  at_bob ? at_bob : at_alice);
                } else {
                    pair_good_session(&p);
                    check_peer(&p, SIDE_ALICE, b, alices_pin != NOBODY);
                    check_peer(&p, SIDE_BOB, a, bobs_pin != NOBODY);
                    n_good++;
                }
                pair_deinit(&p);
            }
        }
    }
    assert_int_equal(n_good, 28);
}

/* --key-out with %p: anybody who is somebody */
static void somebody(void **state) {
    (void)state;
    for (int a = NOBODY; a <= ALICE; a++) {
        struct pair p;
        pair_init(&p, "n64", 92);
        set(&p, SIDE_ALICE, a, NOBODY);
        p.config[SIDE_BOB].named = true;
        if (a == NOBODY) {
            pair_script(&p);
            check_refused(&p, SIDE_BOB, ABORT_AUTHENTICATION, STEP_A1, "presents no identity");
        } else {
            pair_good_session(&p);
            check_peer(&p, SIDE_BOB, ALICE, false);
        }
        pair_deinit(&p);
    }
}

static void several_pins(void **state) {
    (void)state;
    uint8_t list[2][IDENTITY_KEY];
    memcpy(list[0], people[MALLORY].public_key, IDENTITY_KEY);
    memcpy(list[1], people[ALICE].public_key, IDENTITY_KEY);
    struct pair p;
    pair_init(&p, "n64", 93);
    set(&p, SIDE_ALICE, ALICE, NOBODY);
    p.config[SIDE_BOB].peers = (const uint8_t(*)[IDENTITY_KEY])list;
    p.config[SIDE_BOB].n_peers = 2;
    pair_good_session(&p);
    check_peer(&p, SIDE_BOB, ALICE, true);
    pair_deinit(&p);
}

/* A side that presents a public key whose secret it has not. Keys and MACs are all right: only the signature is not. */
static void borrowed_identity(void **state) {
    (void)state;
    for (int liar = SIDE_ALICE; liar <= SIDE_BOB; liar++) {
        struct identity borrowed = people[MALLORY];
        memcpy(borrowed.public_key, people[liar == SIDE_ALICE ? ALICE : BOB].public_key, IDENTITY_KEY);
        struct pair p;
        pair_init(&p, "n64", 94);
        set(&p, SIDE_ALICE, ALICE, BOB);
        set(&p, SIDE_BOB, BOB, ALICE);
        p.config[liar].identity = &borrowed;
        pair_script(&p);
        assert_int_equal(end_of(&p, pair_other((enum side)liar))->reason, ABORT_NOT_CONFIRMED);
        assert_non_null(strstr(end_of(&p, pair_other((enum side)liar))->text, "signature does not verify"));
        assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_NOT_CONFIRMED);
        assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_NOT_CONFIRMED);
        assert_int_equal(p.side[SIDE_ALICE].n_keys, 0);
        assert_int_equal(p.side[SIDE_BOB].n_keys, liar == SIDE_BOB); /* he holds one that she refused, and says so */
        assert_int_equal(p.side[SIDE_BOB].seen[SESSION_OPEN], 0);
        pair_deinit(&p);
    }
}

/* somebody in between */

struct change {
    enum message_kind kind;
    unsigned skip; /* so many of this kind are left alone */
    void (*change)(struct message *m);
    bool done;
};

static void change_hook(struct pair *p, struct pair_frame *f, void *context) {
    struct change *c = context;
    struct message m;
    const char *why;
    if (c->done || f->index == 0 || f->bytes[FRAME_HEADER] >> 3 != c->kind || c->skip-- > 0)
        return;
    assert_int_equal(message_parse(&m, f->bytes + FRAME_HEADER, f->n - FRAME_HEADER, &why), 0);
    c->change(&m);
    c->done = true;
    pair_put_message(p, f->from, &m);
    f->n = 0;
}

static void strip_hello(struct message *m) {
    m->hello.has_identity = false;
}

static void strip_welcome(struct message *m) {
    m->welcome.has_identity = false;
}

static void mallorys_hello(struct message *m) {
    m->hello.has_identity = true;
    memcpy(m->hello.identity, people[MALLORY].public_key, IDENTITY_KEY);
}

static void mallorys_welcome(struct message *m) {
    m->welcome.has_identity = true;
    memcpy(m->welcome.identity, people[MALLORY].public_key, IDENTITY_KEY);
}

static void reflect_hello(struct message *m) {
    m->hello.has_identity = true;
    memcpy(m->hello.identity, people[BOB].public_key, IDENTITY_KEY);
}

static void reflect_welcome(struct message *m) {
    m->welcome.has_identity = true;
    memcpy(m->welcome.identity, people[ALICE].public_key, IDENTITY_KEY);
}

static void strip_sig_alice(struct message *m) {
    m->confirm_alice.signature.n = 0;
}

static void strip_sig_bob(struct message *m) {
    m->confirm_bob.signature.n = 0;
}

static void in_between(void **state) {
    (void)state;
    static const struct {
        enum message_kind kind;
        void (*change)(struct message *m);
        bool identities, pins;
        enum side refuser;
        uint32_t reason;
        enum step step;
        const char *text;
    } cases[] = {
        {MESSAGE_HELLO, strip_hello, true, true, SIDE_BOB, ABORT_AUTHENTICATION, STEP_A1, "presents no identity"},
        {MESSAGE_HELLO, strip_hello, true, false, SIDE_BOB, ABORT_NOT_CONFIRMED, STEP_A4, "signature"},
        {MESSAGE_HELLO, mallorys_hello, true, true, SIDE_BOB, ABORT_AUTHENTICATION, STEP_A1, "not pinned"},
        {MESSAGE_HELLO, mallorys_hello, true, false, SIDE_BOB, ABORT_NOT_CONFIRMED, STEP_A4, "signature"},
        {MESSAGE_HELLO, mallorys_hello, false, false, SIDE_BOB, ABORT_NOT_CONFIRMED, STEP_A4, "signature"},
        {MESSAGE_HELLO, reflect_hello, true, true, SIDE_BOB, ABORT_AUTHENTICATION, STEP_A1, "our own"},
        {MESSAGE_WELCOME, strip_welcome, true, true, SIDE_ALICE, ABORT_AUTHENTICATION, STEP_B1, "no identity"},
        {MESSAGE_WELCOME, strip_welcome, true, false, SIDE_BOB, ABORT_NOT_CONFIRMED, STEP_A4, "signature"},
        {MESSAGE_WELCOME, mallorys_welcome, true, true, SIDE_ALICE, ABORT_AUTHENTICATION, STEP_B1, "not pinned"},
        {MESSAGE_WELCOME, mallorys_welcome, false, false, SIDE_BOB, ABORT_NOT_CONFIRMED, STEP_A4, "keys differ"},
        {MESSAGE_WELCOME, reflect_welcome, true, true, SIDE_ALICE, ABORT_AUTHENTICATION, STEP_B1, "our own"},
        {MESSAGE_CONFIRM_ALICE, strip_sig_alice, true, true, SIDE_BOB, ABORT_NOT_CONFIRMED, STEP_A4, "signature"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct change change = {.kind = cases[i].kind, .change = cases[i].change};
        struct pair p;
        pair_init(&p, "n64", 95);
        set(&p, SIDE_ALICE, cases[i].identities ? ALICE : NOBODY, cases[i].pins ? BOB : NOBODY);
        set(&p, SIDE_BOB, cases[i].identities ? BOB : NOBODY, cases[i].pins ? ALICE : NOBODY);
        p.hook = change_hook;
        p.context = &change;
        pair_script(&p);
        assert_true(change.done);
        check_refused(&p, cases[i].refuser, cases[i].reason, cases[i].step, cases[i].text);
        pair_deinit(&p);
    }
}

/* B4 is the last: Bob has a key then, and is told that she has not. */
static void no_signature_of_bobs(void **state) {
    (void)state;
    struct change change = {.kind = MESSAGE_CONFIRM_BOB, .change = strip_sig_bob};
    struct pair p;
    pair_init(&p, "n64", 96);
    set(&p, SIDE_ALICE, ALICE, BOB);
    set(&p, SIDE_BOB, BOB, ALICE);
    p.hook = change_hook;
    p.context = &change;
    pair_script(&p);
    assert_true(change.done);
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_NOT_CONFIRMED);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_NOT_CONFIRMED);
    assert_int_equal(p.side[SIDE_ALICE].n_keys, 0);
    assert_int_equal(p.side[SIDE_BOB].seen[SESSION_OPEN], 0);
    pair_check_end(&p);
    pair_deinit(&p);
}

/* A new attempt keeps the pins, and the identities are those of the first. */
static void attempts(void **state) {
    (void)state;
    static const struct {
        enum message_kind kind;
        void (*change)(struct message *m);
    } cases[] = {{MESSAGE_HELLO, strip_hello},
                 {MESSAGE_HELLO, mallorys_hello},
                 {MESSAGE_WELCOME, strip_welcome},
                 {MESSAGE_WELCOME, mallorys_welcome}};
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        struct change change = {.kind = cases[i / 2].kind, .change = cases[i / 2].change, .skip = 1};
        struct pair p;
        pair_init(&p, "n64", 97);
        set(&p, SIDE_ALICE, ALICE, i % 2 ? BOB : NOBODY);
        set(&p, SIDE_BOB, BOB, i % 2 ? ALICE : NOBODY);
        p.config[SIDE_ALICE].fail_attempts = 1;
        p.hook = change_hook;
        p.context = &change;
        pair_script(&p);
        assert_true(change.done);
        bool hello = change.kind == MESSAGE_HELLO;
        bool stripped = change.change == strip_hello || change.change == strip_welcome;
        check_refused(&p, hello ? SIDE_BOB : SIDE_ALICE, ABORT_AUTHENTICATION, hello ? STEP_A1 : STEP_B1,
                      stripped ? "presents no identity" : "the attempt before");
        pair_deinit(&p);
    }
    struct pair p;
    pair_init(&p, "n64", 98);
    set(&p, SIDE_ALICE, ALICE, BOB);
    set(&p, SIDE_BOB, BOB, ALICE);
    p.config[SIDE_ALICE].fail_attempts = 2;
    pair_good_session(&p);
    check_peer(&p, SIDE_ALICE, BOB, true);
    check_peer(&p, SIDE_BOB, ALICE, true);
    pair_deinit(&p);
}

/* A new key inherits who is who: nobody presents or signs anything again. */
static void rekeying(void **state) {
    (void)state;
    struct pair p;
    pair_init(&p, "n64", 99);
    set(&p, SIDE_ALICE, ALICE, BOB);
    set(&p, SIDE_BOB, BOB, ALICE);
    pair_start(&p);
    pair_run(&p);
    uint64_t signed_a4 = p.side[SIDE_ALICE].step_bytes[STEP_A4], signed_a1 = p.side[SIDE_ALICE].step_bytes[STEP_A1];
    assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
    pair_run(&p);
    for (int i = SIDE_ALICE; i <= SIDE_BOB; i++) { /* without a field of 64 bytes, and lengths fit in one byte */
        assert_int_equal(p.side[i].n_keys, 2);
        check_peer(&p, (enum side)i, i == SIDE_ALICE ? BOB : ALICE, true);
        assert_int_equal(p.side[i].step_bytes[STEP_A4], signed_a4 - IDENTITY_SIGNATURE - 3);
        assert_int_equal(p.side[i].step_bytes[STEP_A1], signed_a1 - IDENTITY_KEY + 4);
    }
    pair_end(&p);
    assert_true(pair_settle(&p));
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_DONE);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_DONE);
    pair_deinit(&p);
}

/* every bit of what says who one is */

struct flip {
    enum message_kind kind;
    size_t from_end, n_bytes; /* of the frame */
    size_t bit;
    bool done;
};

static void flip_hook(struct pair *p, struct pair_frame *f, void *context) {
    struct flip *flip = context;
    (void)p;
    if (flip->done || f->index == 0 || f->bytes[FRAME_HEADER] >> 3 != flip->kind)
        return;
    bit_xor(f->bytes + f->n - flip->from_end, flip->bit, 1);
    flip->done = true;
}

static void every_bit(void **state) {
    (void)state;
    /* the fields that follow in the frame: commitment 34; none; mac 34; mac 34 */
    static const struct flip flips[] = {{MESSAGE_HELLO, 66, 32, 0, false},
                                        {MESSAGE_WELCOME, 32, 32, 0, false},
                                        {MESSAGE_CONFIRM_ALICE, 98, 64, 0, false},
                                        {MESSAGE_CONFIRM_BOB, 98, 64, 0, false}};
    for (size_t i = 0; i < sizeof flips / sizeof flips[0]; i++) {
        for (size_t bit = 0; bit < 8 * flips[i].n_bytes; bit += PAIR_THIN) {
            struct flip flip = flips[i];
            flip.bit = bit;
            struct pair p;
            pair_init(&p, "n64", 100);
            set(&p, SIDE_ALICE, ALICE, i == 1 ? NOBODY : BOB);
            set(&p, SIDE_BOB, BOB, i == 0 ? NOBODY : ALICE); /* otherwise the pin alone would refuse */
            p.hook = flip_hook;
            p.context = &flip;
            pair_script(&p);
            assert_true(flip.done);
            assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_NOT_CONFIRMED);
            assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_NOT_CONFIRMED);
            assert_int_equal(p.side[SIDE_ALICE].n_keys, 0);
            assert_int_equal(p.side[SIDE_BOB].seen[SESSION_OPEN], 0);
            pair_check_end(&p);
            pair_deinit(&p);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_combinations),  cmocka_unit_test(somebody),   cmocka_unit_test(several_pins),
        cmocka_unit_test(borrowed_identity), cmocka_unit_test(in_between), cmocka_unit_test(no_signature_of_bobs),
        cmocka_unit_test(attempts),          cmocka_unit_test(rekeying),   cmocka_unit_test(every_bit),
    };
    if (sodium_init() < 0)
        return 1;
    make_people();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
