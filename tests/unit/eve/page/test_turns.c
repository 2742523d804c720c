/* Whose turn it is in Eve's queue: what costs less comes first whatever its task, who has failed comes behind, and
 * sessions that look easy and never fall leave time for the others. */
#include "common/task/table/table.h"
#include "eve/learners/estimate_ring.h"
#include "eve/learners/estimate_seconds.h"
#include "eve/page/turns.h"
#include "tests/lib/unit.h"

#include <math.h>

/* What the tables of the sets say of how soon a toy falls: an independent word on it. On one core, and within a factor
 * of twenty of the words. */
static double from_words(const char *toy) {
    static const struct {
        const char *word;
        double seconds;
    } words[] = {
        {"at once", 0.1}, {"well under a second", 0.2}, {"a second or two", 2}, {"half a minute", 30}, {"seconds", 5},
        {"minutes", 180}, {"under an hour", 1800},      {"hours", 20000},       {"days", 1e6}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(toy, words[i].word))
            return words[i].seconds;
    fail_msg("%s is no time", toy);
    return 0;
}

static void one_currency(void **state) {
    (void)state;
    const struct set *set;
    for (size_t i = 0; (set = table_at(i)); i++) {
        double seconds = estimate_seconds(set);
        if (!set->toy)
            assert_true(seconds > 1e7);
        else if (seconds > 20 * from_words(set->toy) || (seconds < from_words(set->toy) / 20 && seconds > 0.01))
            fail_msg("%s: %g s, and its table says %s", set->name, seconds, set->toy);
    }
    /* of ring there is a formula fitted to the search's clock */
    const struct ring_params *p;
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        struct estimate_ring e;
        estimate_ring_set(&e, p);
        double fitted = fmin(e.vectors.seconds, e.labels.seconds), here = log2(estimate_seconds(&p->set));
        if (fabs(fitted - here) > 3)
            fail_msg("%s: 2^%.1f s, by the fitted formula 2^%.1f", p->set.name, here, fitted);
    }
}

static void in_which_order(void **state) {
    (void)state;
    static const struct turn sorted[] = {{0, 0.1, 9},      {0, 5, 3},   {0, 5, 4},   {0, 1e30, 2},
                                         {0, INFINITY, 1}, {1, 0.1, 0}, {2, 0.01, 0}};
    enum { N = sizeof sorted / sizeof sorted[0] };
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            assert_int_equal(turn_before(&sorted[i], &sorted[j]), i < j);
}

/* A queue in which `bad` sessions look as if they fell in `cost` seconds and never do, before one that needs 10 of one
 * core: what the last one gets. */
static double left_for_the_last(double budget, size_t bad, double cost) {
    double left = budget;
    for (size_t n = bad + 1; n > 1; n--)
        left -= turn_budget(left, n, cost, 2);
    return turn_budget(left, 1, 10, 2);
}

static void nobody_is_starved(void **state) {
    (void)state;
    /* halves of what is left leave a 2^-6 of it behind six; an even share is a seventh */
    assert_true(left_for_the_last(70, 6, 1e9) > 9.9);
    assert_true(left_for_the_last(70, 6, 0.01) > 9.9);
    assert_true(left_for_the_last(60, 6, 4) > 5);
    for (double left = 1; left < 1e4; left *= 3)
        for (size_t n = 1; n < 200; n += 7)
            for (double cost = 0.001; cost < 1e9; cost *= 10) {
                double got = turn_budget(left, n, cost, 2), share = left / (double)n;
                assert_true(got <= left && got >= fmin(left, share) && got <= fmax(TURN_LEAST, 4 * share));
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_currency), cmocka_unit_test(in_which_order),
                                       cmocka_unit_test(nobody_is_starved)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
