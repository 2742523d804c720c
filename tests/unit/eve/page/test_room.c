/* What a room keeps of those whom the lecturer has taken off or hidden, and what is one line in two places. */
#include "tests/lib/unit.h"

#include "eve/page/door.h"
#include "eve/page/hidden.h"
#include "eve/page/said.h"
#include "eve/page/shares.h"
#include "eve/page/speaker.h"

#include <errno.h>
#include <stdio.h>

enum { SHARE = 24 }; /* of who waits, for one address */

static const uint8_t here[ORIGIN_ID] = {1}, there[ORIGIN_ID] = {2};

static void who_comes_back(void **state) {
    (void)state;
    struct door *door = calloc(1, sizeof *door);
    assert_true(door_admits(door, here, "rude") && door_admits(door, here, ""));
    door_joined(door, here, "rude");
    door_joined(door, here, "kind");
    assert_false(door_guards(door, here));
    door_take_off(door, here, "rude", false);
    assert_int_equal(door_guarded(door), 1);
    assert_true(door_guards(door, here) && !door_guards(door, there));
    assert_false(door_admits(door, here, "rude"));
    assert_false(door_admits(door, there, "rude")); /* from elsewhere, too */
    assert_false(door_admits(door, here, "new"));
    assert_false(door_admits(door, here, ""));
    assert_true(door_admits(door, here, "kind"));
    assert_true(door_admits(door, there, "new") && door_admits(door, there, ""));
    /* who asks is let in, and stays so */
    size_t i = 0;
    door_ask(door, here, SHARE, "", "Nobody", 10);
    assert_null(door_next(door, &i, 10));
    door_ask(door, here, SHARE, "new", "New", 10);
    i = 0;
    unsigned seen = door_next(door, &i, 10)->number;
    door_ask(door, here, SHARE, "new", "New", 11);
    i = 0;
    assert_int_equal(door_next(door, &i, 11)->number, seen);
    door_ask(door, here, SHARE, "new", "Newer", 12);
    assert_int_equal(door_let_in(door, seen), -ESRCH); /* the name she has read is not that of who waits now */
    i = 0;
    const struct door_waiting *waiting = door_next(door, &i, 12);
    assert_string_equal(waiting->name, "Newer");
    unsigned number = waiting->number;
    assert_null(door_next(door, &i, 12));
    i = 0;
    assert_null(door_next(door, &i, 12 + DOOR_ASKS_SECONDS)); /* it has not asked again */
    assert_int_equal(door_let_in(door, number + 1), -ESRCH);
    assert_int_equal(door_let_in(door, 0), -ESRCH);
    assert_int_equal(door_let_in(door, number), 0);
    assert_int_equal(door_let_in(door, number), -ESRCH);
    assert_true(door_admits(door, here, "new") && door_was_let_in(door, here, "new"));
    assert_false(door_was_let_in(door, there, "new") || door_was_let_in(door, here, "kind"));
    /* numbers kept in store are of use once */
    door_joined(door, here, "kind");
    door_take_off(door, here, "kind", true);
    door_joined(door, here, "new");
    assert_true(door_admits(door, here, "new"));
    door_take_off(door, here, "new", true);
    assert_false(door_admits(door, here, "new"));
    free(door);
}

/* Whoever asks without end takes the places of those who ask no more, and of nobody who has been let in. */
static void many_ask(void **state) {
    (void)state;
    struct door *door = calloc(1, sizeof *door);
    char phone[DOOR_PHONE];
    door_take_off(door, here, "rude", false);
    door_ask(door, here, SHARE, "honest", "Honest", 0);
    size_t i = 0, n = 0;
    assert_int_equal(door_let_in(door, door_next(door, &i, 0)->number), 0);
    for (unsigned k = 0; k < 5 * DOOR_WAITING_MAX; k++) {
        snprintf(phone, sizeof phone, "%016x", k);
        door_ask(door, here, SHARE, phone, phone, k);
    }
    for (i = 0; door_next(door, &i, 5 * DOOR_WAITING_MAX - 1);)
        n++;
    assert_int_equal(n, DOOR_ASKS_SECONDS);
    assert_true(door_admits(door, here, "honest"));
    for (unsigned k = 0; k < 2 * DOOR_KNOWN_MAX; k++) { /* nor of those who come under ever new numbers */
        snprintf(phone, sizeof phone, "%016x", k);
        door_joined(door, there, phone);
        door_left(door, phone);
    }
    assert_true(door_admits(door, here, "honest"));
    for (unsigned k = 0; k < 2 * DOOR_GUARDED_MAX; k++) {
        const uint8_t from[ORIGIN_ID] = {3, (uint8_t)k};
        door_take_off(door, from, "", false);
    }
    assert_int_equal(door_guarded(door), DOOR_GUARDED_MAX);
    free(door);
}

