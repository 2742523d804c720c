/* Whole agreements over the ring task, and what either side refuses. The linker wraps sparse_draw and noise_add
 * (meson.build), by which Bob draws the noise of his labels and of his masks. */
#include "tests/lib/pair_checks.h"

#include "common/base/noise.h"
#include "common/task/ring/ring_params.h"
#include "common/task/ring/sparse.h"

void __real_sparse_draw(uint64_t *out, uint32_t *at, uint32_t weight, size_t n, const uint8_t key[static 32],
                        uint64_t nonce);
void __wrap_sparse_draw(uint64_t *out, uint32_t *at, uint32_t weight, size_t n, const uint8_t key[static 32],
                        uint64_t nonce);

/* Which draw of an attempt has one too few: Alice draws x and y, then Bob s, e1 and e2. -1: none. */
static int quiet = -1, n_drawn;

void __wrap_sparse_draw(uint64_t *out, uint32_t *at, uint32_t weight, size_t n, const uint8_t key[static 32],
                        uint64_t nonce) {
    __real_sparse_draw(out, at, weight - (n_drawn++ == quiet), n, key, nonce);
}

void __real_noise_add(uint8_t *bits, size_t n_bits, const uint8_t key[static 32], uint64_t theta64);
void __wrap_noise_add(uint8_t *bits, size_t n_bits, const uint8_t key[static 32], uint64_t theta64);

static bool open_masks; /* challenges are labelled without noise */

void __wrap_noise_add(uint8_t *bits, size_t n_bits, const uint8_t key[static 32], uint64_t theta64) {
    if (!open_masks)
        __real_noise_add(bits, n_bits, key, theta64);
}

/* Each set, and a new key in each session. */
static void all_sets_agree(void **state) {
    (void)state;
    const struct ring_params *params;
    for (size_t i = 0; (params = ring_params_at(i)); i++)
        for (uint64_t seed = 0; seed < (params->n < 2000 ? 12 : 3); seed++) {
            struct pair p;
            pair_init(&p, params->set.name, seed);
            pair_start(&p);
            pair_run(&p);
            pair_say(&p, SIDE_ALICE, "hello bob");
            assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
            pair_run(&p);
            pair_end(&p);
            assert_true(pair_settle(&p));
            for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
                assert_int_equal(pair_outcome(&p, side), SESSION_DONE);
                assert_int_equal(p.side[side].n_keys, 2);
            }
            assert_memory_equal(p.side[SIDE_ALICE].keys, p.side[SIDE_BOB].keys, 2 * 32);
            assert_int_equal(p.side[SIDE_ALICE].disagreements, 2 * params->w_e);
            pair_deinit(&p);
        }
}

/* Random pieces, random order of jobs, random delays: not one byte differs. */
static void random_pieces_and_jobs(void **state) {
    (void)state;
    static const char *const sets[] = {"r509", "r1019", "r4099", "r13109"};
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        for (unsigned run = 0; run < (i < 2 ? 8 : 2); run++) {
            struct pair p;
            uint64_t seed = prg_u64(&g);
            pair_init(&p, sets[i], seed);
            p.random = &g;
            pair_check_against_plain(&p, seed);
            pair_deinit(&p);
        }
}

/* ---- what is refused */

struct change {
    enum side from;
    size_t index;  /* of the frame: the preface is 0 */
    unsigned bits; /* that are flipped in its last byte */
};

static void flip_last_bits(struct pair *p, struct pair_frame *f, void *context) {
    const struct change *change = context;
    (void)p;
    if (f->from == change->from && f->index == change->index)
        f->bytes[f->n - 1] = (uint8_t)(f->bytes[f->n - 1] ^ change->bits);
}

static void check_refused(const struct ring_params *params, struct change change, enum step step, const char *why) {
    enum side refuses = pair_other(change.from);
    struct pair p;
    pair_init(&p, params->set.name, 7);
    p.hook = flip_last_bits;
    p.context = &change;
    pair_script(&p);
    const struct session_end *end = session_end(p.side[refuses].session);
    assert_int_equal(end->outcome, SESSION_PROTOCOL);
    assert_int_equal(end->reason, ABORT_PROTOCOL);
    assert_int_equal(end->step, step);
    assert_false(end->by_peer);
    assert_non_null(strstr(end->text, why));
    pair_check_end(&p);
    pair_deinit(&p);
}

