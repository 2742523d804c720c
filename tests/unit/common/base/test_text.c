#include "common/base/text.h"
#include "tests/lib/unit.h"

static const struct {
    const char *in, *out;
} cases[] = {
    {"", ""},
    {"plain text, 100%", "plain text, 100%"},
    {"back\\slash", "back\\\\slash"},
    {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa6", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa6"},
    /* control characters: C0, DEL, C1 */
    {"\x1b[2J\a\r\n\t", "\\x1b[2J\\x07\\x0d\\x0a\\x09"},
    {"\x1f \x7f", "\\x1f \\x7f"},
    {"\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f\xc2\xa0"},
    /* what reorders or hides: bidirectional marks, embeddings, overrides, isolates, separators, zero widths, a BOM */
    {"\xd8\x9c", "\\xd8\\x9c"},
    {"\xe2\x80\x8b\xe2\x80\x8e\xe2\x80\x8f", "\\xe2\\x80\\x8b\\xe2\\x80\\x8e\\xe2\\x80\\x8f"},
    {"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\xe2\x80\xae",
     "\\xe2\\x80\\xa8\\xe2\\x80\\xa9\\xe2\\x80\\xaa\\xe2\\x80\\xae"},
    {"\xe2\x81\xa6\xe2\x81\xa9", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9"},
    {"\xef\xbb\xbf", "\\xef\\xbb\\xbf"},
    /* invalid: lone continuation, lone lead, overlong, surrogate, beyond U+10FFFF, impossible bytes */
    {"\x80\xbf", "\\x80\\xbf"},
    {"\xc3(", "\\xc3("},
    {"\xe2\x82", "\\xe2\\x82"},
    {"\xc0\xaf\xc1\xbf", "\\xc0\\xaf\\xc1\\xbf"},
    {"\xe0\x9f\xbf\xf0\x8f\xbf\xbf", "\\xe0\\x9f\\xbf\\xf0\\x8f\\xbf\\xbf"},
    {"\xed\xa0\x80\xed\xbf\xbf", "\\xed\\xa0\\x80\\xed\\xbf\\xbf"},
    {"\xf4\x90\x80\x80\xf5\x80\x80\x80", "\\xf4\\x90\\x80\\x80\\xf5\\x80\\x80\\x80"},
    {"\xfe\xff", "\\xfe\\xff"},
    /* the first and last of each length */
    {" ~", " ~"},
    {"\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
     "\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
};

static void each_class_of_character(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[256];
        size_t n = strlen(cases[i].in);
        uint8_t *in = unit_copy(cases[i].in, n);
        assert_int_equal(text_escape(out, sizeof out, in, n), strlen(cases[i].out));
        assert_string_equal(out, cases[i].out);
        free(in);
    }
}

static void a_nul_is_a_control_character(void **state) {
    (void)state;
    char out[16];
    assert_int_equal(text_escape(out, sizeof out, (const uint8_t *)"a\0b", 3), 6);
    assert_string_equal(out, "a\\x00b");
}

static void cut_only_between_characters(void **state) {
    (void)state;
    static const uint8_t in[] = "a\xe2\x82\xac\n\\";
    static const char *const by_capacity[] = {"",
                                              "a",
                                              "a",
                                              "a",
                                              "a\xe2\x82\xac",
                                              "a\xe2\x82\xac",
                                              "a\xe2\x82\xac",
                                              "a\xe2\x82\xac",
                                              "a\xe2\x82\xac\\x0a",
                                              "a\xe2\x82\xac\\x0a",
                                              "a\xe2\x82\xac\\x0a\\\\"};
    for (size_t i = 0; i < sizeof by_capacity / sizeof by_capacity[0]; i++) {
        size_t capacity = i + 1;
        char *out = (char *)malloc(capacity);
        assert_non_null(out);
        size_t n = text_escape(out, capacity, in, sizeof in - 1);
        assert_string_equal(out, by_capacity[i]);
        assert_int_equal(n, strlen(out));
        free(out);
    }
}

/* Whatever comes in, what goes out is at most four times as long, has no byte below a space, and is its own meaning:
 * escaping it a second time changes nothing but backslashes. */
static void random_bytes(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (int run = 0; run < 20000; run++) {
        size_t n = prg_below(&g, 40);
        uint8_t in[40];
        prg_read(&g, in, n);
        for (size_t i = 0; i < n; i++) /* more lead bytes and continuations than chance has */
            if (in[i] & 1)
                in[i] |= 0x80;
        char out[161];
        size_t used = text_escape(out, sizeof out, in, n);
        assert_true(used <= 4 * n && strlen(out) == used);
        size_t backslashes = 0;
        for (size_t i = 0; i < used; i++) {
            assert_true((uint8_t)out[i] >= 0x20 && out[i] != 0x7f);
            backslashes += out[i] == '\\';
        }
        char twice[322];
        assert_int_equal(text_escape(twice, sizeof twice, (const uint8_t *)out, used), used + backslashes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_of_character),
        cmocka_unit_test(a_nul_is_a_control_character),
        cmocka_unit_test(cut_only_between_characters),
        cmocka_unit_test(random_bytes),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
