#include "common/task/table/table.h"
#include "eve/page/assets.h"
#include "eve/page/internal.h"
#include "eve/page/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Takes object. */
static void answer_json(struct web_answer *a, unsigned status, json_t *object) {
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(object);
    if (!text) {
        web_answer_text(a, 500, "out of memory\n");
        return;
    }
    *a = (struct web_answer){.status = status, .type = "application/json", .owned = text, .n_body = strlen(text)};
}

static json_t *describe_sources(const struct page *page) {
    json_t *list = json_array();
    for (size_t i = 0; i < SOURCES_ALL; i++) {
        const struct source *source = &page->sources[i];
        if (source->page)
            json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "source", source->number, "name", source->name,
                                                  "kind", source->kind == SOURCE_EVENTS ? "events" : "capture"));
    }
    return list;
}

static json_t *describe_sets(void) {
    json_t *list = json_array();
    const struct set *set;
    for (size_t i = 0; (set = table_at(i)); i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:s, s:s*}", "name", set->name, "task", set->task->name,
                                              "experimental", set->task->experimental, "rests_on",
                                              set->task->assumption, "toy", set->toy));
    return list;
}

static void answer_state(struct page *page, struct web_answer *a) {
    json_t *kinds = json_array();
    const struct scenario_kind *kind;
    for (unsigned i = 0; (kind = scenario_at(i)); i++)
        json_array_append_new(kinds, json_pack("{s:s, s:s, s:s, s:f}", "name", kind->name, "params", kind->params,
                                               "learner", kind->learner, "budget", kind->budget));
    answer_json(a, 200,
                json_pack("{s:i, s:s, s:b, s:b, s:b, s:f, s:o, s:o, s:o, s:o}", "schema", 1, "version", PARLEY_VERSION,
                          "control", page->control.loopback, "eve", page->eve_on, "room", page->class != NULL, "budget",
                          page->budget, "sources", describe_sources(page), "scenarios", kinds, "sets", describe_sets(),
                          "results", results_list(page->config->lab)));
}

/* What there is of a file now, from its descriptor, which this takes; a negative one is no file. */
static void answer_file(struct web_answer *a, int fd, const char *type) {
    struct stat info;
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        *a = (struct web_answer){
            .status = 200, .type = type, .kind = WEB_FILE, .fd = fd, .n_body = (size_t)info.st_size};
        return;
    }
    if (fd >= 0)
        close(fd);
    web_answer_text(a, 404, "there is no such file\n");
}

static void answer_capture(const struct page *page, const struct web_request *request, struct web_answer *a) {
    char number[8];
    size_t i = SOURCES_MAX;
    if (web_query(number, sizeof number, request->query, "source") >= 0)
        i = (size_t)strtoul(number, NULL, 10);
    if (i < SOURCES_ALL && page->sources[i].page && page->sources[i].kind == SOURCE_CAPTURE)
        answer_file(a, open(page->sources[i].path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), "application/octet-stream");
    else
        web_answer_text(a, 404, "no capture of that number\n");
    if (a->kind == WEB_FILE)
        snprintf(a->save_as, sizeof a->save_as, "parley.pcap");
}

/* The room: what has changed behind number `since`. That a key fell all may see; the key is for who gives the lecture.
 */
static void answer_class(const struct page *page, const struct web_request *request, struct web_answer *a) {
    char since[24] = "";
    if (!page->class) {
        web_answer_text(a, 404, "no room is open: eve serve --room BOB_HOST:PORT opens one\n");
        return;
    }
    web_query(since, sizeof since, request->query, "since");
    answer_json(a, 200, class_state(page->class, strtoull(since, NULL, 10), control_lectures(&page->control, request)));
}

static void answer_puzzle(const struct web_request *request, struct web_answer *a) {
    const char *wrong = NULL;
    json_t *puzzle = game_puzzle_asked(request, &wrong);
    if (puzzle)
        answer_json(a, 200, puzzle);
    else
        web_answer_text(a, 400, wrong);
}