/* Ever new numbers make nobody of another address a stranger, nor of the same who is in the room. */
static void many_join(void **state) {
    (void)state;
    static const uint8_t v4[2][ORIGIN_ID] = {{[10] = 0xff, 0xff, 192, 0, 2, 1}, {[10] = 0xff, 0xff, 192, 0, 2, 2}};
    struct door *door = calloc(1, sizeof *door);
    char phone[DOOR_PHONE];
    door_joined(door, v4[0], "away");
    door_left(door, "away");
    door_joined(door, v4[0], "in two tabs");
    door_joined(door, v4[0], "in two tabs");
    door_left(door, "in two tabs");
    door_take_off(door, v4[0], "rude", false);
    for (unsigned k = 0; k < 2 * DOOR_KNOWN_MAX; k++) {
        snprintf(phone, sizeof phone, "%016x", k);
        door_joined(door, v4[1], phone);
        door_left(door, phone);
    }
    for (unsigned k = 0; k < 2 * DOOR_KNOWN_MAX; k++) { /* each network with one */
        const uint8_t network[ORIGIN_ID] = {0x20, 1, (uint8_t)k, (uint8_t)(k >> 8)};
        snprintf(phone, sizeof phone, "%015xf", k);
        door_joined(door, network, phone);
        door_left(door, phone);
    }
    assert_true(door_admits(door, v4[0], "away") && door_admits(door, v4[0], "in two tabs"));
    snprintf(phone, sizeof phone, "%016x", 2 * DOOR_KNOWN_MAX - 1);
    assert_true(door_admits(door, v4[0], phone)); /* the newest of those many */
    assert_false(door_admits(door, v4[0], "0000000000000000"));
    for (unsigned k = 0; k < 2 * DOOR_KNOWN_MAX; k++) {
        snprintf(phone, sizeof phone, "%016x", k);
        door_joined(door, v4[0], phone);
        door_left(door, phone);
    }
    assert_true(door_admits(door, v4[0], "in two tabs"));
    assert_false(door_admits(door, v4[0], "away"));
    free(door);
}

/* So many of this address wait at time 0; who: such a number, or NULL. */
static unsigned n_waiting(const struct door *door, const uint8_t from[static ORIGIN_ID], const char *who) {
    unsigned n = 0;
    const struct door_waiting *w;
    for (size_t i = 0; (w = door_next(door, &i, 0));)
        n += memcmp(w->from, from, ORIGIN_ID) == 0 && (!who || strcmp(w->phone, who) == 0);
    return n;
}

static void ask_often(struct door *door, const uint8_t from[static ORIGIN_ID], unsigned n) {
    char phone[DOOR_PHONE];
    for (unsigned k = 0; k < n; k++) {
        snprintf(phone, sizeof phone, "%02x%02x%012x", from[ORIGIN_ID - 1], from[0], k);
        door_ask(door, from, SHARE, phone, phone, 0);
    }
}

/* No address takes the places of others that wait, nor do all of IPv6, nor several: each place is given up by who has
 * most of them. */
