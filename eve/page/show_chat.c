/* What Eve reads of a session of the room, on the stage: of each line an event, so that a line that the lecturer hides
 * is gone from what is told from then on, to newcomers and in a saved run. Viewers who have it already are told to
 * forget it. */
#include "common/base/base64.h"
#include "common/base/secret.h"
#include "eve/page/internal.h"
#include "eve/page/said.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static json_t *text_of(const struct said *line) {
    char text[SAID_FROM + SAID_TEXT + 16];
    if (line->from[0]) /* as Bob says it */
        snprintf(text, sizeof text, "(from %s) %s", line->from, line->text);
    return json_string(line->from[0] ? text : line->text);
}

static json_t *line_of(const struct said *line) {
    json_t *object =
        json_pack("{s:s, s:I}", "side", line->side == SIDE_ALICE ? "alice" : "bob", "bytes", (json_int_t)line->n_bytes);
    json_object_set_new(object, "text", line->hidden ? json_string("") : text_of(line));
    if (line->hidden)
        json_object_set_new(object, "hidden", json_true());
    else if (line->cut)
        json_object_set_new(object, "cut", json_true());
    return object;
}

/* more: it follows what was told of this session before. */
static void tell(struct page *page, const struct said *line, bool more) {
    json_t *object = json_pack("{s:s, s:s, s:s, s:i, s:b, s:[o]}", "event", "read", "from", "eve", "session",
                               opened_session(page->chat), "source", page->chat_source->number, "more", more, "lines",
                               line_of(line));
    if (!more)
        json_object_set_new(object, "before",
                            json_pack("{s:I, s:I}", "alice", (json_int_t)opened_forgotten(page->chat, SIDE_ALICE),
                                      "bob", (json_int_t)opened_forgotten(page->chat, SIDE_BOB)));
    uint64_t before = hub_last(page->hub);
    show_event(page, object);
    if (hub_last(page->hub) != before && !line->hidden)
        class_told(page->class, line, hub_last(page->hub));
}

static void line_comes(void *user, struct said *line) {
    struct page *page = user;
    class_take(page->class, opened_session(page->chat), line);
    if (!page->chat_told || page->n_chat > WATCH_SEALED_MAX)
        return;
    if (page->n_chat++ < WATCH_SEALED_MAX)
        tell(page, line, line->number > 1);
    else
        show_event(page, json_pack("{s:s, s:s, s:s}", "event", "note", "from", "page", "text",
                                   "the lines of this session are too many to be shown one by one"));
}

/* What was hidden since they came is not told either. */
static void tell_all(struct page *page) {
    for (size_t i = 0; i < opened_n_lines(page->chat); i++) {
        class_take_again(page->class, opened_session(page->chat), opened_line(page->chat, i));
        tell(page, opened_line(page->chat, i), i > 0);
    }
}

void show_chat_again(struct page *page) {
    if (page->chat && page->chat_told)
        tell_all(page);
}

static void begin(struct page *page, const struct source *source, const char *session, const char *text) {
    SECRET32 uint8_t key[32];
    show_chat_end(page);
    if (!text || base64_parse32(key, text, strlen(text), sodium_base64_VARIANT_ORIGINAL) < 0)
        return;
    page->chat_source = source;
    opened_new(&page->chat, source->path, session, key, line_comes, page); /* without memory nothing is read */
}

/* Viewers are told that the key fell; the key is for who gives the lecture, on the wall. */
void show_chat_attack(void *user, json_t *object) {
    struct page *page = user;
    const char *what = json_string_value(json_object_get(object, "event"));
    if (what && strcmp(what, "verdict") == 0) {
        const struct source *source = &page->sources[json_integer_value(json_object_get(object, "source"))];
        begin(page, source, json_string_value(json_object_get(object, "session")),
              json_string_value(json_object_get(object, "key")));
        json_object_del(object, "key");
    }
    show_event(page, object);
}

void show_chat_message(struct page *page, const char *session, enum side from, const struct message *m, uint64_t ns) {
    if (page->chat && strcmp(opened_session(page->chat), session) == 0)
        opened_message(page->chat, from, m, ns);
}

static void tell_unsaid(struct page *page) {
    if (!page->unsaid)
        return;
    show_event(page, json_pack("{s:s, s:s, s:o}", "event", "hidden", "from", "page", "numbers", page->unsaid));
    page->unsaid = NULL;
}

bool show_chat_poll(struct page *page) {
    int r = 1;
    tell_unsaid(page);
    if (page->chat && !opened_follows(page->chat))
        r = opened_catch_up(page->chat, watch_packets(page->chat_source->watch));
    if (r < 0)
        show_chat_end(page);
    else if (page->chat && r == 1 && !page->chat_told) {
        page->chat_told = true;
        tell_all(page);
    }
    return r == 0;
}

/* The line stays in its place, and says nothing but how long it was: so the others stand beside their messages. */
void show_chat_unsaid(void *user, uint64_t number) {
    struct page *page = user;
    json_t *object = hub_get(page->hub, number), *line = json_array_get(json_object_get(object, "lines"), 0);
    if (line) {
        json_object_set_new(line, "text", json_string(""));
        json_object_set_new(line, "hidden", json_true());
        json_object_del(line, "cut");
        hub_put(page->hub, number, object);
        if (page->web)
            web_changed(page->web, number);
    } else
        json_decref(object);
    if (!page->unsaid)
        page->unsaid = json_array();
    json_array_append_new(page->unsaid, json_integer((json_int_t)number));
}

void show_chat_end(struct page *page) {
    opened_free(page->chat);
    page->chat = NULL;
    page->chat_source = NULL;
    page->chat_told = false;
    page->n_chat = 0;
}
