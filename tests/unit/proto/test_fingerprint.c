#include "proto/fingerprint.h"
#include "tests/lib/unit.h"

static char words[256][FINGERPRINT_TEXT];

/* The list as the program has it: the first word of a fingerprint for each byte. */
static int load_words(void **state) {
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        char text[FINGERPRINT_TEXT];
        fingerprint_text(text, (const uint8_t[FINGERPRINT_BYTES]){(uint8_t)i});
        size_t n = strcspn(text, " ");
        memcpy(words[i], text, n);
        words[i][n] = 0;
    }
    return 0;
}

static void words_are_short_and_plain(void **state) {
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        assert_in_range(strlen(words[i]), 3, 8);
        assert_int_equal(strspn(words[i], "abcdefghijklmnopqrstuvwxyz"), strlen(words[i]));
    }
}

static void words_are_sorted_and_distinct(void **state) {
    (void)state;
    for (unsigned i = 1; i < 256; i++)
        assert_true(strcmp(words[i - 1], words[i]) < 0);
}

static size_t distance(const char *a, const char *b) {
    size_t n_b = strlen(b), row[FINGERPRINT_TEXT];
    for (size_t j = 0; j <= n_b; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t least = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < least)
                least = row[j] + 1;
            if (row[j - 1] + 1 < least)
                least = row[j - 1] + 1;
            row[j] = least;
        }
    }
    return row[n_b];
}

/* Misread, misheard or cut off, a word does not become another: three letters of difference and another start. */
static void words_are_not_mistaken(void **state) {
    (void)state;
    for (unsigned i = 0; i < 256; i++)
        for (unsigned j = 0; j < i; j++) {
            if (distance(words[i], words[j]) < 3 || strncmp(words[i], words[j], 4) == 0)
                fail_msg("%s and %s are too alike", words[i], words[j]);
        }
}

static void each_byte_picks_its_word(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (int run = 0; run < 5000; run++) {
        uint8_t bits[FINGERPRINT_BYTES];
        prg_read(&g, bits, sizeof bits);
        char text[FINGERPRINT_TEXT], expected[5 * FINGERPRINT_TEXT];
        fingerprint_text(text, bits);
        snprintf(expected, sizeof expected, "%s %s %s %s %s", words[bits[0]], words[bits[1]], words[bits[2]],
                 words[bits[3]], words[bits[4]]);
        assert_string_equal(text, expected);
    }
}

static void the_longest_fits(void **state) {
    (void)state;
    size_t longest = 0;
    for (unsigned i = 0; i < 256; i++)
        if (strlen(words[i]) > longest)
            longest = strlen(words[i]);
    assert_true(FINGERPRINT_BYTES * longest + 4 + 1 <= FINGERPRINT_TEXT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_short_and_plain), cmocka_unit_test(words_are_sorted_and_distinct),
        cmocka_unit_test(words_are_not_mistaken),    cmocka_unit_test(each_byte_picks_its_word),
        cmocka_unit_test(the_longest_fits),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, load_words, NULL);
}
