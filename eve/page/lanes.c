/* A session is a table with a row for each step and a cell for each lane. A row is drawn when every lane that is waited
 * for has told it or is past it. What a lane tells too late is drawn by itself: nothing is left out. */
#include "eve/page/lanes.h"

#include "common/base/text.h"
#include "eve/page/lanes_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum lane { ALICE, BOB, WIRE, LANES };
enum { STEPS = 8, A3 = 4, B4 = 7, ATTEMPTS = 3, ROWS = STEPS * ATTEMPTS }; /* Bob refuses a fourth attempt */
enum { LATER_MAX = 1200 };                                                 /* events of a session that wait */

static const char *const names[] = {"Alice", "Bob", "Eve"};
static const struct {
    const char *name, *arrow, *what;
} steps[STEPS] = {
    {"A1", "->", "hello: a set, and a commitment"}, {"B1", "<-", "welcome, and his commitment"},
    {"A2", "->", "samples, some of them composed"}, {"B2", "<-", "a noisy label for each"},
    {"A3", "->", "whether she has learned"},        {"B3", "<-", "a challenge"},
    {"A4", "->", "her proof of the key"},           {"B4", "<-", "his proof of the key"},
};

struct cell {
    bool told, drawn;
    json_int_t bytes;
    double seconds;
};

struct story {
    char session[17];
    struct cell rows[ROWS][LANES];
    int furthest[LANES]; /* the last row that it has told; -1: none */
    bool present[LANES], closed[LANES], headed, told_words;
    int drawn; /* rows before this one are done with */
    json_t *learned[ATTEMPTS], *agreed, *connected, *samples;
    json_t *later;                 /* what is told behind the steps: a list of events */
    char words[LANES][LANES_TEXT]; /* "" before they are known */
};

struct lanes {
    struct lanes_config config;
    struct lanes_out out;
    struct story *stories[LANES_SESSIONS]; /* the oldest first */
    unsigned n;
    const struct story *last; /* whose line was the last one */
    struct cell first[2];     /* A1, which Alice tells before the session has a name */
};

int lanes_new(struct lanes **lanesp, const struct lanes_config *config) {
    struct lanes *l = calloc(1, sizeof *l);
    if (!l)
        return -ENOMEM;
    l->config = *config;
    unsigned columns = config->columns;
    columns = columns < LANES_COLUMNS_MIN ? LANES_COLUMNS_MIN : columns;
    l->out = (struct lanes_out){.columns = columns > LANES_COLUMNS_MAX ? LANES_COLUMNS_MAX : columns,
                                .line = config->line,
                                .user = config->user};
    *lanesp = l;
    return 0;
}

static void story_free(struct story *s) {
    for (unsigned i = 0; i < ATTEMPTS; i++)
        json_decref(s->learned[i]);
    json_decref(s->agreed);
    json_decref(s->connected);
    json_decref(s->samples);
    json_decref(s->later);
    free(s);
}

void lanes_free(struct lanes *l) {
    if (!l)
        return;
    for (unsigned i = 0; i < l->n; i++)
        story_free(l->stories[i]);
    free(l);
}

static struct story *story_of(struct lanes *l, const char *session) {
    if (strlen(session) >= sizeof l->stories[0]->session)
        return NULL;
    for (unsigned i = 0; i < l->n; i++)
        if (strcmp(l->stories[i]->session, session) == 0)
            return l->stories[i];
    struct story *s = calloc(1, sizeof *s);
    if (!s || !(s->later = json_array())) {
        free(s);
        return NULL;
    }
    strcpy(s->session, session);
    for (unsigned i = 0; i < LANES; i++)
        s->furthest[i] = -1;
    if (l->n == LANES_SESSIONS) {
        l->last = l->last == l->stories[0] ? NULL : l->last;
        story_free(l->stories[0]);
        memmove(l->stories, l->stories + 1, --l->n * sizeof *l->stories);
    }
    return l->stories[l->n++] = s;
}

/* ---- drawing */

static void head(struct lanes *l, struct story *s) {
    char session[LANES_TEXT], set[LANES_TEXT];
    if (l->last == s)
        return;
    l->last = s;
    lanes_safe(session, s->session);
    lanes_field(set, s->connected, "params");
    lanes_say(&l->out, SCREEN_PLAIN, 0, "%s", "");
    lanes_say(&l->out, SCREEN_BOLD, 0, "Session %s%s%s%s", session, *set ? ", set " : "", set,
              s->headed ? ", continued" : "");
    if (!s->headed)
        lanes_say(&l->out, SCREEN_DIM, 0, "step      bytes     Alice       Bob");
    s->headed = true;
}

