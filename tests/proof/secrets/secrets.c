/* Whole sessions on secrets that memcheck takes for uninitialised: it then reports each branch and each address that
 * depends on one. What it may report is listed in exceptions.supp, and run.py fails on anything else.
 *
 *     secrets check      a restart, a re-keying and identities at n64; sessions at n512, r509, r1019, l48, l80;
 * portable kernels secrets branch | address | compare | parity | product | rotation | recipe | entry the same, or over
 * a ring, or of lwe l32, with one function replaced by a leaky twin: must be reported
 *
 * Secret by default: each side's seed is poisoned, and with it all that is derived from it: s, noise, recipes,
 * distillate, keys; likewise the seeds of identities. Public is only what is said to be so here: what goes on the wire,
 * the session id and other randomness that is sent as it is, the fingerprint, and the verdict on a MAC. The linker
 * wraps the functions where that happens (meson.build). */
#include "tests/lib/pair.h"

#include "common/agree/distill.h"
#include "common/agree/keys.h"
#include "common/agree/toeplitz.h"
#include "common/base/bytes.h"
#include "common/base/level.h"
#include "common/base/prg.h"
#include "common/base/secretstream.h"
#include "common/shell/host/keyfile.h"
#include "common/task/lpn/gf2.h"
#include "common/task/lpn/learner.h"
#include "common/task/lpn/learning.h"
#include "common/task/lpn/matrix.h"
#include "common/task/lwe/combine.h"
#include "common/task/lwe/lwe_learning.h"
#include "common/task/lwe/zq.h"
#include "common/task/ring/accept.h"
#include "common/task/ring/clmul.h"
#include "common/task/ring/counters.h"
#include "common/task/ring/flip.h"
#include "proto/sealed.h"

#include <valgrind/memcheck.h>

static void make_public(const void *p, size_t n) {
    (void)VALGRIND_MAKE_MEM_DEFINED(p, n);
}

static void make_secret(const void *p, size_t n) {
    (void)VALGRIND_MAKE_MEM_UNDEFINED(p, n);
}

static enum { NO_LEAK, BRANCH, ADDRESS, COMPARE, PARITY, PRODUCT, ROTATION, RECIPE, ENTRY } leak;
static const struct params *params; /* of the session that runs */

/* Randomness that is sent as it is; and which labels Alice looks at in the end, which says nothing of what they are or
 * of what she makes of them. */
void __real_prg_subkey(uint8_t out[static 32], const uint8_t seed[static 32], const char *label, uint64_t number);
void __wrap_prg_subkey(uint8_t out[static 32], const uint8_t seed[static 32], const char *label, uint64_t number);

void __wrap_prg_subkey(uint8_t out[static 32], const uint8_t seed[static 32], const char *label, uint64_t number) {
    static const char *const sent[] = {"nonce", "matrix seed",   "session id",     "challenge seed",
                                       "hash",  "stream header", "checked labels", "kept vectors"};
    __real_prg_subkey(out, seed, label, number);
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        if (strcmp(label, sent[i]) == 0)
            make_public(out, 32);
    }
}

/* What is hashed into the transcript is what goes on the wire. */
void __real_transcript_digest(uint8_t out[static 32], const uint8_t *frame, size_t n);
void __wrap_transcript_digest(uint8_t out[static 32], const uint8_t *frame, size_t n);

void __wrap_transcript_digest(uint8_t out[static 32], const uint8_t *frame, size_t n) {
    make_public(frame, n);
    __real_transcript_digest(out, frame, n);
}

void __real_transcript_digests(uint8_t digests[][32], const uint8_t *const frames[], const size_t sizes[], size_t n);
void __wrap_transcript_digests(uint8_t digests[][32], const uint8_t *const frames[], const size_t sizes[], size_t n);

void __wrap_transcript_digests(uint8_t digests[][32], const uint8_t *const frames[], const size_t sizes[], size_t n) {
    for (size_t i = 0; i < n; i++)
        make_public(frames[i], sizes[i]);
    __real_transcript_digests(digests, frames, sizes, n);
}

bool __real_session_take_output(struct session *s, struct session_chunk *chunkp, uint64_t now_ms);
bool __wrap_session_take_output(struct session *s, struct session_chunk *chunkp, uint64_t now_ms);

