/* Levels: named, limited, and never beyond what the processor says of itself. */
#include "common/base/level.h"

#include "tests/lib/unit.h"

static void names_lead_back(void **state) {
    (void)state;
    enum level found;
    for (enum level level = LEVEL_PLAIN; level < N_LEVELS; level++) {
        assert_true(level_find(&found, level_name(level)));
        assert_int_equal(found, level);
    }
    assert_false(level_find(&found, ""));
    assert_false(level_find(&found, "avx"));
    assert_false(level_find(&found, "avx512f"));
}

static void limits_only_lower(void **state) {
    (void)state;
    enum level widest = level_widest();
    assert_int_equal(level_now(), widest);
    for (enum level most = LEVEL_PLAIN; most < N_LEVELS; most++) {
        level_limit(most);
        assert_int_equal(level_now(), most < widest ? most : widest);
        assert_int_equal(level_widest(), widest);
    }
}

/* As Linux tells it, which knows too whether it keeps the registers. Elsewhere there is the plain level alone, whatever
 * /proc/cpuinfo says: that of the machine on which this one is emulated, or of the same one with registers half as
 * long. */
static void the_processor_has_it(void **state) {
    (void)state;
#if !defined(__x86_64__)
    assert_int_equal(level_widest(), LEVEL_PLAIN);
#else
    static const char *const needed[N_LEVELS][4] = {
        [LEVEL_AVX2] = {"avx2", "bmi1", "popcnt"}, [LEVEL_AVX512] = {"avx512f", "avx512vl", "avx512bw"}};
    FILE *f = fopen("/proc/cpuinfo", "r");
    char *line = NULL;
    size_t n = 0;
    bool seen = false;
    while (f && !seen && getline(&line, &n, f) > 0) {
        if (strncmp(line, "flags", 5) != 0)
            continue;
        seen = true;
        line[strcspn(line, "\n")] = ' ';
        for (enum level level = LEVEL_AVX2; level < N_LEVELS; level++) {
            bool has = level_widest() >= level, all = level == LEVEL_AVX2 || level_widest() >= LEVEL_AVX2;
            for (size_t i = 0; needed[level][i]; i++) {
                char word[16];
                snprintf(word, sizeof word, " %s ", needed[level][i]);
                all &= strstr(line, word) != NULL;
            }
            assert_int_equal(has, all);
        }
    }
    free(line);
    if (f)
        fclose(f);
    if (!seen)
        skip();
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_lead_back),
        cmocka_unit_test(the_processor_has_it),
        cmocka_unit_test(limits_only_lower),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
