/* Bobs that label, or mask, with too little noise, or whose secret no honest one has: Alice ends the session and says
 * so. The linker wraps cbd_noise (meson.build), which Bob calls once for B2 and once for B3, and cbd_secret. */
#include "tests/lib/pair_checks.h"

#include "common/task/lwe/cbd.h"
#include "common/task/lwe/lwe_params.h"
#include "common/task/lwe/zq.h"

void __real_cbd_noise(uint8_t *labels, size_t n, const uint8_t key[static 32], uint32_t a);
void __wrap_cbd_noise(uint8_t *labels, size_t n, const uint8_t key[static 32], uint32_t a);

static struct {
    size_t n, begin, end; /* of the call that is changed, and where */
    uint32_t a;           /* the noise that is left; 0 for none */
} quiet;

void __wrap_cbd_noise(uint8_t *labels, size_t n, const uint8_t key[static 32], uint32_t a) {
    __real_cbd_noise(labels, n, key, a);
    if (n != quiet.n)
        return;
    uint8_t *much = calloc(n, 2), *little = calloc(n, 2);
    assert_true(much && little);
    __real_cbd_noise(much, n, key, a);
    if (quiet.a)
        __real_cbd_noise(little, n, key, quiet.a);
    for (size_t i = quiet.begin; i < quiet.end; i++)
        zq_add(labels, i, (uint16_t)(zq_load(little, i) - zq_load(much, i)));
    free(much);
    free(little);
}

void __real_cbd_secret(int16_t *s, size_t n, const uint8_t key[static 32]);
void __wrap_cbd_secret(int16_t *s, size_t n, const uint8_t key[static 32]);

static enum { AS_DRAWN, ZERO, EVEN, ONE_ODD } secrets;

void __wrap_cbd_secret(int16_t *s, size_t n, const uint8_t key[static 32]) {
    __real_cbd_secret(s, n, key);
    for (size_t j = 0; j < n && secrets != AS_DRAWN; j++)
        s[j] = (int16_t)(secrets == ZERO ? 0 : s[j] & ~1);
    if (secrets == ONE_ODD)
        s[n - 1] = -1;
}

enum { PLAIN, COMPOSED, MASKED, LAST_PLAIN, PLACES }; /* the last: of plain labels, all but the first 512 */

static const struct place {
    const char *name;
    enum step step;
} places[] = {
    {"plain labels", STEP_A3}, {"composed labels", STEP_A3}, {"masked labels", STEP_A4}, {"plain labels", STEP_A3}};

static uint32_t least_in(const struct lwe_params *p, size_t place) {
    return place == COMPOSED ? p->least_composed : place == MASKED ? p->set.least_masked : p->least_plain;
}

static void set_place(const struct lwe_params *p, size_t place, uint32_t a) {
    quiet.n = place == MASKED ? set_challenges(&p->set) : p->set.n_labels;
    quiet.begin = place == COMPOSED ? p->m : place == LAST_PLAIN ? 512 : 0;
    quiet.end = place == PLAIN || place == LAST_PLAIN ? p->m : quiet.n;
    quiet.a = a;
}

/* Noise of a third of its width or less, the less the fewer labels there are: by more than 7 standard deviations of its
 * sum too little. */
static uint32_t too_little(const struct lwe_params *p) {
    uint32_t share = p->n <= 64 ? 36 : p->n <= 256 ? 16 : 9;
    return p->eta / share / CBD_STEP * CBD_STEP;
}

/* With the noise a where set_place says. */
static void check_quiet(const struct lwe_params *p, size_t place, uint32_t a) {
    char words[64];
    set_place(p, place, a);
    snprintf(words, sizeof words, "%s, of an honest Bob's at least %u:", places[place].name,
             (unsigned)least_in(p, place));
    pair_check_broken_bob(p->set.name, 91, places[place].step, "too little noise", words);
}

static void too_little_is_refused(void **state) {
    (void)state;
    const struct lwe_params *p;
    for (size_t i = 0; (p = lwe_params_at(i)) && p->n <= (PAIR_SANITIZED ? 128 : 640); i++)
        for (size_t place = 0; place < PLACES; place++) {
            if (place == LAST_PLAIN && p->n < 64) /* most of their plain labels are among the first 512 */
                continue;
            assert_true(too_little(p) > 0);
            check_quiet(p, place, 0);
            check_quiet(p, place, too_little(p));
        }
}

static void no_odd_entry_is_refused(void **state) {
    (void)state;
    const struct lwe_params *p;
    quiet.n = 0;
    for (size_t i = 0; (p = lwe_params_at(i)) && p->n <= 80; i++) {
        secrets = ZERO;
        pair_check_broken_bob(p->set.name, 91, STEP_A3, "no entry of Bob's secret is odd", "");
        secrets = EVEN;
        pair_check_broken_bob(p->set.name, 91, STEP_A3, "no entry of Bob's secret is odd", "");
        secrets = ONE_ODD;
        struct pair pair;
        pair_init(&pair, p->set.name, 92);
        pair_good_session(&pair);
        pair_deinit(&pair);
    }
    secrets = AS_DRAWN;
}

/* The other half of each verdict. */
static void an_honest_bob_is_not_refused(void **state) {
    (void)state;
    const struct lwe_params *p;
    quiet.n = 0;
    for (size_t i = 0; (p = lwe_params_at(i)) && p->n <= 256; i++)
        for (uint64_t run = 0; run < 10; run++) {
            struct pair pair;
            pair_init(&pair, p->set.name, run);
            pair_good_session(&pair);
            pair_deinit(&pair);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_little_is_refused),
        cmocka_unit_test(no_odd_entry_is_refused),
        cmocka_unit_test(an_honest_bob_is_not_refused),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
