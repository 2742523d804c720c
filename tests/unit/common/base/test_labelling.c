/* Noise alone and first, whatever has come already; then chunk and rows side by side. */
#include "common/base/labelling.h"
#include "tests/lib/unit.h"

enum { PARTS = 6 };

static struct done { unsigned noise, chunks, rows[PARTS]; } done;

static void run_noise(void *context) {
    ((struct done *)context)->noise++;
}

static void run_rows(void *context, size_t part) {
    ((struct done *)context)->rows[part]++;
}

static void run_chunk(void *context) {
    ((struct done *)context)->chunks++;
}

static void noise_goes_first(void **state) {
    (void)state;
    struct labelling l;
    done = (struct done){0};
    labelling_init(&l, run_noise, run_rows, run_chunk, &done);
    labelling_start(&l, PARTS);
    labelling_chunk(&l);
    struct job *noise = labelling_next(&l);
    assert_non_null(noise);
    assert_null(labelling_next(&l));
    noise->run(noise);
    assert_int_equal(done.noise, 1);
    assert_null(labelling_next(&l)); /* it has run, but is not back */
    assert_false(labelling_take_back(&l, noise));

    struct job *chunk = labelling_next(&l), *rows = labelling_next(&l); /* both are out */
    assert_true(chunk && rows && chunk != rows);
    rows->run(rows);
    assert_false(labelling_take_back(&l, rows));
    chunk->run(chunk);
    assert_int_equal(done.chunks, 1);
    assert_true(labelling_take_back(&l, chunk));
    assert_false(l.rows_done);
}

/* All parts once, while chunks come; the same once more for other labels, without chunks. */
static void all_of_it_is_done(void **state) {
    (void)state;
    struct labelling l;
    done = (struct done){0};
    labelling_init(&l, run_noise, run_rows, run_chunk, &done);
    for (unsigned round = 0; round < 2; round++) {
        unsigned jobs = 0, chunks = 0;
        labelling_start(&l, PARTS);
        for (struct job *job; (job = labelling_next(&l)); jobs++) {
            job->run(job);
            chunks += labelling_take_back(&l, job);
            if (round == 0 && jobs < 3)
                labelling_chunk(&l);
        }
        assert_true(l.rows_done);
        assert_int_equal(chunks, round == 0 ? 3 : 0);
        assert_int_equal(jobs, 1 + PARTS + chunks);
        assert_int_equal(done.noise, round + 1);
        assert_int_equal(done.chunks, 3);
        for (size_t part = 0; part < PARTS; part++)
            assert_int_equal(done.rows[part], round + 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_goes_first),
        cmocka_unit_test(all_of_it_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
