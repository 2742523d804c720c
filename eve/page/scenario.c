#include "eve/page/scenario.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/net/spawn.h"
#include "eve/page/programs.h"
#include "eve/page/tail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALICE, BOB, TAP, LAB, PROGRAMS, ARGUMENTS = 24, ADDRESS_MAX = 128 };

static const char *const NAMES[PROGRAMS] = {"alice", "bob", "tap", "lab"};

/* Whether Eve may win is not written here: she runs, and the page shows what comes of it. */
static const struct scenario_kind KINDS[] = {
    {"eve-wins", "n256", "", 60, NULL},
    {"eve-fails", "n2048", "", 20, NULL},
    {"no-captions", "n256", "blind", 20, NULL},
    {"too-much-noise", "n256", "", 20, "window"},
};

static const char *const SAID[2] = {"Meet me under the old oak at six.", "I will bring the map."};

struct player {
    struct scenario *scenario;
    int which;
    struct spawn *process;
    struct tail *tail;
    char events[PROGRAM_PATH];
    bool ended, open, heard;
};

struct scenario {
    struct scenario_config config;
    struct uv_loop_s *loop;
    char *params, *seed;
    char capture[PROGRAM_PATH];
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

static int start_tap(struct scenario *s, const char *bob);
static int start_alice(struct scenario *s, const char *tap);

/* The cells of an experiment's result, and what it claims: all that the page draws. */
static void tell_result(struct player *p) {
    char path[2 * PROGRAM_PATH];
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
    for (int i = ALICE; i <= BOB; i++)
        if (s->players[i].process)
            spawn_close_input(s->players[i].process);
}

static void say(struct player *p) {
    char line[256];
    int n = snprintf(line, sizeof line, "%s\n", SAID[p->which]);
    if (p->process && spawn_say(p->process, line, (size_t)n) == 0)
        tell(p, "chat", json_pack("{s:s, s:s}", "side", NAMES[p->which], "text", SAID[p->which]));
}

/* One of the program's own events. */
static void own_event(void *user, json_t *object) {
    struct player *p = user;
    const char *event = json_string_value(json_object_get(object, "event"));
    const char *address = json_string_value(json_object_get(object, "address"));
    if (!event) {
        json_decref(object);
        return;
    }
    if (p->which == BOB && strcmp(event, "listening") == 0 && address && !p->scenario->players[TAP].process)
        start_tap(p->scenario, address);
    bool open = strcmp(event, "open") == 0 && !p->open;
    json_object_set_new(object, "from", json_string(NAMES[p->which]));
    json_object_set_new(object, "private", json_true());
    p->scenario->config.event(p->scenario->config.user, object);
    if (open) {
        p->open = true;
        say(p);
    }
}

static void line(void *user, int fd, const char *text, size_t n) {
    struct player *p = user;
    static const char listening[] = "listening at ";
    (void)n;
    if (p->which == TAP && strncmp(text, listening, strlen(listening)) == 0) {
        char address[ADDRESS_MAX];
        snprintf(address, sizeof address, "%.*s", (int)strcspn(text + strlen(listening), ","),
                 text + strlen(listening));
        if (!p->scenario->players[ALICE].process)
            start_alice(p->scenario, address);
    } else if (fd == 1 && p->which <= BOB) { /* what the other has said */
        tell(p, "chat", json_pack("{s:s, s:s, s:b}", "side", NAMES[1 - p->which], "text", text, "heard", 1));
        p->heard = true;
        close_when_all_is_said(p->scenario);
    } else
        tell(p, "note", json_pack("{s:s}", "text", text));
}

static void ended(void *user, int status) {
    struct player *p = user;
    p->ended = true;
    if (p->tail)
        tail_poll(p->tail);
    if (p->which == LAB)
        tell_result(p);
    tell(p, "ended", json_pack("{s:i}", "status", status));
    spawn_free(p->process);
    p->process = NULL;
    if (p->which == ALICE && !p->scenario->players[BOB].ended && !p->open && p->scenario->players[BOB].process)
        spawn_close_input(p->scenario->players[BOB].process);
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

/* Each program's seed follows from the one of the run. */
static void seed_of(char out[static 65], const struct scenario *s, int which) {
    uint8_t seed[32], own[32];
    if (bytes_from_hex(seed, sizeof seed, s->seed) < 0)
        memset(seed, 0, sizeof seed);
    prg_subkey(own, seed, NAMES[which], 0);
    bytes_to_hex(out, own, sizeof own);
}

static int start_side(struct scenario *s, int which, const char *const *more) {
    char path[PROGRAM_PATH], seed[65];
    struct player *p = &s->players[which];
    program_find(path, NAMES[which]);
    const char *arguments[ARGUMENTS] = {path, "-q", "--params", s->params, "--events", p->events, "--timeout", "60"};
    size_t n = 8;
    while (*more)
        arguments[n++] = *more++;
    if (s->seed[0]) {
        seed_of(seed, s, which);
        arguments[n++] = "--seed";
        arguments[n++] = seed;
    }
    int r = tail_new(&p->tail, p->events, own_event, p);
    return r < 0 ? r : start(s, which, arguments, true);
}

static int start_tap(struct scenario *s, const char *bob) {
    char path[PROGRAM_PATH];
    program_find(path, "eve");
    const char *arguments[] = {path, "tap",     "--listen", "127.0.0.1:0", "--to",
                               bob,  "--write", s->capture, "--once",      NULL};
    return start(s, TAP, arguments, false);
}

static int start_alice(struct scenario *s, const char *tap) {
    const char *more[] = {"--connect", tap, "--name", "Alice", NULL};
    return start_side(s, ALICE, more);
}

/* The experiment's folder stands in the place of a file of events. */
static int start_lab(struct scenario *s) {
    char path[PROGRAM_PATH];
    program_find(path, "eve");
    const char *arguments[ARGUMENTS] = {path, "lab",   s->config.kind->experiment, "--check-size",
                                        "-q", "--out", s->players[LAB].events};
    if (s->seed[0]) {
        arguments[7] = "--seed";
        arguments[8] = s->seed;
    }
    for (int i = ALICE; i <= TAP; i++)
        s->players[i].ended = true;
    return start(s, LAB, arguments, false);
}

int scenario_start(struct scenario **scenariop, struct uv_loop_s *loop, const struct scenario_config *config) {
    static const char *const more[] = {"--listen", "127.0.0.1:0", "--once", "--name", "Bob", NULL};
    struct scenario *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->config = *config;
    s->loop = loop;
    s->params = strdup(config->params);
    s->seed = strdup(config->seed);
    for (int i = 0; i < PROGRAMS; i++) {
        s->players[i] = (struct player){.scenario = s, .which = i};
        snprintf(s->players[i].events, sizeof s->players[i].events, "%.3000s/%s.events", config->folder, NAMES[i]);
    }
    snprintf(s->capture, sizeof s->capture, "%.3000s/capture.pcap", config->folder);
    int r = !s->params || !s->seed ? -ENOMEM : config->kind->experiment ? start_lab(s) : start_side(s, BOB, more);
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

const char *scenario_capture(const struct scenario *s) {
    return s->config.kind->experiment ? NULL : s->capture;
}

bool scenario_ended(const struct scenario *s) {
    return s->players[ALICE].ended && s->players[BOB].ended && s->players[TAP].ended && s->players[LAB].ended;
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
