/* "How Alice does it" where a sanitizer looks on: a whole session and its inside at a small set, questions that have no
 * answer, and what cannot be started. What it says is compared in tests/system/browser/inside.py. */
#include "alice/browser/how/how.h"
#include "tests/lib/unit.h"

#include <errno.h>

static int start(const char *seed, const char *set) {
    memcpy(how_input(), seed, strlen(seed));
    memcpy(how_input() + strlen(seed), set, strlen(set));
    return how_start(strlen(seed), strlen(set));
}

static int go(void) {
    int r;
    do
        r = how_work();
    while (r == 1);
    return r;
}

static void whole(const char *set) {
    assert_int_equal(start("7", set), 0);
    assert_int_equal(how_about(), 0); /* nothing is there yet */
    assert_int_equal(how_piece(0, 0), 0);
    assert_int_equal(go(), 0);
    assert_int_equal(go(), 0);
    assert_true(how_about() > 0);
    assert_non_null(strstr(how_result(), set));
    for (uint32_t guess = 0; guess < 3; guess++)
        assert_true(how_piece(0, guess) > 0);
    assert_int_equal(how_piece(UINT32_MAX, 0), 0);
    assert_string_equal(how_result(), "");
    for (uint32_t who = 0; who < 2; who++) {
        assert_true(how_belief(who, 0) > 0);
        assert_int_equal(how_belief(who, UINT32_MAX), 0);
    }
    assert_int_equal(how_belief(2, 0), 0);
    assert_true(how_fresh(3) > 0);
    assert_int_equal(how_fresh(UINT32_MAX), 0);
    assert_true(how_tiles() > 0);
    assert_int_equal(start("8", set), -EINVAL); /* one instance is one session */
    how_free();
    how_free();
}

static void every_task(void **state) {
    (void)state;
    whole("n64");
    whole("r509");
    whole("l32");
}

static void refused(void **state) {
    (void)state;
    assert_int_equal(start("", "n64"), -EINVAL);
    assert_int_equal(start("7", "n65"), -EINVAL);
    assert_int_equal(start("7", ""), -EINVAL);
    assert_int_equal(how_start(HOW_INPUT, 1), -EINVAL);
    assert_int_equal(how_start(1, HOW_INPUT), -EINVAL);
    assert_int_equal(how_start((size_t)-1, 2), -EINVAL);
    assert_int_equal(how_work(), -EPROTO);
    how_free();
}

/* A seed is the whole session: the same one gives the same answers, another one others. */
static void follows_from_the_seed(void **state) {
    (void)state;
    char *said[3];
    const char *seeds[] = {"7", "7", "8"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(start(seeds[i], "n64"), 0);
        assert_int_equal(go(), 0);
        size_t n = how_about();
        said[i] = (char *)unit_copy((const uint8_t *)how_result(), n + 1);
        how_free();
    }
    assert_string_equal(said[0], said[1]);
    assert_string_not_equal(said[0], said[2]);
    for (int i = 0; i < 3; i++)
        free(said[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task),
        cmocka_unit_test(refused),
        cmocka_unit_test(follows_from_the_seed),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
