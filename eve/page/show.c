#include "common/shell/host/files.h"
#include "common/shell/host/status.h"
#include "common/shell/net/spawn.h"
#include "eve/page/internal.h"
#include "eve/page/schema.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void show_event(void *user, json_t *object) {
    hub_add(((struct page *)user)->hub, object);
}

static void put_note(struct page *page, const char *text) {
    json_t *object = json_pack("{s:s, s:s, s:s}", "event", "note", "from", "page", "text", text);
    if (object)
        hub_add(page->hub, object);
}

/* Something of a source is not shown, and why. */
static void put_refused(struct page *page, const char *text) {
    json_t *object = json_pack("{s:s, s:s, s:s}", "event", "refused", "from", "page", "text", text);
    screen_error(page->config->screen, "%s", text);
    if (object)
        hub_add(page->hub, object);
}

/* ---- Eve */

void show_attack(struct page *page) {
    const struct source *source = &page->sources[page->session_source];
    if (!page->session[0] || !source->path)
        return;
    struct attack_config config = {
        .capture = source->path,
        .session = page->session,
        .folder = page->folder,
        .learner = page->learner,
        .seed = page->seed,
        .budget = page->budget,
        .threads = page->config->threads,
        .source = source->number,
        .learn_only = source->room,
        .event = source->room ? show_chat_attack : show_event,
        .user = page,
    };
    attack_free(page->attack);
    page->attack = NULL;
    show_chat_end(page);
    int r = attack_start(&page->attack, loop_uv(page->loop), &config);
    if (r < 0) {
        char text[120];
        snprintf(text, sizeof text, "Eve's learner cannot be started: %.60s", strerror(-r));
        put_refused(page, text);
    }
}

static void watch_event(void *user, json_t *object) {
    struct source *source = user;
    struct page *page = source->page;
    const char *session = json_string_value(json_object_get(object, "session"));
    if (source->with)
        json_object_set_new(object, "with", json_string(source->with));
    json_incref(object);
    show_event(page, object);
    if (session && source->number < SOURCES_MAX)
        match_session(page->match, session);
    json_decref(object);
}

static void session_complete(void *user, const char *session, const char *params) {
    struct source *source = user;
    struct page *page = source->page;
    (void)params;
    snprintf(page->session, sizeof page->session, "%s", session);
    page->session_source = source->number;
    if (page->eve_on && (!page->attack || attack_ended(page->attack)))
        show_attack(page);
}

static void session_sealed(void *user, const char *session, unsigned n) {
    (void)n;
    struct page *page = ((struct source *)user)->page;
    if (page->attack && strcmp(session, page->session) == 0)
        attack_read(page->attack);
}

static void session_message(void *user, const char *session, enum side from, const struct message *m, uint64_t ns) {
    show_chat_message(((struct source *)user)->page, session, from, m, ns);
}

static const struct watch_ops watch_ops = {watch_event, session_complete, session_sealed, NULL};
static const struct watch_ops room_ops = {watch_event, session_complete, session_sealed, session_message};

/* ---- sources */

/* Once for each source: a line that is not shown, and why. */
__attribute__((format(printf, 2, 3))) static void tell_wrong(struct source *source, const char *format, ...) {
    char text[SOURCE_WRONG];
    va_list args;
    if (source->told_error)
        return;
    source->told_error = true;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put_refused(source->page, text);
}

/* The source whose sessions are those that are shown: a capture, or else the first file of events. */
static const struct source *reference(const struct page *page) {
    for (size_t i = 0; i < page->n_sources; i++)
        if (page->sources[i].kind == SOURCE_CAPTURE)
            return &page->sources[i];
    return &page->sources[0];
}

/* Events of a session that is not shown: refused, with both sessions. */
static void look_for_stranger(struct source *source) {
    const struct page *page = source->page;
    const struct source *other = reference(page);
    const char *stranger = source->tail ? match_stranger(page->match, (unsigned)source->number) : NULL;
    size_t n;
    const char *newest = match_newest(page->match, &n);
    if (!stranger)
        return;
    if (n == 0)
        tell_wrong(source, "%.500s tells of session %.20s, %.500s of no session yet: its events are not shown",
                   source->path, stranger, other->path);
    else
        tell_wrong(source, "%.500s tells of session %.20s, %.500s of session %.20s%s: its events are not shown",
                   source->path, stranger, other->path, newest, n > 1 ? " and others" : "");
}

