/* How much work a session of each set is: bytes that are expanded and hashed, and jobs, by count and not by time. What
 * is measured here are ratios to what cannot be avoided, so that a change which doubles the work is seen: each side
 * expands the public matrix once, and hashes what goes over the wire. The linker wraps where that happens
 * (meson.build). */
#include "tests/lib/pair.h"

#include "common/base/chacha.h"
#include "common/base/chacha_dot.h"
#include "common/base/hash_lanes.h"
#include "common/task/lpn/params.h"

static struct {
    double expanded;        /* bytes of ChaCha20 */
    double hashed;          /* bytes of frames */
    double lanes;           /* the same, but several messages at once count as the longest of them */
    unsigned jobs, unknown; /* and those of them that do not say what they take */
} work;

void __real_chacha_stream(uint8_t *out, size_t n, const uint8_t key[static 32], const uint8_t nonce[static 8],
                          uint64_t block);
void __wrap_chacha_stream(uint8_t *out, size_t n, const uint8_t key[static 32], const uint8_t nonce[static 8],
                          uint64_t block);

void __wrap_chacha_stream(uint8_t *out, size_t n, const uint8_t key[static 32], const uint8_t nonce[static 8],
                          uint64_t block) {
    work.expanded += (double)n;
    __real_chacha_stream(out, n, key, nonce, block);
}

void __real_chacha_dot(uint8_t *bits, const uint64_t *blocks, size_t n, const uint8_t key[static 32],
                       const uint8_t vec[static CHACHA_DOT_BLOCK]);
void __wrap_chacha_dot(uint8_t *bits, const uint64_t *blocks, size_t n, const uint8_t key[static 32],
                       const uint8_t vec[static CHACHA_DOT_BLOCK]);

void __wrap_chacha_dot(uint8_t *bits, const uint64_t *blocks, size_t n, const uint8_t key[static 32],
                       const uint8_t vec[static CHACHA_DOT_BLOCK]) {
    work.expanded += (double)n * CHACHA_DOT_BLOCK;
    __real_chacha_dot(bits, blocks, n, key, vec);
}

void __real_transcript_digest(uint8_t out[static 32], const uint8_t *frame, size_t n);
void __wrap_transcript_digest(uint8_t out[static 32], const uint8_t *frame, size_t n);

void __wrap_transcript_digest(uint8_t out[static 32], const uint8_t *frame, size_t n) {
    work.hashed += (double)n;
    work.lanes += (double)n;
    __real_transcript_digest(out, frame, n);
}

void __real_transcript_digests(uint8_t digests[][32], const uint8_t *const frames[], const size_t sizes[], size_t n);
void __wrap_transcript_digests(uint8_t digests[][32], const uint8_t *const frames[], const size_t sizes[], size_t n);

void __wrap_transcript_digests(uint8_t digests[][32], const uint8_t *const frames[], const size_t sizes[], size_t n) {
    size_t longest = 0;
    for (size_t i = 0; i < n; i++) {
        work.hashed += (double)sizes[i];
        longest = sizes[i] > longest ? sizes[i] : longest;
    }
    work.lanes += (double)longest;
    __real_transcript_digests(digests, frames, sizes, n);
}

struct job *__real_session_next_job(struct session *s);
struct job *__wrap_session_next_job(struct session *s);

struct job *__wrap_session_next_job(struct session *s) {
    struct job *job = __real_session_next_job(s);
    work.jobs += job != NULL;
    work.unknown += job && !job->micros;
    return job;
}

/* Returns the bytes on the wire. */
static double run_session(const char *name) {
    struct pair p;
    double wire = 0;
    memset(&work, 0, sizeof work);
    pair_init(&p, name, 1);
    p.config[SIDE_ALICE].agree_only = p.config[SIDE_BOB].agree_only = true;
    pair_start(&p);
    pair_run(&p);
    assert_int_equal(p.side[SIDE_ALICE].n_keys, 1);
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], 0); /* with this seed: the work of one attempt */
    for (size_t step = 0; step < STEP_OPEN; step++)
        wire += (double)p.side[SIDE_ALICE].step_bytes[step];
    pair_deinit(&p);
    return wire;
}

/* The public matrix that both sides expand; 0 for a task without one. */
static double matrix_bytes(const struct set *set) {
    double rows = (double)set->n_plain;
    if (set->name[0] == 'n')
        return rows * params_of(set)->n / 8;
    return set->name[0] == 'l' ? rows * (double)(set->n_labels - set->n_plain) * 2 : 0;
}

/* An eighth to a quarter above what a session of this seed takes. The matrix is expanded once by each side; what comes
 * on top of that is the self-check, noise, challenges and recipes, which at small sets outweigh it. */
static const struct limit {
    const char *set;
    double expanded; /* times the matrix */
    double lanes;    /* times the bytes on the wire, which both sides hash: 2 where there is one frame at a time */
    unsigned jobs, unknown;
} limits[] = {
    // clang-format off
    {"n64",    72,   2.01, 24,  0},
    {"n128",   25,   2.01, 24,  0},
    {"n256",   11,   2.01, 24,  0},
    {"n384",   8,    2.01, 24,  0},
    {"n512",   6.5,  1.9,  28,  0},
    {"n1024",  3.8,  1,    37,  0},
    {"n2048",  2.9,  0.7,  85,  0},
    {"n4096",  2.6,  0.6,  280, 16},
    {"r1019",  0,    2.02, 38,  36},
    {"r13109", 0,    2.02, 12,  10},
    {"l64",    13.5,   2.01, 18,  16},
    {"l640",   3.8,    1.6,  115, 100},
    // clang-format on
};

static void of_each_set(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const struct limit *l = &limits[i];
        if (PAIR_SANITIZED && strcmp(l->set, "n4096") == 0)
            continue;
        double wire = run_session(l->set), matrix = matrix_bytes(table_set(l->set));
        double expanded = matrix > 0 ? work.expanded / matrix : 0;
        printf(
            "%-7s %5.2f times the matrix expanded, %.3f times the wire hashed, %.3f in lanes; %u jobs, %u of them of "
            "unknown length\n",
            l->set, expanded, work.hashed / wire, work.lanes / wire, work.jobs, work.unknown);
        assert_true(expanded <= l->expanded);
        assert_true(work.hashed >= 2 * wire && work.hashed <= 2.01 * wire + 100);
        assert_true(work.lanes <= l->lanes * wire);
        assert_in_range(work.jobs, 1, l->jobs);
        assert_in_range(work.unknown, 0, l->unknown);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_each_set)};
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