static void answer_run(const struct page *page, struct web_answer *a) {
    if (hub_first(page->hub) > hub_last(page->hub)) {
        answer_json(a, 200, json_array());
        return;
    }
    *a = (struct web_answer){.status = 200,
                             .type = "application/json",
                             .kind = WEB_LIST,
                             .n_body = hub_bytes(page->hub),
                             .after = hub_first(page->hub) - 1,
                             .until = hub_last(page->hub),
                             .save_as = "parley.json"};
}

static const struct asset *asset_at(const char *path) {
    for (const struct asset *asset = assets; asset->path; asset++)
        if (strcmp(asset->path, path) == 0)
            return asset;
    return NULL;
}

static void answer_get(struct page *page, const struct web_request *request, struct web_answer *a) {
    if (strcmp(request->path, "/events") == 0)
        *a = (struct web_answer){.status = 200,
                                 .type = "text/event-stream",
                                 .kind = WEB_STREAM,
                                 .after = strtoull(request->last_event_id, NULL, 10)};
    else if (strcmp(request->path, "/state") == 0)
        answer_state(page, a);
    else if (strcmp(request->path, "/class") == 0)
        answer_class(page, request, a);
    else if (strcmp(request->path, "/game") == 0)
        answer_json(a, 200, game_state_asked(page));
    else if (strcmp(request->path, "/puzzle") == 0)
        answer_puzzle(request, a);
    else if (strcmp(request->path, "/save/run.json") == 0)
        answer_run(page, a);
    else if (strcmp(request->path, "/save/capture.pcap") == 0)
        answer_capture(page, request, a);
    else if (strncmp(request->path, "/results/", 9) == 0)
        answer_file(a, results_open(page->config->lab, request->path + 9), "application/json");
    else if (strncmp(request->path, "/figures/", 9) == 0)
        answer_file(a, results_figure(page->config->lab, request->path + 9), "image/svg+xml");
    else
        web_answer_text(a, 404, "nothing is here\n");
}

/* ---- changes */