static void draw_row(struct lanes *l, struct story *s, int row) {
    struct cell *cells = s->rows[row];
    const struct cell *any = NULL;
    char bytes[SCREEN_BYTES_TEXT], seconds[2][LANES_SECONDS] = {"", ""};
    bool differ = false;
    for (unsigned i = 0; i < LANES; i++) {
        if (!cells[i].told || cells[i].drawn)
            continue;
        cells[i].drawn = true;
        differ |= any && any->bytes != cells[i].bytes;
        any = any ? any : &cells[i];
        if (i != WIRE)
            lanes_seconds(seconds[i], cells[i].seconds);
    }
    if (!any)
        return;
    head(l, s);
    screen_bytes(bytes, (uint64_t)any->bytes);
    bool wide = l->out.columns >= 36 + 2 + 32;
    lanes_say(&l->out, SCREEN_PLAIN, 0, "%s %s %9s %9s %9s%s%s", steps[row % STEPS].name, steps[row % STEPS].arrow,
              bytes, seconds[0], seconds[1], wide ? "   " : "", wide ? steps[row % STEPS].what : "");
    if (differ)
        for (unsigned i = 0; i < LANES; i++)
            if (cells[i].told)
                lanes_say(&l->out, SCREEN_WARN, 6, "      not the same for all: %s has %lld bytes", names[i],
                          (long long)cells[i].bytes);
    if (row % STEPS == A3)
        lanes_learned(&l->out, s->learned[row / STEPS]);
    if (row % STEPS == B4)
        lanes_agreed(&l->out, s->agreed);
}

static void draw_words(struct lanes *l, struct story *s) {
    const char *of[2] = {s->words[ALICE], s->words[BOB]};
    head(l, s);
    s->told_words = true;
    if (!*of[ALICE] && !*of[BOB]) { /* of a capture alone */
        lanes_words(&l->out, "Both see", s->words[WIRE]);
    } else {
        for (unsigned i = 0; i < 2; i++)
            if (*of[i])
                lanes_words(&l->out, names[i], of[i]);
        if (*of[ALICE] && *of[BOB] && strcmp(of[ALICE], of[BOB]) == 0)
            lanes_say(&l->out, SCREEN_GOOD, 10,
                      "The same five words on both sides: nobody sits in between, except with probability 2^-40.");
        else if (*of[ALICE] && *of[BOB])
            lanes_say(&l->out, SCREEN_BAD, 0, "Other words: somebody sits in between!");
    }
    if (s->present[WIRE]) {
        json_int_t bytes = 0;
        for (unsigned i = 0; i < ROWS; i++)
            bytes += s->rows[i][WIRE].bytes;
        lanes_heard(&l->out, bytes, s->samples);
    }
}

static enum lane lane_of(const json_t *event) {
    const char *from = json_string_value(json_object_get(event, "from"));
    return !from                        ? LANES
           : strcmp(from, "alice") == 0 ? ALICE
           : strcmp(from, "bob") == 0   ? BOB
           : strcmp(from, "wire") == 0  ? WIRE
                                        : LANES;
}

static void draw_later(struct lanes *l, struct story *s, const json_t *event) {
    const char *kind = json_string_value(json_object_get(event, "event"));
    enum lane lane = lane_of(event);
    head(l, s);
    if (lane == LANES)
        lanes_eve(&l->out, kind, event);
    else
        lanes_side(&l->out, names[lane], kind, event);
}

/* How many lanes are waited for, and how many of them are past a row, or have words. */
static bool all(const struct lanes *l, const struct story *s, int row) {
    unsigned sides = 0, wanted = l->config.n_files < 2 ? l->config.n_files : 2;
    for (unsigned i = 0; i < 2; i++)
        sides += s->closed[i] || (row < ROWS ? s->furthest[i] >= row : s->words[i][0] != 0);
    bool wire = s->closed[WIRE] || (row < ROWS ? s->furthest[WIRE] >= row : s->words[WIRE][0] != 0);
    return sides >= wanted && (wire || !l->config.capture);
}

static void advance(struct lanes *l, struct story *s, bool settled) {
    int end = 0;
    bool words = false;
    for (unsigned i = 0; i < LANES; i++) {
        end = s->furthest[i] >= end ? s->furthest[i] + 1 : end;
        words |= s->words[i][0] != 0;
    }
    for (int row = 0; row < s->drawn; row++)
        draw_row(l, s, row); /* what came too late */
    while (s->drawn < end && (settled || all(l, s, s->drawn)))
        draw_row(l, s, s->drawn++);
    if (s->drawn < end || (!settled && !all(l, s, ROWS)))
        return;
    if (words && !s->told_words)
        draw_words(l, s);
    for (size_t i = 0; i < json_array_size(s->later); i++)
        draw_later(l, s, json_array_get(s->later, i));
    json_array_clear(s->later);
}

