#include "eve/page/page.h"

#include "common/lpn/params.h"
#include "common/net/loop.h"
#include "common/net/spawn.h"
#include "common/net/status.h"
#include "common/net/timer.h"
#include "common/net/web.h"
#include "eve/page/assets.h"
#include "eve/page/attack.h"
#include "eve/page/control.h"
#include "eve/page/hub.h"
#include "eve/page/programs.h"
#include "eve/page/results.h"
#include "eve/page/scenario.h"
#include "eve/page/tail.h"
#include "eve/page/watch.h"

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    POLL_MS = 40,
    SOURCES_MAX = 16,
    CAPTURE_SAVE_MAX = 256 << 20,
};

enum source_kind { SOURCE_CAPTURE, SOURCE_EVENTS };

/* What was given on the command line, or a scenario's capture. */
struct source {
    struct page *page;
    int number;
    char *name, *path;
    enum source_kind kind;
    struct watch *watch;
    struct tail *tail;
    struct spawn *process; /* the tap or sniffer that writes path */
    bool told_error;
};

struct page {
    const struct page_config *config;
    struct loop *loop;
    struct web *web;
    struct hub *hub;
    struct timer *timer;
    struct control control;
    char folder[64];
    struct source sources[SOURCES_MAX + 1]; /* the last one is the scenario's */
    size_t n_sources;
    struct scenario *scenario;
    unsigned n_scenarios;
    struct attack *attack;
    bool eve_on;
    char learner[64], seed[65], session[20]; /* session: the newest complete one */
    int session_source;
    double budget;
    int status;
};

static void told(void *user) {
    struct page *page = user;
    if (page->web)
        web_wake(page->web);
}

static void event(void *user, json_t *object) {
    hub_add(((struct page *)user)->hub, object);
}

static void note(struct page *page, const char *text) {
    json_t *object = json_pack("{s:s, s:s, s:s}", "event", "note", "from", "page", "text", text);
    if (object)
        hub_add(page->hub, object);
}

/* ---- Eve */

static void attack(struct page *page) {
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
        .event = event,
        .user = page,
    };
    attack_free(page->attack);
    page->attack = NULL;
    if (attack_start(&page->attack, loop_uv(page->loop), &config) < 0)
        note(page, "Eve's learner cannot be started");
}

static void watch_event(void *user, json_t *object) {
    event(((struct source *)user)->page, object);
}

static void session_complete(void *user, const char *session, const char *params) {
    struct source *source = user;
    struct page *page = source->page;
    (void)params;
    snprintf(page->session, sizeof page->session, "%s", session);
    page->session_source = source->number;
    if (page->eve_on && (!page->attack || attack_ended(page->attack)))
        attack(page);
}

static void session_sealed(void *user, const char *session) {
    struct page *page = ((struct source *)user)->page;
    if (page->attack && strcmp(session, page->session) == 0)
        attack_read(page->attack);
}

static const struct watch_ops watch_ops = {watch_event, session_complete, session_sealed};

/* ---- sources */

static void private_event(void *user, json_t *object) {
    struct source *source = user;
    json_t *side = json_object_get(object, "side");
    json_object_set(object, "from", side ? side : json_string("alice"));
    json_object_set_new(object, "private", json_true());
    json_object_set_new(object, "source", json_integer(source->number));
    event(source->page, object);
}

static void tap_line(void *user, int fd, const char *text, size_t n) {
    struct source *source = user;
    (void)fd;
    (void)n;
    screen_line(source->page->config->screen, SCREEN_PLAIN, "%s: %s", source->name, text);
    note(source->page, text);
}

static void tap_ended(void *user, int status) {
    struct source *source = user;
    char text[200];
    snprintf(text, sizeof text, "%.100s has ended with status %d", source->name, status);
    note(source->page, text);
    spawn_free(source->process);
    source->process = NULL;
}

static int start_listener(struct source *source, const char *const *arguments) {
    struct spawn_config config = {.arguments = arguments, .line = tap_line, .ended = tap_ended, .user = source};
    return spawn_start(&source->process, loop_uv(source->page->loop), &config);
}

