/* Each part is handed out once, a few at a time, and the end shows when the last one is back. */
#include "common/base/batch.h"

#include "tests/lib/unit.h"

enum { PARTS_MAX = 50 };

static void count(void *context, size_t part) {
    unsigned *runs = context;
    assert_true(part < PARTS_MAX);
    runs[part]++;
}

static void run_batch(struct batch *b, size_t n_parts, struct prg *g) {
    unsigned runs[PARTS_MAX] = {0};
    struct job *out[BATCH_SLOTS];
    size_t n_out = 0, n_back = 0;
    bool finished = false;
    batch_start(b, n_parts, count, runs);
    while (n_back < n_parts) {
        struct job *job;
        while ((job = batch_next(b))) {
            assert_true(n_out < BATCH_SLOTS);
            for (size_t i = 0; i < n_out; i++)
                assert_ptr_not_equal(out[i], job);
            out[n_out++] = job;
            if (prg_below(g, 2))
                break;
        }
        assert_false(finished);
        size_t i = prg_below(g, (uint32_t)n_out); /* run by anyone, given back in any order */
        out[i]->run(out[i]);
        assert_true(batch_take_back(b, out[i], &finished));
        out[i] = out[--n_out];
        assert_int_equal(finished, ++n_back == n_parts);
    }
    assert_null(batch_next(b));
    for (size_t i = 0; i < PARTS_MAX; i++)
        assert_int_equal(runs[i], i < n_parts);
}

static void each_part_once(void **state) {
    (void)state;
    struct prg g;
    struct batch b = {0};
    unit_random(&g, __func__);
    assert_null(batch_next(&b)); /* one that was never started */
    for (size_t n_parts = 0; n_parts <= PARTS_MAX; n_parts++)
        run_batch(&b, n_parts, &g); /* the same one again and again */
}

static void tells_what_parts_take(void **state) {
    (void)state;
    unsigned runs[PARTS_MAX] = {0};
    struct batch b;
    bool finished = false;
    for (unsigned last = 0; last <= 3; last += 3) {
        batch_start(&b, 6, count, runs);
        batch_set_micros(&b, 7);
        batch_set_last_micros(&b, last);
        for (size_t i = 0; i < 6; i++) {
            struct job *job = batch_next(&b);
            assert_int_equal(job->micros, i == 5 && last ? last : 7);
            batch_take_back(&b, job, &finished);
        }
    }
}

static void knows_its_jobs(void **state) {
    (void)state;
    unsigned runs[PARTS_MAX] = {0};
    struct batch a, b;
    struct job foreign = {0};
    bool finished = false;
    batch_start(&a, 2, count, runs);
    batch_start(&b, 2, count, runs);
    struct job *job = batch_next(&a);
    assert_false(batch_take_back(&b, job, &finished));
    assert_false(batch_take_back(&a, &foreign, &finished));
    assert_true(batch_take_back(&a, job, &finished));
    assert_false(finished);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_once),
        cmocka_unit_test(tells_what_parts_take),
        cmocka_unit_test(knows_its_jobs),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