bool __wrap_session_take_output(struct session *s, struct session_chunk *chunkp, uint64_t now_ms) {
    bool got = __real_session_take_output(s, chunkp, now_ms);
    if (got)
        make_public(chunkp->data, chunkp->n);
    return got;
}

/* What the local user is shown, the key too: what becomes of it there is not looked at, but for keyfile_text. */
bool __real_session_next_event(struct session *s, struct session_event *e);
bool __wrap_session_next_event(struct session *s, struct session_event *e);

bool __wrap_session_next_event(struct session *s, struct session_event *e) {
    bool got = __real_session_next_event(s, e);
    make_public(e, sizeof *e);
    return got;
}

void __real_keys_fingerprint(uint8_t bits[static 5], const uint8_t t3[static 32], const uint8_t r_alice[static 32],
                             const uint8_t r_bob[static 32]);
void __wrap_keys_fingerprint(uint8_t bits[static 5], const uint8_t t3[static 32], const uint8_t r_alice[static 32],
                             const uint8_t r_bob[static 32]);

void __wrap_keys_fingerprint(uint8_t bits[static 5], const uint8_t t3[static 32], const uint8_t r_alice[static 32],
                             const uint8_t r_bob[static 32]) {
    __real_keys_fingerprint(bits, t3, r_alice, r_bob);
    make_public(bits, 5);
}

/* Whether a MAC is right shows in what we do next. */
bool __real_keys_equal(const uint8_t a[static 32], const uint8_t b[static 32]);
bool __wrap_keys_equal(const uint8_t a[static 32], const uint8_t b[static 32]);

__attribute__((noinline)) static bool leaky_equal(const uint8_t *a, const uint8_t *b) {
    for (size_t i = 0; i < 32; i++) {
        if (a[i] != b[i])
            return false;
        __asm__ volatile("" ::: "memory");
    }
    return true;
}

bool __wrap_keys_equal(const uint8_t a[static 32], const uint8_t b[static 32]) {
    bool equal = leak == COMPARE ? leaky_equal(a, b) : __real_keys_equal(a, b);
    make_public(&equal, sizeof equal);
    return equal;
}

/* What the learner proposes has come out of branches, which hides from memcheck that it is a secret. */
const uint8_t *__real_learner_candidate(const struct learner *learner);
const uint8_t *__wrap_learner_candidate(const struct learner *learner);

const uint8_t *__wrap_learner_candidate(const struct learner *learner) {
    const uint8_t *h = __real_learner_candidate(learner);
    make_secret(h, params->n / 8);
    return h;
}

/* Whether it passes goes out in A3; whether its noise is enough decides whether A3 does. */
const struct learning_result *__real_learning_result(const struct learn *l);
const struct learning_result *__wrap_learning_result(const struct learn *l);

const struct learning_result *__wrap_learning_result(const struct learn *l) {
    const struct learning_result *result = __real_learning_result(l);
    make_public(&result->accepted, sizeof result->accepted);
    make_public(&result->noisy, sizeof result->noisy);
    return result;
}

const struct lwe_learning_result *__real_lwe_learning_result(const struct learn *l);
const struct lwe_learning_result *__wrap_lwe_learning_result(const struct learn *l);

const struct lwe_learning_result *__wrap_lwe_learning_result(const struct learn *l) {
    const struct lwe_learning_result *result = __real_lwe_learning_result(l);
    make_public(&result->verdict.accepted, sizeof result->verdict.accepted);
    make_public(&result->verdict.noisy, sizeof result->verdict.noisy);
    make_public(&result->verdict.odd, sizeof result->verdict.odd);
    return result;
}

/* Bit flipping over a ring: after each turn whether it is done, which the number of turns tells the user anyway; and
 * whether the labels agree with what it found, which goes out in A3. */
enum flip_status __real_flip_status(const struct flip *f);
enum flip_status __wrap_flip_status(const struct flip *f);

enum flip_status __wrap_flip_status(const struct flip *f) {
    enum flip_status status = __real_flip_status(f);
    make_public(&status, sizeof status);
    return status;
}

