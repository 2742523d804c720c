#include "bob/draws.h"
#include "tests/lib/unit.h"

enum { START = 1000000 };

static void the_eighth_in_ten_minutes(void **state) {
    (void)state;
    struct draws draws = {0};
    for (unsigned i = 0; i < DRAWS_MANY - 1; i++)
        assert_false(draws_end(&draws, START + i * 1000, START + i * 1000 + 5));
    assert_true(draws_end(&draws, START + DRAWS_WINDOW_MS - 1, START + DRAWS_WINDOW_MS));
}

static void spread_out(void **state) {
    (void)state;
    struct draws draws = {0};
    uint64_t between = DRAWS_WINDOW_MS / (DRAWS_MANY - 1) + 1;
    for (unsigned i = 0; i < 1000; i++)
        assert_false(draws_end(&draws, START + i * between, START + i * between));
}

static void those_that_stay_do_not_count(void **state) {
    (void)state;
    struct draws draws = {0};
    for (unsigned i = 0; i < 100; i++)
        assert_false(draws_end(&draws, START + i, START + i + DRAWS_SOON_MS + 1));
    for (unsigned i = 0; i < DRAWS_MANY - 1; i++)
        assert_false(draws_end(&draws, START + i, START + i + DRAWS_SOON_MS));
    assert_true(draws_end(&draws, START, START + DRAWS_SOON_MS));
}

/* However many there are, and again as long as it goes on. */
static void one_warning_in_ten_minutes(void **state) {
    (void)state;
    struct draws draws = {0};
    unsigned n = 0;
    for (unsigned i = 0; i < 10000; i++)
        n += draws_end(&draws, START + i * 1000, START + i * 1000);
    assert_int_equal(n, (10000 - DRAWS_MANY) * 1000 / DRAWS_WINDOW_MS + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_eighth_in_ten_minutes),
        cmocka_unit_test(spread_out),
        cmocka_unit_test(those_that_stay_do_not_count),
        cmocka_unit_test(one_warning_in_ten_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
