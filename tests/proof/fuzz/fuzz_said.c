/* What phones say, as the wall and the stage take it, and what Bob tells of who says it: records of a kind, a number
 * and a length, and so many bytes: a line of hers (0), one of Bob's (1), a name that Bob gives (2), and what the
 * lecturer does: hide a line (3), all of who says it (4), show all (5). */
#include "eve/page/speaker.h"
#include "tests/proof/fuzz/fuzz.h"

#include "common/base/text.h"

#include <stdbool.h>

enum { LINES = 24, CALLS = 64 };

static struct said lines[LINES];
static struct called calls[CALLS];
static size_t n_lines, n_calls;

/* Whose it is by all calls, looked through once more: called so last before it; without such a call the only one. */
static const char *speaker(const struct said *line) {
    const struct called *last = NULL, *only = NULL;
    bool several = false;
    for (size_t i = 0; i < n_calls; i++) {
        const struct called *c = &calls[i];
        if (strcmp(c->label, line->from) != 0)
            continue;
        if (c->us <= line->ns / 1000 && (!last || c->us >= last->us))
            last = c;
        several |= only && strcmp(only->session, c->session) != 0;
        only = c;
    }
    return last ? last->session : only && !several ? only->session : "";
}

/* Printable, whole characters, and as its side says. */
static void look_at(const struct said *line, const uint8_t *p, size_t n) {
    size_t length = strlen(line->text), n_from = strlen(line->from);
    uint32_t code = 0;
    REQUIRE(length <= SAID_TEXT);
    for (size_t i = 0, step; i < length; i += step) {
        step = text_character((const uint8_t *)line->text + i, length - i, &code);
        REQUIRE(step && !text_is_unsafe(code));
    }
    if (n_from)
        REQUIRE(line->side == SIDE_BOB && n >= n_from + 8 && memcmp(p, "(from ", 6) == 0 &&
                memcmp(p + 6, line->from, n_from) == 0 && memcmp(p + 6 + n_from, ") ", 2) == 0 &&
                !strpbrk(line->from, " ()\\"));
}

/* What Bob passes on of a line is the same line. */
static void passed_on(const struct said *hers, const uint8_t *p, size_t n) {
    static const char head[] = "(from x) ";
    enum { HEAD = sizeof head - 1 };
    struct said bobs;
    if (n > SAID_LINE - HEAD)
        return;
    uint8_t *line = malloc(HEAD + n);
    REQUIRE(line);
    memcpy(line, head, HEAD);
    memcpy(line + HEAD, p, n);
    said_read(&bobs, SIDE_BOB, line, HEAD + n, false);
    REQUIRE(memcmp(bobs.key, hers->key, SAID_KEY) == 0 && strcmp(bobs.text, hers->text) == 0);
    free(line);
}

static void say(struct speakers *s, enum side side, unsigned number, const uint8_t *p, size_t n) {
    struct said line;
    said_read(&line, side, p, n, false);
    look_at(&line, p, n);
    if (side == SIDE_ALICE)
        passed_on(&line, p, n);
    if (n_lines == LINES)
        return;
    line.ns = (uint64_t)number * 1000;
    speakers_take(s, "abcd", &line);
    lines[n_lines++] = line;
}

static void call(struct speakers *s, unsigned number, const uint8_t *p, size_t n) {
    char label[SAID_FROM] = "", session[2] = {(char)('a' + number % 4), 0};
    if (n_calls == CALLS || n >= SAID_FROM || memchr(p, 0, n))
        return;
    memcpy(label, p, n);
    REQUIRE(speakers_call(s, session, label, number));
    calls[n_calls++] = s->called[(s->n_called - 1) % SPEAKER_CALLED_MAX];
    for (size_t i = 0; i < n_lines; i++) {
        bool before = lines[i].hidden;
        speakers_call_again(s, &lines[i]);
        REQUIRE(lines[i].hidden >= before);
    }
}

static void act(struct speakers *s, unsigned kind, const struct said *line) {
    if (kind == 5)
        speakers_show_all(s);
    else if (line && kind == 3)
        speakers_hide_line(s, line);
    else if (line && line->session[0])
        speakers_hide_session(s, line->session, line->from);
    for (size_t i = 0; i < n_lines; i++) {
        bool before = lines[i].hidden;
        speakers_look(s, &lines[i]);
        REQUIRE(kind == 5 ? !lines[i].hidden : lines[i].hidden >= before);
        REQUIRE(kind == 5 || !line || memcmp(lines[i].key, line->key, SAID_KEY) != 0 || kind != 3 || lines[i].hidden);
        REQUIRE(kind != 4 || !line || !line->session[0] || strcmp(lines[i].session, line->session) != 0 ||
                lines[i].hidden);
    }
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct fuzz_input in = {data, size};
    struct speakers *s = calloc(1, sizeof *s);
    REQUIRE(s);
    n_lines = n_calls = 0;
    while (in.n) {
        unsigned kind = fuzz_byte(&in) % 6, number = fuzz_byte(&in);
        size_t n = fuzz_u16(&in) % 1500;
        uint8_t *p = fuzz_block(&in, &n);
        if (kind < 2)
            say(s, kind == 0 ? SIDE_ALICE : SIDE_BOB, number, p, n);
        else if (kind == 2)
            call(s, number, p, n);
        else
            act(s, kind, n_lines ? &lines[number % n_lines] : NULL);
        for (size_t i = 0; i < n_lines; i++)
            REQUIRE(lines[i].from[0] ? strcmp(lines[i].session, speaker(&lines[i])) == 0
                                     : strcmp(lines[i].session, lines[i].side == SIDE_ALICE ? "abcd" : "") == 0);
        free(p);
    }
    free(s);
}
