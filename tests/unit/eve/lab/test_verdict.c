/* The words of a verdict: what a sample shows, what it does not decide, and what speaks against the claim. */
#include "eve/lab/report.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char holds[] = "holds", open[] = "not contradicted", violated[] = "violated";

static int begin(void **state) {
    static struct lab_report report;
    report = (struct lab_report){.complete = true,
                                 .done = json_array(),
                                 .claims = json_array(),
                                 .tables = json_array(),
                                 .values = json_object(),
                                 .notes = json_array()};
    *state = &report;
    return 0;
}

static int end(void **state) {
    report_free(*state);
    return 0;
}

static const json_t *last(const struct lab_report *report) {
    return json_array_get(report->claims, json_array_size(report->claims) - 1);
}

static void expect(const struct lab_report *report, const char *verdict) {
    assert_string_equal(json_string_value(json_object_get(last(report), "verdict")), verdict);
    assert_int_equal(json_is_true(json_object_get(last(report), "holds")), strcmp(verdict, violated) != 0);
}

static double bound(const struct lab_report *report, size_t which) {
    return json_number_value(json_array_get(json_object_get(last(report), "interval"), which));
}

/* Of none in n the upper bound is 1 - 0.05^(1/n): 10^-4 takes 29,956 sessions. Of all in n the lower one is
 * (tail)^(1/n) with a tail of 10^-7 / 2. */
static void at_most(void **state) {
    struct lab_report *report = *state;
    static const struct {
        double bound;
        size_t x, n;
        const char *verdict;
    } table[] = {
        {1e-4, 0, 300, open}, {1e-4, 0, 29955, open},   {1e-4, 0, 29956, holds},      {1e-4, 1, 29956, open},
        {1e-4, 1, 300, open}, {1e-4, 9, 300, violated}, {0x1p-40, 1, 1000, violated}, {0x1p-40, 0, 1000, open},
        {0.5, 24, 24, open},  {0.5, 25, 25, violated},  {1e-4, 0, 0, violated},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(lab_claim_at_most(report, table[i].bound, table[i].x, table[i].n, "claim %zu", i), 0);
        expect(report, table[i].verdict);
        if (table[i].x == 0 && table[i].n > 0)
            assert_true(fabs(bound(report, 1) + expm1(log(0.05) / (double)table[i].n)) < 1e-9);
    }
}

static void between(void **state) {
    struct lab_report *report = *state;
    static const struct {
        double low, high;
        const char *verdict;
    } table[] = {{1.4, 1.5, holds},    {1, 2, holds},        {0.9, 1.5, open},     {1.9, 2.1, open},     {0.5, 3, open},
                 {2.1, 2.2, violated}, {0.1, 0.9, violated}, {NAN, NAN, violated}, {1.4, INFINITY, open}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double value = isfinite(table[i].high) ? (table[i].low + table[i].high) / 2 : table[i].low;
        assert_int_equal(lab_claim_between(report, 1, 2, value, table[i].low, table[i].high, "claim %zu", i), 0);
        expect(report, table[i].verdict);
    }
}

/* The interval leaves out what is expected; lies within the tolerance; is too wide. */
static void is(void **state) {
    struct lab_report *report = *state;
    static const struct {
        double low, high;
        const char *verdict;
    } table[] = {{0.95, 1.05, holds},    {0.9, 1.1, holds},      {0.99, 1.2, open},    {0.5, 1.05, open},
                 {1.01, 1.02, violated}, {0.98, 0.99, violated}, {NAN, NAN, violated}, {0, INFINITY, open}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(lab_claim_is(report, 1, 0.101, 1, table[i].low, table[i].high, "claim %zu", i), 0);
        expect(report, table[i].verdict);
    }
}

static void seen(void **state) {
    struct lab_report *report = *state;
    assert_int_equal(lab_claim_seen(report, 1, 1, NAN, NAN, "so"), 0);
    expect(report, holds);
    assert_int_equal(lab_claim_seen(report, 0, 1, NAN, NAN, "so"), 0);
    expect(report, open);
    assert_int_equal(lab_claim_seen(report, -1, 1, NAN, NAN, "so"), 0);
    expect(report, violated);
}

/* What is not decided is said to be so, is no violation, and never "holds". */
static void words(void **state) {
    struct lab_report *report = *state;
    assert_int_equal(lab_claim_at_most(report, 1e-4, 0, 300, "fails seldom"), 0);
    char *text = report_text(report);
    assert_non_null(text);
    assert_string_equal(text, "not contradicted: fails seldom: 0 (at most 0.009936)\n");
    free(text);
    assert_true(report_holds(report));
    assert_int_equal(lab_claim_at_most(report, 1e-4, 300, 300, "fails seldom"), 0);
    assert_false(report_holds(report));
    text = report_text(report);
    assert_non_null(text);
    assert_non_null(strstr(text, "\nVIOLATED: fails seldom: 1 (at least 0.94"));
    assert_null(strstr(text, "holds:"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(at_most, begin, end), cmocka_unit_test_setup_teardown(between, begin, end),
        cmocka_unit_test_setup_teardown(is, begin, end),      cmocka_unit_test_setup_teardown(seen, begin, end),
        cmocka_unit_test_setup_teardown(words, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