enum accept __real_accept_check(uint32_t *missed_hp, uint32_t *missed_sigmap, const struct ring_params *p,
                                const struct accept_data *data, const uint64_t *s);
enum accept __wrap_accept_check(uint32_t *missed_hp, uint32_t *missed_sigmap, const struct ring_params *p,
                                const struct accept_data *data, const uint64_t *s);

enum accept __wrap_accept_check(uint32_t *missed_hp, uint32_t *missed_sigmap, const struct ring_params *p,
                                const struct accept_data *data, const uint64_t *s) {
    enum accept verdict = __real_accept_check(missed_hp, missed_sigmap, p, data, s);
    make_public(&verdict, sizeof verdict);
    return verdict;
}

/* The same for A4. */
bool __real_distill_noisy(uint32_t noise, const struct set *set);
bool __wrap_distill_noisy(uint32_t noise, const struct set *set);

bool __wrap_distill_noisy(uint32_t noise, const struct set *set) {
    bool noisy = __real_distill_noisy(noise, set);
    make_public(&noisy, sizeof noisy);
    return noisy;
}

/* Conversation, and the inner frames of a re-keying: not secrets of the agreement. */
int __real_secretstream_pull(crypto_secretstream_xchacha20poly1305_state *state, uint8_t *plain, uint8_t *tagp,
                             const uint8_t *box, size_t n);
int __wrap_secretstream_pull(crypto_secretstream_xchacha20poly1305_state *state, uint8_t *plain, uint8_t *tagp,
                             const uint8_t *box, size_t n);

int __wrap_secretstream_pull(crypto_secretstream_xchacha20poly1305_state *state, uint8_t *plain, uint8_t *tagp,
                             const uint8_t *box, size_t n) {
    int r = __real_secretstream_pull(state, plain, tagp, box, n);
    make_public(&r, sizeof r);
    make_public(tagp, 1);
    if (r == 0)
        make_public(plain, n - SEALED_OVERHEAD);
    return r;
}

/* ---- leaky twins of what s, noise and distillate go through */

void __real_distill_mask(uint8_t *masked, const uint8_t d[static 64], const struct set *set);
void __wrap_distill_mask(uint8_t *masked, const uint8_t d[static 64], const struct set *set);

__attribute__((noinline)) static void leaky_mask(volatile uint8_t *masked, const uint8_t *d, const struct set *set) {
    for (size_t j = 0; j < SET_DISTILLATE; j++) {
        if (!bit_get(d, j))
            continue;
        for (size_t c = j * set->repeat; c < (j + 1) * set->repeat; c++)
            masked[c / 8] = (uint8_t)(masked[c / 8] ^ 1 << c % 8);
    }
}

void __wrap_distill_mask(uint8_t *masked, const uint8_t d[static 64], const struct set *set) {
    if (leak == BRANCH)
        leaky_mask(masked, d, set);
    else
        __real_distill_mask(masked, d, set);
}

void __real_toeplitz_hash(uint8_t y[static 32], const uint8_t d[static 64], const uint8_t t[static 96]);
void __wrap_toeplitz_hash(uint8_t y[static 32], const uint8_t d[static 64], const uint8_t t[static 96]);

static volatile uint8_t table[256];

__attribute__((noinline)) static void leaky_lookup(const uint8_t *d) {
    for (size_t i = 0; i < 64; i++)
        table[d[i]]++;
}

void __wrap_toeplitz_hash(uint8_t y[static 32], const uint8_t d[static 64], const uint8_t t[static 96]) {
    if (leak == ADDRESS)
        leaky_lookup(d);
    __real_toeplitz_hash(y, d, t);
}

void __real_matrix_label_part(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, const uint8_t *s,
                              size_t part);
void __wrap_matrix_label_part(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, const uint8_t *s,
                              size_t part);

/* s at Bob, and what Alice takes for it. */
__attribute__((noinline)) static void leaky_parity(const uint8_t *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (bit_get(s, i))
            table[i % 256]++;
    }
}

void __wrap_matrix_label_part(uint8_t *bits, const uint8_t key[static 32], size_t n_all, size_t n, const uint8_t *s,
                              size_t part) {
    if (leak == PARITY)
        leaky_parity(s, n);
    __real_matrix_label_part(bits, key, n_all, n, s, part);
}

