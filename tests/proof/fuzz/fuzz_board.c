/* The switchboard: names that alices choose, one to a line ('+' in front: one with a pinned key), a blank line, a line
 * that bob types, and what all of the alices send then. */
#include "bob/label.h"
#include "common/base/letters.h"
#include "common/base/name_alike.h"
#include "common/base/text.h"
#include "common/shell/term/lines.h"
#include "tests/proof/fuzz/fuzz.h"

#include <stdbool.h>
#include <strings.h>

enum { MOST = 24, NAME_MAX_BYTES = 64 };

struct alice {
    char label[LABEL_TEXT], id[17];
};

static struct alice alices[MOST];
static size_t n_alices;

static bool taken(void *user, const char *label) {
    (void)user;
    for (size_t i = 0; i < n_alices; i++) {
        if (strcasecmp(alices[i].label, label) == 0)
            return true;
    }
    return false;
}

static size_t line_length(const struct fuzz_input *in) {
    const uint8_t *newline = in->n ? memchr(in->p, '\n', in->n) : NULL;
    return newline ? (size_t)(newline - in->p) : in->n;
}

static void skip(struct fuzz_input *in, size_t n) {
    n += n < in->n; /* its newline */
    in->p += n;
    in->n -= n;
}

static void join(const uint8_t *bytes, size_t n) {
    struct alice *alice = &alices[n_alices];
    bool pinned = *bytes == '+';
    char name[4 * NAME_MAX_BYTES + 1], key[45];
    text_escape(name, sizeof name, bytes, n < NAME_MAX_BYTES ? n : NAME_MAX_BYTES);
    snprintf(alice->id, sizeof alice->id, "%06x%010x", (unsigned)n_alices / 3 & 0xff, (unsigned)n_alices & 0xff);
    snprintf(key, sizeof key, "-_key%039u", n % 2 ? 7u : (unsigned)n);
    label_make(alice->label, name, alice->id, pinned ? key : NULL, taken, NULL);
    n_alices++;
}

/* Nothing in it ends it, moves the cursor or cannot be seen. */
static bool is_label(const char *label) {
    uint32_t code = 0;
    for (size_t n = strlen(label), length; n; label += length, n -= length) {
        if (!(length = text_character((const uint8_t *)label, n, &code)) || text_is_unsafe(code))
            return false;
        if (length == 1 ? !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/", *label)
                        : !letters_has(code) && !letters_is_mark(code))
            return false;
    }
    return true;
}

static void check_labels(void) {
    for (size_t i = 0; i < n_alices; i++) {
        const char *label = alices[i].label;
        REQUIRE(memchr(label, 0, LABEL_TEXT) && *label);
        REQUIRE(is_label(label));
        REQUIRE(!name_alike(label, strlen(label), "bob", 3) && !name_alike(label, strlen(label), "all", 3));
        for (size_t j = 0; j < n_alices; j++)
            REQUIRE(i == j || (strcasecmp(label, alices[j].label) != 0 && strcmp(label, alices[j].id) != 0));
    }
}

static size_t count_reached(const char *line, size_t n, size_t *textp) {
    size_t n_name = label_addressee(line, n, textp), found = 0;
    REQUIRE(n_name<n && * textp <= n && * textp> n_name);
    for (size_t i = 0; i < n_alices; i++)
        found += label_is(alices[i].label, alices[i].id, line + 1, n_name);
    return found;
}

static void check_typed(const uint8_t *bytes, size_t n) {
    size_t text;
    char line[LABEL_TEXT + 8];
    if (n && *bytes == '@')
        REQUIRE(count_reached((const char *)bytes, n, &text) <= 1);
    for (size_t i = 0; i < n_alices; i++) {
        for (int by_id = 0; by_id < 2; by_id++) {
            int length = snprintf(line, sizeof line, "@%s: x\n", by_id ? alices[i].id : alices[i].label);
            REQUIRE(count_reached(line, (size_t)length, &text) == 1);
            REQUIRE(strcmp(line + text, "x\n") == 0);
        }
    }
}

/* ---- what they send */

struct shown {
    const uint8_t *p, *end; /* what has not been shown yet */
    unsigned room;
};

static bool room(void *user) {
    struct shown *shown = user;
    return shown->room++ % 3; /* now and then there is none */
}

static unsigned hex(const char *p) {
    unsigned value = 0;
    REQUIRE(sscanf(p, "\\x%2x", &value) == 1);
    return value;
}

static void show(void *user, const char *line) {
    struct shown *shown = user;
    REQUIRE(strlen(line) <= 4 * LINES_MAX);
    for (const char *p = line; *p;) {
        REQUIRE((unsigned char)*p >= ' ' && *p != 0x7f);
        bool escaped = *p == '\\', number = escaped && p[1] == 'x';
        REQUIRE(!escaped || number || p[1] == '\\');
        REQUIRE(shown->p < shown->end && *shown->p == (number ? hex(p) : (unsigned char)*p));
        shown->p++;
        p += number ? 4 : escaped ? 2 : 1;
    }
    if (shown->p < shown->end && *shown->p == '\n')
        shown->p++;
}

static void check_lines(const uint8_t *bytes, size_t n) {
    static const struct lines_sink sink = {.room = room, .show = show};
    struct lines lines = {0};
    struct shown shown = {bytes, bytes + n, 0};
    while (n > 0) {
        size_t piece = n < 700 ? n : 700;
        struct session_chunk chunk = {.block = malloc(piece), .n = piece, .secret = true};
        REQUIRE(chunk.block);
        chunk.data = chunk.block;
        memcpy(chunk.data, bytes, piece);
        lines_give(&lines, &chunk);
        while (!lines_drain(&lines, &sink, &shown))
            ;
        bytes += piece;
        n -= piece;
    }
    lines_flush(&lines, &sink, &shown);
    lines_deinit(&lines);
    REQUIRE(shown.p == shown.end);
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct fuzz_input in = {data, size};
    n_alices = 0;
    size_t n;
    while ((n = line_length(&in)) > 0 && n_alices < MOST) {
        join(in.p, n);
        skip(&in, n);
    }
    skip(&in, n);
    check_labels();
    n = line_length(&in);
    check_typed(in.p, n);
    skip(&in, n);
    check_lines(in.p, in.n);
}
