/* What one alice says, as the others get it: one line under her label, whatever she sends, and not without end. */
#include "tests/lib/unit.h"

#include "bob/conference.h"
#include "common/base/text.h"

static void each_line(void **state) {
    (void)state;
    static const struct {
        const char *said, *heard;
    } lines[] = {
        {"Good morning", "(from ann) Good morning\n"},
        {"(from bea) hello", "(from ann) (from bea) hello\n"},
        {"back\\slash \xe2\x82\xac", "(from ann) back\\slash \xe2\x82\xac\n"},
        {"\x1b[2Jred\r\n\x07", "(from ann) [2Jred\n"},
        {"a\xff\xc0\xaf"
         "b\xe2\x82",
         "(from ann) ab\n"},
        {"\xe2\x80\xae"
         "c\xc2\x9b"
         "d",
         "(from ann) cd\n"}, /* U+202E, and a control character of two bytes */
        {"\x01\x02", NULL},
        {"", NULL},
    };
    char out[CONFERENCE_LINE];
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        size_t said = strlen(lines[i].said);
        uint8_t *copy = unit_copy(lines[i].said, said);
        size_t n = conference_line(out, "ann", copy, said);
        free(copy);
        if (!lines[i].heard)
            assert_int_equal(n, 0);
        else {
            assert_int_equal(n, strlen(lines[i].heard));
            assert_memory_equal(out, lines[i].heard, n);
        }
    }
}

/* One newline, at the end, and nothing that a terminal would obey; text that is safe comes whole. */
static void any_bytes(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, "lines");
    for (unsigned round = 0; round < 5000; round++) {
        uint8_t said[CONFERENCE_TEXT];
        char out[CONFERENCE_LINE];
        size_t n = prg_below(&g, sizeof said + 1);
        bool plain = prg_below(&g, 2);
        for (size_t i = 0; i < n; i++)
            said[i] = plain ? (uint8_t)(' ' + prg_below(&g, 95)) : (uint8_t)prg_below(&g, 256);
        size_t length = conference_line(out, "abcdefghijabcdefghijabcdefghijab/0123456789abcdef", said, n);
        assert_true(length <= CONFERENCE_LINE);
        if (length == 0)
            continue;
        assert_ptr_equal(memchr(out, '\n', length), out + length - 1);
        for (size_t i = 0, step; i < length - 1; i += step) {
            uint32_t code;
            step = text_character((const uint8_t *)out + i, length - 1 - i, &code);
            assert_true(step && !text_is_unsafe(code));
        }
        if (plain) {
            assert_true(length > n);
            assert_memory_equal(out + length - 1 - n, said, n);
        }
    }
}

/* Against a count: in no time t are there more lines than a burst and one for each CONFERENCE_EVERY_MS of it. */
static void not_without_end(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, "rate");
    struct conference_rate rate = {0};
    enum { N = 2000 };
    static uint64_t passed[N];
    uint64_t now = 1000000;
    size_t n = 0;
    for (unsigned i = 0; n < N; i++) {
        now += prg_below(&g, 8) ? prg_below(&g, 50) : prg_below(&g, 3000);
        if (!conference_may(&rate, now))
            continue;
        for (size_t j = 0; j < n; j++)
            assert_true(n - j + 1 <= CONFERENCE_BURST + (now - passed[j]) / CONFERENCE_EVERY_MS + 1);
        passed[n++] = now;
    }
    now += (uint64_t)CONFERENCE_BURST * CONFERENCE_EVERY_MS;
    for (unsigned i = 0; i < CONFERENCE_BURST; i++)
        assert_true(conference_may(&rate, now));
    assert_false(conference_may(&rate, now));
    assert_true(conference_may(&rate, now + CONFERENCE_EVERY_MS));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_line), cmocka_unit_test(any_bytes),
                                       cmocka_unit_test(not_without_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