/* Bits beyond n of sigma, and beyond 2 n of the labels: each of them alone. */
static void padding_is_zero(void **state) {
    (void)state;
    const struct ring_params *params;
    for (size_t i = 0; (params = ring_params_at(i)); i++) {
        for (unsigned bit = params->n % 8; bit < 8; bit++)
            check_refused(params, (struct change){SIDE_ALICE, 3, 1u << bit}, STEP_A2, "bits that are no part of it");
        for (unsigned bit = 2 * params->n % 8; bit < 8; bit++)
            check_refused(params, (struct change){SIDE_BOB, 2, 1u << bit}, STEP_B2, "labels");
    }
}

/* One more bit of sigma is another sample, not a refusal: Alice fails to learn, and says so by A3. */
static void other_bits_are_data(void **state) {
    (void)state;
    struct change change = {SIDE_ALICE, 3, 1};
    struct pair p;
    pair_init(&p, "r1019", 8);
    p.hook = flip_last_bits;
    p.context = &change;
    pair_script(&p);
    assert_int_equal(p.side[SIDE_BOB].n_keys, 0);
    assert_null(strstr(session_end(p.side[SIDE_BOB].session)->text, "no part of it"));
    pair_deinit(&p);
}

/* Bob labels whatever has the right length: the attempt fails to learn, and the next one does not. Labels that are all
 * zero are not of any s with w_s ones. */
static void any_data_are_dealt_with(void **state) {
    (void)state;
    const struct ring_params *params = ring_params_find("r1019");
    struct pair_instead cases[] = {{MESSAGE_SAMPLES, 1, (params->n + 7) / 8, 0, 0},
                                   {MESSAGE_LABELS, 0, (2 * params->n + 7) / 8, 0, 0}};
    for (size_t c = 0; c < 2; c++) {
        struct pair p;
        pair_init(&p, "r1019", 31);
        p.hook = pair_say_instead;
        p.context = &cases[c];
        pair_start(&p);
        pair_run(&p);
        assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], 1);
        assert_int_equal(p.side[SIDE_BOB].seen[SESSION_ATTEMPT_FAILED], 1);
        pair_end(&p);
        pair_settle(&p);
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

/* A bob with one wrong label too few in either block is not honest. */
static void a_quiet_bob_is_refused(void **state) {
    (void)state;
    static const char *const what[] = {"labels of the plain sample", "labels of the composed sample"};
    const struct ring_params *params;
    for (size_t i = 0; (params = ring_params_at(i)); i++)
        for (int label = 0; label < 2; label++) {
            char words[64];
            quiet = 3 + label;
            n_drawn = 0;
            snprintf(words, sizeof words, "%u of %u", params->w_e - 1, params->n);
            pair_check_broken_bob(params->set.name, 9, STEP_A3, what[label], words);
            quiet = -1;
        }
}

/* A bob who masks without noise: an honest one has less than the set says once in 2^40 times. */
static void open_masks_are_refused(void **state) {
    (void)state;
    const struct ring_params *params;
    open_masks = true;
    for (size_t i = 0; (params = ring_params_at(i)); i++) {
        char words[64];
        snprintf(words, sizeof words, "0 of %zu masked bits", set_challenges(&params->set));
        pair_check_broken_bob(params->set.name, 10, STEP_A4, "too little noise", words);
    }
    open_masks = false;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sets_agree),          cmocka_unit_test(random_pieces_and_jobs),
        cmocka_unit_test(padding_is_zero),         cmocka_unit_test(other_bits_are_data),
        cmocka_unit_test(any_data_are_dealt_with), cmocka_unit_test(a_quiet_bob_is_refused),
        cmocka_unit_test(open_masks_are_refused),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
