/* An Alice who commits to something else than the r that she reveals, and is honest in all the rest: her MAC is right,
 * so the commitment alone can give her away. The linker wraps keys_commit (meson.build). */
#include "tests/pair/pair.h"

#include "common/agree/keys.h"

void __real_keys_commit(uint8_t commitment[static 32], const uint8_t r[static 32]);
void __wrap_keys_commit(uint8_t commitment[static 32], const uint8_t r[static 32]);

static unsigned n_commits, n_lies;

/* The first n_lies calls are Alice's, one for each attempt. */
void __wrap_keys_commit(uint8_t commitment[static 32], const uint8_t r[static 32]) {
    __real_keys_commit(commitment, r);
    if (n_commits++ < n_lies)
        commitment[31] ^= 0x80;
}

static void run(unsigned lies, enum session_outcome expected) {
    struct pair p;
    n_commits = 0;
    n_lies = lies;
    pair_init(&p, "n64", 81);
    pair_script(&p);
    assert_int_equal(n_commits, 2);
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), expected);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), expected);
    assert_int_equal(p.side[SIDE_BOB].n_keys, expected == SESSION_DONE);
    pair_check_end(&p);
    pair_deinit(&p);
}

static void has_to_be_opened(void **state) {
    (void)state;
    run(0, SESSION_DONE);
    run(1, SESSION_NOT_CONFIRMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_to_be_opened),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
