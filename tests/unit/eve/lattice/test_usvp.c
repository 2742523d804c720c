/* The estimate against published figures, and its minimum against a search through everything. */
#include "eve/lattice/search.h"
#include "tests/lib/unit.h"

#include <math.h>

/* CBD(eta) errors, secrets of standard deviation 1, modulus 2^16. */
static struct usvp_task task_of(unsigned n, unsigned eta, unsigned samples) {
    return (struct usvp_task){n, samples, 16, sqrt(eta / 2.0), 1};
}

/* Kyber's three block sizes: 406 and core-SVP 118 (the lattice-estimator's README; Kyber's specification, round 3), 182
 * and 255 or 256. Frodo-640: 141. */
static void published_figures(void **state) {
    (void)state;
    static const struct {
        struct usvp_task task;
        unsigned beta, core;
    } figures[] = {
        {{512, 512, 11.700873, 1.224744871, 1.224744871}, 406, 119},
        {{768, 768, 11.700873, 1, 1}, 624, 182},
        {{1024, 1024, 11.700873, 1, 1}, 874, 255},
        {{640, 100000, 15, 2.8, 2.8}, 483, 141},
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        struct usvp u;
        usvp_estimate(&u, &figures[i].task);
        assert_int_equal(u.beta, figures[i].beta);
        assert_int_equal(lrint(usvp_core_classical(u.beta)), figures[i].core);
    }
}

/* Of sets of Parley, by another program. */
static void own_figures(void **state) {
    (void)state;
    static const struct {
        unsigned n, eta, samples, beta;
        double classical, quantum;
    } figures[] = {
        {64, 2368, 976, 2, 0.6, 0.5},       {96, 1728, 1371, 13, 3.8, 3.4},      {112, 1536, 1568, 28, 8.2, 7.4},
        {160, 1120, 2159, 75, 21.9, 19.9},  {256, 736, 3342, 153, 44.7, 40.5},   {448, 448, 5706, 310, 90.5, 82.2},
        {512, 384, 6494, 363, 106.0, 96.2}, {640, 320, 8070, 473, 138.1, 125.3}, {1024, 192, 12797, 803, 234.5, 212.8}};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        struct usvp_task task = task_of(figures[i].n, figures[i].eta, figures[i].samples);
        struct usvp u;
        usvp_estimate(&u, &task);
        assert_int_equal(u.beta, figures[i].beta);
        assert_int_equal(u.dimension, task.n + u.samples + 1);
        assert_true(fabs(usvp_core_classical(u.beta) - figures[i].classical) < 0.06);
        assert_true(fabs(usvp_core_quantum(u.beta) - figures[i].quantum) < 0.06);
    }
}

/* Every number of samples and every block size, by the inequality itself, not its logarithm. */
static void minimum_is_least(void **state) {
    (void)state;
    static const unsigned sizes[] = {8, 33, 96, 128};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (unsigned most = 0; most <= 200; most += 40) {
            struct usvp_task t = task_of(sizes[i], 1376, most);
            unsigned least = 0, samples = 0;
            for (unsigned m = 1; m <= most && m <= 4 * t.n; m++)
                for (unsigned beta = 2, d = t.n + m + 1; beta <= d && (!least || beta < least); beta++) {
                    double volume = pow(65536, m / (double)d) * pow(t.error / t.secret, t.n / (double)d);
                    if (sqrt(beta) * t.error <= pow(usvp_delta(beta), 2.0 * beta - d - 1) * volume) {
                        least = beta;
                        samples = m;
                    }
                }
            struct usvp u;
            usvp_estimate(&u, &t);
            assert_int_equal(u.beta, least);
            assert_int_equal(u.samples, samples);
            assert_int_equal(u.dimension, least ? t.n + samples + 1 : 0);
        }
}

static void reduction_improves_with_blocks(void **state) {
    (void)state;
    for (unsigned beta = 3; beta < 1200; beta++)
        assert_true(usvp_delta(beta) < usvp_delta(beta - 1) && usvp_delta(beta) > 1);
    assert_true(usvp_delta(1) == usvp_delta(2));
}

/* The plan takes no more samples than there are, few where few will do, and block sizes grow and end. */
static void plans(void **state) {
    (void)state;
    struct search_plan plan;
    unsigned before = 0, blocks = 0;
    for (unsigned n = 8; n <= 1024; n *= 2)
        for (unsigned most = 1; most <= 4096; most *= 4) {
            struct usvp_task t = task_of(n, 640, most);
            search_plan(&plan, &t);
            assert_true(plan.samples <= most);
            assert_true((plan.samples == 0) == (plan.estimate.beta == 0));
        }
    for (unsigned i = 0, block; (block = search_block(i, 61)) != 0; i++, blocks++) {
        assert_true(block >= before && block <= 61);
        before = block;
    }
    assert_true(before > 57 && blocks < 40);
    assert_int_equal(search_block(0, 1), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_figures),
        cmocka_unit_test(own_figures),
        cmocka_unit_test(minimum_is_least),
        cmocka_unit_test(reduction_improves_with_blocks),
        cmocka_unit_test(plans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