static void each_has_a_share(void **state) {
    (void)state;
    struct door *door = calloc(1, sizeof *door);
    static const uint8_t v4[5][ORIGIN_ID] = {{[10] = 0xff, 0xff, 192, 0, 2, 1},
                                             {[10] = 0xff, 0xff, 192, 0, 2, 2},
                                             {[10] = 0xff, 0xff, 192, 0, 2, 3},
                                             {[10] = 0xff, 0xff, 192, 0, 2, 4},
                                             {[10] = 0xff, 0xff, 192, 0, 2, 5}};
    door_ask(door, v4[0], SHARE, "honest", "Honest", 0);
    for (unsigned i = 1; i < 4; i++)
        ask_often(door, v4[i], 5 * DOOR_WAITING_MAX);
    assert_int_equal(n_waiting(door, v4[0], "honest"), 1);
    for (unsigned i = 1; i < 4; i++)
        assert_in_range(n_waiting(door, v4[i], NULL), (DOOR_WAITING_MAX - 1) / 3, SHARE);
    door_ask(door, v4[4], SHARE, "late", "Late", 0);
    ask_often(door, v4[1], 5 * DOOR_WAITING_MAX);
    assert_int_equal(n_waiting(door, v4[0], "honest") + n_waiting(door, v4[4], "late"), 2);
    for (unsigned i = 0; i < 200; i++) {
        const uint8_t network[ORIGIN_ID] = {0x20, 1, (uint8_t)i};
        ask_often(door, network, 2);
    }
    unsigned n = 0;
    for (size_t i = 0; door_next(door, &i, 0);)
        n++;
    assert_int_equal(n, DOOR_WAITING_MAX);
    assert_int_equal(n_waiting(door, v4[0], "honest") + n_waiting(door, v4[4], "late"), 2);
    /* who says that it has another's number takes nothing away */
    door_ask(door, v4[1], SHARE, "honest", "Rude", 0);
    const struct door_waiting *w;
    for (size_t i = 0; (w = door_next(door, &i, 0));)
        if (memcmp(w->from, v4[0], ORIGIN_ID) == 0)
            assert_string_equal(w->name, "Honest");
    free(door);
}

/* Addresses that take all they get, one after the other: who comes then has the same part of what is left, and never
 * nothing. Counted once more as shares.h says it. */
static void each_leaves_something(void **state) {
    (void)state;
    enum { OF = 128, IPV6 = 64, PIECE = 1000 };
    const uint64_t all = 1 << 30;
    struct shares *s = calloc(1, sizeof *s);
    uint64_t used = 0;
    for (unsigned k = 0; k < 6; k++) {
        const uint8_t from[ORIGIN_ID] = {[10] = 0xff, 0xff, 192, 0, 2, (uint8_t)k};
        uint64_t own = 0, left = all - used;
        while (shares_may(s, from, all - used, SHARE * 2, IPV6, OF)) {
            shares_add(s, from, PIECE);
            own += PIECE;
            used += PIECE;
        }
        assert_in_range(own, left * SHARE * 2 / OF, left * SHARE * 2 / OF + PIECE);
        assert_true(left - own > left / 2);
    }
    uint64_t left = all - used, ipv6 = 0;
    for (unsigned k = 0; k < 200; k++) {
        const uint8_t from[ORIGIN_ID] = {0x20, 1, (uint8_t)k};
        for (; shares_may(s, from, all - used, SHARE * 2, IPV6, OF); ipv6 += PIECE, used += PIECE)
            shares_add(s, from, PIECE);
    }
    assert_in_range(ipv6, left / 2 - PIECE, left / 2 + PIECE);
    const uint8_t honest[ORIGIN_ID] = {[10] = 0xff, 0xff, 192, 0, 2, 200};
    assert_true(shares_may(s, honest, all - used, SHARE * 2, IPV6, OF));
    assert_false(shares_may(s, honest, 0, SHARE * 2, IPV6, OF));
    assert_true(shares_may(s, honest, 1, OF, OF, OF)); /* one address may have all */
    free(s);
}

static void what_is_hidden(void **state) {
    (void)state;
    struct hidden hidden = {0};
    assert_false(hidden_has(&hidden, HIDDEN_LABEL, "ann", 3));
    hidden_add(&hidden, HIDDEN_LABEL, "ann", 3);
    hidden_add(&hidden, HIDDEN_LABEL, "ann", 3);
    assert_int_equal(hidden.n, 1);
    assert_true(hidden_has(&hidden, HIDDEN_LABEL, "ann", 3));
    assert_false(hidden_has(&hidden, HIDDEN_LABEL, "an", 2));
    assert_false(hidden_has(&hidden, HIDDEN_SESSION, "ann", 3));
    for (unsigned i = 0; i < HIDDEN_MAX; i++)
        hidden_add(&hidden, HIDDEN_LINE, &i, sizeof i);
    assert_int_equal(hidden.n, HIDDEN_MAX);
    assert_false(hidden_has(&hidden, HIDDEN_LABEL, "ann", 3)); /* the oldest */
    for (unsigned i = 0; i < HIDDEN_MAX; i++)
        assert_true(hidden_has(&hidden, HIDDEN_LINE, &i, sizeof i));
}

static struct said read_line(enum side side, const char *text, size_t n, bool cut) {
    struct said out;
    uint8_t *copy = unit_copy(text, n);
    said_read(&out, side, copy, n, cut);
    free(copy);
    return out;
}