/* tap:HOST:PORT:HOST:PORT. The colon between the two addresses is the one after which an address can begin. */
static int start_tap(struct source *source, char *rest) {
    char eve[PROGRAM_PATH];
    struct address listen, to;
    program_find(eve, "eve");
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
    char eve[PROGRAM_PATH];
    program_find(eve, "eve");
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
        return tail_new(&source->tail, source->path, private_event, source);
    return watch_new(&source->watch, source->path, source->number, &watch_ops, source);
}

static int add_source(struct page *page, const char *name) {
    struct screen *screen = page->config->screen;
    if (page->n_sources == SOURCES_MAX) {
        screen_error(screen, "at most %d sources", SOURCES_MAX);
        return STATUS_USAGE;
    }
    struct source *source = &page->sources[page->n_sources];
    *source = (struct source){.page = page, .number = (int)page->n_sources, .name = strdup(name)};
    page->n_sources++;
    char path[PROGRAM_PATH];
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

static void close_source(struct source *source) {
    watch_free(source->watch);
    tail_free(source->tail);
    spawn_free(source->process);
    free(source->name);
    free(source->path);
    *source = (struct source){0};
}

static void poll_source(struct source *source) {
    if (source->tail)
        tail_poll(source->tail);
    if (!source->watch)
        return;
    watch_poll(source->watch);
    if (watch_error(source->watch)[0] && !source->told_error) {
        source->told_error = true;
        screen_error(source->page->config->screen, "%s", watch_error(source->watch));
        note(source->page, watch_error(source->watch));
    }
}

static void poll(void *user) {
    struct page *page = user;
    if (page->scenario)
        scenario_poll(page->scenario);
    for (size_t i = 0; i <= SOURCES_MAX; i++)
        if (page->sources[i].page)
            poll_source(&page->sources[i]);
    if (page->attack)
        attack_poll(page->attack);
}

/* ---- what may be asked for */

static void answer_text(struct web_answer *a, unsigned status, const char *text) {
    *a = (struct web_answer){
        .status = status, .type = "text/plain; charset=utf-8", .body = text, .n_body = strlen(text)};
}

/* Takes object. */
static void answer_json(struct web_answer *a, unsigned status, json_t *object) {
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(object);
    if (!text) {
        answer_text(a, 500, "out of memory\n");
        return;
    }
    *a = (struct web_answer){.status = status, .type = "application/json", .owned = text, .n_body = strlen(text)};
}

static json_t *describe_sources(const struct page *page) {
    json_t *list = json_array();
    for (size_t i = 0; i <= SOURCES_MAX; i++) {
        const struct source *source = &page->sources[i];
        if (source->page)
            json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "source", source->number, "name", source->name,
                                                  "kind", source->kind == SOURCE_EVENTS ? "events" : "capture"));
    }
    return list;
}

static void answer_state(struct page *page, struct web_answer *a) {
    json_t *kinds = json_array();
    const struct scenario_kind *kind;
    for (unsigned i = 0; (kind = scenario_at(i)); i++)
        json_array_append_new(kinds, json_pack("{s:s, s:s, s:s, s:f}", "name", kind->name, "params", kind->params,
                                               "learner", kind->learner, "budget", kind->budget));
    answer_json(a, 200,
                json_pack("{s:i, s:s, s:b, s:b, s:f, s:o, s:o, s:o}", "schema", 1, "version", PARLEY_VERSION, "control",
                          page->control.loopback, "eve", page->eve_on, "budget", page->budget, "sources",
                          describe_sources(page), "scenarios", kinds, "results", results_list(page->config->lab)));
}

