/* Several messages at once against libsodium, one after the other. */
#include "common/base/hash_lanes.h"
#include "common/base/level.h"

#include "tests/lib/unit.h"

static const size_t lengths[] = {0, 1, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 262144, 262151};
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0] };

static void check(const size_t sizes[], size_t n, struct prg *g) {
    uint8_t *messages[HASH_LANES], digests[HASH_LANES + 1][32], expected[32];
    prg_read(g, digests[n], 32);
    memcpy(expected, digests[n], 32);
    for (size_t i = 0; i < n; i++) {
        messages[i] = (uint8_t *)malloc(sizes[i] + 1) + 1; /* aligned to nothing */
        assert_non_null(messages[i]);
        prg_read(g, messages[i], sizes[i]);
    }
    hash_lanes(digests, (const uint8_t *const *)messages, sizes, n);
    assert_memory_equal(digests[n], expected, 32); /* of none beyond */
    for (size_t i = 0; i < n; i++) {
        crypto_generichash(expected, 32, messages[i], sizes[i], NULL, 0);
        assert_memory_equal(digests[i], expected, 32);
        free(messages[i] - 1);
    }
}

static void of_one_length(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < N_LENGTHS; i++)
        for (size_t n = 0; n <= HASH_LANES; n++)
            check((size_t[]){lengths[i], lengths[i], lengths[i], lengths[i]}, n, &g);
}

static void of_any_lengths(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t run = 0; run < 300; run++) {
        size_t sizes[HASH_LANES], n_kinds = 1 + prg_below(&g, 4), kinds[4];
        for (size_t i = 0; i < n_kinds; i++)
            kinds[i] = prg_below(&g, 4) ? prg_below(&g, 600) : lengths[prg_below(&g, 12)];
        for (size_t i = 0; i < HASH_LANES; i++)
            sizes[i] = kinds[prg_below(&g, (uint32_t)n_kinds)];
        check(sizes, 1 + prg_below(&g, HASH_LANES), &g);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_one_length),
        cmocka_unit_test(of_any_lengths),
    };
    int failed = sodium_init() < 0;
    for (enum level level = LEVEL_PLAIN; level <= level_widest(); level++) {
        level_limit(level);
        failed |= cmocka_run_group_tests_name(level_name(level), tests, NULL, NULL);
    }
    return failed;
}
