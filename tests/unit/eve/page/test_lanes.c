/* eve show's lines: in the order of the steps however the events come, never too wide, safe for a terminal. */
#include "eve/page/lanes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char said[1 << 16]; /* all lines */
static size_t widest;

static void line(void *user, enum screen_tone tone, const char *text) {
    (void)user;
    (void)tone;
    size_t n = strlen(text), at = strlen(said), columns = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)text[i];
        assert_true(c >= ' ' && c != 0x7f);
        columns += c < 0x80 || (c >= 0xc0 && c < 0xe0) ? 1 : c >= 0xe0 ? 2 : 0; /* Chinese is two wide */
    }
    widest = columns > widest ? columns : widest;
    assert_true(at + n + 2 < sizeof said);
    memcpy(said + at, text, n);
    strcpy(said + at + n, "\n");
}

static struct lanes *begin(unsigned columns, unsigned n_files, bool capture) {
    struct lanes_config config = {.columns = columns, .n_files = n_files, .capture = capture, .line = line};
    struct lanes *lanes;
    said[0] = 0;
    widest = 0;
    assert_int_equal(lanes_new(&lanes, &config), 0);
    return lanes;
}

__attribute__((format(printf, 2, 3))) static void tell(struct lanes *lanes, const char *format, ...) {
    char text[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_t *event = json_loads(text, 0, NULL);
    assert_non_null(event);
    lanes_event(lanes, event);
    json_decref(event);
}

#define S "\"session\":\"0123456789abcdef\""
static const char *const steps[] = {"A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4"};

static void step(struct lanes *lanes, const char *from, unsigned i, unsigned attempt) {
    tell(lanes,
         "{\"event\":\"step\",\"from\":\"%s\"," S ",\"step\":\"%s\",\"attempt\":%u,\"bytes\":%u,\"seconds\":0.0%u}",
         from, steps[i], attempt, 100 + i, i + 1);
}

static void lane(struct lanes *lanes, const char *from, const char *words) {
    for (unsigned i = 0; i < 8; i++) {
        if (strcmp(from, "alice") == 0 && i == 4)
            tell(lanes, "{\"event\":\"learned\",\"from\":\"alice\"," S ",\"attempt\":1,\"accepted\":true,\"figures\":"
                        "[{\"what\":\"self-check disagreement\",\"measured\":0.125,\"expected\":0.13}]}");
        step(lanes, from, i, 1);
    }
    tell(lanes, "{\"event\":\"confirmed\",\"from\":\"%s\"," S ",\"fingerprint\":\"%s\"}", from, words);
    if (strcmp(from, "wire") == 0)
        tell(lanes, "{\"event\":\"sealed\",\"from\":\"wire\"," S
                    ",\"side\":\"alice\",\"bytes\":40,\"hex\":\"00112233445566778899\"}");
    tell(lanes, "{\"event\":\"closed\",\"from\":\"%s\"," S ",\"status\":0,\"reason\":\"done\"}", from);
}

static unsigned count(const char *what) {
    unsigned n = 0;
    for (const char *p = said; (p = strstr(p, what)); p += strlen(what))
        n++;
    return n;
}

/* Whether the texts, up to a NULL, stand in that order. */
static void in_order(const char *const *texts) {
    const char *at = said;
    for (size_t i = 0; texts[i]; i++) {
        const char *found = strstr(at, texts[i]);
        if (!found)
            fail_msg("'%s' is missing, or too early, in:\n%s", texts[i], said);
        at = found + strlen(texts[i]);
    }
}

#define WORDS "pottery answer apron castle purple"
static const char *const whole[] = {"Session 0123456789abcdef",
                                    "A1 -> 100 bytes   10.0 ms   10.0 ms",
                                    "B1 <-",
                                    "A2 ->",
                                    "B2 <-",
                                    "A3 ->",
                                    "self-check disagreement: 0.125, expected 0.13",
                                    "B3 <-",
                                    "A4 ->",
                                    "B4 <- 107 bytes   80.0 ms   80.0 ms",
                                    "Alice     POTTERY ANSWER APRON CASTLE PURPLE",
                                    "Bob       POTTERY",
                                    "The same five words on both sides: nobody sits in between, except with",
                                    "          probability 2^-40.",
                                    "Eve       has heard all 828 bytes",
                                    "40 bytes of Alice's",
                                    NULL};

/* One lane after the other, as from files that are whole, in each order; and step by step. */
static void test_orders(void **state) {
    static const char *const orders[][3] = {
        {"wire", "alice", "bob"}, {"bob", "wire", "alice"}, {"alice", "bob", "wire"}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct lanes *lanes = begin(80, 2, true);
        for (size_t j = 0; j < 3; j++) {
            assert_false(lanes_over(lanes, false));
            lane(lanes, orders[i][j], WORDS);
            if (j < 2)
                assert_string_equal(said, ""); /* waits for all three */
        }
        assert_true(lanes_over(lanes, false));
        in_order(whole);
        for (size_t j = 0; j < 8; j++) {
            char row[8];
            snprintf(row, sizeof row, "\n%s ", steps[j]);
            assert_int_equal(count(row), 1);
        }
        assert_true(widest <= 80);
        lanes_free(lanes);
    }
    struct lanes *lanes = begin(80, 2, true);
    for (unsigned i = 0; i < 8; i++) { /* live: a step is drawn as soon as all have told it */
        step(lanes, "alice", i, 1);
        step(lanes, "wire", i, 1);
        assert_null(strstr(said, steps[i]));
        step(lanes, "bob", i, 1);
        assert_non_null(strstr(said, steps[i]));
    }
    lanes_free(lanes);
}

/* A lane that says nothing is waited for, but not for ever; what it says then is not lost. */
static void test_settle(void **state) {
    (void)state;
    struct lanes *lanes = begin(80, 2, true);
    step(lanes, "alice", 0, 1);
    step(lanes, "wire", 0, 1);
    assert_string_equal(said, "");
    lanes_settle(lanes);
    assert_int_equal(count("A1 -> 100 bytes   10.0 ms            "), 1);
    step(lanes, "bob", 0, 1);
    assert_int_equal(count("A1 -> 100 bytes             10.0 ms"), 1);
    lanes_settle(lanes);
    assert_int_equal(count("A1 ->"), 2);
    lanes_free(lanes);
}

/* Alice tells A1 before the session has a name; a second attempt comes behind the first; other words are noticed. */
static void test_attempts(void **state) {
    (void)state;
    struct lanes *lanes = begin(80, 2, false);
    tell(lanes, "{\"event\":\"step\",\"from\":\"alice\",\"step\":\"A1\",\"attempt\":1,\"bytes\":85,\"seconds\":0.5}");
    for (unsigned i = 1; i < 5; i++)
        step(lanes, "alice", i, 1);
    step(lanes, "alice", 2, 2);
    for (unsigned i = 0; i < 5; i++)
        step(lanes, "bob", i, 1);
    step(lanes, "bob", 2, 2);
    in_order((const char *const[]){"A1 ->  85 bytes  500.0 ms   10.0 ms", "Alice has 85 bytes", "Bob has 100 bytes",
                                   "B1 <-", "A3 ->", "A2 ->", NULL});
    tell(lanes, "{\"event\":\"confirmed\",\"from\":\"alice\"," S ",\"fingerprint\":\"" WORDS "\"}");
    assert_null(strstr(said, "POTTERY"));
    tell(lanes,
         "{\"event\":\"confirmed\",\"from\":\"bob\"," S ",\"fingerprint\":\"another answer apron castle purple\"}");
    assert_non_null(strstr(said, "Other words"));
    assert_null(strstr(said, "The same"));
    step(lanes, "bob", 0, 4); /* no such attempt: passed over */
    lanes_free(lanes);
}

/* At 40 columns and at the least that is told nothing is longer than a line; what others wrote cannot move the cursor.
 */
static void test_narrow(void **state) {
    (void)state;
    for (unsigned columns = 20; columns <= 80; columns += 20) {
        struct lanes *lanes = begin(columns, 0, true);
        lane(lanes, "wire", WORDS);
        tell(lanes, "{\"event\":\"error\",\"from\":\"wire\"," S ",\"text\":\"\\u001b[2Jx\\u202e %0200d\"}", 7);
        tell(lanes,
             "{\"event\":\"read\",\"from\":\"eve\"," S ",\"lines\":[{\"side\":\"bob\",\"text\":\"a\\\\\\\\b\\u001b[31m "
             "\\u6f22\\u5b57\\u6f22\\u5b57\\u6f22\\u5b57\\u6f22\\u5b57\\u6f22\\u5b57\"}]}");
        tell(lanes, "{\"event\":\"verdict\",\"from\":\"eve\"," S ",\"key_recovered\":true,\"learners\":"
                    "[{\"name\":\"gauss\",\"status\":\"solved\",\"wall_seconds\":0.37}]}");
        assert_true(widest <= (columns < 40 ? 40 : columns));
        assert_non_null(strstr(said, "Both see  POTTERY"));
        assert_non_null(strstr(said, "\\x1b[2Jx"));
        assert_non_null(strstr(said, "reads Bob: a\\\\b\\x1b[31m"));
        assert_non_null(strstr(said, "gauss: solved"));
        assert_non_null(strstr(said, "has the key."));
        lanes_free(lanes);
    }
}

/* More sessions than are kept, and events that are none. */
static void test_bounds(void **state) {
    (void)state;
    struct lanes *lanes = begin(80, 1, false);
    for (unsigned i = 0; i < 3 * LANES_SESSIONS; i++)
        tell(lanes,
             "{\"event\":\"step\",\"from\":\"bob\",\"session\":\"%016x\",\"step\":\"A1\",\"attempt\":1,\"bytes\":%u,"
             "\"seconds\":1e300}",
             i, i);
    assert_int_equal(count("Session "), 3 * LANES_SESSIONS);
    tell(lanes, "{\"event\":\"note\",\"from\":\"page\",\"text\":\"x\"}");
    tell(lanes,
         "{\"event\":\"step\",\"from\":\"bob\",\"session\":\"0123456789abcdef0\",\"step\":\"A1\",\"attempt\":1}");
    tell(lanes, "{\"event\":\"step\",\"from\":\"bob\"," S ",\"step\":\"C9\",\"attempt\":1}");
    assert_int_equal(count("Session "), 3 * LANES_SESSIONS);
    lanes_free(lanes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders), cmocka_unit_test(test_settle), cmocka_unit_test(test_attempts),
        cmocka_unit_test(test_narrow), cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
