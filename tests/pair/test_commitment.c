/* A side that commits to something else than the number that it opens, and is honest in all the rest: its MAC is right,
 * so the commitment alone can give it away. The linker wraps keys_commit_* (meson.build). */
#include "tests/lib/pair.h"

#include "common/agree/keys.h"

void __real_keys_commit_alice(uint8_t commitment[static 32], const uint8_t r[static 32]);
void __wrap_keys_commit_alice(uint8_t commitment[static 32], const uint8_t r[static 32]);
void __real_keys_commit_bob(uint8_t commitment[static 32], const uint8_t r[static 32]);
void __wrap_keys_commit_bob(uint8_t commitment[static 32], const uint8_t r[static 32]);

static enum { HONEST, ALICE_LIES, BOB_LIES, BOB_MIRRORS } lie;
static unsigned n_commits[2];

/* Calls of a role commit and check in turn; the one that lies is given by its number. */
static unsigned lies_at;

static bool commits(enum side role) {
    return n_commits[role]++ == lies_at;
}

void __wrap_keys_commit_alice(uint8_t commitment[static 32], const uint8_t r[static 32]) {
    __real_keys_commit_alice(commitment, r);
    if (commits(SIDE_ALICE) && lie == ALICE_LIES)
        commitment[31] ^= 0x80;
}

void __wrap_keys_commit_bob(uint8_t commitment[static 32], const uint8_t r[static 32]) {
    bool first = commits(SIDE_BOB);
    if (first && lie == BOB_MIRRORS)
        __real_keys_commit_alice(commitment, r);
    else
        __real_keys_commit_bob(commitment, r);
    if (first && lie == BOB_LIES)
        commitment[31] ^= 0x80;
}

/* n_bob: how many words and keys Bob has shown; Alice shows none unless all is well. */
static void run(int what, enum session_outcome expected, unsigned n_alice, unsigned n_bob) {
    struct pair p;
    lie = what;
    lies_at = 0;
    n_commits[SIDE_ALICE] = n_commits[SIDE_BOB] = 0;
    pair_changed = what == ALICE_LIES ? "she commits to something else" : NULL;
    pair_init(&p, "n64", 81);
    pair_script(&p);
    assert_int_equal(n_commits[SIDE_ALICE], 2);
    assert_int_equal(n_commits[SIDE_BOB], what == ALICE_LIES ? 1 : 2);
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), expected);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), expected);
    assert_int_equal(p.side[SIDE_ALICE].n_keys, n_alice);
    assert_int_equal(p.side[SIDE_BOB].n_keys, n_bob);
    if (expected != SESSION_DONE)
        assert_int_equal(session_end(p.side[what == ALICE_LIES ? SIDE_ALICE : SIDE_BOB].session)->reason,
                         ABORT_NOT_CONFIRMED);
    pair_check_end(&p);
    pair_deinit(&p);
}

static void have_to_be_opened(void **state) {
    (void)state;
    run(HONEST, SESSION_DONE, 1, 1);
    run(ALICE_LIES, SESSION_NOT_CONFIRMED, 0, 0);
    run(BOB_LIES, SESSION_NOT_CONFIRMED, 0, 1);
    run(BOB_MIRRORS, SESSION_NOT_CONFIRMED, 0, 1);
}

/* The same in a re-keying, where nobody sees words: no new key, and the session ends. */
static void in_a_rekeying_too(void **state) {
    (void)state;
    for (int what = HONEST; what <= BOB_MIRRORS; what++) {
        struct pair p;
        lie = what;
        lies_at = 2; /* the first agreement has committed and checked */
        n_commits[SIDE_ALICE] = n_commits[SIDE_BOB] = 0;
        pair_changed = what == ALICE_LIES ? "she commits to something else" : NULL;
        pair_init(&p, "n64", 82);
        pair_start(&p);
        pair_run(&p);
        assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
        pair_run(&p);
        pair_end(&p);
        assert_true(pair_settle(&p));
        enum side caught_by = what == ALICE_LIES ? SIDE_BOB : SIDE_ALICE;
        for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
            assert_int_equal(p.side[side].n_keys, what == HONEST ? 2 : 1);
        assert_int_equal(pair_outcome(&p, caught_by), what == HONEST ? SESSION_DONE : SESSION_NOT_CONFIRMED);
        assert_int_equal(pair_outcome(&p, pair_other(caught_by)), what == HONEST ? SESSION_DONE : SESSION_BROKEN);
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(have_to_be_opened),
        cmocka_unit_test(in_a_rekeying_too),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