/* Reads a whole file, for somebody who saves it. */
static void answer_file(struct web_answer *a, const char *path, const char *save_as) {
    struct stat info;
    FILE *file = fopen(path, "rbe");
    char *bytes = NULL;
    if (file && fstat(fileno(file), &info) == 0 && info.st_size <= CAPTURE_SAVE_MAX &&
        (bytes = malloc((size_t)info.st_size + 1))) {
        size_t n = fread(bytes, 1, (size_t)info.st_size, file);
        *a = (struct web_answer){.status = 200, .type = "application/octet-stream", .owned = bytes, .n_body = n};
        snprintf(a->save_as, sizeof a->save_as, "%s", save_as);
    } else
        answer_text(a, 404, "there is no such file, or it is too large to be sent\n");
    if (file)
        fclose(file);
}

static void answer_capture(const struct page *page, const struct web_request *request, struct web_answer *a) {
    char number[8];
    size_t i = SOURCES_MAX;
    if (web_query(number, sizeof number, request->query, "source") >= 0)
        i = (size_t)strtoul(number, NULL, 10);
    if (i <= SOURCES_MAX && page->sources[i].page && page->sources[i].kind == SOURCE_CAPTURE)
        answer_file(a, page->sources[i].path, "parley.pcap");
    else
        answer_text(a, 404, "no capture of that number\n");
}

static void answer_run(const struct page *page, struct web_answer *a) {
    size_t n;
    char *text = hub_dump(page->hub, &n);
    if (!text) {
        answer_text(a, 500, "out of memory\n");
        return;
    }
    *a = (struct web_answer){
        .status = 200, .type = "application/json", .owned = text, .n_body = n, .save_as = "parley.json"};
}

static void answer_asset(const struct web_request *request, struct web_answer *a) {
    for (const struct asset *asset = assets; asset->path; asset++)
        if (strcmp(asset->path, request->path) == 0) {
            *a = (struct web_answer){
                .status = 200, .type = asset->type, .body = asset->bytes, .n_body = asset->n, .lasting = true};
            return;
        }
    answer_text(a, 404, "nothing is here\n");
}

static void answer_get(struct page *page, const struct web_request *request, struct web_answer *a) {
    if (strcmp(request->path, "/events") == 0)
        *a = (struct web_answer){.status = 200,
                                 .type = "text/event-stream",
                                 .stream = true,
                                 .after = strtoull(request->last_event_id, NULL, 10)};
    else if (strcmp(request->path, "/state") == 0)
        answer_state(page, a);
    else if (strcmp(request->path, "/save/run.json") == 0)
        answer_run(page, a);
    else if (strcmp(request->path, "/save/capture.pcap") == 0)
        answer_capture(page, request, a);
    else if (strncmp(request->path, "/results/", 9) == 0) {
        char *text = results_read(page->config->lab, request->path + 9);
        if (text)
            *a = (struct web_answer){.status = 200, .type = "application/json", .owned = text, .n_body = strlen(text)};
        else
            answer_text(a, 404, "there is no such result\n");
    } else
        answer_asset(request, a);
}

/* ---- changes */

static bool good_seed(const char *seed) {
    return strlen(seed) == 64 && strspn(seed, "0123456789abcdef") == 64;
}

/* A learner's name: no program of anybody's can be started from the page. */
static bool good_learner(const char *learner) {
    return strlen(learner) < sizeof((struct page *)0)->learner &&
           strspn(learner, "abcdefghijklmnopqrstuvwxyz,0123456789") == strlen(learner);
}

/* learner, budget and seed, where the request has them. NULL, or what is wrong. */
static const char *take_settings(struct page *page, json_t *body) {
    const char *learner = json_string_value(json_object_get(body, "learner"));
    const char *seed = json_string_value(json_object_get(body, "seed"));
    json_t *budget = json_object_get(body, "budget");
    if (learner && !good_learner(learner))
        return "learner: names of learners, with commas between them";
    if (seed && *seed && !good_seed(seed))
        return "seed: 64 hex digits";
    if (budget && (!json_is_number(budget) || !(json_number_value(budget) > 0) || json_number_value(budget) > 3600))
        return "budget: seconds, at most 3600";
    if (learner)
        snprintf(page->learner, sizeof page->learner, "%s", learner);
    if (seed)
        snprintf(page->seed, sizeof page->seed, "%s", seed);
    if (budget)
        page->budget = json_number_value(budget);
    return NULL;
}

