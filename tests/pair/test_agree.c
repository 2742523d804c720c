/* Every set up to n1024 agrees, however the bytes are cut and in whatever order the work is done. */
#include "tests/lib/pair_checks.h"

#include "common/task/lpn/params.h"

#include <errno.h>

static void plain_runs(void **state) {
    (void)state;
    static const char *const sets[] = {"n64", "n128", "n256", "n384", "n512", "n1024"};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct pair p;
        pair_init(&p, sets[i], 1);
        pair_good_session(&p);
        pair_deinit(&p);
    }
}

static void one_byte_at_a_time(void **state) {
    (void)state;
    static const char *const sets[] = {"n64", "n128"};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct pair p;
        pair_init(&p, sets[i], 2);
        p.piece = 1;
        pair_check_against_plain(&p, 2);
        pair_deinit(&p);
    }
}

/* Random pieces, random order of jobs, random delays: not one byte differs. */
static void random_pieces_and_jobs(void **state) {
    (void)state;
    static const struct {
        const char *set;
        unsigned runs;
    } cases[] = {{"n64", 50}, {"n128", 20}, {"n256", 5}, {"n384", 3}, {"n512", 2}, {"n1024", 2}};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (unsigned run = 0; run < (cases[i].runs + PAIR_THIN - 1) / PAIR_THIN; run++) {
            struct pair p;
            uint64_t seed = prg_u64(&g);
            pair_init(&p, cases[i].set, seed);
            p.random = &g;
            pair_check_against_plain(&p, seed);
            pair_deinit(&p);
        }
}

/* More blocks than lanes, so that lanes are used again while the chunks of others wait. */
static void lanes_are_used_again(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    struct pair p;
    pair_init(&p, "n2048", 3);
    p.random = &g;
    pair_check_against_plain(&p, 3);
    pair_deinit(&p);
}

/* What --seed promises: the same seeds give the same bytes, and either seed matters. */
static void seeds_fix_every_byte(void **state) {
    (void)state;
    struct pair p, q;
    for (int prepared = 0; prepared <= 1; prepared++) {
        pair_init(&p, "n64", 4);
        p.prepared = prepared;
        pair_check_against_plain(&p, 4);
        pair_deinit(&p);
    }
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
        pair_init(&p, "n64", 4);
        pair_init(&q, "n64", 4);
        q.seed[side][31] ^= 1;
        p.recording = q.recording = true;
        pair_good_session(&p);
        pair_good_session(&q);
        assert_memory_not_equal(p.side[0].keys[0], q.side[0].keys[0], 32);
        for (size_t i = 0, n = 0; i < p.record.n && n < 4; i++) /* each of its frames is another one */
            if (p.record.frames[i].from == (enum side)side && p.record.frames[i].n > 30) {
                assert_memory_not_equal(p.record.frames[i].bytes, q.record.frames[i].bytes, p.record.frames[i].n);
                n++;
            }
        pair_deinit(&p);
        pair_deinit(&q);
    }
}

/* All sets that there are can be offered, and not one more is taken and then lost. */
static void as_many_sets_as_there_are(void **state) {
    (void)state;
    const struct set *sets[SETS_MAX + 1], *n64 = table_set("n64");
    size_t n_sets = 0;
    struct pair p;
    for (const struct set *set; (set = table_at(n_sets)); n_sets++)
        assert_in_range(n_sets, 0, SETS_MAX - 1);
    assert_true(n_sets > 8);
    for (size_t i = 0; i <= SETS_MAX; i++)
        sets[i] = i < n_sets && table_at(i) != n64 ? table_at(i) : table_at(1);
    sets[SETS_MAX - 1] = n64;
    pair_init(&p, "n64", 16); /* the last one that is offered */
    p.config[SIDE_BOB].sets = sets;
    p.config[SIDE_BOB].n_sets = SETS_MAX;
    pair_good_session(&p);
    pair_deinit(&p);
    struct session *s = NULL;
    for (size_t n = 0; n <= SETS_MAX + 1; n += SETS_MAX + 1) {
        p.config[SIDE_BOB].n_sets = p.config[SIDE_ALICE].n_sets = n;
        assert_int_equal(bob_new(&s, &p.config[SIDE_BOB], p.seed[SIDE_BOB]), -EINVAL);
    }
    assert_null(s);
}

struct frames {
    uint64_t end[4]; /* of Alice's first frames: preface, Hello, the seed, the first chunk */
};

static void measure(struct pair *p, struct pair_frame *f, void *context) {
    struct frames *frames = context;
    (void)p;
    if (f->from == SIDE_ALICE && f->index < 4)
        frames->end[f->index] = f->offset + f->n;
}