static void private_line(void *user, const char *text, size_t n, unsigned long number) {
    struct source *source = user;
    char why[SCHEMA_WHY];
    json_t *object = schema_read(text, n, why);
    if (!object) {
        tell_wrong(source, "%.1000s, line %lu: %s; this line and others like it are not shown", source->path, number,
                   why);
        return;
    }
    json_object_set(object, "from", json_object_get(object, "side"));
    json_object_set_new(object, "private", json_true());
    json_object_set_new(object, "source", json_integer(source->number));
    const char *session = json_string_value(json_object_get(object, "session"));
    if (session && source == reference(source->page))
        match_session(source->page->match, session);
    const char *side = json_string_value(json_object_get(object, "side"));
    if (source->page->class && side && strcmp(side, "bob") == 0)
        class_bob_says(source->page->class, object);
    const char *what = json_string_value(json_object_get(object, "event"));
    if (source->page->class && what && strcmp(what, "called") == 0) {
        json_decref(object); /* what a phone calls itself is for the wall alone, where it can be hidden */
        return;
    }
    match_event(source->page->match, (unsigned)source->number, object);
}

static void tap_line(void *user, int fd, const char *text, size_t n) {
    struct source *source = user;
    (void)fd;
    (void)n;
    screen_line(source->page->config->screen, SCREEN_PLAIN, "%s: %s", source->name, text);
    put_note(source->page, text);
}

static void tap_ended(void *user, int status) {
    struct source *source = user;
    char text[200];
    snprintf(text, sizeof text, "%.100s has ended with status %d", source->name, status);
    put_note(source->page, text);
    spawn_free(source->process);
    source->process = NULL;
}

static int start_listener(struct source *source, const char *const *arguments) {
    struct spawn_config config = {.arguments = arguments, .line = tap_line, .ended = tap_ended, .user = source};
    return spawn_start(&source->process, loop_uv(source->page->loop), &config);
}

/* tap:HOST:PORT:HOST:PORT. The colon between the two addresses is the one after which an address can begin. */
static int start_tap(struct source *source, char *rest) {
    char eve[FILES_PATH];
    struct address listen, to;
    files_find_program(eve, NULL, "eve");
    for (char *p = rest; (p = strchr(p, ':')); p++) {
        *p = 0;
        char *before = strrchr(rest, ':');
        if (before && before[1] && strspn(before + 1, "0123456789") == strlen(before + 1) &&
            (rest[0] != '[' || before[-1] == ']') && address_parse(&listen, rest, "127.0.0.1") == 0 &&
            address_parse(&to, p + 1, "::1") == 0) {
            const char *arguments[] = {eve, "tap", "--listen", rest, "--to", p + 1, "--write", source->path, NULL};
            return start_listener(source, arguments);
        }
        *p = ':';
    }
    return -EINVAL;
}

static int start_sniff(struct source *source, const char *interface) {
    char eve[FILES_PATH];
    files_find_program(eve, NULL, "eve");
    const char *arguments[] = {eve, "sniff", "--interface", interface, "--write", source->path, NULL};
    return *interface ? start_listener(source, arguments) : -EINVAL;
}

static bool is_events_file(const char *path) {
    char first = 0;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    bool events = fread(&first, 1, 1, file) == 1 && first == '{';
    const char *dot = strrchr(path, '.');
    events |= first == 0 && dot && strcmp(dot, ".events") == 0;
    fclose(file);
    return events;
}

static int open_source(struct source *source) {
    source->kind = is_events_file(source->path) ? SOURCE_EVENTS : SOURCE_CAPTURE;
    if (source->kind == SOURCE_EVENTS)
        return tail_new(&source->tail, source->path, private_line, source);
    return watch_new(&source->watch, source->path, source->number, source->room ? &room_ops : &watch_ops, source);
}

static int open_at(struct page *page, size_t number, const char *name, bool room) {
    struct screen *screen = page->config->screen;
    struct source *source = &page->sources[number];
    *source = (struct source){.page = page, .number = (int)number, .name = strdup(name), .room = room};
    char path[FILES_PATH];
    bool tap = strncmp(name, "tap:", 4) == 0, sniff = strncmp(name, "sniff:", 6) == 0;
    if (tap || sniff)
        snprintf(path, sizeof path, "%s/source%d.pcap", page->folder, source->number);
    else
        snprintf(path, sizeof path, "%s", name);
    source->path = strdup(path);
    if (!source->name || !source->path)
        return STATUS_INTERNAL;
    if (!tap && !sniff && access(path, R_OK) < 0) {
        screen_error(screen, "%s: %s", path, strerror(errno));
        return STATUS_IO;
    }
    char *rest = strdup(strchr(name, ':') ? strchr(name, ':') + 1 : "");
    int r = tap ? start_tap(source, rest) : sniff ? start_sniff(source, rest) : 0;
    free(rest);
    if (r == -EINVAL) {
        screen_error(screen, "'%s': a source is tap:HOST:PORT:HOST:PORT, sniff:INTERFACE, or a file", name);
        return STATUS_USAGE;
    }
    if (r < 0 || (r = open_source(source)) < 0) {
        screen_error(screen, "%s: %s", name, strerror(-r));
        return STATUS_IO;
    }
    return STATUS_OK;
}