static void stop_show(struct page *page) {
    attack_free(page->attack);
    page->attack = NULL;
    scenario_free(page->scenario);
    page->scenario = NULL;
    page->session[0] = 0;
    if (page->sources[SOURCES_MAX].page)
        close_source(&page->sources[SOURCES_MAX]);
}

static void start_scenario(struct page *page, json_t *body, struct web_answer *a) {
    const char *name = json_string_value(json_object_get(body, "name"));
    const char *params = json_string_value(json_object_get(body, "params")), *wrong;
    const struct scenario_kind *kind = name ? scenario_find(name) : NULL;
    if (!kind) {
        answer_text(a, 400, "name: there is no such scenario\n");
        return;
    }
    if (params && !params_find(params)) {
        answer_text(a, 400, "params: there is no such set\n");
        return;
    }
    snprintf(page->learner, sizeof page->learner, "%s", kind->learner);
    page->budget = kind->budget;
    page->seed[0] = 0;
    if ((wrong = take_settings(page, body))) {
        answer_text(a, 400, wrong);
        return;
    }
    char folder[sizeof page->folder + 16];
    stop_show(page);
    snprintf(folder, sizeof folder, "%s/run%u", page->folder, ++page->n_scenarios);
    if (mkdir(folder, 0700) < 0) {
        answer_text(a, 500, "a folder for the run cannot be made\n");
        return;
    }
    hub_clear(page->hub);
    json_t *eve = json_object_get(body, "eve");
    page->eve_on = !eve || json_is_true(eve);
    hub_add(page->hub, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:b}", "event", "scenario", "from", "page",
                                 "name", kind->name, "params", params ? params : kind->params, "seed", page->seed,
                                 "learner", page->learner, "budget", page->budget, "eve", page->eve_on));
    struct scenario_config config = {.kind = kind,
                                     .params = params ? params : kind->params,
                                     .seed = page->seed,
                                     .folder = folder,
                                     .event = event,
                                     .user = page};
    struct source *source = &page->sources[SOURCES_MAX];
    if (scenario_start(&page->scenario, loop_uv(page->loop), &config) < 0) {
        answer_text(a, 500, "the programs cannot be started\n");
        return;
    }
    *source = (struct source){.page = page,
                              .number = SOURCES_MAX,
                              .name = strdup(kind->name),
                              .path = strdup(scenario_capture(page->scenario))};
    watch_new(&source->watch, source->path, source->number, &watch_ops, source);
    answer_json(a, 200, json_pack("{s:b}", "started", 1));
}

static void turn_eve(struct page *page, json_t *body, struct web_answer *a) {
    const char *wrong = take_settings(page, body);
    if (wrong) {
        answer_text(a, 400, wrong);
        return;
    }
    page->eve_on = json_is_true(json_object_get(body, "on"));
    hub_add(page->hub, json_pack("{s:s, s:s, s:b}", "event", "eve", "from", "page", "on", page->eve_on));
    if (page->eve_on)
        attack(page);
    else if (page->attack)
        attack_interrupt(page->attack);
    answer_json(a, 200, json_pack("{s:b}", "on", page->eve_on));
}

/* What was given on the command line is shown again, from its beginning. */
static void show_sources(struct page *page, struct web_answer *a) {
    stop_show(page);
    hub_clear(page->hub);
    for (size_t i = 0; i < page->n_sources; i++) {
        struct source *source = &page->sources[i];
        watch_free(source->watch);
        tail_free(source->tail);
        source->watch = NULL;
        source->tail = NULL;
        open_source(source);
    }
    answer_json(a, 200, json_pack("{s:i}", "sources", (int)page->n_sources));
}

static void answer_post(struct page *page, const struct web_request *request, struct web_answer *a) {
    json_t *body = json_loadb(request->body, request->n_body, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(body))
        answer_text(a, 400, "the body is no JSON object\n");
    else if (strcmp(request->path, "/scenario") == 0)
        start_scenario(page, body, a);
    else if (strcmp(request->path, "/eve") == 0)
        turn_eve(page, body, a);
    else if (strcmp(request->path, "/sources") == 0)
        show_sources(page, a);
    else
        answer_text(a, 404, "nothing is here\n");
    json_decref(body);
}

