/* Names at the switchboard: whatever the alices call themselves, a line for one of them reaches nobody else. */
#include "tests/lib/unit.h"

#include "bob/label.h"

enum { MOST = 16 };

struct room {
    struct {
        char label[LABEL_TEXT];
        const char *id;
    } alices[MOST];
    size_t n;
};

static bool taken(void *user, const char *label) {
    const struct room *room = user;
    for (size_t i = 0; i < room->n; i++) {
        if (strcmp(room->alices[i].label, label) == 0)
            return true;
    }
    return false;
}

static const char *join(struct room *room, const char *name, const char *id, const char *key) {
    label_make(room->alices[room->n].label, name, id, key, taken, room);
    room->alices[room->n].id = id;
    return room->alices[room->n++].label;
}

/* Who gets the line: an index, -1 for nobody, -2 for more than one; and what of it. */
static int reached(const struct room *room, const char *line, const char **textp) {
    size_t text, n = label_addressee(line, strlen(line), &text);
    int found = -1;
    *textp = line + text;
    for (size_t i = 0; i < room->n; i++) {
        if (label_is(room->alices[i].label, room->alices[i].id, line + 1, n))
            found = found == -1 ? (int)i : -2;
    }
    return found;
}

static void expect(const struct room *room, const char *line, int who, const char *what) {
    const char *text;
    assert_int_equal(reached(room, line, &text), who);
    if (who >= 0)
        assert_string_equal(text, what);
}

static void names(void **state) {
    (void)state;
    struct room room = {0};
    assert_string_equal(join(&room, "ann", "a000000000000000", NULL), "ann");
    assert_string_equal(join(&room, "ann", "b111111111111111", NULL), "ann/b11111");
    assert_string_equal(join(&room, "ann: hello", "c222222222222222", NULL), "ann-hello");
    assert_string_equal(join(&room, "ann:", "d333333333333333", NULL), "ann/d33333");
    assert_string_equal(join(&room, "", "e444444444444444", NULL), "e44444");
    assert_string_equal(join(&room, "  \xff\xfe ", "e444445555555555", NULL), "e444445555555555");
    assert_string_equal(join(&room, "J\xc3\xbcrgen Ma\xc3\x9f", "f666666666666666", NULL), "J\xc3\xbcrgen-Ma\xc3\x9f");
    expect(&room, "@J\xc3\xbcrgen-Ma\xc3\x9f: gr\xc3\xbc\xc3\x9f dich\n", 6, "gr\xc3\xbc\xc3\x9f dich\n");
    expect(&room, "@ann hello\n", 0, "hello\n");
    expect(&room, "@ann: hello: x\n", 0, "hello: x\n");
    expect(&room, "@ann\n", 0, "");
    expect(&room, "@ann", 0, "");
    expect(&room, "@ann/b11111 hello\n", 1, "hello\n");
    expect(&room, "@d333333333333333 by id\n", 3, "by id\n");
    expect(&room, "@e44444 x\n", 4, "x\n");
    expect(&room, "@e444445555555555 x\n", 5, "x\n");
    expect(&room, "@an x\n", -1, NULL);
    expect(&room, "@ann! x\n", -1, NULL);
    expect(&room, "@ x\n", -1, NULL);
    expect(&room, "@\n", -1, NULL);
}

/* Letters of all scripts stay, and with them the marks that belong to them; what cannot be seen, turns the order around
 * or looks like Bob goes, or stands beside a session's id. */