/* Until Bob has Alice's Hello, and nothing more; frames as above, and later ones as they are given out. */
static void run_to_hello(struct pair *p, struct frames *frames, const char *set, uint64_t seed) {
    pair_init(p, set, seed);
    p->hook = measure;
    p->context = frames;
    p->pipe[SIDE_ALICE].quota = 8;
    pair_start(p);
    pair_run(p);
    p->pipe[SIDE_ALICE].quota = (int64_t)(frames->end[1] - 8);
    pair_run(p);
}

/* To expand the matrix is work that 135 bytes could ask for: Bob waits for the first chunk, unless the matrix is small.
 * first: the frame of Alice's after which he has a job. */
static void bob_works_after(const char *set, size_t first) {
    struct pair p;
    struct frames frames;
    run_to_hello(&p, &frames, set, 15);
    struct session *bob = p.side[SIDE_BOB].session;
    for (size_t i = 2; i <= first; i++) {
        for (int last = 0; last < 2; last++) { /* the frame but its last byte, and this */
            assert_null(session_next_job(bob));
            p.pipe[SIDE_ALICE].quota = last ? 1 : (int64_t)(frames.end[i] - frames.end[i - 1] - 1);
            pair_pass(&p, SIDE_BOB); /* works first, then reads */
            assert_true(p.pipe[SIDE_ALICE].quota == 0);
        }
    }
    struct job *job = session_next_job(bob);
    assert_non_null(job);
    job->run(job);
    session_job_done(bob, job, p.now);
    p.pipe[SIDE_ALICE].quota = PAIR_NO_LIMIT;
    pair_run(&p);
    pair_end(&p);
    assert_true(pair_settle(&p));
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_DONE);
    pair_check_end(&p);
    pair_deinit(&p);
}

static void bob_works_from_the_first_chunk_on(void **state) {
    (void)state;
    bob_works_after("n1024", 3);
}

static void bob_expands_a_small_matrix_at_once(void **state) {
    (void)state;
    bob_works_after("n64", 2);
    bob_works_after("n512", 2);
    bob_works_after("l96", 2);
}

/* Bob answers A2 before all of it is hashed; what Alice says to that is heard afterwards. ends: she has gone away. */
static void bob_answers_before_he_has_hashed(bool ends) {
    struct pair p;
    struct frames frames;
    run_to_hello(&p, &frames, "n64", 17);
    p.pipe[SIDE_ALICE].quota = (int64_t)(frames.end[3] - frames.end[1] - 1);
    pair_run(&p); /* the plain samples are labelled */
    p.pipe[SIDE_ALICE].quota = 1;
    pair_pass(&p, SIDE_BOB);
    struct session *bob = p.side[SIDE_BOB].session;
    struct job *label = session_next_job(bob), *hash = session_next_job(bob);
    assert_non_null(label);
    assert_non_null(hash);
    label->run(label);
    session_job_done(bob, label, p.now);
    p.pipe[SIDE_ALICE].quota = PAIR_NO_LIMIT;
    pair_run(&p);
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_LEARNED], 1); /* so B2 was out */
    assert_int_equal(session_step(bob), STEP_A3);
    if (ends) {
        session_abort(p.side[SIDE_ALICE].session, ABORT_SHUTDOWN, "goes away");
        pair_run(&p);
    }
    hash->run(hash);
    session_job_done(bob, hash, p.now);
    pair_run(&p);
    if (!ends)
        pair_end(&p);
    assert_true(pair_settle(&p));
    assert_int_equal(pair_outcome(&p, SIDE_ALICE), ends ? SESSION_REFUSED : SESSION_DONE);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), ends ? SESSION_REFUSED : SESSION_DONE);
    pair_check_end(&p);
    pair_deinit(&p);
}

static void bob_hears_once_he_has_hashed(void **state) {
    (void)state;
    bob_answers_before_he_has_hashed(false);
    bob_answers_before_he_has_hashed(true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_runs),
        cmocka_unit_test(one_byte_at_a_time),
        cmocka_unit_test(random_pieces_and_jobs),
        cmocka_unit_test(lanes_are_used_again),
        cmocka_unit_test(seeds_fix_every_byte),
        cmocka_unit_test(bob_works_from_the_first_chunk_on),
        cmocka_unit_test(bob_expands_a_small_matrix_at_once),
        cmocka_unit_test(bob_hears_once_he_has_hashed),
        cmocka_unit_test(as_many_sets_as_there_are),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
