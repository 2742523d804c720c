/* Bobs that label, or mask, with too little noise: Alice ends the session and says so. The linker wraps noise_add
 * (meson.build), which Bob calls once for B2 and once for B3. */
#include "tests/lib/pair_checks.h"

#include "common/base/bytes.h"
#include "common/base/noise.h"
#include "common/task/lpn/params.h"

#include <math.h>

void __real_noise_add(uint8_t *bits, size_t n_bits, const uint8_t key[static 32], uint64_t theta64);
void __wrap_noise_add(uint8_t *bits, size_t n_bits, const uint8_t key[static 32], uint64_t theta64);

static struct {
    size_t n_bits, begin, end; /* of the call that is changed, and where */
    uint64_t share;            /* of the noise that is left: one in so many, 0 for none */
} quiet;

void __wrap_noise_add(uint8_t *bits, size_t n_bits, const uint8_t key[static 32], uint64_t theta64) {
    __real_noise_add(bits, n_bits, key, theta64);
    if (n_bits != quiet.n_bits)
        return;
    uint8_t *much = calloc(bits_to_bytes(n_bits), 1), *little = calloc(bits_to_bytes(n_bits), 1);
    assert_true(much && little);
    __real_noise_add(much, n_bits, key, theta64);
    __real_noise_add(little, n_bits, key, quiet.share ? theta64 / quiet.share : 0);
    for (size_t i = quiet.begin; i < quiet.end; i++)
        bit_xor(bits, i, bit_get(much, i) ^ bit_get(little, i));
    free(much);
    free(little);
}

static const struct place {
    const char *name;
    enum step step;
} places[] = {{"plain labels", STEP_A3}, {"composed labels", STEP_A3}, {"masked bits", STEP_A4}};

static uint32_t least_in(const struct params *p, size_t place) {
    return place == 0 ? p->least_plain : place == 1 ? p->least_composed : p->set.least_masked;
}

/* How many of the bits there Alice looks at. */
static size_t set_place(const struct params *p, size_t place) {
    size_t labels = (size_t)p->m + p->k;
    quiet.n_bits = place < 2 ? labels : params_challenges(p);
    quiet.begin = place == 1 ? p->m : 0;
    quiet.end = place == 0 ? p->m : quiet.n_bits;
    return place == 0 ? params_checked(p) : place == 1 ? params_kept(p) : quiet.n_bits;
}

/* 2 if half of the noise is certain to be too little (7 standard deviations), else 4, 8, ... */
static unsigned too_small_share(double noise, uint32_t least) {
    unsigned share = 2;
    while (noise / share + 7 * sqrt(noise / share) >= least)
        share *= 2;
    return share;
}

static void check_refused(const struct params *p, size_t place) {
    char words[64];
    snprintf(words, sizeof words, "%s are wrong, of an honest Bob's at least %u:", places[place].name,
             (unsigned)least_in(p, place));
    pair_check_broken_bob(p->set.name, 91, places[place].step, "too little noise", words);
}

static const struct params *cheap_sets(size_t *np) {
    const struct params *sets = params_table(np);
    while (sets[*np - 1].n > (PAIR_SANITIZED ? 256 : 2048))
        --*np;
    return sets;
}

static void none_at_all(void **state) {
    (void)state;
    size_t n_sets;
    const struct params *sets = cheap_sets(&n_sets);
    for (size_t i = 0; i < n_sets; i++)
        for (size_t place = 0; place < 3; place++) {
            set_place(&sets[i], place);
            quiet.share = 0;
            check_refused(&sets[i], place);
        }
}

static void a_share_of_it(void **state) {
    (void)state;
    size_t n_sets;
    const struct params *sets = cheap_sets(&n_sets);
    for (size_t i = 0; i < n_sets; i++)
        for (size_t place = 0; place < 3; place++) {
            double noise = (double)set_place(&sets[i], place) * sets[i].theta;
            quiet.share = too_small_share(noise, least_in(&sets[i], place));
            assert_true(quiet.share <= 16);
            check_refused(&sets[i], place);
        }
}

/* The other half of each verdict. */
static void an_honest_bob_is_not_refused(void **state) {
    (void)state;
    size_t n_sets;
    const struct params *sets = cheap_sets(&n_sets);
    quiet.n_bits = 0;
    for (size_t i = 0; i < n_sets; i++)
        for (uint64_t run = 0; run < (sets[i].n < 512 ? 20 : 2); run++) {
            struct pair p;
            pair_init(&p, sets[i].set.name, run);
            pair_good_session(&p);
            pair_deinit(&p);
        }
}

/* In a re-keying there is no Abort: both ends say that the connection was closed without an end mark. */
static void in_a_rekeying(void **state) {
    (void)state;
    const struct params *params = params_find("n64");
    for (size_t place = 0; place < 3; place++) {
        struct pair p;
        quiet.n_bits = 0;
        pair_init(&p, "n64", 92);
        pair_start(&p);
        pair_run(&p);
        set_place(params, place);
        quiet.share = 0;
        assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
        assert_true(pair_settle(&p));
        assert_int_equal(pair_outcome(&p, SIDE_ALICE), SESSION_PROTOCOL);
        assert_non_null(strstr(session_end(p.side[SIDE_ALICE].session)->text, "too little noise"));
        assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_BROKEN);
        assert_int_equal(p.side[SIDE_ALICE].n_keys, 1);
        pair_check_end(&p);
        pair_deinit(&p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_at_all),
        cmocka_unit_test(a_share_of_it),
        cmocka_unit_test(an_honest_bob_is_not_refused),
        cmocka_unit_test(in_a_rekeying),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