static void each_line(void **state) {
    (void)state;
    static const struct {
        enum side side;
        const char *line, *from, *text;
    } lines[] = {
        {SIDE_BOB, "(from ann) hello", "ann", "hello"},
        {SIDE_BOB, "(from J\xc3\xbcrgen/0a1b2c) (from x) y", "J\xc3\xbcrgen/0a1b2c", "(from x) y"},
        {SIDE_BOB, "(from ann) ", "ann", ""},
        {SIDE_BOB, "(from ann)", "", "(from ann)"},
        {SIDE_BOB, "(from ann)x", "", "(from ann)x"},
        {SIDE_BOB, "(from ) x", "", "(from ) x"},
        {SIDE_BOB, "(from a b) x", "", "(from a b) x"},
        {SIDE_BOB, "(from a(b) x", "", "(from a(b) x"},
        {SIDE_BOB, "(from a\x01) x", "", "(from a\\x01) x"},
        {SIDE_BOB, " (from ann) x", "", " (from ann) x"},
        {SIDE_BOB, "(from ", "", "(from "},
        {SIDE_BOB, "", "", ""},
        {SIDE_ALICE, "(from ann) hello", "", "(from ann) hello"},
        {SIDE_ALICE, "a\x1b[2Jb", "", "a\\x1b[2Jb"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct said out = read_line(lines[i].side, lines[i].line, strlen(lines[i].line), false);
        assert_string_equal(out.from, lines[i].from);
        assert_string_equal(out.text, lines[i].text);
        assert_false(out.cut);
    }
}

static bool same(const struct said *a, const struct said *b) {
    return memcmp(a->key, b->key, SAID_KEY) == 0;
}

/* A line of hers and what Bob passes on of it (bob/conference.h) are one; another is another. */
static void one_line(void **state) {
    (void)state;
    struct said hers = read_line(SIDE_ALICE, "Some\x07thing  Rude", 16, false),
                bobs = read_line(SIDE_BOB, "(from x) something rude", 23, false),
                other = read_line(SIDE_BOB, "(from x) something kind", 23, false);
    assert_true(same(&hers, &bobs));
    assert_false(same(&hers, &other));
    char text[2 * SAID_LINE];
    memset(text, 'x', sizeof text);
    struct said whole = read_line(SIDE_ALICE, text, SAID_LINE, true);
    memcpy(text, "(from y) ", 9);
    struct said passed = read_line(SIDE_BOB, text, 1009, false);
    assert_true(same(&whole, &passed) && whole.cut && passed.cut);
    assert_int_equal(strlen(passed.text), SAID_TEXT);
    for (size_t i = 0; i < SAID_LINE; i += 3)
        memcpy(text + i, "\xe6\x9d\x8e", 3);
    struct said signs = read_line(SIDE_ALICE, text, SAID_LINE, false);
    assert_int_equal(strlen(signs.text), SAID_TEXT - SAID_TEXT % 3); /* no half character */
}

/* Whoever repeats it, however written: what looks the same, in other capitals, with other blanks or marks. */
static void written_otherwise(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } pairs[] = {
        {"Du M\u00f6rder", "DU M\u00d6RDER", true},
        {"Du M\u00f6rder", "Du\u00a0M\u00f6rder", true},
        {"Du M\u00f6rder", "Du\u2003M\u00f6r\u00adder\ufe0f", true},
        {"Du M\u00f6rder", "Du\u3000M\u00f6\u200brder", true},
        {"Du M\u00f6rder", "du mo\u0308rder", true}, /* in two characters */
        {"Du M\u00f6rder", "\uff24\uff35 \uff2d\u00d6\uff32\uff24\uff25\uff32", true},
        {"Du M\u00f6rder", "Du M\u043erder", true}, /* Cyrillic */
        {"gro\u00df", "GROSS", true},
        {"gro\u00df", "GRO\u1e9e", true},
        {"\u0423\u0411\u0418\u0419\u0426\u0410", "\u0443\u0431\u0438\u0439\u0446\u0430", true},
        {"\u03a6\u039f\u039d\u0399\u0391\u03a3", "\u03c6\u03cc\u03bd\u03b9\u03ac\u03c2", true},
        {"\uff01", "!", true},
        {"Du M\u00f6rder", "Du M\u00f6rdes", false},
        {"10", "lo", false},
        {"!", "?", false},
        {"\u674e", "\u6728", false},
        {"\U0001f600", "\U0001f601", false},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct said a = read_line(SIDE_ALICE, pairs[i].a, strlen(pairs[i].a), false),
                    b = read_line(SIDE_ALICE, pairs[i].b, strlen(pairs[i].b), false);
        if (same(&a, &b) != pairs[i].same)
            print_error("%s and %s\n", pairs[i].a, pairs[i].b);
        assert_int_equal(same(&a, &b), pairs[i].same);
    }
    /* as much as counts of it, of the widest signs and of many that become two */
    char text[SAID_LINE];
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "\u00df", 2);
    struct said sharp = read_line(SIDE_ALICE, text, sizeof text, false);
    memset(text, 'S', sizeof text);
    struct said capitals = read_line(SIDE_ALICE, text, sizeof text, false);
    assert_true(same(&sharp, &capitals));
    text[SAID_TEXT - 1] = 'x';
    struct said other = read_line(SIDE_ALICE, text, sizeof text, false);
    assert_false(same(&sharp, &other));
}

