/* The numbers that both programs show beside their expected values, over many sessions: challenge agreement against
 * 1 - theta, self-check disagreement against theta, symbol error against p. The sessions are independent, so each is
 * one observation of a mean; |z| > 6 is a failure, which a right program meets with probability below 10^-7 for each
 * number. The companion, a Bob whose theta is 5% too large (10% where there is time for few sessions only), must be
 * caught by each of the three: it is about 15 deviations off in the least of them. */
#include "tests/lib/pair.h"

#include "common/task/lpn/params.h"

#include <math.h>

enum { SESSIONS = PAIR_SANITIZED ? 150 : 600, TOO_LARGE = PAIR_SANITIZED ? 10 : 20, N_NUMBERS = 3, Z_MAX = 6 };

struct number {
    const char *name;
    double expected, sum, squares;
};

static void observe(struct number *n, double v) {
    n->sum += v;
    n->squares += v * v;
}

static double z_of(const struct number *n) {
    double mean = n->sum / SESSIONS, variance = (n->squares - SESSIONS * mean * mean) / (SESSIONS - 1);
    return (mean - n->expected) / sqrt(variance / SESSIONS);
}

static void run_sessions(const char *set, const struct params *of_bob, struct prg *g, double z[N_NUMBERS]) {
    const struct params *params = params_find(set);
    const struct set *of_bob_set = &of_bob->set;
    struct number numbers[N_NUMBERS] = {
        {.name = "challenge agreement", .expected = 1 - params->theta},
        {.name = "self-check disagreement", .expected = params->theta},
        {.name = "symbol error", .expected = params->p},
    };
    for (unsigned run = 0; run < SESSIONS;) {
        struct pair p;
        pair_init(&p, set, prg_u64(g));
        p.config[SIDE_BOB].sets = &of_bob_set;
        p.config[SIDE_ALICE].agree_only = true;
        pair_start(&p);
        pair_run(&p);
        if (p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED] == 0) { /* with a wrong theta that may happen */
            const struct pair_side *alice = &p.side[SIDE_ALICE];
            assert_int_equal(alice->n_keys, 1);
            assert_int_equal(alice->challenges, params_challenges(params));
            observe(&numbers[0], (double)alice->agreeing / (double)alice->challenges);
            observe(&numbers[1], (double)alice->disagreements / params_checked(params));
            observe(&numbers[2], alice->symbol_error);
            run++;
        }
        pair_deinit(&p);
    }
    for (int i = 0; i < N_NUMBERS; i++) {
        z[i] = z_of(&numbers[i]);
        printf("%s: %s: mean %.5f over %d sessions, expected %.5f, z = %.2f\n", set, numbers[i].name,
               numbers[i].sum / SESSIONS, SESSIONS, numbers[i].expected, z[i]);
    }
}

static void as_expected(void **state) {
    (void)state;
    static const char *const sets[] = {"n64", "n128", "n256"};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        double z[N_NUMBERS];
        run_sessions(sets[i], params_find(sets[i]), &g, z);
        for (int k = 0; k < N_NUMBERS; k++)
            assert_true(fabs(z[k]) <= Z_MAX);
    }
}

static void a_wrong_theta_is_caught(void **state) {
    (void)state;
    struct params wrong = *params_find("n64");
    wrong.theta64 += wrong.theta64 / TOO_LARGE;
    struct prg g;
    unit_random(&g, __func__);
    double z[N_NUMBERS];
    run_sessions("n64", &wrong, &g, z);
    for (int k = 0; k < N_NUMBERS; k++)
        assert_true(fabs(z[k]) > Z_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_expected),
        cmocka_unit_test(a_wrong_theta_is_caught),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