/* Any text, as on a command line, that is no option there and fits. */
static bool good_seed(const char *seed) {
    return strlen(seed) < sizeof((struct page *)0)->seed && seed[0] != '-';
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
        return "seed: a text of at most 64 bytes, or 64 hex digits";
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

static void start_scenario(struct page *page, json_t *body, struct web_answer *a) {
    const char *name = json_string_value(json_object_get(body, "name"));
    const char *params = json_string_value(json_object_get(body, "params")), *wrong;
    const struct scenario_kind *kind = name ? scenario_find(name) : NULL;
    json_t *eve = json_object_get(body, "eve");
    if (!kind) {
        web_answer_text(a, 400, "name: there is no such scenario\n");
        return;
    }
    const struct set *set = table_set(params ? params : kind->params);
    if (!set) {
        web_answer_text(a, 400, "params: there is no such set\n");
        return;
    }
    if (kind->task && strcmp(kind->task, set->task->name) != 0) {
        web_answer_text(a, 400, "params: this scenario is about LPN; its sets are n64 to n8192\n");
        return;
    }
    snprintf(page->learner, sizeof page->learner, "%s", kind->learner);
    page->budget = kind->budget;
    page->seed[0] = 0;
    if ((wrong = take_settings(page, body))) {
        web_answer_text(a, 400, wrong);
        return;
    }
    page->eve_on = eve ? json_is_true(eve) : !kind->attacker;
    wrong = show_scenario(page, kind, params ? params : kind->params);
    if (wrong)
        web_answer_text(a, 500, wrong);
    else
        answer_json(a, 200, json_pack("{s:b}", "started", 1));
}

static void turn_eve(struct page *page, json_t *body, struct web_answer *a) {
    const char *wrong = take_settings(page, body);
    if (wrong) {
        web_answer_text(a, 400, wrong);
        return;
    }
    page->eve_on = json_is_true(json_object_get(body, "on"));
    hub_add(page->hub, json_pack("{s:s, s:s, s:b}", "event", "eve", "from", "page", "on", page->eve_on));
    if (page->eve_on)
        show_attack(page);
    else if (page->attack)
        attack_interrupt(page->attack);
    answer_json(a, 200, json_pack("{s:b}", "on", page->eve_on));
}

/* A request for a tile, and for what stands on it: 404 where another phone has it by now. */
static void answer_done(struct web_answer *a, int r) {
    if (r < 0)
        web_answer_text(a, 404, "that is not on the wall any more\n");
    else
        answer_json(a, 200, json_pack("{s:b}", "done", 1));
}

/* Its capture is one more of the page's. */
static int open_again(struct page *page) {
    const char *before = class_capture(page->class);
    int r = class_open(page->class);
    if (r < 0 || class_capture(page->class) == before)
        return r;
    page_tell_join(page);
    show_add_room(page, class_capture(page->class));
    return 0;
}

/* {"number": NUMBER, "joined": WHICH, "hide": LINE, "all": whether all of who says it}, as the wall has them. */
static void hide(struct page *page, json_t *body, struct web_answer *a) {
    json_t *number = json_object_get(body, "number"), *joined = json_object_get(body, "joined"),
           *line = json_object_get(body, "hide");
    int r = -ESRCH;
    if (!json_is_integer(number) || !json_is_integer(joined) || !json_is_integer(line)) {
        web_answer_text(a, 400, "number, joined, hide: the numbers of a tile and of a line\n");
        return;
    }
    if (json_integer_value(number) >= 1 && json_integer_value(number) <= CLASS_TILES)
        r = class_hide(page->class, (unsigned)json_integer_value(number), (uint64_t)json_integer_value(joined),
                       (uint64_t)json_integer_value(line), json_is_true(json_object_get(body, "all")));
    if (r == -EINVAL)
        web_answer_text(a, 400, "all: Bob says that himself\n");
    else
        answer_done(a, r);
}

static void let_in(struct page *page, json_t *number, struct web_answer *a) {
    if (!json_is_integer(number) || json_integer_value(number) < 1 || json_integer_value(number) > UINT32_MAX)
        web_answer_text(a, 400, "let_in: the number of who waits\n");
    else if (class_let_in(page->class, (unsigned)json_integer_value(number)) < 0)
        web_answer_text(a, 404, "nobody waits under that number any more\n");
    else
        answer_done(a, 0);
}

/* {"take_off": NUMBER, "joined": WHICH}, as the wall has them of a tile. */
static void take_off(struct page *page, json_t *body, struct web_answer *a) {
    json_t *number = json_object_get(body, "take_off"), *joined = json_object_get(body, "joined");
    if (!json_is_integer(number) || !json_is_integer(joined))
        web_answer_text(a, 400, "take_off, joined: the numbers of a tile\n");
    else if (json_integer_value(number) < 1 || json_integer_value(number) > CLASS_TILES ||
             class_take_off(page->class, (unsigned)json_integer_value(number), (uint64_t)json_integer_value(joined)) <
                 0)
        web_answer_text(a, 404, "that phone is not on the wall any more\n");
    else
        answer_done(a, 0);
}

static bool asks(json_t *body, const char *what) {
    return json_is_true(json_object_get(body, what));
}

/* Those that are true or not there. */
static bool change_at_once(struct page *page, json_t *body) {
    if (asks(body, "close"))
        class_close(page->class);
    else if (asks(body, "clear_ended"))
        class_clear_ended(page->class);
    else if (asks(body, "show_hidden")) {
        class_show_hidden(page->class);
        show_chat_again(page);
    } else if (asks(body, "open_door"))
        class_open_door(page->class);
    else
        return false;
    return true;
}

/* {"attack": SECONDS}, {"close": true}, {"open": true}, {"clear_ended": true}, {"show_hidden": true},
 * {"open_door": true}, {"let_in": NUMBER} or what take_off and hide take. */
static void change_class(struct page *page, json_t *body, struct web_answer *a) {
    json_t *attack = json_object_get(body, "attack");
    double budget = json_number_value(attack);
    if (!page->class) {
        web_answer_text(a, 404, "no room is open\n");
        return;
    }
    if (json_object_get(body, "take_off")) {
        take_off(page, body, a);
        return;
    }
    if (json_object_get(body, "hide")) {
        hide(page, body, a);
        return;
    }
    if (json_object_get(body, "let_in")) {
        let_in(page, json_object_get(body, "let_in"), a);
        return;
    }
    if (attack && (!json_is_number(attack) || !(budget >= 1) || budget > CLASS_BUDGET_MAX)) {
        web_answer_text(a, 400, "attack: seconds for all sessions together, 1 to 3600\n");
        return;
    }
    if (attack)
        class_attack(page->class, budget);
    else if (asks(body, "open")) {
        int r = open_again(page);
        if (r < 0) {
            web_answer_text(a, r == -EDQUOT ? 507 : 500,
                            r == -EDQUOT ? "open: the captures of this room have all the bytes that they may have: "
                                           "remove some, or start eve with a larger --captures-max; the terminal says "
                                           "which they are\n"
                                         : "open: no capture can be written; the terminal says why\n");
            return;
        }
    } else if (!change_at_once(page, body)) {
        web_answer_text(a, 400,
                        "attack, take_off, hide, show_hidden, clear_ended, let_in, open_door, close or open is what a "
                        "room knows\n");
        return;
    }
    answer_done(a, 0);
}

static void change_game(struct page *page, json_t *body, struct web_answer *a) {
    const char *wrong = game_change(page, body);
    if (wrong)
        web_answer_text(a, 400, wrong);
    else
        answer_json(a, 200, game_state_asked(page));
}

/* {"at": the number of the event that is shown last, "tab": ..., "who": some hex digits}: where the lecture is. */
static void set_moment(struct page *page, json_t *body, struct web_answer *a) {
    json_t *at = json_object_get(body, "at");
    const char *tab = json_string_value(json_object_get(body, "tab")),
               *who = json_string_value(json_object_get(body, "who"));
    if (!json_is_integer(at) || json_integer_value(at) < 0 || json_integer_value(at) > (json_int_t)1 << 53)
        web_answer_text(a, 400, "at: the number of an event\n");
    else if (!tab || (strcmp(tab, "live") != 0 && strcmp(tab, "curve") != 0))
        web_answer_text(a, 400, "tab: live or curve\n");
    else if (!who || strlen(who) != 8 || strspn(who, "0123456789abcdef") != 8)
        web_answer_text(a, 400, "who: 8 hex digits\n");
    else {
        hub_add(page->hub, json_pack("{s:s, s:s, s:O, s:s, s:s}", "event", "moment", "from", "page", "at", at, "tab",
                                     tab, "who", who));
        answer_json(a, 200, json_pack("{s:b}", "told", 1));
    }
}

static void answer_post(struct page *page, const struct web_request *request, struct web_answer *a) {
    json_t *body = json_loadb(request->body, request->n_body, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(body))
        web_answer_text(a, 400, "the body is no JSON object\n");
    else if (strcmp(request->path, "/scenario") == 0)
        start_scenario(page, body, a);
    else if (strcmp(request->path, "/moment") == 0)
        set_moment(page, body, a);
    else if (strcmp(request->path, "/eve") == 0)
        turn_eve(page, body, a);
    else if (strcmp(request->path, "/sources") == 0) {
        show_sources(page);
        answer_json(a, 200, json_pack("{s:i}", "sources", (int)page->n_sources));
    } else if (strcmp(request->path, "/class") == 0)
        change_class(page, body, a);
    else if (strcmp(request->path, "/game") == 0)
        change_game(page, body, a);
    else
        web_answer_text(a, 404, "nothing is here\n");
    json_decref(body);
}

void page_answer(void *user, const struct web_request *request, struct web_answer *a) {
    struct page *page = user;
    const struct asset *asset = request->post ? NULL : asset_at(request->path);
    const char *refused = control_refuses(&page->control, request, asset);
    if (refused)
        web_answer_text(a, 403, refused);
    else if (request->post)
        answer_post(page, request, a);
    else if (asset)
        *a = (struct web_answer){.status = 200,
                                 .type = asset->type,
                                 .encoding = asset->encoding,
                                 .body = asset->bytes,
                                 .n_body = asset->n,
                                 .lasting = true};
    else
        answer_get(page, request, a);
    a->trusted = control_knows(&page->control, request);
}