int show_add(struct page *page, const char *name) {
    if (page->n_sources == SOURCES_MAX) {
        screen_error(page->config->screen, "at most %d sources", SOURCES_MAX);
        return STATUS_USAGE;
    }
    return open_at(page, page->n_sources++, name, false);
}

static void close_source(struct source *source) {
    if (source->page->chat_source == source)
        show_chat_end(source->page);
    watch_free(source->watch);
    tail_free(source->tail);
    spawn_free(source->process);
    free(source->name);
    free(source->path);
    *source = (struct source){0};
}

int show_add_room(struct page *page, const char *path) {
    if (page->n_sources == SOURCES_MAX)
        close_source(&page->sources[page->room_source]);
    else
        page->room_source = page->n_sources++;
    return open_at(page, page->room_source, path, true);
}

static bool poll_source(struct source *source) {
    bool more = source->tail && tail_poll(source->tail);
    look_for_stranger(source);
    if (!source->watch)
        return more;
    more |= watch_poll(source->watch);
    if (watch_error(source->watch)[0])
        tell_wrong(source, "%s", watch_error(source->watch));
    return more;
}

bool show_poll(struct page *page) {
    bool more = false;
    if (page->scenario)
        scenario_poll(page->scenario);
    /* a scenario stands in the place of what was given on the command line */
    for (size_t i = page->scenario_shown ? SOURCES_MAX : 0; i < SOURCES_ALL; i++)
        if (page->sources[i].page)
            more |= poll_source(&page->sources[i]);
    if (!more) /* who has not read all cannot say that nothing fits */
        match_poll(page->match);
    if (page->attack)
        attack_poll(page->attack);
    return show_chat_poll(page) || more;
}

/* ---- scenarios */

/* Ends what was started for the show; the sources stay. */
static void stop_show(struct page *page) {
    show_chat_end(page);
    attack_free(page->attack);
    page->attack = NULL;
    scenario_free(page->scenario);
    page->scenario = NULL;
    page->session[0] = 0;
    for (size_t i = SOURCES_MAX; i < SOURCES_ALL; i++)
        if (page->sources[i].page)
            close_source(&page->sources[i]);
}

/* The captures of the scenario that runs. */
static const char *open_captures(struct page *page, const struct scenario_kind *kind) {
    static const char *const sides[] = {"alice", "bob"};
    const char *capture;
    for (unsigned i = 0; (capture = scenario_capture(page->scenario, i)); i++) {
        struct source *source = &page->sources[SOURCES_MAX + i];
        char name[80];
        snprintf(name, sizeof name, kind->attacker ? "%.40s, session with %s" : "%.40s", kind->name, sides[i]);
        *source = (struct source){.page = page, .number = (int)(SOURCES_MAX + i), .name = strdup(name)};
        source->with = kind->attacker ? sides[i] : NULL;
        source->path = strdup(capture);
        if (!source->name || !source->path || open_source(source) < 0)
            return "out of memory\n";
    }
    return NULL;
}

const char *show_scenario(struct page *page, const struct scenario_kind *kind, const char *params) {
    char folder[sizeof page->folder + 16];
    stop_show(page);
    snprintf(folder, sizeof folder, "%s/run%u", page->folder, ++page->n_scenarios);
    if (mkdir(folder, 0700) < 0) {
        snprintf(page->wrong, sizeof page->wrong, "%s: %s\n", folder, strerror(errno));
        return page->wrong;
    }
    hub_clear(page->hub);
    page->scenario_shown = true;
    hub_add(page->hub, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:b}", "event", "scenario", "from", "page",
                                 "name", kind->name, "params", params, "seed", page->seed, "learner", page->learner,
                                 "budget", page->budget, "eve", page->eve_on));
    struct scenario_config config = {.kind = kind,
                                     .params = params,
                                     .seed = page->seed,
                                     .budget = page->budget,
                                     .folder = folder,
                                     .event = show_event,
                                     .user = page};
    int r = scenario_start(&page->scenario, loop_uv(page->loop), &config);
    if (r < 0) {
        snprintf(page->wrong, sizeof page->wrong, "the programs cannot be started: %s\n", strerror(-r));
        return page->wrong;
    }
    return open_captures(page, kind);
}

void show_sources(struct page *page) {
    struct match *match;
    stop_show(page);
    page->scenario_shown = false;
    hub_clear(page->hub);
    if (match_new(&match, show_event, page) == 0) {
        match_free(page->match);
        page->match = match;
    }
    for (size_t i = 0; i < page->n_sources; i++) {
        struct source *source = &page->sources[i];
        watch_free(source->watch);
        tail_free(source->tail);
        source->watch = NULL;
        source->tail = NULL;
        source->told_error = false;
        open_source(source);
    }
}

void show_deinit(struct page *page) {
    stop_show(page);
    json_decref(page->unsaid);
    for (size_t i = 0; i < page->n_sources; i++)
        close_source(&page->sources[i]);
}