static void answer(void *user, const struct web_request *request, struct web_answer *a) {
    struct page *page = user;
    const char *refused = control_refuses(&page->control, request);
    if (refused)
        answer_text(a, 403, refused);
    else if (request->post)
        answer_post(page, request, a);
    else
        answer_get(page, request, a);
}

static const char *next(void *user, uint64_t *numberp) {
    return hub_next(((struct page *)user)->hub, numberp);
}

/* ---- life */

static bool is_loopback(const char *host) {
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0;
}

static int listen_at(struct page *page) {
    const struct page_config *c = page->config;
    struct web_config config = {.listen = c->listen, .answer = answer, .next = next, .user = page};
    uint8_t random[16];
    if (strcmp(config.listen.host, "localhost") == 0)
        snprintf(config.listen.host, sizeof config.listen.host, "127.0.0.1");
    int r = web_new(&page->web, loop_uv(page->loop), &config);
    if (r == -ENOSYS)
        screen_error(c->screen, "this eve was built without libwebsockets, which the page needs");
    else if (r == -ENOENT)
        screen_error(c->screen, "the page cannot be served: on Debian, the package libwebsockets-evlib-uv is needed");
    else if (r < 0)
        screen_error(c->screen, "cannot listen at %s port %s: is another eve serving there?", config.listen.host,
                     config.listen.port);
    if (r < 0)
        return r == -ENOSYS || r == -ENOENT ? STATUS_UNAVAILABLE : STATUS_IO;
    randombytes_buf(random, sizeof random);
    control_init(&page->control, config.listen.host, web_port(page->web), is_loopback(config.listen.host), random);
    if (page->control.loopback)
        printf("http://%s/#token=%s\n", page->control.host, page->control.token);
    else
        printf("http://%s/?viewer=%s\n", page->control.host, page->control.token);
    fflush(stdout);
    if (!page->control.loopback)
        screen_line(c->screen, SCREEN_PLAIN, "Whoever has this address may look; nobody may change anything.");
    return STATUS_OK;
}

static void remove_folder(const char *path) {
    DIR *folder = opendir(path);
    struct dirent *entry;
    char name[PROGRAM_PATH];
    while (folder && (entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (unlink(name) < 0)
            remove_folder(name);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

int page_run(const struct page_config *config) {
    struct page *page = calloc(1, sizeof *page);
    if (!page || loop_new(&page->loop) < 0 || hub_new(&page->hub, told, page) < 0 ||
        timer_new(&page->timer, loop_uv(page->loop), poll, page) < 0) {
        screen_error(config->screen, "out of memory");
        return STATUS_INTERNAL;
    }
    page->config = config;
    page->budget = config->budget;
    const char *where = getenv("TMPDIR");
    snprintf(page->folder, sizeof page->folder, "%.40s/parley-page-XXXXXX", where && *where ? where : "/tmp");
    if (!mkdtemp(page->folder)) {
        screen_error(config->screen, "%s: %s", page->folder, strerror(errno));
        page->folder[0] = 0;
        page->status = STATUS_IO;
    }
    for (size_t i = 0; i < config->n_sources && page->status == STATUS_OK; i++)
        page->status = add_source(page, config->sources[i]);
    if (page->status == STATUS_OK)
        page->status = listen_at(page);
    if (page->status == STATUS_OK) {
        timer_start(page->timer, POLL_MS, POLL_MS);
        loop_run(page->loop);
    }
    stop_show(page);
    for (size_t i = 0; i < page->n_sources; i++)
        close_source(&page->sources[i]);
    timer_free(page->timer);
    web_free(page->web);
    page->web = NULL;
    loop_free(page->loop);
    hub_free(page->hub);
    if (page->folder[0])
        remove_folder(page->folder);
    int status = page->status;
    free(page);
    return status;
}
