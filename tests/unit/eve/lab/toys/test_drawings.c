/* Pictures and drawings: normal deviates, risks and captions that are drawn from pictures, against what they must be on
 * average. Intervals of 6.5 deviations: one honest run in 10^10 fails. */
#include "eve/lab/toys/drawings.h"

#include "tests/lib/unit.h"

#include <math.h>

enum { MANY = 40000, D = 24 };

#define DEVIATIONS 6.5

struct moments {
    double n, sum, squares;
};

static void add(struct moments *m, double x) {
    m->n++;
    m->sum += x;
    m->squares += x * x;
}

static void assert_mean(const struct moments *m, double expected) {
    double mean = m->sum / m->n, error = sqrt((m->squares / m->n - mean * mean) / m->n);
    if (!(fabs(mean - expected) <= DEVIATIONS * error))
        print_error("mean %g +- %g, not %g\n", mean, error, expected);
    assert_true(fabs(mean - expected) <= DEVIATIONS * error);
}

static void begin(struct normal *g, const char *name) {
    struct prg seed;
    uint8_t key[32];
    unit_random(&seed, name);
    prg_read(&seed, key, sizeof key);
    normal_init(g, key, 0);
}

static void deviates(void **state) {
    (void)state;
    struct normal g;
    struct moments first = {0}, second = {0}, fourth = {0}, product = {0}, below = {0};
    double v[7]; /* an odd number */
    begin(&g, "deviates");
    for (size_t i = 0; i < MANY; i++) {
        normal_fill(&g, v, 7);
        for (size_t j = 0; j < 7; j++) {
            add(&first, v[j]);
            add(&second, v[j] * v[j]);
            add(&fourth, v[j] * v[j] * v[j] * v[j]);
            add(&below, v[j] < 1);
        }
        add(&product, v[0] * v[1]);
    }
    assert_mean(&first, 0);
    assert_mean(&second, 1);
    assert_mean(&fourth, 3);
    assert_mean(&product, 0);
    assert_mean(&below, normal_below(1));
    assert_true(fabs(normal_below(-2.326347874) - 0.01) < 1e-9);
}

static void pictures_and_risk(void **state) {
    (void)state;
    struct normal g;
    struct moments wrong = {0}, length = {0}, caption = {0};
    double mu[D], v[D], h[D];
    begin(&g, "pictures_and_risk");
    drawings_task(mu, D, &g);
    assert_true(fabs(drawings_dot(mu, mu, D) - 9) < 1e-9);
    normal_fill(&g, h, D);
    for (size_t i = 0; i < D; i++)
        h[i] = mu[i] / 2 + h[i];
    for (size_t i = 0; i < MANY; i++) {
        int z = i % 2 ? 1 : -1;
        drawings_picture(v, mu, D, z, &g);
        add(&wrong, z * drawings_dot(v, h, D) < 0);
        add(&length, drawings_dot(v, v, D));
        drawings_caption(v, mu, D, z, &g);
        add(&caption, drawings_dot(v, v, D));
    }
    assert_mean(&wrong, drawings_risk(h, mu, D));
    assert_mean(&length, 9 + D);
    assert_mean(&caption, 9 + 1);
    memset(h, 0, sizeof h);
    assert_true(drawings_risk(h, mu, D) == 0.5);
    assert_true(fabs(drawings_risk(mu, mu, D) - normal_below(-3)) < 1e-12);
    assert_true(fabs(1000 / drawings_theory(1000, 0.01) - 5.967) < 0.01);
}

/* Over fresh tasks nobody can tell (x, own caption) from (x, caption): the same lengths and the same angle; and nobody
 * who knows the task takes the one for the other. */
static void own_captions(void **state) {
    (void)state;
    for (size_t d = 2; d <= D; d += 11) {
        struct normal g;
        struct moments angle = {0}, true_angle = {0}, length = {0}, spread = {0}, knows = {0};
        double mu[D], x[D], y[D], scratch[D];
        begin(&g, "own_captions");
        for (size_t i = 0; i < MANY; i++) {
            drawings_task(mu, d, &g);
            drawings_picture(x, mu, d, 1, &g);
            drawings_own_caption(y, x, d, scratch, &g);
            double own = drawings_dot(x, y, d);
            add(&angle, own);
            add(&length, drawings_dot(y, y, d));
            add(&knows, drawings_dot(mu, y, d));
            drawings_caption(y, mu, d, 1, &g);
            double other = drawings_dot(x, y, d);
            add(&true_angle, other);
            add(&spread, own * own - other * other);
        }
        assert_mean(&angle, 9);
        assert_mean(&true_angle, 9);
        assert_mean(&spread, 0);
        assert_mean(&length, 10);
        assert_true(knows.sum / knows.n < 8);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deviates),
        cmocka_unit_test(pictures_and_risk),
        cmocka_unit_test(own_captions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