/* ---- events */

static void take_step(struct lanes *l, struct story *s, enum lane lane, const json_t *event) {
    const char *name = json_string_value(json_object_get(event, "step"));
    json_int_t attempt = json_integer_value(json_object_get(event, "attempt"));
    struct cell cell = {.told = true,
                        .bytes = json_integer_value(json_object_get(event, "bytes")),
                        .seconds = json_number_value(json_object_get(event, "seconds"))};
    int step = 0;
    while (name && step < STEPS && strcmp(name, steps[step].name) != 0)
        step++;
    if (!name || step == STEPS || attempt < 1 || attempt > ATTEMPTS || cell.bytes < 0)
        return;
    if (!s) {
        if (lane != WIRE && step == 0)
            l->first[lane] = cell;
        return;
    }
    int row = (int)(attempt - 1) * STEPS + step;
    if (!s->rows[row][lane].told)
        s->rows[row][lane] = cell;
    s->furthest[lane] = row > s->furthest[lane] ? row : s->furthest[lane];
}

static void keep(json_t **kept, const json_t *event) {
    json_decref(*kept);
    *kept = json_deep_copy(event);
}

/* Alice, Bob or the wire tells of a session. */
static void take(struct lanes *l, struct story *s, enum lane lane, const char *kind, const json_t *event) {
    json_int_t attempt = json_integer_value(json_object_get(event, "attempt"));
    s->present[lane] = true;
    if (lane != WIRE && l->first[lane].told) {
        if (!s->rows[0][lane].told)
            s->rows[0][lane] = l->first[lane];
        l->first[lane].told = false;
    }
    if (strcmp(kind, "step") == 0)
        take_step(l, s, lane, event);
    else if (strcmp(kind, "learned") == 0 && attempt >= 1 && attempt <= ATTEMPTS)
        keep(&s->learned[attempt - 1], event);
    else if (strcmp(kind, "agreed") == 0 && lane == ALICE)
        keep(&s->agreed, event);
    else if (strcmp(kind, "connected") == 0 && lane == WIRE)
        keep(&s->connected, event);
    else if (strcmp(kind, "samples") == 0)
        keep(&s->samples, event);
    else if (strcmp(kind, "confirmed") == 0)
        lanes_field(s->words[lane], event, "fingerprint");
    else if (strcmp(kind, "closed") == 0)
        s->closed[lane] = true;
}

/* Whether the event has a line of its own, behind the steps. */
static bool comes_later(enum lane lane, const char *kind, const json_t *event) {
    if (lane == LANES)
        return strcmp(kind, "attack") == 0 || strcmp(kind, "verdict") == 0 || strcmp(kind, "read") == 0;
    if (strcmp(kind, "closed") == 0 && lane != WIRE) /* an end as it should be needs no line */
        return json_integer_value(json_object_get(event, "status")) != 0;
    return strcmp(kind, "closed") == 0 || strcmp(kind, "sealed") == 0 || strcmp(kind, "error") == 0;
}

void lanes_event(struct lanes *l, const json_t *event) {
    const char *kind = json_string_value(json_object_get(event, "event"));
    const char *session = json_string_value(json_object_get(event, "session"));
    const char *from = json_string_value(json_object_get(event, "from"));
    enum lane lane = lane_of(event);
    if (!kind || (lane == LANES && (!from || strcmp(from, "eve") != 0)) ||
        json_is_true(json_object_get(event, "rekey"))) /* the steps of a re-keying pass sealed */
        return;
    if (!session) {
        if (strcmp(kind, "step") == 0 && lane < WIRE)
            take_step(l, NULL, lane, event);
        return;
    }
    struct story *s = story_of(l, session);
    if (!s)
        return;
    if (lane != LANES)
        take(l, s, lane, kind, event);
    if (comes_later(lane, kind, event) && json_array_size(s->later) < LATER_MAX)
        json_array_append_new(s->later, json_deep_copy(event));
    advance(l, s, false);
}

void lanes_settle(struct lanes *l) {
    for (unsigned i = 0; i < l->n; i++)
        advance(l, l->stories[i], true);
}

bool lanes_over(const struct lanes *l, bool settled) {
    unsigned wanted = l->config.n_files < 2 ? l->config.n_files : 2;
    for (unsigned i = 0; i < l->n; i++) {
        const struct story *s = l->stories[i];
        unsigned present = 0, closed = 0;
        for (unsigned j = 0; j < LANES; j++) {
            present += s->present[j];
            closed += s->closed[j];
        }
        if (closed && closed == present && (settled || closed >= wanted + l->config.capture))
            return true;
    }
    return false;
}