/* Bob passes this on at this time, under this label. */
static struct said passed_on(const struct speakers *s, const char *label, const char *text, uint64_t us) {
    char line[200];
    snprintf(line, sizeof line, "(from %s) %s", label, text);
    struct said out = read_line(SIDE_BOB, line, strlen(line), false);
    out.ns = us * 1000;
    speakers_take(s, "listens", &out);
    return out;
}

static void who_says_it(void **state) {
    (void)state;
    struct speakers *s = calloc(1, sizeof *s);
    struct said nobody = passed_on(s, "ann", "x", 50);
    assert_string_equal(nobody.session, "");
    assert_true(speakers_call(s, "first", "ann", 100));
    assert_true(speakers_call_again(s, &nobody)); /* clocks differ: it can be nobody else */
    assert_string_equal(nobody.session, "first");
    struct said early = passed_on(s, "ann", "x", 150);
    assert_string_equal(early.session, "first");
    struct said late = passed_on(s, "ann", "x", 250);
    assert_true(speakers_call(s, "second", "ann", 200)); /* told behind the line */
    assert_true(speakers_call_again(s, &late));
    assert_string_equal(late.session, "second");
    assert_false(speakers_call_again(s, &early));
    assert_string_equal(early.session, "first");
    struct said hidden = nobody;
    speakers_hide_session(s, "first", "else");
    assert_true(speakers_look(s, &hidden) && hidden.hidden);
    assert_true(speakers_call_again(s, &hidden) && hidden.hidden); /* as below, and hidden all the same */
    speakers_show_all(s);
    assert_true(speakers_call_again(s, &nobody)); /* now it could be either */
    assert_string_equal(nobody.session, "");
    struct said hers = read_line(SIDE_ALICE, "(from ann) x", 12, false);
    speakers_take(s, "third", &hers);
    assert_string_equal(hers.session, "third");
    struct said bobs = read_line(SIDE_BOB, "x", 1, false);
    speakers_take(s, "third", &bobs);
    assert_string_equal(bobs.session, "");
    /* what the first has said is hidden, and nothing of the second */
    speakers_hide_session(s, "first", "ann");
    assert_true(speakers_look(s, &early) && early.hidden);
    assert_true(speakers_look(s, &nobody)); /* by the label alone */
    assert_false(speakers_look(s, &late));
    assert_false(speakers_look(s, &bobs));
    assert_true(passed_on(s, "ann", "more", 160).hidden);
    assert_false(passed_on(s, "ann", "more", 260).hidden);
    assert_false(speakers_call(s, "first", NULL, 1));
    assert_false(speakers_call(s, "a session's id that is much too long", "ann", 1));
    free(s);
}