/* Recipes of lwe. */
void __real_combine_rows(uint16_t *sums, size_t n_sums, const uint8_t *rows, size_t n_rows, size_t width,
                         const uint8_t *recipes);
void __wrap_combine_rows(uint16_t *sums, size_t n_sums, const uint8_t *rows, size_t n_rows, size_t width,
                         const uint8_t *recipes);

__attribute__((noinline)) static void leaky_recipe(const uint8_t *recipes, size_t n) {
    for (size_t i = 0; i < n; i++)
        table[recipes[i]]++;
}

void __wrap_combine_rows(uint16_t *sums, size_t n_sums, const uint8_t *rows, size_t n_rows, size_t width,
                         const uint8_t *recipes) {
    if (leak == RECIPE)
        leaky_recipe(recipes, n_sums);
    __real_combine_rows(sums, n_sums, rows, n_rows, width, recipes);
}

/* Entries of its s. */
void __real_zq_dot_rows(uint8_t *labels, const uint8_t *rows, size_t n_rows, size_t width, const int16_t *s);
void __wrap_zq_dot_rows(uint8_t *labels, const uint8_t *rows, size_t n_rows, size_t width, const int16_t *s);

__attribute__((noinline)) static void leaky_entry(const int16_t *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (s[i])
            table[i % 256]++;
    }
}

void __wrap_zq_dot_rows(uint8_t *labels, const uint8_t *rows, size_t n_rows, size_t width, const int16_t *s) {
    if (leak == ENTRY)
        leaky_entry(s, width);
    __real_zq_dot_rows(labels, rows, n_rows, width, s);
}

void __real_poly_mul(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n);
void __wrap_poly_mul(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n);

/* Bob's s times a sample, as one would write it with a sparse s in mind. */
__attribute__((noinline)) static void leaky_product(const uint64_t *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (b[i / 64] >> i % 64 & 1)
            table[i % 256]++;
    }
}

void __wrap_poly_mul(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n) {
    if (leak == PRODUCT)
        leaky_product(b, n);
    __real_poly_mul(out, a, b, n);
}

void __real_counters_sum(struct counters *c, const uint64_t *v, const uint32_t *at, uint32_t weight, size_t n,
                         struct counters_scratch *scratch);
void __wrap_counters_sum(struct counters *c, const uint64_t *v, const uint32_t *at, uint32_t weight, size_t n,
                         struct counters_scratch *scratch);

/* Alice's recipe as offsets into what is counted. */
__attribute__((noinline)) static void leaky_rotation(const uint32_t *at, uint32_t weight) {
    for (uint32_t i = 0; i < weight; i++)
        table[at[i] % 256]++;
}

void __wrap_counters_sum(struct counters *c, const uint64_t *v, const uint32_t *at, uint32_t weight, size_t n,
                         struct counters_scratch *scratch) {
    if (leak == ROTATION)
        leaky_rotation(at, weight);
    __real_counters_sum(c, v, at, weight, n, scratch);
}

/* ---- what runs */

static void poison(struct pair *p) {
    params = params_of(p->set);
    make_secret(p->seed, sizeof p->seed);
}

/* Restart, signatures, conversation, a new key, the ends. */
static void everything_once(void) {
    struct identity people[2];
    struct pair p;
    pair_init(&p, "n64", 1);
    poison(&p);
    for (int i = SIDE_ALICE; i <= SIDE_BOB; i++) {
        uint8_t seed[32] = {(uint8_t)i};
        identity_from_seed(&people[i], seed);
        make_secret(people[i].secret, 32);
        p.config[i].identity = &people[i];
        p.config[pair_other((enum side)i)].peers = (const uint8_t(*)[IDENTITY_KEY]) & people[i].public_key;
        p.config[pair_other((enum side)i)].n_peers = 1;
    }
    p.config[SIDE_ALICE].fail_attempts = 1;
    pair_start(&p);
    pair_run(&p);
    char much[20000 + 1]; /* enough for libcrypto */
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = 0;
    pair_say(&p, SIDE_ALICE, "hello bob");
    pair_say(&p, SIDE_ALICE, much);
    assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
    pair_run(&p);
    pair_say(&p, SIDE_BOB, "hello alice");
    pair_end(&p);
    assert_true(pair_settle(&p));
    for (int i = SIDE_ALICE; i <= SIDE_BOB; i++) {
        assert_int_equal(pair_outcome(&p, (enum side)i), SESSION_DONE);
        assert_int_equal(p.side[i].n_keys, 2);
    }
    pair_deinit(&p);
}

