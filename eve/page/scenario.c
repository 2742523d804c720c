#include "eve/page/scenario.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/shell/host/files.h"
#include "common/shell/net/spawn.h"
#include "eve/page/schema.h"
#include "eve/page/tail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALICE, BOB, TAP, LAB, FALSE_ALICE, FALSE_BOB, TAP_BOB, PROGRAMS, ARGUMENTS = 24, ADDRESS_MAX = 128 };

static const char *const NAMES[PROGRAMS] = {"alice", "bob", "tap", "lab", "between", "between", "tap"};

/* Whether Eve may win is not written here: she runs, and the page shows what comes of it. */
static const struct scenario_kind KINDS[] = {
    {"eve-wins", "n256", NULL, "", 60, NULL, NO_ATTACKER},
    {"eve-fails", "n2048", NULL, "", 20, NULL, NO_ATTACKER},
    {"no-captions", "n256", "lpn", "blind", 20, NULL, NO_ATTACKER},
    {"too-much-noise", "n1024", "lpn", "", 2, "window", NO_ATTACKER},
    {"attacker", "n2048", NULL, "", 20, NULL, ATTACKER},
    {"attacker-pinned", "n2048", NULL, "", 20, NULL, ATTACKER_AGAINST_PINS},
};

/* Alice asks, and Bob answers once he has heard her. */
static const char *const SAID[2] = {"Meet me under the old oak at six.", "I will bring the map."};

struct player {
    struct scenario *scenario;
    int which;
    struct spawn *process;
    struct tail *tail;
    char events[FILES_PATH];
    bool ended, listens, open, heard, makes_key;
    char identity[FILES_PATH], key[64]; /* with pins: the file and the public key */
};

struct scenario {
    struct scenario_config config;
    struct uv_loop_s *loop;
    char *params, *seed;
    char captures[2][FILES_PATH]; /* of the session with Alice; with somebody in between, of the one with Bob */
    char bobs[ADDRESS_MAX];       /* where the one in between finds Bob: behind the tap of that session */
    struct player players[PROGRAMS];
};

const struct scenario_kind *scenario_find(const char *name) {
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (strcmp(KINDS[i].name, name) == 0)
            return &KINDS[i];
    return NULL;
}

const struct scenario_kind *scenario_at(unsigned i) {
    return i < sizeof KINDS / sizeof KINDS[0] ? &KINDS[i] : NULL;
}

static void tell(struct player *p, const char *event, json_t *object) {
    struct scenario *s = p->scenario;
    json_object_set_new(object, "event", json_string(event));
    json_object_set_new(object, "from", json_string(NAMES[p->which]));
    if (p->which <= BOB)
        json_object_set_new(object, "private", json_true());
    s->config.event(s->config.user, object);
}

static int start_tap(struct scenario *s, int which, const char *to);
static int start_alice(struct scenario *s, int which, const char *address);
static int start_bob(struct scenario *s, int which);
static int begin(struct scenario *s);

/* A session of an experiment that has just ended. What is no such line is passed over: the result has all of them. */
static void unit_line(void *user, const char *text, size_t n, unsigned long number) {
    struct player *p = user;
    json_t *unit = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL), *result = json_object_get(unit, "result");
    json_t *parameters = json_object_get(unit, "parameters"), *size = json_object_get(parameters, "n");
    json_t *a = json_object_get(parameters, "a"), *rule = json_object_get(parameters, "rule");
    (void)number;
    if (json_is_integer(size) && json_is_integer(a) && json_is_integer(rule)) {
        static const char *const hers[] = {"gauss", "isd", "recipe"};
        bool eve = false;
        for (size_t i = 0; i < sizeof hers / sizeof hers[0]; i++)
            eve |= json_is_true(json_object_get(json_object_get(result, hers[i]), "right"));
        tell(p, "unit",
             json_pack("{s:O, s:O, s:s, s:b, s:b}", "n", size, "a", a, "rule",
                       json_integer_value(rule) == 0 ? "fixed" : "kept", "alice",
                       json_is_true(json_object_get(json_object_get(result, "bimodal"), "learned")), "eve", eve));
    }
    json_decref(unit);
}