/* However many names Bob tells, and however much is hidden after that: what is hidden stays so. */
static void hidden_for_good(void **state) {
    (void)state;
    struct speakers *s = calloc(1, sizeof *s);
    speakers_call(s, "rude", "ann", 100);
    speakers_call(s, "kind", "ben", 100);
    struct said rude = passed_on(s, "ann", "rude", 150), kind = passed_on(s, "ben", "kind", 150),
                line = passed_on(s, "ben", "a slip", 151);
    speakers_hide_line(s, &line);
    speakers_hide_session(s, "rude", "ann");
    assert_true(speakers_look(s, &rude) && speakers_look(s, &line));
    for (unsigned i = 0; i < 2 * SPEAKER_CALLED_MAX; i++) {
        char label[16];
        snprintf(label, sizeof label, "other%u", i);
        speakers_call(s, "other", label, 200 + i);
        speakers_call_again(s, &rude);
        speakers_call_again(s, &kind);
    }
    assert_true(!speakers_look(s, &rude) && rude.hidden);
    assert_true(!speakers_look(s, &kind) && !kind.hidden);
    assert_string_equal(kind.session, "kind");
    assert_true(passed_on(s, "ann", "rude again", 300).hidden);
    for (unsigned i = 0; i < 2 * HIDDEN_MAX; i++) {
        char text[16];
        snprintf(text, sizeof text, "text %u", i);
        struct said other = passed_on(s, "ben", text, 400);
        speakers_hide_line(s, &other);
    }
    assert_true(!speakers_look(s, &rude) && rude.hidden);
    assert_true(!speakers_look(s, &line) && line.hidden);
    speakers_show_all(s);
    assert_true(speakers_look(s, &rude) && !rude.hidden);
    assert_true(speakers_look(s, &line) && !line.hidden);
    free(s);
}

static void tell_of_others(struct speakers *s, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        char label[16], session[SAID_SESSION];
        snprintf(label, sizeof label, "other%u", i);
        snprintf(session, sizeof session, "%u", i / 2);
        speakers_call(s, session, label, 1000 + i);
    }
}

/* The label by which Bob called a session that is hidden, also when he told of so many since that it is forgotten. */
static void hidden_under_each_label(void **state) {
    (void)state;
    struct speakers *s = calloc(1, sizeof *s);
    speakers_call(s, "rude", "1f2e", 99);
    speakers_call(s, "rude", "ann", 100);
    speakers_call(s, "kind", "ben", 100);
    struct said kept = passed_on(s, "ann", "rude", 150);
    speakers_hide_session(s, "rude", NULL);
    speakers_call(s, "rude", "zoe", 200); /* told after that */
    speakers_look(s, &kept);
    tell_of_others(s, SPEAKER_CALLED_MAX);
    static const char *const labels[] = {"1f2e", "ann", "zoe"};
    for (size_t i = 0; i < 3; i++) {
        struct said line = passed_on(s, labels[i], "rude again", 5000);
        assert_string_equal(line.session, "");
        assert_true(line.hidden);
    }
    assert_false(passed_on(s, "ben", "kind", 5000).hidden);
    speakers_call(s, "new", "ann", 6000); /* another one */
    assert_false(passed_on(s, "ann", "kind", 6001).hidden);
    free(s);
}

/* A line that is looked at once more, much later: nothing of it is forgotten. */
static void taken_again(void **state) {
    (void)state;
    struct speakers *s = calloc(1, sizeof *s);
    speakers_call(s, "kind", "ben", 100);
    speakers_call(s, "late", "cat", 900);
    struct said kind = passed_on(s, "ben", "kind", 150), line = passed_on(s, "ann", "rude", 150);
    speakers_hide_label(s, "ann");
    speakers_take_again(s, "listens", &line);
    assert_true(line.hidden);
    speakers_call(s, "rude", "ann", 120); /* whose it is comes late: it is hidden by its label all the same */
    speakers_take_again(s, "listens", &line);
    assert_string_equal(line.session, "rude");
    assert_true(line.hidden);
    tell_of_others(s, SPEAKER_CALLED_MAX);
    speakers_call(s, "second", "ben", 5000);
    speakers_take_again(s, "listens", &kind);
    assert_string_equal(kind.session, "kind");
    assert_false(kind.hidden);
    speakers_show_all(s);
    speakers_take_again(s, "listens", &line);
    assert_false(line.hidden);
    free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(who_comes_back),
                                       cmocka_unit_test(many_ask),
                                       cmocka_unit_test(many_join),
                                       cmocka_unit_test(each_has_a_share),
                                       cmocka_unit_test(each_leaves_something),
                                       cmocka_unit_test(what_is_hidden),
                                       cmocka_unit_test(each_line),
                                       cmocka_unit_test(one_line),
                                       cmocka_unit_test(who_says_it),
                                       cmocka_unit_test(hidden_for_good),
                                       cmocka_unit_test(written_otherwise),
                                       cmocka_unit_test(hidden_under_each_label),
                                       cmocka_unit_test(taken_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
