/* Samples against Floyd's definition with a list, and whether each subset is as likely as any other. */
#include "common/base/sample.h"

#include "common/base/bytes.h"
#include "tests/lib/unit.h"

#include <math.h>

enum { N_MAX = 300 };

static const size_t sizes[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 300};
enum { N_SIZES = sizeof sizes / sizeof sizes[0] };

static void draw(uint32_t *chosen, size_t size, size_t n, const uint8_t key[static 32]) {
    uint8_t marks[N_MAX / 8 + 1] = {0};
    sample_draw(chosen, size, n, key, marks);
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void naive(uint32_t *chosen, size_t size, size_t n, const uint8_t key[static 32]) {
    struct prg g;
    prg_init(&g, key, 0);
    for (size_t i = 0; i < size; i++) {
        uint32_t top = (uint32_t)(n - size + i), drawn = prg_below(&g, top + 1);
        for (size_t j = 0; j < i; j++)
            if (chosen[j] == drawn) {
                drawn = top;
                break;
            }
        chosen[i] = drawn;
    }
    qsort(chosen, size, sizeof *chosen, compare);
    prg_deinit(&g);
}

static void equals_its_twin(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t a = 0; a < N_SIZES; a++)
        for (size_t b = 0; b <= a; b++) {
            uint8_t key[32];
            uint32_t got[N_MAX + 1], expected[N_MAX];
            prg_read(&g, key, sizeof key);
            got[sizes[b]] = 12345;
            draw(got, sizes[b], sizes[a], key);
            naive(expected, sizes[b], sizes[a], key);
            assert_memory_equal(got, expected, sizes[b] * sizeof *got);
            assert_int_equal(got[sizes[b]], 12345);
            for (size_t i = 0; i < sizes[b]; i++)
                assert_true(got[i] < sizes[a] && (i == 0 || got[i] > got[i - 1]));
        }
}

/* All 70 choices of 4 out of 8, by Pearson's test with 69 degrees of freedom: above 170 less than once in 10^9 times.
 */
static void each_choice_is_as_likely(void **state) {
    (void)state;
    enum { RUNS = 70 * 300 };
    unsigned counts[256] = {0}, n_kinds = 0;
    double sum = 0;
    struct prg g;
    unit_random(&g, __func__);
    for (int run = 0; run < RUNS; run++) {
        uint8_t key[32];
        uint32_t chosen[4], set = 0;
        prg_read(&g, key, sizeof key);
        draw(chosen, 4, 8, key);
        for (int i = 0; i < 4; i++)
            set |= 1u << chosen[i];
        counts[set]++;
    }
    for (int set = 0; set < 256; set++)
        if (counts[set] > 0) {
            n_kinds++;
            sum += (counts[set] - 300.0) * (counts[set] - 300.0) / 300;
        }
    printf("chi^2 of 69 degrees: %.1f\n", sum);
    assert_int_equal(n_kinds, 70);
    assert_true(sum < 170);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_its_twin),
        cmocka_unit_test(each_choice_is_as_likely),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