static void scripts(void **state) {
    (void)state;
    static const struct {
        const char *name, *label;
    } all[] = {
        {"\xd0\x96\xd0\xb5\xd0\xbd\xd1\x8f", "\xd0\x96\xd0\xb5\xd0\xbd\xd1\x8f"},
        {"\xe6\x9d\x8e \xe5\xa8\x9c", "\xe6\x9d\x8e-\xe5\xa8\x9c"},
        {"\xd7\x93\xd7\x95\xd7\x93", "\xd7\x93\xd7\x95\xd7\x93"},
        {"A\xcc\x88nn", "A\xcc\x88nn"},
        {"x\xcc\x88\xcc\x88\xcc\x88\xcc\x88z", "x\xcc\x88\xcc\x88\xcc\x88-z"}, /* four marks on one letter */
        {"\xcc\x88", "a00000"},                                                /* or none to put it on */
        {"ann\xe2\x80\xae", "ann"},                                            /* right to left */
        {"b\xe2\x80\x8b"
         "ea",
         "b-ea"},                           /* no width */
        {"\xef\xbc\x88x\xef\xbc\x89", "x"}, /* wide brackets */
        {"\xf0\x9d\x90\x80", "a00000"},     /* a letter of formulas */
        {"\xf0\x9f\x98\x80", "a00000"},
        {"b\xd0\xbe"
         "b",
         "b\xd0\xbe"
         "b/a00000"}, /* Bob, with an o of Cyrillic */
        {"B\xc3\xb6"
         "b",
         "B\xc3\xb6"
         "b/a00000"},
        {"caf\xc3", "caf"}, /* half a character */
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct room room = {0};
        assert_string_equal(join(&room, all[i].name, "a000000000000000", NULL), all[i].label);
    }
    struct room room = {0};
    char name[3 * 30 + 1];
    for (size_t i = 0; i < 30; i++)
        memcpy(name + 3 * i, "\xe6\x9d\x8e", 4);
    assert_int_equal(strlen(join(&room, name, "a000000000000000", NULL)),
                     LABEL_NAME - LABEL_NAME % 3); /* no half one */
}

/* Today's attack: she calls herself as another session is called, or as its id. */
static void stolen_names(void **state) {
    (void)state;
    struct room room = {0};
    join(&room, "ann", "a000000000000000", NULL);
    for (const char *const *name =
             (const char *const[]){"a000000000000000", "a00000", "A000000000000000", "b111111111111111", "@ann", "ann ",
                                   "ann\n", "bob", "Bob", "all", NULL};
         *name; name++) {
        struct room now = room;
        const char *label = join(&now, *name, "b111111111111111", NULL);
        assert_non_null(strchr(label, '/'));
        assert_string_equal(strchr(label, '/'), "/b11111");
        expect(&now, "@a000000000000000 x\n", 0, "x\n");
        expect(&now, "@ann x\n", 0, "x\n");
        expect(&now, "@b111111111111111 x\n", 1, "x\n");
    }
}

/* Those whom bob knows are called by their keys, whatever they say. */
static void pinned(void **state) {
    (void)state;
    struct room room = {0};
    const char key[] = "-VaXgUl2Nm_c0123456789";
    assert_string_equal(join(&room, "bea", "a000000000000000", key), "-VaXgUl2Nm_c");
    assert_string_equal(join(&room, "-VaXgUl2Nm_c", "b111111111111111", "other-key-of-hers"), "other-key-of");
    assert_string_equal(join(&room, "x", "c222222222222222", key), "-VaXgUl2Nm_c/c22222");
    expect(&room, "@-VaXgUl2Nm_c x\n", 0, "x\n");
    expect(&room, "@bea x\n", -1, NULL);
}

static void lengths(void **state) {
    (void)state;
    struct room room = {0};
    char name[300];
    memset(name, 'x', sizeof name);
    name[299] = 0;
    assert_int_equal(strlen(join(&room, name, "a000000000000000", NULL)), LABEL_NAME);
    assert_int_equal(strlen(join(&room, name, "b111111111111111", NULL)), LABEL_NAME + 7);
    assert_int_equal(strlen(join(&room, name, "b111112222222222", NULL)), LABEL_NAME + 17);
    size_t text;
    assert_int_equal(label_addressee("@ann\0x", 6, &text), 0); /* a NUL ends no name */
    assert_int_equal(label_addressee("@", 1, &text), 0);
    assert_int_equal(text, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(scripts),
                                       cmocka_unit_test(stolen_names), cmocka_unit_test(pinned),
                                       cmocka_unit_test(lengths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