/* The cells of an experiment's result, and what it claims: all that the page draws. */
static void tell_result(struct player *p) {
    char path[2 * FILES_PATH];
    snprintf(path, sizeof path, "%s/result.json", p->events);
    json_t *result = json_load_file(path, 0, NULL), *object = json_object();
    json_t *tables = json_object_get(result, "tables"), *kept = json_object();
    json_object_set(kept, "cells", json_object_get(tables, "cells"));
    json_object_set_new(object, "tables", kept);
    static const char *const names[] = {"experiment", "manifest", "complete", "claims"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        json_object_set(object, names[i], json_object_get(result, names[i]));
    json_decref(result);
    tell(p, "result", object);
}

static void close_when_all_is_said(struct scenario *s) {
    if (!s->players[ALICE].heard || !s->players[BOB].heard)
        return;
    for (int i = 0; i < PROGRAMS; i++)
        if (s->players[i].process)
            spawn_close_input(s->players[i].process);
}

/* Somebody listens: whoever comes next in the line from Bob to Alice is started. Bob, a tap, Alice; or Bob, a tap, who
 * is in between, another tap, Alice. */
static void listening(struct player *p, const char *address) {
    struct scenario *s = p->scenario;
    int tap = p->which == BOB && s->config.kind->attacker ? TAP_BOB : TAP;
    if (p->which == TAP)
        start_alice(s, ALICE, address);
    else if (p->which == TAP_BOB) {
        snprintf(s->bobs, sizeof s->bobs, "%s", address);
        start_bob(s, FALSE_BOB);
    } else
        start_tap(s, tap, address);
    if (p->which == FALSE_BOB)
        start_alice(s, FALSE_ALICE, s->bobs);
}

/* What one of the two in between has heard goes on to the other. */
static void pass_on(struct player *p, const char *text, size_t n) {
    struct player *other = &p->scenario->players[p->which == FALSE_BOB ? FALSE_ALICE : FALSE_BOB];
    tell(p, "chat", json_pack("{s:s, s:s}", "side", p->which == FALSE_BOB ? "alice" : "bob", "text", text));
    if (other->process && spawn_say(other->process, text, n) == 0)
        spawn_say(other->process, "\n", 1);
}

static void say(struct player *p) {
    char line[256];
    int n = snprintf(line, sizeof line, "%s\n", SAID[p->which]);
    if (p->process && spawn_say(p->process, line, (size_t)n) == 0)
        tell(p, "chat", json_pack("{s:s, s:s}", "side", NAMES[p->which], "text", SAID[p->which]));
}

/* One of the program's own events. */
static void own_event(void *user, const char *text, size_t n, unsigned long number) {
    struct player *p = user;
    char why[SCHEMA_WHY];
    json_t *object = schema_read(text, n, why);
    if (!object) {
        tell(p, "note", json_pack("{s:o}", "text", json_sprintf("line %lu of its events: %s", number, why)));
        return;
    }
    const char *event = json_string_value(json_object_get(object, "event"));
    const char *address = json_string_value(json_object_get(object, "address"));
    if (strcmp(event, "listening") == 0 && address && !p->listens) {
        p->listens = true;
        listening(p, address);
    }
    bool open = p->which <= BOB && strcmp(event, "open") == 0 && !p->open;
    json_object_set_new(object, "from", json_string(NAMES[p->which]));
    json_object_set_new(object, "private", json_true());
    p->scenario->config.event(p->scenario->config.user, object);
    if (open) {
        p->open = true;
        if (p->which == ALICE)
            say(p);
    }
}

static void line(void *user, int fd, const char *text, size_t n) {
    struct player *p = user;
    static const char place[] = "listening at ";
    if (p->makes_key) {
        snprintf(p->key, sizeof p->key, "%.*s", fd == 1 ? (int)sizeof p->key - 1 : 0, text);
    } else if ((p->which == TAP || p->which == TAP_BOB) && !p->listens && strncmp(text, place, strlen(place)) == 0) {
        char address[ADDRESS_MAX];
        snprintf(address, sizeof address, "%.*s", (int)strcspn(text + strlen(place), ","), text + strlen(place));
        p->listens = true;
        listening(p, address);
    } else if (fd == 1 && p->which >= FALSE_ALICE) {
        pass_on(p, text, n);
    } else if (fd == 1 && p->which <= BOB) { /* what the other has said */
        tell(p, "chat", json_pack("{s:s, s:s, s:b}", "side", NAMES[1 - p->which], "text", text, "heard", 1));
        if (p->which == BOB && !p->heard)
            say(p);
        p->heard = true;
        close_when_all_is_said(p->scenario);
    } else
        tell(p, "note", json_pack("{s:s}", "text", text));
}

/* A bob with pins waits on for who holds one, whoever comes meanwhile. */
static void end_waiting_bob(struct scenario *s) {
    struct player *bob = &s->players[BOB];
    if (s->config.kind->attacker != ATTACKER_AGAINST_PINS || bob->ended || !bob->process || !s->players[ALICE].ended ||
        !s->players[FALSE_ALICE].ended)
        return;
    if (bob->tail)
        tail_poll(bob->tail);
    spawn_free(bob->process);
    bob->process = NULL;
    bob->ended = true;
    tell(bob, "note",
         json_pack("{s:s}", "text", "Bob waits on for who holds the pinned key. He ends with the scenario."));
}

static void ended(void *user, int status) {
    struct player *p = user;
    if (p->makes_key) {
        p->makes_key = false;
        spawn_free(p->process);
        p->process = NULL;
        if (!p->scenario->players[ALICE].makes_key && !p->scenario->players[BOB].makes_key)
            begin(p->scenario);
        return;
    }
    p->ended = true;
    while (p->tail && tail_poll(p->tail)) /* all of it: the program has ended */
        ;
    if (p->which == LAB)
        tell_result(p);
    tell(p, "ended", json_pack("{s:i}", "status", status));
    spawn_free(p->process);
    p->process = NULL;
    if (p->which == ALICE && !p->scenario->players[BOB].ended && !p->open && p->scenario->players[BOB].process)
        spawn_close_input(p->scenario->players[BOB].process);
    end_waiting_bob(p->scenario);
}

static int start(struct scenario *s, int which, const char *const *arguments, bool input) {
    struct player *p = &s->players[which];
    struct spawn_config config = {.arguments = arguments, .input = input, .line = line, .ended = ended, .user = p};
    int r = spawn_start(&p->process, s->loop, &config);
    if (r < 0) {
        p->ended = true;
        tell(p, "note", json_pack("{s:s+}", "text", arguments[0], strerror(-r)));
    }
    return r;
}

/* Each program's seed follows from the one of the run and its place in it. */
static void seed_of(char out[static 65], const struct scenario *s, int which) {
    uint8_t seed[32], own[32];
    if (prg_seed(seed, s->seed) < 0)
        memset(seed, 0, sizeof seed);
    prg_subkey(own, seed, NAMES[which], (uint64_t)which);
    bytes_to_hex(out, own, sizeof own);
}

/* With pins Alice and Bob know each other's key; who sits in between has neither. */
static size_t pin(struct scenario *s, int which, const char **arguments) {
    if (which > BOB || s->config.kind->attacker != ATTACKER_AGAINST_PINS)
        return 0;
    arguments[0] = "--identity";
    arguments[1] = s->players[which].identity;
    arguments[2] = "--peer";
    arguments[3] = s->players[1 - which].key;
    return 4;
}

static int make_key(struct scenario *s, int which) {
    char path[FILES_PATH];
    struct player *p = &s->players[which];
    files_find_program(path, NULL, NAMES[which]);
    const char *arguments[] = {path, "--new-identity", p->identity, NULL};
    p->makes_key = true;
    return start(s, which, arguments, false);
}

static int start_side(struct scenario *s, int which, const char *const *more) {
    char path[FILES_PATH], seed[65];
    struct player *p = &s->players[which];
    files_find_program(path, NULL, which == FALSE_ALICE ? "alice" : which == FALSE_BOB ? "bob" : NAMES[which]);
    const char *arguments[ARGUMENTS] = {path, "-q", "--params", s->params, "--events", p->events, "--timeout", "60"};
    size_t n = 8;
    while (*more)
        arguments[n++] = *more++;
    n += pin(s, which, arguments + n);
    if (s->seed[0]) {
        seed_of(seed, s, which);
        arguments[n++] = "--seed";
        arguments[n++] = seed;
    }
    int r = tail_new(&p->tail, p->events, own_event, p);
    return r < 0 ? r : start(s, which, arguments, true);
}

static int start_tap(struct scenario *s, int which, const char *to) {
    char path[FILES_PATH];
    const char *capture = s->captures[which == TAP_BOB];
    files_find_program(path, NULL, "eve");
    const char *arguments[] = {path, "tap", "--listen", "127.0.0.1:0", "--to", to, "--write", capture, "--once", NULL};
    return start(s, which, arguments, false);
}

static int start_alice(struct scenario *s, int which, const char *address) {
    const char *more[] = {"--connect", address, "--name", "Alice", NULL};
    return start_side(s, which, more);
}

static int start_bob(struct scenario *s, int which) {
    static const char *const more[] = {"--listen", "127.0.0.1:0", "--once", "--name", "Bob", NULL};
    return start_side(s, which, more);
}

static int begin(struct scenario *s) {
    return start_bob(s, BOB);
}

/* The experiment's folder stands in the place of a file of events. n64, which Eve learns wherever Alice does, stands
 * beside the set. */
static int start_lab(struct scenario *s) {
    char path[FILES_PATH], sets[64], budget[32];
    files_find_program(path, NULL, "eve");
    snprintf(sets, sizeof sets, strcmp(s->params, "n64") == 0 ? "%.32s" : "n64,%.32s", s->params);
    snprintf(budget, sizeof budget, "%.3f", s->config.budget);
    const char *arguments[ARGUMENTS] = {
        path,   "lab",   s->config.kind->experiment, "--check-size", "-q", "--sets", sets, "--budget",
        budget, "--out", s->players[LAB].events};
    if (s->seed[0]) {
        arguments[11] = "--seed";
        arguments[12] = s->seed;
    }
    char units[2 * FILES_PATH];
    for (int i = ALICE; i <= TAP; i++)
        s->players[i].ended = true;
    snprintf(units, sizeof units, "%s/units.jsonl", s->players[LAB].events);
    int r = tail_new(&s->players[LAB].tail, units, unit_line, &s->players[LAB]);
    return r < 0 ? r : start(s, LAB, arguments, false);
}

int scenario_start(struct scenario **scenariop, struct uv_loop_s *loop, const struct scenario_config *config) {
    struct scenario *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->config = *config;
    s->loop = loop;
    s->params = strdup(config->params);
    s->seed = strdup(config->seed);
    for (int i = 0; i < PROGRAMS; i++) {
        s->players[i] = (struct player){.scenario = s, .which = i};
        snprintf(s->players[i].events, sizeof s->players[i].events, "%.3000s/%s%d.events", config->folder, NAMES[i], i);
        snprintf(s->players[i].identity, sizeof s->players[i].identity, "%.3000s/%s.identity", config->folder,
                 NAMES[i]);
        s->players[i].ended = i >= FALSE_ALICE && !config->kind->attacker;
    }
    snprintf(s->captures[0], sizeof s->captures[0], "%.3000s/capture.pcap", config->folder);
    snprintf(s->captures[1], sizeof s->captures[1], "%.3000s/capture-bob.pcap", config->folder);
    int r = s->params && s->seed ? 0 : -ENOMEM;
    if (r == 0 && config->kind->experiment)
        r = start_lab(s);
    else if (r == 0 && config->kind->attacker == ATTACKER_AGAINST_PINS)
        r = (r = make_key(s, ALICE)) < 0 ? r : make_key(s, BOB);
    else if (r == 0)
        r = begin(s);
    s->players[LAB].ended |= !config->kind->experiment;
    if (r < 0) {
        scenario_free(s);
        return r;
    }
    *scenariop = s;
    return 0;
}

void scenario_poll(struct scenario *s) {
    for (int i = 0; i < PROGRAMS; i++)
        if (s->players[i].tail)
            tail_poll(s->players[i].tail);
}

const char *scenario_capture(const struct scenario *s, unsigned i) {
    unsigned n = s->config.kind->experiment ? 0 : s->config.kind->attacker ? 2 : 1;
    return i < n ? s->captures[i] : NULL;
}

void scenario_free(struct scenario *s) {
    if (!s)
        return;
    for (int i = 0; i < PROGRAMS; i++) {
        spawn_free(s->players[i].process);
        tail_free(s->players[i].tail);
    }
    free(s->params);
    free(s->seed);
    free(s);
}