/* Rows of 64 bytes, the width of all larger sets. */
static void wide_rows(void) {
    struct pair p;
    pair_init(&p, "n512", 2);
    poison(&p);
    pair_good_session(&p);
    pair_deinit(&p);
}

/* One column block, and two, the second of which is narrow; recipes by 32 and by 16. */
static void lwe_session(const char *set) {
    struct pair p;
    pair_init(&p, set, 3);
    poison(&p);
    p.config[SIDE_ALICE].fail_attempts = 1;
    pair_good_session(&p);
    pair_deinit(&p);
}

/* A restart, and a new key, over a ring: strings of several words, an even weight and an odd one. */
static void over_rings(void) {
    static const char *const sets[] = {"r509", "r1019"};
    for (size_t i = 0; i < 2; i++) {
        struct pair p;
        pair_init(&p, sets[i], 3 + i);
        make_secret(p.seed, sizeof p.seed);
        p.config[SIDE_ALICE].fail_attempts = 1;
        pair_good_session(&p);
        pair_deinit(&p);
    }
}

/* Its longest strings, and its kernels as they run on processors without carry-less multiplication and AVX2. */
static void ring_kernels(void) {
    enum { N = 17669, WEIGHT = 66 };
    static uint64_t a[POLY_WORDS], b[POLY_WORDS];
    static uint32_t at[WEIGHT];
    static struct counters counters;
    static struct counters_scratch scratch;
    make_secret(a, sizeof a);
    make_secret(b, sizeof b);
    make_secret(at, sizeof at);
    counters_sum(&counters, a, at, WEIGHT, N, &scratch);
    counters_sum_portable(&counters, a, at, WEIGHT, N, &scratch);
    counters_reach(a, &counters, counters_max(&counters, &counters));
    poly_mul(a, a, b, N);
    clmul_portable(a, b, b + 2, 2);
}

/* What runs on processors without AVX2. */
static void portable_kernels(void) {
    static uint8_t rows[64 * 64], bits[8], vec[64];
    make_secret(vec, sizeof vec);
    gf2_dot_rows_portable(bits, 0, rows, 64, 64, vec);
    gf2_dot_rows_portable(bits, 0, rows, 64, 4, vec);
    static uint8_t labels[2 * 64], recipes[8 * 32];
    static uint16_t sums[64 * 32];
    static int16_t s[64];
    make_secret(recipes, sizeof recipes);
    make_secret(s, sizeof s);
    zq_dot_rows_portable(labels, rows, 32, 64, s);
    combine_rows_portable(sums, 32, rows, 32, 64, recipes);
}

static void key_file(void) {
    uint8_t key[32] = {0};
    char text[KEYFILE_TEXT];
    make_secret(key, sizeof key);
    keyfile_text(text, key);
}

int main(int argc, char **argv) {
    static const char *const modes[] = {"check",   "branch",   "address", "compare", "parity",
                                        "product", "rotation", "recipe",  "entry"};
    for (int i = 0; argc == 2 && i < 9; i++) {
        if (strcmp(argv[1], modes[i]) == 0)
            leak = i;
    }
    if (sodium_init() < 0 || argc != 2)
        return 64;
    if (leak >= RECIPE) {
        lwe_session("l32");
        return 0;
    }
    if (leak >= PRODUCT) {
        over_rings();
        return 0;
    }
    everything_once();
    if (leak == NO_LEAK) {
        over_rings();
        ring_kernels();
        wide_rows();
        lwe_session("l48");
        lwe_session("l80");
        portable_kernels();
        key_file();
        level_limit(LEVEL_PLAIN); /* and a whole agreement as it is on processors without AVX2 */
        everything_once();
    }
    return 0;
}
