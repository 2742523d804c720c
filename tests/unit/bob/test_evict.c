/* Who has to go from a full house. */
#include "tests/lib/unit.h"

#include "bob/evict.h"

#include <math.h>

enum { STAY = 1000, NOW = 100000, N = 8 };

static struct prg stream;

static uint32_t uniform(uint32_t upper_bound) {
    return prg_below(&stream, upper_bound);
}

static uint32_t never(uint32_t upper_bound) {
    (void)upper_bound;
    fail_msg("a random number where none is needed");
    return 0;
}

/* The index of the one who goes, -1 for nobody. */
static int choose(struct evict_guest *guests, size_t n, uint32_t (*random)(uint32_t)) {
    struct evict_choice choice = {0};
    for (size_t i = 0; i < n; i++)
        evict_consider(&choice, &guests[i], &guests[i], NOW, STAY, random);
    const struct evict_guest *chosen = evict_chosen(&choice);
    return chosen ? (int)(chosen - guests) : -1;
}

static void fill(struct evict_guest guests[N]) {
    for (size_t i = 0; i < N; i++)
        guests[i] = (struct evict_guest){
            .open = true, .said = true, .since_ms = NOW - 10 * STAY + i, .kept_ms = NOW - 10 * STAY + i};
}

/* However old or young they are, and whatever order they come in. */
static void the_oldest_silent_one(void **state) {
    (void)state;
    struct evict_guest guests[N];
    fill(guests);
    guests[2].said = guests[5].said = guests[6].said = false;
    guests[2].since_ms = NOW - 1;
    guests[5].since_ms = NOW - 3;
    guests[6].since_ms = NOW - 2;
    for (size_t i = 0; i < N; i++) {
        if (guests[i].said)
            guests[i].kept_ms = NOW; /* nobody else may go */
    }
    assert_int_equal(choose(guests, N, never), 5);
    guests[5].open = false; /* not agreed yet: has a deadline */
    assert_int_equal(choose(guests, N, never), 6);
    guests[6].pinned = true;
    assert_int_equal(choose(guests, N, never), 2);
    guests[2].said = true;
    guests[2].kept_ms = NOW;
    assert_int_equal(choose(guests, N, never), -1);
    assert_int_equal(choose(guests, 0, never), -1);
}

/* A silent one goes before anybody who has spoken. */
static void silence_first(void **state) {
    (void)state;
    struct evict_guest guests[N];
    fill(guests);
    guests[N - 1].said = false;
    guests[N - 1].since_ms = NOW;
    for (int i = 0; i < 100; i++)
        assert_int_equal(choose(guests, N, uniform), N - 1);
}

/* By lot among those whose time is over: each as often as any other. */
static void by_lot(void **state) {
    (void)state;
    enum { ROUNDS = 30000 };
    struct evict_guest guests[N];
    unsigned counts[N] = {0};
    fill(guests);
    guests[1].kept_ms = NOW - STAY + 1; /* bob has spoken to her */
    guests[3].pinned = true;
    guests[4].open = false;
    guests[6].kept_ms = NOW - STAY; /* just over */
    for (int i = 0; i < ROUNDS; i++) {
        int chosen = choose(guests, N, uniform);
        assert_in_range(chosen, 0, N - 1);
        counts[chosen]++;
    }
    assert_int_equal(counts[1] + counts[3] + counts[4], 0);
    double p = 1.0 / (N - 3), deviation = sqrt(ROUNDS * p * (1 - p));
    for (size_t i = 0; i < N; i++) {
        if (i != 1 && i != 3 && i != 4) /* seven standard deviations: an honest run fails less than once in 10^10 */
            assert_true(fabs(counts[i] - ROUNDS * p) < 7 * deviation);
    }
}

/* Those who keep sending are no safer than the quiet ones; those who have just come are. */
static void what_keeps_a_place(void **state) {
    (void)state;
    struct evict_guest guests[2] = {{.open = true, .said = true, .since_ms = NOW - STAY - 1, .kept_ms = NOW - STAY - 1},
                                    {.open = true, .said = true, .since_ms = NOW - 1, .kept_ms = NOW - 1}};
    for (int i = 0; i < 20; i++)
        assert_int_equal(choose(guests, 2, uniform), 0);
    assert_int_equal(choose(guests + 1, 1, never), -1);
}

/* Nothing but a connection goes first, however young; then A1 and no more, which keeps a place for a moment. */
static void the_early(void **state) {
    (void)state;
    struct evict_guest guests[6] = {{.progress = EVICT_BEGUN, .since_ms = NOW - EVICT_BEGUN_MS - 1},
                                    {.progress = EVICT_SILENT, .since_ms = NOW - 2},
                                    {.progress = EVICT_SENT, .since_ms = NOW - 100 * EVICT_BEGUN_MS},
                                    {.progress = EVICT_SILENT, .since_ms = NOW - 1},
                                    {.progress = EVICT_BEGUN, .since_ms = NOW - EVICT_BEGUN_MS},
                                    {.open = true, .progress = EVICT_SILENT}};
    static const int expected[] = {1, 3, 0, 4, -1};
    for (size_t round = 0; round < sizeof expected / sizeof expected[0]; round++) {
        struct evict_early early = {0};
        for (size_t i = 0; i < 6; i++)
            evict_early_consider(&early, &guests[i], &guests[i], NOW);
        struct evict_guest *chosen = evict_early_chosen(&early);
        assert_int_equal(chosen ? chosen - guests : -1, expected[round]);
        if (chosen)
            *chosen = (struct evict_guest){.progress = EVICT_BEGUN, .since_ms = NOW - EVICT_BEGUN_MS + 1};
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_oldest_silent_one), cmocka_unit_test(silence_first),
                                       cmocka_unit_test(by_lot), cmocka_unit_test(what_keeps_a_place),
                                       cmocka_unit_test(the_early)};
    unit_random(&stream, "room");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
