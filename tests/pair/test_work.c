/* How much work a session of each set is: bytes that are expanded, hashed and copied, and jobs, by count and not by
 * time. What is measured here are ratios to what cannot be avoided, so that a change which doubles the work is seen:
 * each side expands the public matrix once, and hashes what goes over the wire. The linker wraps where that happens
 * (meson.build); of copies those that are calls, among them the test's own between the two sides, once the wire. */
#include "tests/lib/pair.h"

#include "common/base/chacha.h"
#include "common/base/chacha_dot.h"
#include "common/base/hash_lanes.h"
#include "common/task/lpn/params.h"

enum { LEAST_COPY = 256 }; /* bytes: shorter ones are often no calls at all, as the compiler likes */

/* A sanitizer copies in its own way, and which copies are calls is up to the compiler: with clang, without optimisation
 * or for arm64 those of n64 have 1.5 to 2 times as many bytes. So they are counted with gcc for x86-64. */
#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__clang__)
#define COUNTS_COPIES !PAIR_SANITIZED
#else
#define COUNTS_COPIES false
#endif

static struct {
    double expanded;        /* bytes of ChaCha20 */
    double hashed;          /* bytes of frames */
    double lanes;           /* the same, but several messages at once count as the longest of them */
    double copied;          /* bytes by memcpy and memmove */
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

void *__real_memcpy(void *to, const void *from, size_t n);
void *__wrap_memcpy(void *to, const void *from, size_t n);
void *__real_memmove(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n);

void *__wrap_memcpy(void *to, const void *from, size_t n) {
    work.copied += n < LEAST_COPY ? 0 : (double)n;
    return __real_memcpy(to, from, n);
}

void *__wrap_memmove(void *to, const void *from, size_t n) {
    work.copied += n < LEAST_COPY ? 0 : (double)n;
    return __real_memmove(to, from, n);
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
    double expanded; /* times the matrix; without one times the wire */
    double lanes;    /* times the bytes on the wire, which both sides hash: 2 where there is one frame at a time */
    double copied;   /* times the wire */
    unsigned jobs, unknown;
} limits[] = {
    // clang-format off
    {"n64",      75, 2.02, 4.47,  26,   0},
    {"n128",     25, 2.02, 4.54,  26,   0},
    {"n256",     11, 2.02, 4.58,  26,   0},
    {"n384",    8.1, 2.02, 4.59,  27,   0},
    {"n512",    6.6, 2.05, 4.59,  32,   0},
    {"n1024",   3.9, 0.68,  4.6,  39,   0},
    {"n2048",   3.1, 0.59,  4.6,  83,   0},
    {"n4096",   2.7, 0.59,  4.6, 278,  16},
    {"n8192",   2.5, 0.58,  4.6, 876,  22},
    {"r509",     61, 2.02, 3.37,  71,  69},
    {"r1019",    55, 2.02,  3.4,  38,  35},
    {"r1493",    50, 2.02, 3.44,  28,  26},
    {"r2053",    47, 2.02, 10.5,  23,  21},
    {"r4099",    35, 2.02, 11.1,  16,  14},
    {"r8219",    23, 2.02,   13,  14,  11},
    {"r13109",   16, 2.02, 15.3,  11,   9},
    {"r17669",   12, 2.02,   14,  11,   9},
    {"l32",      29, 2.02, 3.99,  17,  15},
    {"l48",      19, 2.02,  3.9,  17,  15},
    {"l64",      14, 2.02, 3.83,  17,  15},
    {"l80",      11, 2.02, 3.77,  22,  18},
    {"l96",     8.6, 1.71, 3.73,  22,  18},
    {"l112",    7.4,  1.5, 3.69,  22,  18},
    {"l128",    6.6, 1.32, 3.66,  22,  18},
    {"l160",    5.7, 1.08, 3.63,  27,  22},
    {"l256",    4.6, 0.689, 3.56,  31,  28},
    {"l448",    4.1, 0.721, 3.52,  64,  59},
    {"l512",      4, 0.633, 3.52,  69,  64},
    {"l640",    3.9, 0.852, 3.84, 106,  98},
    {"l1024",   3.8, 0.607, 3.48, 183, 173},
    // clang-format on
};

static void check_set(const struct set *set, const struct limit *l) {
    double wire = run_session(set->name), matrix = matrix_bytes(set);
    double expanded = work.expanded / (matrix > 0 ? matrix : wire);
    printf("    {\"%s\", %.3g, %.3g, %.3g, %u, %u},\n", set->name, expanded, work.lanes / wire, work.copied / wire,
           work.jobs, work.unknown);
    assert_true(expanded <= l->expanded);
    assert_true(work.hashed >= 2 * wire && work.hashed <= 2.01 * wire + 100);
    assert_true(work.lanes <= l->lanes * wire);
    assert_true(!COUNTS_COPIES || work.copied <= l->copied * wire);
    assert_in_range(work.jobs, 1, l->jobs);
    assert_in_range(work.unknown, 0, l->unknown);
}

/* What a set costs beyond what a sanitizer's build has time for. */
static bool is_large(const struct set *set) {
    return (double)set->n_chunks * (double)set->chunk_max > 4e6;
}

static void of_each_set(void **state) {
    (void)state;
    size_t n_limits = sizeof limits / sizeof limits[0], n_sets = 0;
    puts("set, matrix or wire expanded, wire hashed in lanes, wire copied, jobs, of unknown length:");
    for (const struct set *set; (set = table_at(n_sets)); n_sets++) {
        size_t i = 0;
        while (i < n_limits && strcmp(limits[i].set, set->name) != 0)
            i++;
        assert_true(i < n_limits); /* a new set has a row here, too */
        if (!PAIR_SANITIZED || !is_large(set))
            check_set(set, &limits[i]);
    }
    assert_int_equal(n_sets, n_limits);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_each_set)};
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
